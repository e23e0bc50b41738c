import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import type { RawSocket, SocketClosing } from './door.ts'
import type { ItemReader } from './item-reader.ts'

/** The client's end of a WebSocket whose messages are JSON and keep a contract. */
export class ClientSocket<Incoming = unknown, Outgoing = unknown> implements AsyncIterable<Incoming>, AsyncDisposable {
  /** What the server chose of the subprotocols; `null` for nothing. */
  readonly subprotocol: string | null
  /** Resolves when either side has closed. */
  readonly closed: Promise<SocketClosing>
  readonly #socket: RawSocket
  readonly #reader: ItemReader

  constructor(socket: RawSocket, reader: ItemReader) {
    this.subprotocol = socket.subprotocol
    this.closed = socket.closed
    this.#socket = socket
    this.#reader = reader
  }

  /**
   * Sends a message.
   *
   * @throws `WebSocketDisconnect` when the socket is closed.
   */
  send(message: Outgoing): Promise<void> {
    return this.#socket.send(JSON.stringify(message))
  }

  /**
   * Waits for the next message.
   *
   * @throws `InvalidAnswer` for a message that is not JSON, or that validation finds wrong.
   * @throws `WebSocketDisconnect` when there is none any more.
   */
  async receive(): Promise<Incoming> {
    const data = await this.#socket.receive()
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
    return (await this.#reader.read(text)) as Incoming
  }

  /** Closes the socket, unless it is closed. */
  close(code?: number, reason?: string): Promise<void> {
    return this.#socket.close(code, reason)
  }

  /** The messages as they come, until the socket is closed. Leaving the loop leaves it open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Incoming, void, undefined> {
    try {
      for (;;) yield await this.receive()
    } catch (error) {
      if (!(error instanceof WebSocketDisconnect)) throw error
    }
  }

  /** {@link ClientSocket.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
