import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPExchange } from '../http-exchange.ts'
import type { ExchangeObserver } from '../http-exchange.ts'
import type { HTTPTransport } from '../http-transport.ts'
import type { KeepAliveText } from '../keep-alive-text.ts'
import type { Refusal } from '../request-head.ts'
import type { ServerState } from '../server-state.ts'
import { DisconnectSignal } from '../signals.ts'
import type { Occupant } from './connection.ts'
import { NodeResponse } from './node-response.ts'
import { httpScope } from './node-scope.ts'
import type { NodeRequest } from './node-scope.ts'
import type { ServerRequest } from './server-request.ts'

const noBytes = new Uint8Array(0)
/** Bodies up to this length need not be held back, in bytes: as many may wait for an app. */
const maxDirectBytes = 65_536

/** A request as node:http hands it over, with the means to answer it. */
export interface AnswerableRequest extends NodeRequest {
  readonly request: ServerRequest
  readonly response: ServerResponse
  /** True when the client waits for 100 (Continue) before it sends the body. */
  readonly expectsContinue: boolean
}

/** One HTTP request on a connection of node:http: the transport of its exchange, and what the exchange reports to. */
export class HTTPCall extends NodeResponse implements HTTPTransport, ExchangeObserver, Occupant {
  readonly #server: ServerState
  readonly #request: ServerRequest
  readonly #exchange: HTTPExchange
  readonly #startedAt: number
  /** Bytes of the body still to come; -1 when there is no body, Infinity when nobody knows. */
  #bodyLeft: number
  /** Bytes of the body that have come. */
  #bodyTaken = 0
  #expectsContinue: boolean
  /** True when the answer is out, or never will be. */
  #responseClosed = false
  #released = false

  constructor(server: ServerState, node: AnswerableRequest) {
    super(node.response, node.connection)
    this.#server = server
    this.#request = node.request
    this.#startedAt = server.onAccess === null ? 0 : performance.now()
    this.#bodyLeft = bodyLength(node.request)
    this.#expectsContinue = node.expectsContinue
    const signal = new DisconnectSignal()
    this.#exchange = new HTTPExchange({
      scope: httpScope(server, node, signal),
      transport: this,
      observer: this,
      settings: server,
      signal,
      hasBody: this.#bodyLeft >= 0,
    })
    if (this.#bodyLeft < 0) node.request.markRead()
    this.response.on('close', () => this.#closed())
  }

  run(): void {
    this.#server.running++
    if (this.connection.ended) this.#exchange.peerEnded()
    this.#exchange.run(this.#server.app)
  }

  readBody(): void {
    if (this.#expectsContinue && !this.response.headersSent) this.response.writeContinue()
    this.#expectsContinue = false
    if (this.#bodyLeft <= maxDirectBytes && this.#request.isUntouched) {
      this.#request.takeBody((chunk) => this.#takeDirectly(chunk))
    } else this.#readStream()
  }

  #readStream(): void {
    this.#request.on('data', (chunk: Buffer) => this.#takeChunk(chunk))
    // A body of known length has ended when it was counted down.
    if (this.#bodyLeft !== Infinity) return
    this.#request.on('end', () => {
      this.#exchange.bodyChunk(noBytes, true)
      this.#bodyLeft = 0
    })
  }

  #takeDirectly(chunk: Buffer): void {
    if (chunk.length === this.#bodyLeft) this.#request.markRead()
    this.#takeChunk(chunk)
  }

  #takeChunk(chunk: Buffer): void {
    this.#bodyLeft -= chunk.length
    this.#bodyTaken += chunk.length
    this.#exchange.bodyChunk(chunk, this.#bodyLeft === 0)
  }

  pause(): void {
    // Nothing more comes of a body that is all there.
    if (this.#bodyLeft === 0) return
    if (this.#request.leaveBody()) this.#readStream()
    this.#request.pause()
  }

  resume(): void {
    this.#request.resume()
  }

  responseEnded(): void {
    if (this.#bodyLeft > 0) this.#discardBody()
    this.#server.onAccess?.({
      protocol: 'http',
      client: this.connection.client,
      method: this.#exchange.scope.method,
      target: this.#request.url!,
      httpVersion: this.#request.httpVersion,
      status: this.#exchange.response.status,
      durationMs: performance.now() - this.#startedAt,
      bytesSent: this.#exchange.response.bytesSent,
    })
  }

  appEnded(): void {
    if (--this.#server.running === 0) this.#server.onIdle()
  }

  drain(): void {
    // A head that is still to be written says "connection: close"; after another one the connection just closes.
    if (this.#responseClosed) this.#release()
  }

  peerEnded(): void {
    this.#exchange.peerEnded()
  }

  refuse({ status, text }: Refusal): void {
    this.connection.closing = true
    this.#exchange.refuse(status, text)
    if (this.#responseClosed) this.#release()
  }

  protected override drained(): void {
    this.#exchange.response.drained()
  }

  protected override get keepAlive(): KeepAliveText {
    return this.#server.keepAlive
  }

  protected override mustClose(whole: boolean): boolean {
    // A body without length and chunks ends with its connection.
    const endless = !whole && this.#request.httpVersionMinor === 0
    const close = endless || this.connection.isLast || !this.response.shouldKeepAlive || this.#tooMuchUnread()
    // The client may still be sending: the answer must not be lost in the reset that would follow.
    if (close && this.#bodyLeft > 0) this.connection.lingers = true
    return close
  }

  /**
   * A client that was not told to continue may never send its body, and one that sends too much is not waited for. Of a body
   * of unknown length as much is expected as has come.
   */
  #tooMuchUnread(): boolean {
    if (this.#bodyLeft <= 0) return false
    const expected = this.#bodyLeft === Infinity ? this.#bodyTaken : this.#bodyLeft
    return this.#expectsContinue || expected > this.#server.limits.maxDiscardedBytes
  }

  /**
   * Throws away what is left of the body, so that the next request can be read; too much ends the connection. node:http
   * would do so by itself without looking at how much there is, but not with somebody listening.
   */
  #discardBody(): void {
    let left = this.#server.limits.maxDiscardedBytes
    this.#request.leaveBody()
    this.#request.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) this.#stopDiscarding()
    })
    this.#request.resume()
  }

  #stopDiscarding(): void {
    this.connection.closing = true
    this.#request.pause()
    if (this.#responseClosed) this.#release()
  }

  #closed(): void {
    this.#responseClosed = true
    this.#exchange.disconnect()
    const { closing, socket } = this.connection
    if (this.#request.complete || closing || socket.destroyed) this.#release()
    else this.#request.once('end', () => this.#release()).resume()
  }

  #release(): void {
    /* c8 ignore next -- a client may end its body in the very turn in which the server begins to drain */
    if (this.#released) return
    this.#released = true
    if (!this.#request.complete) this.connection.lingers = true
    this.connection.release()
  }
}

function bodyLength({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Infinity
  const length = Number(headers['content-length'] ?? 0)
  return length === 0 ? -1 : length
}
