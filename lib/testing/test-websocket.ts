import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import type { Headers } from '../http/headers.ts'
import type { WSReceiveMessage } from '../spec/messages.ts'
import type { Pipe } from './pipe.ts'
import { WebSocketFrameMismatch } from './websocket-frame-mismatch.ts'

/** How a WebSocket was closed: 1005 for no code, 1006 for a lost connection. */
export interface WebSocketClosing {
  /** From 1000 to 4999. */
  readonly code: number
  /** Empty when there is none. */
  readonly reason: string
}

/** What a {@link TestWebSocket} is made of. */
export interface TestWebSocketParts {
  readonly subprotocol: string | null
  readonly headers: Headers
  /** Hands a message to the app; resolves when the app keeps up. */
  readonly deliver: (message: WSReceiveMessage) => Promise<void>
  /** From the app. */
  readonly outbox: Pipe<string | Uint8Array>
  readonly closed: Promise<WebSocketClosing>
  /** Closes from the test's side and waits for the app to end. */
  readonly close: (closing: WebSocketClosing) => Promise<void>
}

/**
 * The test's end of a WebSocket that the app has accepted. Receiving throws {@link WebSocketDisconnect} once the socket
 * is closed and every message was read; an error of the app is thrown at the test in its place.
 */
export class TestWebSocket implements AsyncIterable<string | Uint8Array>, AsyncDisposable {
  /** The subprotocol that the app chose. */
  readonly subprotocol: string | null
  /** The fields that the app sent with the accept. */
  readonly headers: Headers
  /** Resolves when either side has closed. */
  readonly closed: Promise<WebSocketClosing>
  readonly #deliver: (message: WSReceiveMessage) => Promise<void>
  readonly #outbox: Pipe<string | Uint8Array>
  readonly #close: (closing: WebSocketClosing) => Promise<void>

  /** @internal */
  constructor({ subprotocol, headers, deliver, outbox, closed, close }: TestWebSocketParts) {
    this.subprotocol = subprotocol
    this.headers = headers
    this.#deliver = deliver
    this.#outbox = outbox
    this.#close = close
    this.closed = closed
  }

  /**
   * Sends a text message. Resolves when the app keeps up with reading.
   *
   * @throws {@link WebSocketDisconnect} when the socket is closed.
   */
  sendText(text: string): Promise<void> {
    return this.#deliver({ type: 'websocket.receive', text })
  }

  /** Sends a binary message, otherwise as {@link TestWebSocket.sendText}. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.#deliver({ type: 'websocket.receive', bytes: new Uint8Array(bytes) })
  }

  /** Sends a value as JSON in a text message. */
  sendJson(value: unknown): Promise<void> {
    return this.sendText(JSON.stringify(value))
  }

  /**
   * Resolves with the next message, text or binary.
   *
   * @throws {@link WebSocketDisconnect} when there is none any more.
   */
  receive(): Promise<string | Uint8Array> {
    return this.#outbox.read()
  }

  /**
   * Resolves with the next message, which must be text.
   *
   * @throws {@link WebSocketFrameMismatch} when it is binary, {@link WebSocketDisconnect} when there is none any more.
   */
  async receiveText(): Promise<string> {
    const data = await this.#outbox.read()
    if (typeof data !== 'string') throw new WebSocketFrameMismatch('text', data)
    return data
  }

  /**
   * Resolves with the next message, which must be binary.
   *
   * @throws {@link WebSocketFrameMismatch} when it is text, {@link WebSocketDisconnect} when there is none any more.
   */
  async receiveBytes(): Promise<Uint8Array> {
    const data = await this.#outbox.read()
    if (typeof data === 'string') throw new WebSocketFrameMismatch('bytes', data)
    return data
  }

  /** Resolves with the next message, text or binary, parsed as JSON. The type is a claim of yours, not a check. */
  async receiveJson<T = unknown>(): Promise<T> {
    const data = await this.#outbox.read()
    return JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data)) as T
  }

  /** The messages as they come, until the socket is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      try {
        yield await this.#outbox.read()
      } catch (error) {
        if (error instanceof WebSocketDisconnect) return
        throw error
      }
    }
  }

  /**
   * Closes the socket, unless it is closed, and waits until the app has returned; not for ever, though. What the app sent
   * and the test has not read is lost.
   *
   * @param code 1000 to 4999. 1005 stands for no code, 1006 for a lost connection. Default: 1000.
   * @throws What the app throws.
   */
  close(code = 1000, reason = ''): Promise<void> {
    if (!Number.isInteger(code) || code < 1000 || code > 4999) {
      return Promise.reject(
        new RangeError(`Cannot close the WebSocket with ${code}: expected a code from 1000 to 4999`),
      )
    }
    return this.#close({ code, reason })
  }

  /** {@link TestWebSocket.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
