import { PerformanceObserver } from 'node:perf_hooks'

/*
 * One server in a process of its own, started with the name of a peer and the id of a case. It speaks with its parent
 * over IPC: first { port }, then an answer to each question.
 */

export type Question = 'usage' | 'heap' | 'stop'

export interface Started {
  readonly port: number
}

export interface Usage {
  /** User and system time since the start of the process. */
  readonly cpuUs: number
  readonly rssBytes: number
  readonly maxRssBytes: number
}

export interface Heap {
  readonly usedBytes: number
  readonly collections: number
}

let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return {
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function heap(): Promise<Heap> {
  // The observer is told of collections in a later turn.
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { usedBytes: process.memoryUsage().heapUsed, collections }
}

const [peer, caseId] = process.argv.slice(2)
const { start } = (await import(`./targets/${peer}.ts`)) as { start: (caseId: string) => Promise<number> }
process.on('disconnect', () => process.exit())
process.on('message', (question: Question) => {
  if (question === 'usage') process.send!(usage())
  else if (question === 'heap') void heap().then((answer) => process.send!(answer))
  else process.exit()
})
process.send!({ port: await start(caseId!) } satisfies Started)
