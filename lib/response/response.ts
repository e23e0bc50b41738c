import { serializeCookie } from '../http/cookies.ts'
import type { CookieAttributes } from '../http/cookies.ts'
import { Headers, MutableHeaders } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
import { hasNoContent, isFinalStatus } from '../http/status.ts'
import { settled } from '../spec/app.ts'
import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import type { HTTPResponseBodyMessage, HTTPResponseStartMessage } from '../spec/messages.ts'
import type { HTTPScope, Scope, WebSocketScope } from '../spec/scope.ts'
import { ClientDisconnected, show } from '../spec/violations.ts'
import { denialSend } from './denial.ts'

/** What a response may carry: text, which goes out as UTF-8, bytes, or nothing. */
export type ResponseBody = string | Uint8Array | null

/** Work to do after the last byte was handed to the server. */
export type Background = () => unknown

/** How a response differs from a 200 with its body alone. */
export interface ResponseOptions {
  /** A final status, 200 to 999. Default 200. */
  status?: number
  /** Fields of the response. They win over `content-type` and `content-length` as the response would set them. */
  headers?: HeadersInit
  /** The media type of the body; `; charset=utf-8` is added to a `text/*` type that names no charset. */
  mediaType?: string
  /**
   * Runs when the body has been sent, and also when the client left before that. The exchange stays open until it has
   * settled, so that a failure is logged with its request.
   */
  background?: Background
}

/** What a class of responses knows of its bodies; one constant per class. */
export interface BodyKind {
  /** The `content-type` when neither the options nor the headers name one; it is taken as it is. */
  readonly contentType: string | null
  /** True when the body is made while it is sent, so that its length is unknown. */
  readonly streamed: boolean
}

const unknownLength = -1
const plainBody: BodyKind = { contentType: null, streamed: false }

/** Cookies made by a response can be read by servers only, and do not travel with requests of other sites. */
const cookieDefaults: CookieAttributes = { path: '/', httpOnly: true, sameSite: 'lax' }

/**
 * An answer whose body is at hand. It can be sent any number of times, also at once: sending changes nothing in it.
 *
 * @see https://asgi.readthedocs.io/en/latest/specs/www.html#response-start-send-event
 */
export class Response {
  readonly status: number
  readonly body: ResponseBody
  readonly #background: Background | null
  /** A `MutableHeaders` once {@link Response.headers} was read; before that the list may be shared with messages. */
  #fields: Headers

  /**
   * @param kind For subclasses: what they know of their bodies.
   * @throws TypeError for a status outside 200 to 999, an invalid header, and a body where the status allows none (204,
   *   205, 304).
   */
  constructor(body: ResponseBody = null, options?: ResponseOptions, kind: BodyKind = plainBody) {
    if (options !== undefined && typeof options !== 'object') throw unknownOptions(options)
    const status = options?.status ?? 200
    const length = kind.streamed ? unknownLength : lengthOf(body)
    this.status = status
    this.body = body
    this.#background = options?.background ?? null
    if (status !== 200) checkStatus(status, length)
    this.#fields =
      options?.headers === undefined && options?.mediaType === undefined && !hasNoContent(status)
        ? Headers.fromFlat(plainFields(kind.contentType, length))
        : mergedFields({ status, length, contentType: kind.contentType, options })
  }

