import { parseArgs } from 'node:util'
import { cases } from './cases.ts'

export const peerNames: readonly string[] = ['raw', 'bare', 'stelline', 'fastify', 'hono', 'h3', 'polka', 'elysia']

export interface BenchOptions {
  readonly cases: readonly string[]
  readonly peers: readonly string[]
  readonly rounds: number
  readonly warmUpS: number
  readonly slices: number
  readonly sliceS: number
  /** Where the report is written; `null` prints it only. */
  readonly output: string | null
  readonly build: boolean
  /** Whether instructions, heap bytes and slow readers are measured too. */
  readonly memory: boolean
}

export const usage: string = `npm run bench -- [options]

  --cases a,b       only these cases (default: ${cases.map(({ id }) => id).join(',')})
  --peers raw,h3    only these peers; raw is always among them (default: ${peerNames.join(',')})
  --rounds N        rounds, each with new processes (default: 3)
  --quick           one short round of each
  --no-throughput   only instructions, heap bytes and slow readers
  --no-memory       no instructions, heap bytes and slow readers
  --no-build        measure dist/ as it is
  --output DIR      where the report goes (default: docs/benchmarks when everything is measured, else nowhere)
`

/** Reads the command line; `null` means that help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      output: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'no-throughput': { type: 'boolean', default: false },
      'no-memory': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const everything =
    !values.quick &&
    !values['no-throughput'] &&
    !values['no-memory'] &&
    !values.cases &&
    !values.peers &&
    !values.rounds
  const ids = cases.map(({ id }) => id)
  return {
    cases: values['no-throughput'] ? [] : chosen('case', values.cases, ids),
    peers: chosen('peer', values.peers === undefined ? undefined : `raw,${values.peers}`, peerNames),
    rounds: values.quick ? 1 : wholeNumber('rounds', values.rounds ?? '3'),
    warmUpS: values.quick ? 1 : 3,
    slices: values.quick ? 1 : 3,
    sliceS: 1,
    output: values.output ?? (everything ? 'docs/benchmarks' : null),
    build: !values['no-build'],
    memory: !values['no-memory'],
  }
}

function chosen(what: string, list: string | undefined, known: readonly string[]): string[] {
  if (list === undefined) return [...known]
  const names = new Set(list.split(','))
  for (const name of names) {
    if (!known.includes(name)) throw new Error(`Cannot measure ${what} "${name}": expected one of ${known.join(', ')}`)
  }
  return known.filter((name) => names.has(name))
}

function wholeNumber(what: string, value: string): number {
  if (!/^[1-9]\d?$/.test(value)) throw new Error(`Cannot take ${what} "${value}": expected a number from 1 to 99`)
  return Number(value)
}
