import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeMachine } from './machine.ts'
import { spreadOf } from './statistics.ts'
import type { Spread } from './statistics.ts'

/*
 * What the index of routes costs, beside find-my-way alone, which it is built upon. Run as a program it prints the figures;
 * with `--write` it writes them to docs/benchmarks/routing.md.
 */

const page = fileURLToPath(new URL('../../docs/benchmarks/routing.md', import.meta.url))
const program = fileURLToPath(new URL('routing-figure.ts', import.meta.url))
const rounds = 3
const sizes = [10, 100, 1000]
const figures = ['late', 'mix', 'first', 'miss', 'build']

/** One figure of a table of one size: of ours, of find-my-way, and the ratio of both in the same round. */
interface Row {
  readonly routes: number
  readonly figure: string
  readonly own: Spread
  readonly bare: Spread
  readonly ratio: Spread
}

/** Asks a process of its own, on the same loader as this one. */
function measure(peer: string, figure: string, routes: number): number {
  const child = spawnSync(process.execPath, [...process.execArgv, program, peer, figure, String(routes)], {
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(`Cannot measure ${figure} of ${peer}: ${child.stderr}`)
  return Number(child.stdout)
}

function measureRow(routes: number, figure: string): Row {
  const own: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(measure('find-my-way', figure, routes))
    own.push(measure('stelline', figure, routes))
  }
  const ratio = spreadOf(own.map((value, round) => value / bare[round]!))
  return { routes, figure, own: spreadOf(own), bare: spreadOf(bare), ratio }
}

function formatRow({ routes, figure, own, bare, ratio }: Row): string {
  const unit = figure === 'build' ? 'ms' : 'ns'
  const cells = [routes, figure, `${format(own)} ${unit}`, `${format(bare)} ${unit}`, format(ratio)]
  return `| ${cells.join(' | ')} |`
}

function format({ median, min, max }: Spread): string {
  const digits = max < 10 ? 1 : 0
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
}

function formatPage(rows: readonly Row[]): string {
  const { date, node, cpu, cores } = describeMachine()
  return `# The index of routes

Written by \`node --import=tsx --conditions=stelline-source test/bench/routing.ts --write\`. Measured on ${date} with Node ${node}
on ${cpu} (${cores} cores).

| routes | figure | Stelline | find-my-way alone | ratio |
| --- | --- | --- | --- | --- |
${rows.map(formatRow).join('\n')}

\`late\` and \`first\` ask for the last and the first path with parameters, \`mix\` for all paths in turn, a fourth of them without
parameters, \`miss\` for one that no route has; what is told is the time of one look-up in the fastest of 200 batches. \`build\` is
the time of the processor from the first route to the first match, where Stelline also makes the routes and their endpoints.

Each figure has a process of its own. A table shows the median of ${rounds} rounds, with the lowest and the highest; the ratio is
that of two processes of the same round. find-my-way finds the most specific route, Stelline the first that was declared, which
it asks once more by itself where its parameters are not whole segments.
`
}

const rows: Row[] = []
for (const routes of sizes) {
  for (const figure of figures) {
    const row = measureRow(routes, figure)
    rows.push(row)
    console.log(formatRow(row))
  }
}
if (process.argv.includes('--write')) writeFileSync(page, formatPage(rows))
