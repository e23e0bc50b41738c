import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { ByteReader } from './byte-reader.ts'
import { readAnswer } from './wire-answer.ts'
import type { WireAnswer } from './wire-answer.ts'
import { readFrame } from './websocket-frame.ts'
import type { WireFrame } from './websocket-frame.ts'

/** A raw client: it sends the bytes that it is given, and reads what comes as HTTP/1.1 answers or WebSocket frames. */
export class Wire implements Disposable {
  readonly socket: Socket
  /** Resolves when the connection is gone: `true` when it ended in order, `false` when it was reset. */
  readonly closed: Promise<boolean>
  readonly #reader: ByteReader

  private constructor(socket: Socket) {
    this.socket = socket
    this.#reader = new ByteReader(socket)
    let orderly = true
    socket.on('end', () => socket.end())
    socket.on('error', () => {
      orderly = false
    })
    this.closed = new Promise((resolve) => socket.on('close', () => resolve(orderly)))
  }

  /** Connects to the URL of a server. The client may end its side and go on reading. */
  static async to(url: string): Promise<Wire> {
    const allowHalfOpen = true
    const socket = url.startsWith('unix:')
      ? connect({ path: url.slice(5), allowHalfOpen })
      : connect({ host: new URL(url).hostname.replace(/[[\]]/g, ''), port: Number(new URL(url).port), allowHalfOpen })
    const wire = new Wire(socket)
    await once(socket, 'connect')
    return wire
  }

  /** Sends text, each character one byte, or bytes. */
  send(...pieces: ReadonlyArray<string | Uint8Array>): this {
    for (const piece of pieces) this.socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    return this
  }

  /** Sends, and resolves when the system has taken it: with `false` when the connection is gone. */
  flush(piece: string | Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.socket.write(piece, (error) => resolve(error == null)))
  }

  /** Ends the client's side. */
  finish(): this {
    this.socket.end()
    return this
  }

  /** Leaves with a reset. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Leaves in order. */
  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  /** Reads one answer. `headOnly` when the request was HEAD. Rejects when the connection ends within it. */
  answer(headOnly = false): Promise<WireAnswer> {
    return readAnswer(this.#reader, headOnly)
  }

  /** Reads one frame of a WebSocket. */
  frame(): Promise<WireFrame> {
    return readFrame(this.#reader)
  }

  /** Reads up to the end of a text. */
  async until(text: string): Promise<string> {
    return (await this.#reader.until(text)).toString('latin1')
  }

  /** Reads all that comes until the server ends its side. */
  async rest(): Promise<string> {
    return (await this.#reader.rest()).toString('latin1')
  }
}
