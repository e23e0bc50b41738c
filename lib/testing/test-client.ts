import type { MutableHeaders } from '../http/headers.ts'
import { ShutdownSignal } from '../servers/signals.ts'
import { toApp } from '../spec/app.ts'
import type { AppLike } from '../spec/app.ts'
import { canonicalName } from '../spec/field-syntax.ts'
import { show } from '../spec/violations.ts'
import { CallRegistry } from './call-registry.ts'
import type { RequestOptions, TestClientOptions, WebSocketOptions } from './client-options.ts'
import { ClientTransport } from './client-transport.ts'
import { lint } from './conformance/lint.ts'
import { CookieJar } from './cookie-jar.ts'
import { redirectedRequest } from './redirect.ts'
import type { RequestParts } from './redirect.ts'
import { requestBody } from './request-body.ts'
import { ownHeaders } from './request-headers.ts'
import { requestBase, requestTarget } from './request-target.ts'
import type { RequestBase } from './request-target.ts'
import { TestLifespan } from './test-lifespan.ts'
import type { TestResponse } from './test-response.ts'
import type { TestWebSocket } from './test-websocket.ts'

/** How many redirects are followed at most, as in the Fetch standard. */
const maxRedirects = 20

/**
 * Calls an app as a server would, without sockets. Requests and WebSockets run while the test goes on, any number of
 * them at once; cookies are kept from one to the next.
 *
 * @example
 * await using client = await TestClient.open(app)
 * const response = await client.get('/')
 */
export class TestClient implements AsyncDisposable {
  /** The cookies that the app has set. */
  readonly cookies: CookieJar
  /** The fields of every request; what is changed here counts from the next one on. */
  readonly headers: MutableHeaders
  readonly #base: RequestBase
  readonly #followRedirects: boolean
  readonly #closeTimeoutMs: number
  readonly #shutdown: ShutdownSignal = new ShutdownSignal()
  readonly #lifespan: TestLifespan
  readonly #calls: CallRegistry
  readonly #transport: ClientTransport
  #closing: Promise<void> | null = null

  private constructor(app: AppLike, options: TestClientOptions) {
    const { baseUrl = 'http://testserver', rootPath = '', lifespan = 'auto', state = {} } = options
    const { raiseServerErrors = true, unreadLimitBytes = 65536, closeTimeoutMs = 1000 } = options
    const { client = ['testclient', 50000], extensions = {} } = options
    const inner = options.lint === false ? toApp(app) : lint(app)
    this.#base = requestBase(baseUrl, rootPath)
    this.#followRedirects = options.followRedirects ?? true
    this.#closeTimeoutMs = closeTimeoutMs
    this.headers = ownHeaders(options)
    this.cookies = cookieJar(options.cookies ?? {}, this.#base.origin)
    this.#lifespan = new TestLifespan(inner, { mode: lifespan, state, closeTimeoutMs })
    this.#calls = new CallRegistry(inner)
    this.#transport = new ClientTransport({
      scopes: { rootPath, client, state: this.#lifespan.state, extensions, shutdown: this.#shutdown },
      calls: this.#calls,
      cookies: this.cookies,
      raiseServerErrors,
      unreadLimitBytes,
      closeTimeoutMs,
    })
  }

  /**
   * Runs the app's start-up and resolves with a client for it.
   *
   * @throws What the app throws at start-up, or `LifespanFailed` with the reason that it reports.
   */
  static async open(app: AppLike, options: TestClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(app, options)
    await client.#lifespan.startup()
    return client
  }

  /** What the lifespan has put into the state. */
  get state(): Readonly<Record<string, unknown>> {
    return this.#lifespan.state
  }

  /** Sends a GET request, as {@link TestClient.request} does. */
  get(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('GET', path, options)
  }

  /** Sends a POST request, as {@link TestClient.request} does. */
  post(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('POST', path, options)
  }

  /** Sends a PUT request, as {@link TestClient.request} does. */
  put(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('PUT', path, options)
  }

  /** Sends a PATCH request, as {@link TestClient.request} does. */
  patch(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('PATCH', path, options)
  }

  /** Sends a DELETE request, as {@link TestClient.request} does. */
  delete(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('DELETE', path, options)
  }

  /** Sends a HEAD request, as {@link TestClient.request} does. */
  head(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('HEAD', path, options)
  }

  /** Sends a OPTIONS request, as {@link TestClient.request} does. */
  options(path: string, options?: RequestOptions): Promise<TestResponse> {
    return this.request('OPTIONS', path, options)
  }

  /**
   * Sends a request. Resolves when the app has started its answer; the body may still be on its way.
   *
   * @param path A path with or without a query, relative to the base URL, or a whole URL.
   * @throws What the app throws before or right after the start of its answer. TypeError for a request that cannot be made.
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<TestResponse> {
    this.#mustBeOpen(`request ${method} ${path}`)
    const { query, signal = null, followRedirects = this.#followRedirects } = options
    const history: TestResponse[] = []
    let target = requestTarget(this.#base, path, query)
    let parts: RequestParts = {
      method: checkedMethod(method),
      clientHeaders: this.headers,
      headers: ownHeaders(options),
      cookies: options.cookies ?? {},
      body: requestBody(options),
    }
    for (;;) {
      const response = await this.#transport.request({ ...parts, target, signal, history: [...history] })
      const redirected = followRedirects ? redirectedRequest(parts, response) : null
      if (redirected === null) return response
      if (history.push(response) > maxRedirects) throw tooManyRedirects(path)
      target = requestTarget(this.#base, redirected.url)
      parts = redirected
    }
  }

  /**
   * Opens a WebSocket. Resolves when the app has accepted it.
   *
   * @throws `WebSocketDenied` with the app's answer when it refuses; what the app throws before it decides.
   */
  async websocket(path: string, options: WebSocketOptions = {}): Promise<TestWebSocket> {
    this.#mustBeOpen(`open WebSocket ${path}`)
    const target = requestTarget(this.#base, path, options.query)
    const { cookies = {}, subprotocols = [] } = options
    const headers = ownHeaders(options)
    return this.#transport.handshake({ target, clientHeaders: this.headers, headers, cookies, subprotocols })
  }

  /**
   * Ends the session as a server that stops: aborts `server.shutdown.signal`, closes WebSockets with 1012, reads what the
   * test left unread, waits for the app, takes the client away from calls that do not end, and runs the app's shutdown.
   *
   * @throws Every error of the app that no part of the test has seen, and what the app throws at shutdown.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** {@link TestClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#shutdown.abort()
    const errors = await this.#calls.close(this.#closeTimeoutMs)
    await this.#lifespan.shutdown().catch((error: unknown) => errors.push(error))
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1) throw new AggregateError(errors, `The app failed ${errors.length} times unseen by the test`)
  }

  #mustBeOpen(action: string): void {
    if (this.#closing !== null) throw new TypeError(`Cannot ${action}: the client is closed`)
  }
}

function cookieJar(init: NonNullable<TestClientOptions['cookies']>, origin: string): CookieJar {
  if (init instanceof CookieJar) return init
  const jar = new CookieJar()
  for (const [name, value] of Object.entries(init)) jar.set(origin, name, value)
  return jar
}

function checkedMethod(method: string): string {
  if (canonicalName(method) === null)
    throw new TypeError(`Cannot request with method ${show(method)}: it is not a token`)
  return method.toUpperCase()
}

function tooManyRedirects(path: string): TypeError {
  return new TypeError(`Cannot follow the redirects from ${path}: there are more than ${maxRedirects}`)
}
