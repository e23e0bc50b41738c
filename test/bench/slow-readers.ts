import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { BenchServer } from './bench-server.ts'

export interface SlowReadersOptions {
  readonly readers: number
  readonly durationS: number
}

export interface SlowReadersResult {
  readonly peer: string
  readonly readers: number
  readonly maxRssBytes: number
  /** What all readers took together. */
  readonly readBytes: number
}

const readPauseMs = 500
/** Files that a process needs beside its sockets. */
const otherFiles = 100

/** How many readers the limit of open files lets one process have. */
export function possibleReaders(wanted: number): number {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const limit = Number(stdout)
  return Number.isInteger(limit) ? Math.min(wanted, limit - otherFiles) : wanted
}

/**
 * Lets many readers ask for 100 MB each and read a little now and then, and returns the most memory that the server's
 * process had. A server that does not wait for its readers holds gigabytes.
 */
export async function runSlowReaders(
  peer: string,
  { readers, durationS }: SlowReadersOptions,
): Promise<SlowReadersResult> {
  const server = await BenchServer.start(peer, 'slow')
  const sockets: SlowReader[] = []
  try {
    for (let index = 0; index < readers; index += 1) sockets.push(new SlowReader(server.port))
    await delay(durationS * 1000)
    for (const socket of sockets) socket.stop()
    const { maxRssBytes } = await server.usage()
    return { peer, readers, maxRssBytes, readBytes: sockets.reduce((sum, reader) => sum + reader.readBytes, 0) }
  } finally {
    for (const socket of sockets) socket.stop()
    await server.stop()
  }
}

/** Reads what is there, then nothing for a while. */
class SlowReader {
  readBytes = 0
  failure: Error | null = null
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1', () => {
      this.#socket.write('GET /stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    })
    this.#socket.on('data', (chunk: Buffer) => {
      this.readBytes += chunk.length
      this.#socket.pause()
    })
    this.#socket.on('error', (error) => (this.failure = error))
    this.#timer = setInterval(() => this.#socket.resume(), readPauseMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
    if (this.failure !== null) throw new Error('Cannot count on a reader that failed', { cause: this.failure })
  }
}
