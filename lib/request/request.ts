import { HTTPException } from '../exceptions/http-exception.ts'
import type { FormData } from '../http/form-data.ts'
import { isJSONType, parseMediaType } from '../http/media-type.ts'
import type { MediaType } from '../http/media-type.ts'
import type { Receive, Send } from '../spec/app.ts'
import { handled } from '../spec/handled.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import { codedBody, decodeText, parseJSON } from './body-content.ts'
import { defaultBodyTimeoutMs, defaultMaxBodyBytes, RequestBody, tooLarge } from './body.ts'
import { Connection } from './connection.ts'
import type { FrameworkScope } from './connection.ts'
import { readForm, streamForm } from './form/form-reader.ts'
import type { FormOptions, FormStreamOptions } from './form/form-reader.ts'
import type { FormPart } from './form/form-part.ts'
import { checkMaxDepth } from './json-depth.ts'

export interface StreamOptions {
  /** The largest body to accept, in bytes; a larger one is answered with 413. Default: `max_body_bytes` of the scope, else any. */
  maxBodyBytes?: number
  /**
   * How long the client may pause, in milliseconds; a longer pause is answered with 408. Default: `body_timeout_ms` of the
   * scope, else any time.
   */
  bodyTimeoutMs?: number
}

export interface BodyOptions {
  /**
   * The largest body to accept, in bytes; a larger one is answered with 413. Default: `max_body_bytes` of the scope, else
   * 1 MiB. `Infinity` accepts any.
   */
  maxBodyBytes?: number
  /**
   * How long the client may pause, in milliseconds; a longer pause is answered with 408. Default: `body_timeout_ms` of the
   * scope, else 60,000. `Infinity` waits for any time.
   */
  bodyTimeoutMs?: number
}

export interface JSONBodyOptions extends BodyOptions {
  /** Reads the body as JSON whatever `content-type` says. Default false. */
  anyMediaType?: boolean
  /** How deep arrays and objects may nest; deeper is answered with 400. Default 200. */
  maxDepth?: number
}

/** What a client says of itself and of what it takes, as far as it is true of whatever it asks for. */
const sharedFields = ['accept', 'accept-encoding', 'accept-language', 'cache-control', 'user-agent']

const unparsed: unique symbol = Symbol('unparsed')

/** An HTTP request, as an endpoint sees it. */
export class Request<Params = Record<string, unknown>, State = Record<string, unknown>> extends Connection<
  HTTPScope,
  Params,
  State
