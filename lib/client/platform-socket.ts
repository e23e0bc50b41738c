import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import type { RawSocket, SocketClosing } from './door.ts'
import { HandshakeRefused } from './handshake-refused.ts'
import type { WebSocketLike } from './web-socket-factory.ts'

/** Who waits for a message. */
interface Reader {
  readonly resolve: (data: string | Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** Makes promises of the events of a WebSocket. Messages wait until they are read. */
export class PlatformSocket implements RawSocket {
  readonly closed: Promise<SocketClosing>
  readonly #socket: WebSocketLike
  readonly #messages: (string | Uint8Array)[] = []
  readonly #readers: Reader[] = []
  #closing: SocketClosing | null = null

  private constructor(socket: WebSocketLike) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }) => {
      this.#take(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.#closing = { code: code!, reason: reason! }
        for (const { reject } of this.#readers.splice(0)) reject(disconnected(this.#closing))
        resolve(this.#closing)
      })
    })
  }

  /**
   * Resolves when the server has accepted.
   *
   * @throws HandshakeRefused when it has not.
   */
  static opened(socket: WebSocketLike, path: string): Promise<PlatformSocket> {
    const opened = new PlatformSocket(socket)
    return new Promise((resolve, reject) => {
      const refuse = (cause: unknown): void => reject(new HandshakeRefused(path, null, cause))
      // Some platforms tell of a handshake that has failed by an error alone. After it, the close says what has happened.
      socket.addEventListener('error', ({ error }) => refuse(error ?? disconnected({ code: 1006, reason: '' })))
      socket.addEventListener('open', () => resolve(opened))
      void opened.closed.then((closing) => refuse(disconnected(closing)))
    })
  }

  get subprotocol(): string | null {
    return this.#socket.protocol || null
  }

  send(text: string): Promise<void> {
    if (this.#closing !== null) return Promise.reject(disconnected(this.#closing))
    this.#socket.send(text)
    return Promise.resolve()
  }

  receive(): Promise<string | Uint8Array> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift()!)
    if (this.#closing !== null) return Promise.reject(disconnected(this.#closing))
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
    })
  }

  async close(code = 1000, reason = ''): Promise<void> {
    this.#socket.close(code, reason)
    await this.closed
  }

  #take(data: string | Uint8Array): void {
    const reader = this.#readers.shift()
    if (reader === undefined) this.#messages.push(data)
    else reader.resolve(data)
  }
}

function disconnected({ code, reason }: SocketClosing): WebSocketDisconnect {
  return new WebSocketDisconnect(code, reason)
}
