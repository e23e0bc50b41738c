import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ASGIApp } from 'stelline'
import { isInstalled, useCompiledServers } from './bench-server.ts'
import { cases } from './cases.ts'
import { compileServers } from './compile.ts'
import { describeMachine } from './machine.ts'
import { appOf, callApp, hello, rows } from './middleware-rows.ts'
import type { Row } from './middleware-rows.ts'
import { instructionsOf, instructionsPerRequest } from './per-request.ts'
import { spreadOf } from './statistics.ts'
import { roundOfTen } from './ten-built-ins.ts'
import type { RequestCost, RoundOfTen } from './ten-built-ins.ts'

/*
 * What each built-in middleware adds to a request that it lets pass, in nanoseconds: the app is called directly, as a server
 * would, and its answer is thrown away. Then what ten of them add to a whole request, over sockets. Where valgrind is there
 * it counts instructions, too, which depend on no clock. It measures what was built, and writes docs/benchmarks/middleware.md
 * when it is told to:
 *
 *   npm run build && node --import=tsx test/bench/middleware.ts [--calls N] [--rounds N] [--count-each] [--write]
 */

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '7' },
    write: { type: 'boolean', default: false },
    // A minute for each built-in.
    'count-each': { type: 'boolean', default: false },
  },
})
const calls = Number(values.calls)
const rounds = Number(values.rounds)
const warmUpCalls = 40_000

const hasValgrind = isInstalled('valgrind')
if (!hasValgrind) console.error('Instructions are not counted: valgrind is not installed')
const compiled = hasValgrind ? compileServers(fileURLToPath(new URL('../../', import.meta.url))) : null
if (compiled !== null) useCompiledServers(compiled)

/** Nanoseconds of the processor per call. */
async function measure(app: ASGIApp, row: Row): Promise<number> {
  const before = process.cpuUsage()
  await callApp(app, row, calls)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
}

/** Instructions per call of the app with a row's built-in, or with none for a number below 0; `null` without valgrind. */
async function instructionsPerCall(index: number): Promise<number | null> {
  if (compiled === null || !values['count-each']) return null
  const program = join(compiled, 'middleware-calls.js')
  const count = (more: number): Promise<number> => instructionsOf([program, String(index), String(warmUpCalls + more)])
  const [without, withCounted] = await Promise.all([count(0), count(calls)])
  return (withCounted - without) / calls
}

const medianOf = (figures: readonly number[]): number => spreadOf(figures).median
const shown = (figure: number | null, digits = 0): string => (figure === null ? '–' : figure.toFixed(digits))
const addedTo = (base: number | null, figure: number | null): number | null =>
  base === null || figure === null ? null : Math.max(figure - base, 0)

/** What a request costs without and with a built-in, in nanoseconds more. */
async function addedNs(row: Row): Promise<number> {
  const app = appOf(row)
  const added: number[] = []
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const [without, withIt] = [await measure(hello, row), await measure(app, row)]
    if (round > 0) added.push(withIt - without)
  }
  return Math.max(medianOf(added), 0)
}

async function eachTable(): Promise<string> {
  const base = await instructionsPerCall(-1)
  const lines: string[] = []
  for (const [index, row] of rows.entries()) {
    const instructions = addedTo(base, await instructionsPerCall(index))
    lines.push(`| ${row.name} | ${shown(await addedNs(row))} |${base === null ? '' : ` ${shown(instructions)} |`}`)
  }
  const heads = base === null ? ['', ''] : [' adds, in instructions |', ' --- |']
  return [`| middleware | adds, in ns |${heads[0]}`, `| --- | --- |${heads[1]}`, ...lines].join('\n')
}

/** What a whole request costs the server's process. */
function requestInstructions(id: 'none' | 'ten'): Promise<number> | null {
  return compiled === null ? null : instructionsPerRequest('middleware', { ...cases[0]!, id })
}

function timeRow(name: string, results: readonly RoundOfTen[], time: (cost: RequestCost) => number): string {
  const none = medianOf(results.map((result) => time(result.none)))
  const ten = medianOf(results.map((result) => time(result.ten)))
  const { median, min, max } = spreadOf(results.map((result) => (time(result.ten) / time(result.none) - 1) * 100))
  const share = `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`
  return `| ${name} | ${none.toFixed(1)} µs | ${ten.toFixed(1)} µs | ${share} |`
}

async function tenTable(): Promise<string> {
  const results: RoundOfTen[] = []
  for (let round = 0; round < rounds; round++) results.push(await roundOfTen())
  const counted = [await requestInstructions('none'), await requestInstructions('ten')] as const
  const share = counted[0] === null || counted[1] === null ? null : (counted[1] / counted[0] - 1) * 100
  return [
    '| | none | ten | adds, in per cent |',
    '| --- | --- | --- | --- |',
    timeRow('time', results, ({ wholeUs }) => wholeUs),
    timeRow('of which in the server', results, ({ ownUs }) => ownUs),
    `| instructions | ${shown(counted[0])} | ${shown(counted[1])} | ${shown(share, 1)} |`,
  ].join('\n')
}

const { date, node, cpu, cores, system } = describeMachine()
const page = `# What middleware costs

Written by \`node --import=tsx test/bench/middleware.ts --write\` after \`npm run build\`. Measured on ${date} with Node ${node} on
${cpu} (${cores} cores, ${system}), in time of the processor.

## Ten together

A whole request over a socket, to an \`Application\` without middleware and to one with ten that let it pass: \`proxyHeaders\`,
\`requestId\`, \`trustedHost\`, \`health\`, \`originCheck\`, \`csrf\`, \`bodyLimit\`, \`sessions\`, \`authentication\` and \`cacheControl\`.
The median of ${rounds} rounds, with the lowest and the highest; in each round both are processes of their own, asked in turn.

${await tenTable()}

## Each

What a built-in adds to a request that it lets pass: the median of ${rounds} rounds of ${calls} calls, and with \`--count-each\` the
instructions of a call, which depend on no clock. The app is called directly and its answer is thrown away. Figures below some ten
nanoseconds or a hundred instructions are noise.

${await eachTable()}
`
console.log(page)
if (values.write) writeFileSync(new URL('../../docs/benchmarks/middleware.md', import.meta.url), page)
