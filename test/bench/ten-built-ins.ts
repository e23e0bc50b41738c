import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { askInTurn } from './keep-alive-client.ts'

/** What a request costs, in microseconds of the processor. */
export interface RequestCost {
  /** The server itself. */
  readonly ownUs: number
  /** The server and what the system does for it: to read and send the same bytes. */
  readonly wholeUs: number
}

/** What a request costs in one round. */
export interface RoundOfTen {
  readonly none: RequestCost
  readonly ten: RequestCost
}

const connections = 16
const warmUpRequests = 100_000
const batches = 60
const requestsPerBatch = 600
const request =
  'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html\r\n' +
  'Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n'

/** Starts both servers, and asks them in turn, so that what else the machine does meets both. */
export async function roundOfTen(): Promise<RoundOfTen> {
  const [none, ten] = await Promise.all([TimedServer.start('none'), TimedServer.start('ten')])
  try {
    for (const server of [none, ten]) await server.ask(warmUpRequests)
    const before = await Promise.all([none.usage(), ten.usage()])
    for (let batch = 0; batch < batches; batch++) {
      // The first of two has colder caches.
      const turn = batch % 2 === 0 ? [none, ten] : [ten, none]
      for (const server of turn) await server.ask(requestsPerBatch)
    }
    return { none: costSince(before[0], await none.usage()), ten: costSince(before[1], await ten.usage()) }
  } finally {
    none.stop()
    ten.stop()
  }
}

class TimedServer {
  readonly #process: ChildProcess
  readonly #port: number

  constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.#port = port
  }

  static async start(kind: 'none' | 'ten'): Promise<TimedServer> {
    const file = fileURLToPath(import.meta.resolve('./middleware-server.ts'))
    const child = fork(file, [kind], { execArgv: ['--single-threaded-gc', '--import=tsx'] })
    const [port] = (await once(child, 'message')) as [number]
    return new TimedServer(child, port)
  }

  async ask(requests: number): Promise<void> {
    let left = requests
    const exchange = { port: this.#port, request, wantsMore: () => left-- > 0 }
    await Promise.all(Array.from({ length: connections }, () => askInTurn(exchange)))
  }

  async usage(): Promise<NodeJS.CpuUsage> {
    const answer = once(this.#process, 'message')
    this.#process.send('usage')
    return ((await answer) as [NodeJS.CpuUsage])[0]
  }

  stop(): void {
    this.#process.disconnect()
  }
}

function costSince(before: NodeJS.CpuUsage, after: NodeJS.CpuUsage): RequestCost {
  const requests = batches * requestsPerBatch
  const ownUs = (after.user - before.user) / requests
  return { ownUs, wholeUs: ownUs + (after.system - before.system) / requests }
}