> {
  readonly #receive: Receive
  readonly #send: Send
  #body: RequestBody | null = null
  #json: unknown = unparsed
  #form: Promise<FormData> | null = null

  constructor(scope: HTTPScope & FrameworkScope, receive: Receive = noReceive, send: Send = noSend) {
    super(scope)
    this.#receive = receive
    this.#send = send
  }

  /** The method, in upper case. */
  get method(): string {
    return this.scope.method
  }

  /** The media type of the body; `null` when `content-type` is absent or malformed. */
  get mediaType(): MediaType | null {
    const value = this.headers.get('content-type')
    return value === null ? null : parseMediaType(value)
  }

  /**
   * Gives out the body as it arrives. Unless the options or the scope say so it has no limit: count what you keep. It can be
   * called once, instead of `bytes()`, `text()` and `json()` or after them; then it repeats what was read.
   *
   * @throws {@link BodyConsumed} when it is called again.
   * @throws {@link HTTPException} 413 for an announced length above `maxBodyBytes`; while iterating, 413 as soon as the body is
   *   larger, and 408 when the client pauses longer than `bodyTimeoutMs`.
   * @throws {@link ClientDisconnected} while iterating, when the client leaves before the end.
   */
  stream(options?: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const maxBytes = this.#maxBytes(options, Infinity)
    if (this.#announcesMore(maxBytes)) throw tooLarge(maxBytes)
    return this.#reader.stream({ maxBytes, timeoutMs: this.#timeoutMs(options, Infinity) })
  }

  /**
   * Reads the whole body. Like `text()` and `json()` it can be called any number of times.
   *
   * @throws {@link HTTPException} 413 as soon as the body is known to be larger than `maxBodyBytes`; 408 when the client pauses
   *   longer than `bodyTimeoutMs`.
   * @throws {@link ClientDisconnected} when the client leaves before the end.
   * @throws {@link BodyConsumed} after `stream()`.
   */
  bytes(options?: BodyOptions): Promise<Uint8Array> {
    return this.#read(options, (bytes) => bytes)
  }

  /**
   * Reads the whole body as UTF-8.
   *
   * @throws {@link HTTPException} 400 when it is not UTF-8; 415 for a `content-encoding`; and what {@link Request.bytes} throws.
   */
  text(options?: BodyOptions): Promise<string> {
    return this.#isCoded() ? handled(Promise.reject(codedBody())) : this.#read(options, decodeText)
  }

  /**
   * Reads the whole body as JSON. The type parameter is a promise of yours: nothing checks it here.
   *
   * @throws {@link HTTPException} 415 when `content-type` is neither `application/json` nor a type with the suffix `+json`, and
   *   for a `content-encoding`; 400 when the body is not JSON or nests deeper than `maxDepth`; and what {@link Request.bytes}
   *   throws.
   */
  json<T = unknown>(options?: JSONBodyOptions): Promise<T> {
    if (options?.anyMediaType !== true && !this.#hasJSONType()) {
      const detail =
        'The body is not declared as JSON: expected content-type application/json or a type ending in +json'
      return handled(Promise.reject(new HTTPException(415, { detail })))
    }
    if (this.#isCoded()) return handled(Promise.reject(codedBody()))
    const maxDepth = options?.maxDepth
    if (maxDepth !== undefined) checkMaxDepth(maxDepth, 'the body')
    return this.#read(options, (bytes) => {
      if (this.#json === unparsed) this.#json = parseJSON(bytes, maxDepth)
      return this.#json as T
    })
  }

  /**
   * Reads the body as a form, multipart or urlencoded. Files are kept in memory while they are small together, else in
   * temporary files, until the answer has been sent and `background` has run. It can be called any number of times; the
   * options of the first call count.
   *
   * @throws {@link HTTPException} 415 for another media type or none; 400 for a form that is malformed, incomplete or has too
   *   many parts; 413 as soon as it is known to be larger than a limit.
   * @throws {@link BodyConsumed} after `stream()` and `formStream()`.
   * @see https://www.rfc-editor.org/rfc/rfc7578
   */
  form(options?: FormOptions): Promise<FormData> {
    return (this.#form ??= handled(readForm(this, options)))
  }

  /**
   * Gives out the fields and files of a form as they arrive, without temporary files. The client is slowed down to the
   * speed at which they are read.
   *
   * @throws What {@link Request.form} throws, while iterating.
   */
  formStream(options?: FormStreamOptions): AsyncGenerator<FormPart, void, undefined> {
    return streamForm(this, options)
  }

  /**
   * Tells whether the client has left. It does not wait for that, but lets one turn of the event loop pass, so that a busy
   * loop can ask. Once true it stays true.
   */
  async isDisconnected(): Promise<boolean> {
    const offered = this.scope.extensions?.['http.disconnect.signal']
    if (offered === undefined) this.#reader.poll()
    await new Promise(setImmediate)
    return offered?.signal.aborted === true || this.#reader.disconnected
  }

  /**
   * Sends `link` fields ahead of the response, so that the client can begin to load them. Where the server does not offer
   * that it does nothing.
   *
   * @param links Values of `link` fields, for example `</style.css>; rel=preload; as=style`.
   * @see https://www.rfc-editor.org/rfc/rfc8297
   */
  async sendEarlyHints(links: Iterable<string>): Promise<void> {
    if (this.scope.extensions?.['http.response.early_hint'] === undefined) return
    await this.#send({ type: 'http.response.early_hint', links: [...links] })
  }

  /**
   * Promises the client a resource that it will need, which the server then answers as if it had been asked for. Where the
   * server does not offer that it does nothing.
   *
   * @param path Of this origin, percent-encoded, with a query if need be.
   * @throws TypeError for a path that does not begin with one slash, and for characters that have to be encoded.
   * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.4
   */
  async pushPromise(path: string): Promise<void> {
    if (typeof path !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) {
      throw new TypeError(`Cannot push ${show(path)}: expected a percent-encoded path that begins with one "/"`)
    }
    if (this.scope.extensions?.['http.response.push'] === undefined) return
    const headers = [...this.headers].filter(([name]) => sharedFields.includes(name))
    await this.#send({ type: 'http.response.push', path, headers })
  }

  protected override disconnectSignal(): AbortSignal {
    return this.#reader.signal
  }

  get #reader(): RequestBody {
    return (this.#body ??= new RequestBody(this.#receive))
  }

  #read<T>(options: BodyOptions | undefined, use: (bytes: Uint8Array) => T): Promise<T> {
    const maxBytes = this.#maxBytes(options, defaultMaxBodyBytes)
    if (this.#announcesMore(maxBytes)) return handled(Promise.reject(tooLarge(maxBytes)))
    return this.#reader.read({ maxBytes, timeoutMs: this.#timeoutMs(options, defaultBodyTimeoutMs) }, use)
  }

  #maxBytes(options: BodyOptions | undefined, preset: number): number {
    const maxBytes = options?.maxBodyBytes ?? this.scope.max_body_bytes ?? preset
    if (typeof maxBytes === 'number' && maxBytes >= 0) return maxBytes
    throw new TypeError(`Cannot read the body: maxBodyBytes is ${show(maxBytes)}, expected a number of bytes`)
  }

  #announcesMore(maxBytes: number): boolean {
    const announced = this.headers.get('content-length')
    return announced !== null && Number(announced) > maxBytes
  }

  #timeoutMs(options: BodyOptions | undefined, preset: number): number {
    const timeoutMs = options?.bodyTimeoutMs ?? this.scope.body_timeout_ms ?? preset
    if (typeof timeoutMs === 'number' && timeoutMs > 0) return timeoutMs
    throw new TypeError(`Cannot read the body: bodyTimeoutMs is ${show(timeoutMs)}, expected milliseconds above 0`)
  }

  #isCoded(): boolean {
    const coding = this.headers.get('content-encoding')
    return coding !== null && coding.toLowerCase() !== 'identity'
  }

  #hasJSONType(): boolean {
    // Nearly every JSON body is declared in these words.
    if (this.headers.get('content-type') === 'application/json') return true
    const { mediaType } = this
    return mediaType !== null && isJSONType(mediaType)
  }
}

function noReceive(): Promise<never> {
  return Promise.reject(new TypeError('Cannot read the body: the Request was made without "receive"'))
}

function noSend(): Promise<never> {
  return Promise.reject(new TypeError('Cannot send: the Request was made without "send"'))
}
