import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import { WebSocketException } from '../exceptions/websocket-exception.ts'
import { WebSocketFrameKind } from '../exceptions/websocket-frame-kind.ts'
import { Headers } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
import type { Receive, Send } from '../spec/app.ts'
import { handled } from '../spec/handled.ts'
import type { WebSocketReceiveMessage, WSReceiveMessage, WSSendMessage } from '../spec/messages.ts'
import type { Scope, WebSocketScope } from '../spec/scope.ts'
import { eventOf, nextState, websocketReceive, websocketSend } from '../spec/transitions.ts'
import { ClientDisconnected, ProtocolViolation, show } from '../spec/violations.ts'
import { Connection } from './connection.ts'
import type { FrameworkScope } from './connection.ts'
import { checkMaxDepth, defaultMaxJSONDepth, nestsDeeper } from './json-depth.ts'
import { jsonText } from './json-text.ts'

/** What an accepted handshake is answered with. */
export interface AcceptOptions {
  /** One of {@link WebSocket.subprotocols}. Default: none. */
  subprotocol?: string | null
  /** Fields for the answer to the handshake, for example cookies. */
  headers?: HeadersInit
}

/** How a message is read as JSON. */
export interface JSONMessageOptions {
  /** How deep arrays and objects may nest; a deeper message closes with 1007. Default 200. */
  maxDepth?: number
}

