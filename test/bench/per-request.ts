import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { BenchServer } from './bench-server.ts'
import type { Case } from './cases.ts'
import { askInTurn } from './keep-alive-client.ts'
import { requestBytes } from './load.ts'

/*
 * Figures that do not depend on the machine's clock: how many instructions a request costs, and how many bytes of heap.
 * One connection asks one request after another, so that every run does the same work in the same order.
 */

const warmUpRequests = 30_000
const countedRequests = 30_000
/** Few enough to fit into the young generation. */
const heapRequests = 10_000

const cachegrind = ['valgrind', '--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null']
const withJit = ['--smc-check=all-non-file']
/** Compiles at fixed points instead of on other threads, and seeds every random number. */
const predictable = ['--predictable', '--hash-seed=1', '--random-seed=1', '--single-threaded']

/** Returns the instructions per request of a peer: those of a longer run minus those of a shorter one. Needs valgrind. */
export async function instructionsPerRequest(peer: string, asked: Case): Promise<number> {
  const [without, withCounted] = await Promise.all([
    instructions(peer, asked, warmUpRequests),
    instructions(peer, asked, warmUpRequests + countedRequests),
  ])
  return (withCounted - without) / countedRequests
}

async function instructions(peer: string, asked: Case, requests: number): Promise<number> {
  const under = [...cachegrind, ...withJit]
  const server = await BenchServer.start(peer, asked.id, { nodeFlags: predictable, under })
  await ask(server, asked, requests)
  return readCount(await server.stop())
}

/** Returns the instructions of a whole run of a compiled program, with its arguments. Needs valgrind. */
export async function instructionsOf(program: readonly string[]): Promise<number> {
  const [command, ...flags] = [...cachegrind, ...withJit, process.execPath, ...predictable] as [string, ...string[]]
  const { stderr } = await promisify(execFile)(command, [...flags, ...program])
  return readCount(stderr)
}

function readCount(written: string): number {
  const counted = /I +refs: +([\d,]+)/.exec(written)
  if (counted === null) throw new Error(`Cannot read the count of cachegrind: ${written}`)
  return Number(counted[1]!.replaceAll(',', ''))
}

/** Returns the bytes of heap that a request of a peer leaves behind, counted in a young generation that is never collected. */
export async function heapBytesPerRequest(peer: string, asked: Case): Promise<number> {
  const nodeFlags = ['--min-semi-space-size=512', '--max-semi-space-size=512', '--initial-heap-size=4096']
  const server = await BenchServer.start(peer, asked.id, { nodeFlags })
  try {
    await ask(server, asked, heapRequests)
    const before = await server.heap()
    await ask(server, asked, heapRequests)
    const after = await server.heap()
    if (after.collections !== before.collections) throw new Error('Cannot count heap bytes: the heap was collected')
    return (after.usedBytes - before.usedBytes) / heapRequests
  } finally {
    await server.stop()
  }
}

function ask({ port }: BenchServer, asked: Case, requests: number): Promise<void> {
  let left = requests
  return askInTurn({ port, request: requestBytes(asked), wantsMore: () => left-- > 0 })
}
