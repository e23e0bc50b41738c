import { BenchServer } from './bench-server.ts'
import type { Case } from './cases.ts'
import { load } from './load.ts'
import { spreadOf } from './statistics.ts'
import type { Spread } from './statistics.ts'

/** What one process did in one round. */
export interface Figures {
  readonly requestsPerS: number
  readonly cpuUs: number
}

/** One peer in one case: its figures of all rounds, and their ratios to raw node:http in the same round. */
export interface Result {
  readonly peer: string
  readonly caseId: string
  readonly requestsPerS: Spread
  readonly cpuUs: Spread
  /** Above 1: more requests per second than raw node:http. */
  readonly speedRatio: Spread
  /** Above 1: less CPU time per request than raw node:http. The steadier of the two. */
  readonly cpuRatio: Spread
}

export interface RoundOptions {
  readonly peers: readonly string[]
  readonly rounds: number
  /** How long each process is asked before it is measured: what it runs is compiled by then. */
  readonly warmUpS: number
  /** How often each process is measured in a round, in turn with the others. Their median counts. */
  readonly slices: number
  readonly sliceS: number
  readonly onProgress?: (line: string) => void
}

/** Measures one case: new processes in every round, all alive at the same time, asked in turn. */
export async function measureCase(asked: Case, options: RoundOptions): Promise<Result[]> {
  const rounds: ReadonlyMap<string, Figures>[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    rounds.push(await measureRound(asked, options))
    options.onProgress?.(`case ${asked.id}, round ${round}: ${summary(rounds.at(-1)!)}`)
  }
  return options.peers.map((peer) => resultOf(peer, asked.id, rounds))
}

async function measureRound(
  asked: Case,
  { peers, warmUpS, slices, sliceS }: RoundOptions,
): Promise<Map<string, Figures>> {
  const servers = new Map<string, BenchServer>()
  try {
    for (const peer of peers) servers.set(peer, await startWarm(peer, asked, warmUpS))
    const measured = new Map<string, Figures[]>(peers.map((peer) => [peer, []]))
    for (let slice = 0; slice < slices; slice += 1) {
      for (const [peer, server] of servers) measured.get(peer)!.push(await measureSlice(server, asked, sliceS))
    }
    return new Map(Array.from(measured, ([peer, figures]) => [peer, middleOf(figures)]))
  } finally {
    await Promise.all(Array.from(servers.values(), (server) => server.stop()))
  }
}

async function startWarm(peer: string, asked: Case, warmUpS: number): Promise<BenchServer> {
  const server = await BenchServer.start(peer, asked.id)
  await checkAnswer(peer, server.port, asked)
  await load(server.port, asked, warmUpS)
  return server
}

async function checkAnswer(peer: string, port: number, { id, method, target, body, answer }: Case): Promise<void> {
  const headers = body === null ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers, body })
  const text = await response.text()
  if (response.status !== 200 || text !== answer) {
    throw new Error(`Cannot measure ${peer} in case ${id}: it answers ${response.status} ${text.slice(0, 200)}`)
  }
}

async function measureSlice(server: BenchServer, asked: Case, sliceS: number): Promise<Figures> {
  const before = await server.usage()
  const { requests, durationS } = await load(server.port, asked, sliceS)
  const after = await server.usage()
  return { requestsPerS: requests / durationS, cpuUs: (after.cpuUs - before.cpuUs) / requests }
}

/** What the machine does besides meets some slices, and hardly ever most of them. */
function middleOf(figures: readonly Figures[]): Figures {
  const middle = (figure: (slice: Figures) => number): number => spreadOf(figures.map(figure)).median
  return { requestsPerS: middle((slice) => slice.requestsPerS), cpuUs: middle((slice) => slice.cpuUs) }
}

function resultOf(peer: string, caseId: string, rounds: readonly ReadonlyMap<string, Figures>[]): Result {
  const spread = (figure: (own: Figures, raw: Figures) => number): Spread =>
    spreadOf(rounds.map((round) => figure(round.get(peer)!, round.get('raw')!)))
  return {
    peer,
    caseId,
    requestsPerS: spread((own) => own.requestsPerS),
    cpuUs: spread((own) => own.cpuUs),
    speedRatio: spread((own, raw) => own.requestsPerS / raw.requestsPerS),
    cpuRatio: spread((own, raw) => raw.cpuUs / own.cpuUs),
  }
}

function summary(round: ReadonlyMap<string, Figures>): string {
  return Array.from(round, ([peer, { cpuUs }]) => `${peer} ${cpuUs.toFixed(1)} µs`).join(', ')
}
