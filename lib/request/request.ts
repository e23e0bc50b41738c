import { HTTPException } from '../exceptions/http-exception.ts'
import type { FormData } from '../http/form-data.ts'
import { isJSONType, parseMediaType } from '../http/media-type.ts'
import type { MediaType } from '../http/media-type.ts'
import type { Receive, Send } from '../spec/app.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import { decodeText, parseJSON } from './body-content.ts'
import { defaultBodyTimeoutMs, defaultMaxBodyBytes, RequestBody, tooLarge } from './body.ts'
import { Connection } from './connection.ts'
import type { FrameworkScope } from './connection.ts'
import { readForm, streamForm } from './form/form-reader.ts'
import type { FormOptions, FormStreamOptions } from './form/form-reader.ts'
import type { FormPart } from './form/form-part.ts'

export interface StreamOptions {
  /** How long the client may pause, in milliseconds; a longer pause is answered with 408. Default: any time. */
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
}

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
   * Gives out the body as it arrives. It has no limit, so count what you keep. It can be called once, instead of `bytes()`,
   * `text()` and `json()` or after them; then it repeats what was read.
   *
   * @throws {@link BodyConsumed} when it is called again.
   * @throws {@link HTTPException} 408 while iterating, when the client pauses longer than `bodyTimeoutMs`.
   * @throws {@link ClientDisconnected} while iterating, when the client leaves before the end.
   */
  stream(options?: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#reader.stream(options?.bodyTimeoutMs === undefined ? Infinity : this.#timeoutMs(options))
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
   * @throws {@link HTTPException} 400 when it is not UTF-8; and what {@link Request.bytes} throws.
   */
  text(options?: BodyOptions): Promise<string> {
    return this.#read(options, decodeText)
  }

  /**
   * Reads the whole body as JSON. The type parameter is a promise of yours: nothing checks it here.
   *
   * @throws {@link HTTPException} 415 when `content-type` is neither `application/json` nor a type with the suffix `+json`;
   *   400 when the body is not JSON; and what {@link Request.bytes} throws.
   */
  json<T = unknown>(options?: JSONBodyOptions): Promise<T> {
    if (options?.anyMediaType !== true && !this.#hasJSONType()) {
      const detail =
        'The body is not declared as JSON: expected content-type application/json or a type ending in +json'
      return Promise.reject(new HTTPException(415, { detail }))
    }
    return this.#read(options, (bytes) => {
      if (this.#json === unparsed) this.#json = parseJSON(bytes)
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
    return (this.#form ??= readForm(this, options))
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

  protected override disconnectSignal(): AbortSignal {
    return this.#reader.signal
  }

  get #reader(): RequestBody {
    return (this.#body ??= new RequestBody(this.#receive))
  }

  #read<T>(options: BodyOptions | undefined, use: (bytes: Uint8Array) => T): Promise<T> {
    const maxBytes = options?.maxBodyBytes ?? this.scope.max_body_bytes ?? defaultMaxBodyBytes
    if (typeof maxBytes !== 'number' || !(maxBytes >= 0)) {
      throw new TypeError(`Cannot read the body: maxBodyBytes is ${show(maxBytes)}, expected a number of bytes`)
    }
    const announced = this.headers.get('content-length')
    if (announced !== null && Number(announced) > maxBytes) return Promise.reject(tooLarge(maxBytes))
    return this.#reader.read({ maxBytes, timeoutMs: this.#timeoutMs(options) }, use)
  }

  #timeoutMs(options: StreamOptions | undefined): number {
    const timeoutMs = options?.bodyTimeoutMs ?? this.scope.body_timeout_ms ?? defaultBodyTimeoutMs
    if (typeof timeoutMs === 'number' && timeoutMs > 0) return timeoutMs
    throw new TypeError(`Cannot read the body: bodyTimeoutMs is ${show(timeoutMs)}, expected milliseconds above 0`)
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
