import { askInTurn } from './keep-alive-client.ts'
import type { LoadOrder, LoadResult } from './load.ts'

/* A load generator for machines without wrk: keep-alive connections in a process of its own, no pipelining. */

async function run({ port, request, connections, durationS }: LoadOrder): Promise<LoadResult> {
  const startedAt = performance.now()
  const end = startedAt + durationS * 1000
  let requests = -connections
  const wantsMore = (): boolean => {
    requests += 1
    return performance.now() < end
  }
  await Promise.all(Array.from({ length: connections }, () => askInTurn({ port, request, wantsMore })))
  return { requests, durationS: (performance.now() - startedAt) / 1000 }
}

process.once('message', (order: LoadOrder) => {
  void run(order).then((result) => process.send!(result, () => process.disconnect()))
})