/** What can refuse a handshake: a response. */
export interface Responder {
  respond(scope: Scope, receive: Receive, send: Send): Promise<void>
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A WebSocket, as an endpoint sees it. It is open after `accept()`; before that, `close()` and `deny()` refuse it.
 * Reading throws {@link WebSocketDisconnect} when the peer closes or is lost; so does sending. A promise that nobody awaits
 * fails in silence, so that a peer that leaves cannot end the process.
 *
 * @throws {@link ProtocolViolation} from every method that is called out of turn.
 */
export class WebSocket<Params = Record<string, unknown>, State = Record<string, unknown>> extends Connection<
  WebSocketScope,
  Params,
  State
> {
  readonly #receive: Receive
  readonly #send: Send
  #sendState: string = websocketSend.initial
  #receiveState: string = websocketReceive.initial
  /** How the peer left, once it did. */
  #left: WebSocketDisconnect | null = null
  #controller: AbortController | null = null

  constructor(scope: WebSocketScope & FrameworkScope, receive: Receive, send: Send) {
    super(scope)
    this.#receive = receive
    this.#send = send
  }

  /** What the client offers, in its order of preference. */
  get subprotocols(): readonly string[] {
    return this.scope.subprotocols
  }

  /** Whether the handshake was accepted, and neither side is known to have closed the WebSocket since. */
  get isOpen(): boolean {
    return this.#sendState === 'open' && this.#left === null
  }

  /**
   * Completes the handshake.
   *
   * @throws TypeError for a subprotocol that the client did not offer, and for an invalid header.
   * @throws {@link WebSocketDisconnect} when the client has left meanwhile.
   */
  accept(options: AcceptOptions = {}): Promise<void> {
    return handled(this.#accept(options))
  }

  async #accept({ subprotocol = null, headers }: AcceptOptions): Promise<void> {
    if (subprotocol !== null && !this.subprotocols.includes(subprotocol)) {
      throw new TypeError(
        `Cannot accept the subprotocol ${show(subprotocol)}: the client offers ${show(this.subprotocols)}`,
      )
    }
    const fields = new Headers(headers)
    if (this.#receiveState === websocketReceive.initial) await this.#next()
    await this.#transmit({ type: 'websocket.accept', subprotocol, headers: fields })
  }

  /** Waits for the next message: a string for a text message, bytes for a binary one. */
  receive(): Promise<string | Uint8Array> {
    return handled(this.#receiveAny())
  }

  async #receiveAny(): Promise<string | Uint8Array> {
    this.#checkAccepted()
    if (this.#left !== null) throw this.#left
    const message = await this.#next()
    return message.text ?? message.bytes!
  }

  /**
   * Waits for the next message, which must be text.
   *
   * @throws {@link WebSocketFrameKind} when it is binary.
   */
  receiveText(): Promise<string> {
    return handled(this.#receiveAny().then(textOf))
  }

  /**
   * Waits for the next message, which must be binary.
   *
   * @throws {@link WebSocketFrameKind} when it is text.
   */
  receiveBytes(): Promise<Uint8Array> {
    return handled(this.#receiveAny().then(bytesOf))
  }

  /**
   * Waits for the next message, of either kind, and parses it. The type parameter is a promise of yours: nothing checks it
   * here.
   *
   * @throws {@link WebSocketException} 1007 when it is not JSON in UTF-8 or nests deeper than `maxDepth`.
   */
  receiveJson<T = unknown>(options?: JSONMessageOptions): Promise<T> {
    const maxDepth = maxDepthOf(options)
    return handled(this.#receiveAny().then((data) => parseMessage(data, maxDepth) as T))
  }

  /** The messages as they come, of either kind, until the peer leaves. Breaking out does not close the WebSocket. */
  [Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    return untilDisconnect(() => this.receive())
  }

  /** As `receiveText()`, until the peer leaves. Breaking out does not close the WebSocket. */
  iterText(): AsyncGenerator<string, void, undefined> {
    return untilDisconnect(() => this.receiveText())
  }

  /** As `receiveBytes()`, until the peer leaves. Breaking out does not close the WebSocket. */
  iterBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    return untilDisconnect(() => this.receiveBytes())
  }

  /** As `receiveJson()`, until the peer leaves. Breaking out does not close the WebSocket. */
  iterJson<T = unknown>(options?: JSONMessageOptions): AsyncGenerator<T, void, undefined> {
    maxDepthOf(options)
    return untilDisconnect(() => this.receiveJson<T>(options))
  }

  /** Sends a text message. Like all sending it waits while the peer is slow. */
  sendText(text: string): Promise<void> {
    return handled(this.#transmit({ type: 'websocket.send', text }))
  }

  /** Sends a binary message. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    return handled(this.#transmit({ type: 'websocket.send', bytes }))
  }

  /**
   * Sends a value as a text message of JSON.
   *
   * @throws TypeError for what JSON cannot hold.
   */
  sendJson(value: unknown): Promise<void> {
    return handled(this.#sendJSON(value))
  }

  async #sendJSON(value: unknown): Promise<void> {
    await this.sendText(jsonText(value, (shown) => `Cannot send ${shown} as JSON`))
  }

  /**
   * Closes the WebSocket; before `accept()` it refuses the handshake, which the client sees as a 403. Without effect when
   * it is closed already, from either side.
   *
   * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999. Default 1000.
   * @param reason At most 123 bytes of UTF-8.
   * @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4
   */
  async close(code = 1000, reason = ''): Promise<void> {
    if (this.#sendState === 'closed' || this.#left !== null) return
    try {
      await this.#transmit({ type: 'websocket.close', code, reason })
    } catch (error) {
      if (!(error instanceof WebSocketDisconnect)) throw error
    }
  }

  /**
   * Refuses the handshake with a response of your own, or with a plain 403 where the server does not offer
   * `websocket.http.response`.
   */
  deny(response: Responder): Promise<void> {
    return response.respond(this.scope, this.#receive, (message) => this.#transmit(message as WSSendMessage))
  }

  protected override disconnectSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#left !== null) this.#controller.abort(this.#left)
    return this.#controller.signal
  }

  #checkAccepted(): void {
    if (this.#sendState !== websocketSend.initial) return
    throw new ProtocolViolation('application', 'Cannot receive: the WebSocket is not open, expected accept() before')
  }

  /** Receives a connect or a message. */
  async #next(): Promise<WebSocketReceiveMessage> {
    const message = (await this.#receive()) as WSReceiveMessage
    this.#receiveState = nextState(websocketReceive, 'receive', this.#receiveState, eventOf(message))
    if (message.type === 'websocket.disconnect') throw this.#leave(message.code, message.reason ?? '')
    return message as WebSocketReceiveMessage
  }

  async #transmit(message: WSSendMessage): Promise<void> {
    const next = nextState(websocketSend, 'send', this.#sendState, eventOf(message))
    if (this.#left !== null) throw this.#left
    this.#sendState = next
    try {
      await this.#send(message)
    } catch (error) {
      throw error instanceof ClientDisconnected ? this.#leave(1006, '') : error
    }
  }

  /** Notes how the peer left; the first note stands. */
  #leave(code: number, reason: string): WebSocketDisconnect {
    this.#left ??= new WebSocketDisconnect(code, reason)
    this.#controller?.abort(this.#left)
    return this.#left
  }
}

function textOf(data: string | Uint8Array): string {
  if (typeof data !== 'string') throw new WebSocketFrameKind('text')
  return data
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  if (typeof data === 'string') throw new WebSocketFrameKind('bytes')
  return data
}

function maxDepthOf(options: JSONMessageOptions | undefined): number {
  const maxDepth = options?.maxDepth ?? defaultMaxJSONDepth
  checkMaxDepth(maxDepth, 'a message')
  return maxDepth
}

function parseMessage(data: string | Uint8Array, maxDepth: number): unknown {
  let text: string
  let value: unknown
  try {
    text = typeof data === 'string' ? data : utf8.decode(data)
    value = JSON.parse(text)
  } catch {
    throw new WebSocketException(1007, 'expected JSON')
  }
  if (nestsDeeper(text, maxDepth)) throw new WebSocketException(1007, `expected JSON of at most ${maxDepth} levels`)
  return value
}

async function* untilDisconnect<T>(receive: () => Promise<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) yield await receive()
  } catch (error) {
    if (!(error instanceof WebSocketDisconnect)) throw error
  }
}