  /** The fields of the response, to be read and changed until it is sent. */
  get headers(): MutableHeaders {
    if (this.#fields instanceof MutableHeaders) return this.#fields
    const headers = new MutableHeaders(this.#fields)
    this.#fields = headers
    return headers
  }

  /** The response as an app, for places that take one. */
  get asgi(): ASGIApp {
    return (scope, receive, send) => this.respond(scope, receive, send)
  }

  /**
   * Adds a cookie. Unless the attributes say otherwise it is `HttpOnly`, `SameSite=Lax` and `Path=/`.
   *
   * @throws TypeError for a name, a value or an attribute that the cookie syntax does not allow.
   * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1
   */
  setCookie(name: string, value: string, attributes?: CookieAttributes): this {
    this.headers.append('set-cookie', serializeCookie(name, value, { ...cookieDefaults, ...attributes }))
    return this
  }

  /** Makes the client forget a cookie. `path` and `domain` must be those that it was set with. */
  deleteCookie(name: string, attributes?: CookieAttributes): this {
    return this.setCookie(name, '', { ...attributes, maxAge: 0, expires: new Date(0) })
  }

  /**
   * Sends the response on an HTTP scope. On a WebSocket scope it refuses the handshake with this response, or with a
   * plain 403 where the server does not offer `websocket.http.response`.
   */
  respond(scope: Scope, _receive: Receive, send: Send): Promise<void> {
    if (scope.type === 'lifespan') throw new TypeError('Cannot respond to a scope of type "lifespan"')
    const sent = this.deliver(scope, scope.type === 'http' ? send : denialSend(scope, send))
    return this.#background === null ? sent : thenRun(this.#background, sent)
  }

  /** Sends the messages of the response, in their HTTP form. Subclasses with another kind of body replace it. */
  protected deliver(_scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    const started = send(this.startMessage())
    return started === settled ? send(this.#bodyMessage()) : started.then(() => send(this.#bodyMessage()))
  }

  /** The message that begins the response. What happens to it later does not reach the response. */
  protected startMessage(): HTTPResponseStartMessage {
    const headers = this.#fields instanceof MutableHeaders ? new Headers(this.#fields) : this.#fields
    return { type: 'http.response.start', status: this.status, headers }
  }

  #bodyMessage(): HTTPResponseBodyMessage {
    return { type: 'http.response.body', body: this.body, more_body: false }
  }
}

function lengthOf(body: ResponseBody): number {
  if (typeof body === 'string') return Buffer.byteLength(body)
  if (body === null) return 0
  if (body instanceof Uint8Array) return body.byteLength
  throw new TypeError(`Cannot make a response: the body is ${show(body)}, expected a string, a Uint8Array or null`)
}

function unknownOptions(options: unknown): TypeError {
  return new TypeError(
    `Cannot make a response: the options are ${show(options)}, expected an object such as { status: 404 }`,
  )
}

function checkStatus(status: number, length: number): void {
  if (!isFinalStatus(status)) {
    throw new TypeError(`Cannot make a response: the status is ${show(status)}, expected an integer from 200 to 999`)
  }
  if (length !== 0 && hasNoContent(status)) {
    throw new TypeError(`Cannot make a response: status ${status} allows no body, expected null or an empty one`)
  }
}

function plainFields(contentType: string | null, length: number): string[] {
  if (length === unknownLength) return contentType === null ? [] : ['content-type', contentType]
  return contentType === null
    ? ['content-length', String(length)]
    : ['content-type', contentType, 'content-length', String(length)]
}

interface FieldSources {
  readonly status: number
  readonly length: number
  readonly contentType: string | null
  readonly options: ResponseOptions | undefined
}

/** The fields of a response whose user has a say in them. */
function mergedFields({ status, length, contentType, options }: FieldSources): MutableHeaders {
  const fields = new MutableHeaders(options?.headers)
  const type = options?.mediaType === undefined ? contentType : withCharset(options.mediaType)
  if (type !== null && !hasNoContent(status)) fields.setDefault('content-type', type)
  // A 204 must not have a length, and the length of a 304 would be that of another response: RFC 9110 §8.6.
  if (status === 204) fields.delete('content-length')
  else if (status !== 304 && length !== unknownLength) fields.setDefault('content-length', String(length))
  return fields
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.2 */
function withCharset(mediaType: string): string {
  return /^text\//i.test(mediaType) && !/;[ \t]*charset=/i.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType
}

async function thenRun(background: Background, sent: Promise<void>): Promise<void> {
  try {
    await sent
  } catch (error) {
    if (error instanceof ClientDisconnected) await background()
    throw error
  }
  await background()
}
