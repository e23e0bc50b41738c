import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled, useCompiledServers } from './bench-server.ts'
import { cases } from './cases.ts'
import { buildPackage, compileServers } from './compile.ts'
import { describeMachine } from './machine.ts'
import { readOptions, usage } from './options.ts'
import type { BenchOptions } from './options.ts'
import { heapBytesPerRequest, instructionsPerRequest } from './per-request.ts'
import { formatTables, writeReport } from './report.ts'
import type { Cost, Report } from './report.ts'
import { measureCase } from './rounds.ts'
import type { Result } from './rounds.ts'
import { possibleReaders, runSlowReaders } from './slow-readers.ts'
import type { SlowReadersResult } from './slow-readers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** The peers whose memory and instructions are counted: raw first, the others are set against it. */
const countedPeers = ['raw', 'bare', 'stelline']
const say = (line: string): void => console.error(line)

async function measureThroughput(options: BenchOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const asked of cases.filter(({ id }) => options.cases.includes(id))) {
    results.push(...(await measureCase(asked, { ...options, onProgress: say })))
  }
  return results
}

async function measureCosts(peers: readonly string[]): Promise<Cost[]> {
  const hasValgrind = isInstalled('valgrind')
  if (!hasValgrind) say('Instructions are not counted: valgrind is not installed')
  const costs: Cost[] = []
  for (const peer of peers) {
    const heapBytes = await heapBytesPerRequest(peer, cases[0]!)
    const instructions = hasValgrind ? await instructionsPerRequest(peer, cases[0]!) : null
    say(`${peer}: ${Math.round(heapBytes)} bytes and ${Math.round(instructions ?? NaN)} instructions per request`)
    costs.push({ peer, heapBytes, instructions })
  }
  return costs
}

async function measureSlowReaders(peers: readonly string[]): Promise<SlowReadersResult[]> {
  const readers = possibleReaders(1000)
  if (readers < 1000) say(`Only ${readers} slow readers: the limit of open files is too low (ulimit -n)`)
  const runs: SlowReadersResult[] = []
  for (const peer of peers) {
    runs.push(await runSlowReaders(peer, { readers, durationS: 15 }))
    say(`${peer}: ${Math.round(runs.at(-1)!.maxRssBytes / 1e6)} MB at most with ${readers} slow readers`)
  }
  return runs
}

async function run(options: BenchOptions): Promise<void> {
  if (options.build) buildPackage(root)
  useCompiledServers(compileServers(root))
  const counted = options.memory ? countedPeers.filter((peer) => options.peers.includes(peer)) : []
  const report: Report = {
    machine: describeMachine(),
    rounds: options.rounds,
    results: await measureThroughput(options),
    costs: await measureCosts(counted),
    slowReaders: await measureSlowReaders(counted),
  }
  console.log(formatTables(report))
  if (options.output === null) return
  writeReport(resolve(root, options.output), report)
  say(`Written to ${options.output}`)
}

const options = readOptions(process.argv.slice(2))
if (options === null) console.log(usage)
else await run(options)
