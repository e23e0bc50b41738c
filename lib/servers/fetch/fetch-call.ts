import type { Content } from '../../spec/messages.ts'
import type { OpenFile } from '../file-sender.ts'
import type { HostedApp } from '../hosted-app.ts'
import { HTTPExchange } from '../http-exchange.ts'
import type { ExchangeObserver } from '../http-exchange.ts'
import type { FlatHeaders, HTTPTransport, ResponseHead } from '../http-transport.ts'
import { DisconnectSignal } from '../signals.ts'
import { Waiter } from '../waiter.ts'
import { fetchScope } from './fetch-scope.ts'
import type { FetchSurroundings, FetchTarget } from './fetch-scope.ts'

const noBytes = new Uint8Array(0)
const encoder = new TextEncoder()

/** Bytes of an answer that wait for their reader before `send` waits, too. */
const highWaterBytes = 65_536

type Body = ConstructorParameters<typeof Response>[0]

/** Statuses that `Response` allows no body: https://fetch.spec.whatwg.org/#null-body-status */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** One `Request` and its `Response`: the transport of its exchange, and what the exchange reports to. */
export class FetchCall implements HTTPTransport, ExchangeObserver {
  readonly #host: HostedApp
  readonly #request: Request
  readonly #exchange: HTTPExchange
  /** Hears when the app has returned. */
  readonly #onEnd: (() => void) | null
  #response: Response | null = null
  #settle: ((response: Response) => void) | null = null
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null
  #watchesSignal = false
  #ended = false
  /** Set while the request's body is held back. */
  #held: Waiter | null = null

  constructor(
    host: HostedApp,
    { request, target, onEnd }: { request: Request; target: FetchTarget; onEnd: (() => void) | null },
    surroundings: FetchSurroundings,
  ) {
    this.#host = host
    this.#request = request
    this.#onEnd = onEnd
    const signal = new DisconnectSignal()
    this.#exchange = new HTTPExchange({
      scope: fetchScope(host, { request, target, signal }, surroundings),
      transport: this,
      observer: this,
      settings: host,
      signal,
      // The standard gives these two no body; others are asked for it.
      hasBody: request.method !== 'GET' && request.method !== 'HEAD' && request.body !== null,
    })
  }

  /** Calls the app. Resolves with the head of its answer; the body follows as it is read. */
  run(): Promise<Response> {
    this.#host.running++
    this.#exchange.run(this.#host.app)
    // An app that has answered already hears of no client that leaves.
    if (!this.#ended) this.#watchSignal()
    if (this.#response !== null) return Promise.resolve(this.#response)
    return new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  respond(head: ResponseHead, body: Content | null): void {
    this.#answer(head, body as Body)
  }

  start(head: ResponseHead): void {
    const strategy = { highWaterMark: highWaterBytes, size: (chunk: Uint8Array) => chunk.length }
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#stream = controller
        },
        pull: () => this.#exchange.response.drained(),
        cancel: () => this.#left(),
      },
      strategy,
    )
    this.#answer(head, body)
  }

  /** The head goes out before the body in any case. */
  flush(): void {}

  write(chunk: Content): boolean {
    const stream = this.#stream!
    stream.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
    return stream.desiredSize! > 0
  }

  end(chunk: Content | null): void {
    if (chunk !== null) this.write(chunk)
    this.#stream!.close()
  }

  abort(): void {
    this.#stream!.error(new Error('The answer was cut: the app failed before it was complete'))
  }

  readBody(): void {
    void this.#pump().catch(() => this.#left())
  }

  pause(): void {
    this.#held ??= new Waiter()
  }

  resume(): void {
    this.#held?.resolve()
    this.#held = null
  }

  responseEnded(): void {
    this.#ended = true
    if (this.#watchesSignal) this.#request.signal.removeEventListener('abort', this.#left)
  }

  appEnded(): void {
    if (--this.#host.running === 0) this.#host.onIdle()
    this.#onEnd?.()
  }

  /* c8 ignore start -- the scope offers neither of these extensions */
  earlyHint(): void {}

  openFile(): Promise<OpenFile> {
    return Promise.reject(new Error('Cannot send a file by its path: the Fetch standard has no means for it'))
  }
  /* c8 ignore stop */

  async #pump(): Promise<void> {
    const reader: ReadableStreamDefaultReader<Uint8Array> = this.#request.body!.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      // What is left is the runtime's: cancelling might take the connection with it, and the answer.
      if (this.#ended) return
      this.#exchange.bodyChunk(value ?? noBytes, done)
      if (done) return
      if (this.#held !== null) await this.#held.promise
    }
  }

  #watchSignal(): void {
    const { signal } = this.#request
    if (signal.aborted) return this.#left()
    this.#watchesSignal = true
    signal.addEventListener('abort', this.#left, { once: true })
  }

  /** The client has left, or whoever reads the answer wants no more of it. */
  readonly #left = (): void => {
    this.#exchange.disconnect()
    if (this.#response === null) this.#give(new Response(null, { status: clientClosedRequest }))
    // Of no effect on a stream that was cancelled.
    else this.#stream?.error(new DOMException('The client has disconnected', 'AbortError'))
  }

  #answer({ status, headers }: ResponseHead, body: Body): void {
    if (status > 599) this.#host.log.error(`Cannot answer with status ${status}: the Fetch standard ends at 599`)
    const init = { status: status > 599 ? 500 : status, headers: fieldsOf(headers) }
    this.#give(new Response(bodiless.has(status) ? null : body, init))
  }

  #give(response: Response): void {
    this.#response = response
    this.#settle?.(response)
  }
}

/** The fields as `Response` takes them in soonest: a record, as long as no name occurs twice. */
function fieldsOf(headers: FlatHeaders): Record<string, string> | Headers {
  const record = { __proto__: null } as unknown as Record<string, string>
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    if (name in record) return repeatedFieldsOf(headers)
    if (name !== 'connection') record[name] = headers[i + 1]!
  }
  return record
}

function repeatedFieldsOf(headers: FlatHeaders): Headers {
  const fields = new Headers()
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== 'connection') fields.append(headers[i]!, headers[i + 1]!)
  }
  return fields
}

/** What nginx writes for a client that left before the answer: nobody reads it but logs. */
const clientClosedRequest = 499
