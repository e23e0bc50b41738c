import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { askInTurn } from './keep-alive-client.ts'

/** What a request costs the server itself, in microseconds of the processor, in one round. */
export interface RoundOfTen {
  readonly none: number
  readonly ten: number
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
    let sums: RoundOfTen = { none: 0, ten: 0 }
    for (let batch = 0; batch < batches; batch++) {
      // The first of two has colder caches.
      const turn = batch % 2 === 0 ? [none, ten] : [ten, none]
      const costs = new Map<TimedServer, number>()
      for (const server of turn) costs.set(server, await server.timed())
      sums = { none: sums.none + costs.get(none)!, ten: sums.ten + costs.get(ten)! }
    }
    return { none: sums.none / batches, ten: sums.ten / batches }
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

  /** Microseconds per request, of one batch. */
  async timed(): Promise<number> {
    const before = await this.#cpuUs()
    await this.ask(requestsPerBatch)
    return ((await this.#cpuUs()) - before) / requestsPerBatch
  }

  async #cpuUs(): Promise<number> {
    const answer = once(this.#process, 'message')
    this.#process.send('usage')
    return ((await answer) as [number])[0]
  }

  stop(): void {
    this.#process.disconnect()
  }
}
