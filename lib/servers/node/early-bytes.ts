import type { Socket } from 'node:net'

/** How much a client may send before its handshake is answered. */
const highWaterBytes = 65536

/**
 * Watches a socket that node:http has handed over: keeps what the client sends already, and notices when the client leaves,
 * which a socket that nobody reads would not tell.
 */
export class EarlyBytes {
  /** Called when the client has left. */
  onLost: () => void = () => {}
  /** True once the client has left. What was asked for before may still be on its way to it. */
  lost = false
  readonly #socket: Socket
  readonly #chunks: Buffer[]
  #size: number

  constructor(socket: Socket, first: Buffer) {
    this.#socket = socket
    this.#chunks = [first]
    this.#size = first.length
    socket.on('data', this.#keep).on('end', this.#lost).on('close', this.#lost)
  }

  /** Stops watching, and returns what has arrived. */
  stop(): Buffer {
    this.#socket.off('data', this.#keep).off('end', this.#lost).off('close', this.#lost)
    // The socket flows on, into whatever listens next.
    this.#socket.resume()
    return Buffer.concat(this.#chunks.splice(0))
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size > highWaterBytes) this.#socket.pause()
  }

  readonly #lost = (): void => {
    this.lost = true
    this.onLost()
  }
}
