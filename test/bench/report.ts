import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cases } from './cases.ts'
import { drawChart } from './chart.ts'
import type { Machine } from './machine.ts'
import type { Result } from './rounds.ts'
import type { SlowReadersResult } from './slow-readers.ts'
import type { Spread } from './statistics.ts'

/** The cost of one request of case a, counted and not timed. */
export interface Cost {
  readonly peer: string
  /** `null` when valgrind is not installed. */
  readonly instructions: number | null
  readonly heapBytes: number
}

export interface Report {
  readonly machine: Machine
  readonly rounds: number
  readonly results: readonly Result[]
  readonly costs: readonly Cost[]
  readonly slowReaders: readonly SlowReadersResult[]
}

/** Writes the report as a page, a chart and data. */
export function writeReport(directory: string, report: Report): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'README.md'), formatPage(report))
  writeFileSync(join(directory, 'throughput.svg'), drawChart(report.results))
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify(report, null, 2)}\n`)
}

/** The tables of a report as Markdown. */
export function formatTables({ results, costs, slowReaders }: Report): string {
  return [formatRatios(results), formatCosts(costs), formatSlowReaders(slowReaders)]
    .filter((table) => table !== '')
    .join('\n\n')
}

function formatPage(report: Report): string {
  const { machine, rounds } = report
  return `# Benchmarks

Written by \`npm run bench\`. Measured on ${machine.date} with Node ${machine.node} on ${machine.cpu} (${machine.cores} cores,
${machine.system}), load by ${machine.load}, over loopback.

Requests in the same time of the processor, as a ratio to raw node:http, with the lowest and the highest round (more is better):

![A bar for each peer in each case; the figures are in the second table](throughput.svg)

${formatTables(report)}

## How it is measured

Every peer runs in a process of its own, server and load pinned to one core each where the system can do that.
In each of ${rounds} rounds new processes are started for every peer, warmed up for three seconds and asked in turn, three times
for a second each. The middle of the three is divided by that of raw node:http in the same round. A table shows the median of the
rounds, with the lowest and the highest. The time of the processor per request is the steadier figure: it does not depend on how
fast the load comes.

\`raw\` is node:http without a framework, \`bare\` an ASGI function on Stelline's server, \`stelline\` an \`Application\`.
${cases.map(({ id, title, method, target }) => `- **${id}**: ${title} (\`${method} ${target}\`).`).join('\n')}

In c every peer validates in the way its documentation shows, raw by hand. In d raw knows its only route. In f the middlewares
of each framework pass on in their cheapest form, and raw runs ten nested async functions.

Instructions and heap bytes are counted on case a with one connection; they do not depend on the clock. Slow readers ask for
100 MB each and read a little twice a second.
`
}

function formatRatios(results: readonly Result[]): string {
  const ids = [...new Set(results.map(({ caseId }) => caseId))]
  if (ids.length === 0) return ''
  const peers = [...new Set(results.map(({ peer }) => peer))]
  const table = (cell: (result: Result) => string): string =>
    formatTable(
      ['', ...ids],
      peers.map((peer) => [
        peer,
        ...ids.map((id) => cell(results.find((result) => result.peer === peer && result.caseId === id)!)),
      ]),
    )
  return [
    'Requests per second, as a ratio to raw (higher is better):',
    table(({ speedRatio }) => formatSpread(speedRatio)),
    'Processor time, raw as a ratio to the peer (higher is better), and microseconds per request:',
    table(({ cpuRatio, cpuUs }) => `${formatSpread(cpuRatio)}; ${cpuUs.median.toFixed(1)} µs`),
    'Requests per second:',
    table(({ requestsPerS }) => Math.round(requestsPerS.median).toLocaleString('en')),
  ].join('\n\n')
}

function formatCosts(costs: readonly Cost[]): string {
  if (costs.length === 0) return ''
  const raw = costs[0]!
  const rows = costs.map(({ peer, instructions, heapBytes }) => [
    peer,
    instructions === null ? 'valgrind is not installed' : formatOver(instructions, raw.instructions!),
    formatOver(heapBytes, raw.heapBytes),
  ])
  return ['Cost of one request of case a:', formatTable(['', 'instructions', 'heap bytes'], rows)].join('\n\n')
}

function formatSlowReaders(runs: readonly SlowReadersResult[]): string {
  if (runs.length === 0) return ''
  const rows = runs.map(({ peer, maxRssBytes, readBytes }) => [peer, megabytes(maxRssBytes), megabytes(readBytes)])
  return [
    `Memory of the server with ${runs[0]!.readers} slow readers of a 100 MB stream:`,
    formatTable(['', 'peak RSS', 'read by all'], rows),
  ].join('\n\n')
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function formatSpread({ median, min, max }: Spread): string {
  return min === max ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

function formatOver(figure: number, raw: number): string {
  const whole = Math.round(figure).toLocaleString('en')
  const over = Math.round(figure - raw)
  const difference = Math.abs(over).toLocaleString('en')
  return figure === raw ? whole : `${whole} (raw ${over < 0 ? '−' : '+'} ${difference})`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
