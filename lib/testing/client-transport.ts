import type { Headers, HeadersInit, MutableHeaders } from '../http/headers.ts'
import type { HeaderPair } from '../spec/headers.ts'
import type { CallContext } from './call-context.ts'
import type { CallRegistry } from './call-registry.ts'
import { handshakeScope, requestScope } from './client-scope.ts'
import type { ScopeSource } from './client-scope.ts'
import type { CookieJar } from './cookie-jar.ts'
import { HTTPCall } from './http-call.ts'
import type { RequestParts } from './redirect.ts'
import { cookieField, defaultHeaders, layeredHeaders } from './request-headers.ts'
import type { RequestTarget } from './request-target.ts'
import type { TestResponse } from './test-response.ts'
import type { TestWebSocket } from './test-websocket.ts'
import { WebSocketCall } from './websocket-call.ts'
import { WebSocketDenied } from './websocket-denied.ts'

/** What one client's requests have in common. */
export interface TransportSettings {
  readonly scopes: ScopeSource
  readonly calls: CallRegistry
  readonly cookies: CookieJar
  readonly raiseServerErrors: boolean
  readonly unreadLimitBytes: number
  readonly closeTimeoutMs: number
}

/** One request, without what redirects need. */
export interface OutgoingRequest extends RequestParts {
  readonly target: RequestTarget
  readonly history: readonly TestResponse[]
  readonly signal: AbortSignal | null
}

/** One handshake. */
export interface OutgoingHandshake {
  readonly target: RequestTarget
  readonly clientHeaders: Headers
  readonly headers: Headers
  readonly cookies: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
}

/** Makes calls of the app out of requests, with the client's fields and cookies, and keeps the cookies that come back. */
export class ClientTransport {
  readonly #settings: TransportSettings

  constructor(settings: TransportSettings) {
    this.#settings = settings
  }

  /** Resolves when the app has started its answer. */
  async request({
    method,
    target,
    clientHeaders,
    headers,
    cookies: own,
    body,
    history,
    signal,
  }: OutgoingRequest): Promise<TestResponse> {
    signal?.throwIfAborted()
    const { scopes, calls, cookies } = this.#settings
    const sent = this.#headersOf(target, [clientHeaders, body.headers, headers], own)
    // An announced length makes chunks needless, and a server refuses both together.
    if (headers.has('content-length')) sent.delete('transfer-encoding')
    const scope = requestScope(scopes, { method, target, headers: sent })
    const call = new HTTPCall({ scope, body: body.messages(), context: this.#contextOf(target, history) })
    calls.run(call, call.scope)
    if (signal !== null) leaveOnAbort(call, signal)
    const response = await call.response
    cookies.store(target.url, response.headers.getAll('set-cookie'))
    return response
  }

  /**
   * Resolves when the app has accepted.
   *
   * @throws {@link WebSocketDenied} when it refuses.
   */
  async handshake({
    target,
    clientHeaders,
    headers,
    cookies: own,
    subprotocols,
  }: OutgoingHandshake): Promise<TestWebSocket> {
    const { scopes, calls, cookies, closeTimeoutMs } = this.#settings
    const sent = this.#headersOf(target, [clientHeaders, handshakeFields(subprotocols), headers], own)
    const scope = handshakeScope(scopes, { target, headers: sent, subprotocols })
    const call = new WebSocketCall({ scope, context: this.#contextOf(target, []), closeTimeoutMs })
    calls.run(call, scope)
    const keep = (answer: Headers): void => cookies.store(target.url, answer.getAll('set-cookie'))
    try {
      const socket = await call.opened
      keep(socket.headers)
      return socket
    } catch (error) {
      if (error instanceof WebSocketDenied) keep(error.response.headers)
      throw error
    }
  }

  #headersOf(
    target: RequestTarget,
    layers: readonly HeadersInit[],
    ownCookies: Readonly<Record<string, string>>,
  ): MutableHeaders {
    const headers = layeredHeaders([defaultHeaders(target), ...layers])
    const cookies = cookieField(this.#settings.cookies.header(target.url), ownCookies, target.url)
    if (cookies !== null) headers.setDefault('cookie', cookies)
    return headers
  }

  #contextOf({ url }: RequestTarget, history: readonly TestResponse[]): CallContext {
    const { raiseServerErrors, unreadLimitBytes } = this.#settings
    return { url, history, raiseServerErrors, unreadLimitBytes }
  }
}

/** The key of the example in RFC 6455 §1.3: nothing here depends on its being random. */
const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ=='

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
function handshakeFields(subprotocols: readonly string[]): HeaderPair[] {
  const fields: HeaderPair[] = [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', sampleKey],
  ]
  if (subprotocols.length > 0) fields.push(['sec-websocket-protocol', subprotocols.join(', ')])
  return fields
}

function leaveOnAbort(call: HTTPCall, signal: AbortSignal): void {
  const leave = (): void => call.leave(signal.reason)
  signal.addEventListener('abort', leave)
  void call.finished.then(() => signal.removeEventListener('abort', leave))
}
