import { settled } from '../spec/app.ts'
import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import type * as messages from '../spec/messages.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import type { HTTPTransport } from './http-transport.ts'
import { MessageQueue, messageOverheadBytes } from './message-queue.ts'
import { ResponseWriter } from './response-writer.ts'
import type { ResponseObserver } from './response-writer.ts'
import { isDisconnectReason } from './signals.ts'
import type { DisconnectSignal } from './signals.ts'

/** Hears what becomes of an exchange. */
export interface ExchangeObserver {
  /** The answer is complete, or will never be. */
  responseEnded(exchange: HTTPExchange): void
  /** The app has returned. */
  appEnded(exchange: HTTPExchange): void
}

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly scope: HTTPScope
  readonly transport: HTTPTransport
  readonly observer: ExchangeObserver
  readonly settings: ExchangeSettings
  readonly signal: DisconnectSignal
  /** False when the request certainly has no body. */
  readonly hasBody: boolean
}

const noBytes = new Uint8Array(0)
const disconnect: messages.HTTPReceiveMessage = Object.freeze({ type: 'http.disconnect' })

/**
 * One HTTP request and its answer, from the app's side: it calls the app, feeds it the request's body, hands its
 * messages to a {@link ResponseWriter}, and sees to it that the client is not left waiting, whatever the app does.
 * It knows no socket: a {@link HTTPTransport} does the I/O.
 */
export class HTTPExchange implements ResponseObserver {
  readonly receive: Receive = () => this.#receive()
  readonly send: Send = (message) => this.response.send(message as messages.HTTPSendMessage)
  readonly response: ResponseWriter
  readonly #parts: ExchangeParts
  #body: MessageQueue<messages.HTTPReceiveMessage> | null = null
  #bodyComplete = false
  #peerEnded = false
  #ended = false

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.response = new ResponseWriter(parts.scope, parts.transport, parts.settings, this)
  }

  get scope(): HTTPScope {
    return this.#parts.scope
  }

  /** Calls the app. */
  run(app: ASGIApp): void {
    let running: Promise<void>
    try {
      running = app(this.#parts.scope, this.receive, this.send)
    } catch (error) {
      return this.#appFailed(error)
    }
    // The shared promise says that there is nothing to wait for.
    if (running === settled) return this.#appReturned()
    Promise.resolve(running).then(
      () => this.#appReturned(),
      (error: unknown) => this.#appFailed(error),
    )
  }

  /** Tells the exchange that its client has gone. Once the answer is complete, that only ends waiting for a slow peer. */
  disconnect(): void {
    this.response.abandon()
    if (this.#ended) return
    this.#parts.signal.abort()
    this.#end()
  }

  /**
   * Tells the exchange that its client sends nothing more. Most often it has left, and the app hears so; but it may also
   * wait for the answer, and so the app may still give one.
   */
  peerEnded(): void {
    this.#peerEnded = true
    if (this.#ended) return
    this.#parts.signal.abort()
    if (this.#bodyComplete) this.#body!.end(disconnect)
  }

  /** Answers a request in the app's place, for example because its body is malformed. The app sees a disconnect. */
  refuse(status: number, text: string): void {
    if (this.#ended) return
    if (this.response.headWritten) this.#parts.transport.abort()
    else this.response.replace(status, text)
    this.#parts.signal.abort()
    this.#end()
    this.response.abandon()
  }

  responseComplete(): void {
    this.#end()
  }

  /** Takes a piece of the request's body. */
  bodyChunk(chunk: Uint8Array, last: boolean): void {
    const size = chunk.length + messageOverheadBytes
    this.#body!.push({ type: 'http.request', body: chunk, more_body: !last }, size)
    if (!last) return
    this.#bodyComplete = true
    if (this.#peerEnded) this.#body!.end(disconnect)
  }

  #receive(): Promise<messages.HTTPReceiveMessage> {
    if (this.#body === null) this.#readBody()
    return this.#body!.next()
  }

  #readBody(): void {
    const { transport, hasBody } = this.#parts
    this.#body = new MessageQueue(transport)
    if (this.#ended) this.#body.end(disconnect)
    else if (hasBody) transport.readBody()
    else this.bodyChunk(noBytes, true)
  }

  #appReturned(): void {
    if (!this.#ended) this.#giveUp('The app returned without completing its answer')
    this.#parts.observer.appEnded(this)
  }

  #appFailed(error: unknown): void {
    this.#giveUp('The app failed', error)
    this.#parts.observer.appEnded(this)
  }

  #giveUp(what: string, error?: unknown): void {
    const { scope, settings } = this.#parts
    if (this.#isFarewell(error)) return this.#cut()
    settings.log.error(`${what}: ${scope.method} ${JSON.stringify(scope.path)}`, error)
    if (this.#ended) return
    if (this.response.headWritten) this.#cut()
    else this.response.replace(500, 'Internal Server Error')
  }

  /** An app that ends because the client left has not failed. */
  #isFarewell(error: unknown): boolean {
    if (!this.#ended && !this.#peerEnded) return false
    return error === undefined || error instanceof ClientDisconnected || isDisconnectReason(error)
  }

  #cut(): void {
    if (this.#ended) return
    this.disconnect()
    this.#parts.transport.abort()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#body?.end(disconnect)
    this.#parts.observer.responseEnded(this)
  }
}
