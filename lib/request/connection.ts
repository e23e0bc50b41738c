import { HTTPException } from '../exceptions/http-exception.ts'
import { parseCookies } from '../http/cookies.ts'
import { Headers } from '../http/headers.ts'
import { QueryParams } from '../http/query-params.ts'
import { encodePath, requestURL, urlAt } from '../http/url.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import type { User } from '../storage/registered.ts'
import type { Session } from '../storage/session.ts'
import type { AuthInfo } from './auth-info.ts'
import type { EndingScope } from './call-end.ts'
import type { TaskOwner } from './task-owner.ts'
import type { URLResolver } from './url-resolver.ts'

/** The keys that the framework writes onto a scope, in place. Other servers and apps ignore them. */
export interface FrameworkScope extends EndingScope {
  /** The parameters of the path, converted; an object without a prototype. */
  path_params?: Readonly<Record<string, unknown>> | null
  /** The application that the request passed last. */
  app?: unknown
  /** The endpoint that was found. */
  endpoint?: unknown
  /** The route that was found. */
  route?: unknown
  /** What builds the paths of named routes: the outermost router. */
  url_resolver?: URLResolver | null
  /** The `root_path` that the server gave, before mounts added to it. */
  app_root_path?: string | null
  /** How the request is named in logs. */
  request_id?: string | null
  /** Where the times of the request are noted. */
  timings?: unknown
  /** What is kept of the client between requests. */
  session?: Session | null
  /** Who makes the request; `null` when that is not known. */
  user?: User | null
  /** What the user may do. */
  auth?: AuthInfo | null
  /** The limit of `bytes()`, `text()` and `json()` in bytes, for requests that name none. */
  max_body_bytes?: number | null
  /** How long a client may pause in the middle of a body, in milliseconds, for requests that name no time. */
  body_timeout_ms?: number | null
}

/** Where a connection comes from. */
export interface ClientAddress {
  readonly host: string
  readonly port: number
}

/** What is built on first use, so that a connection that is not looked at costs nothing. */
interface Views {
  url: URL | null
  baseUrl: URL | null
  headers: Headers | null
  queryParams: QueryParams | null
  cookies: ReadonlyMap<string, string> | null
  client: ClientAddress | null
  signal: AbortSignal | null
  shutdownSignal: AbortSignal | null
}

const maxQueryPairs = 1000
const noParams: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null))

/** What an HTTP request and a WebSocket have in common: views of the scope. */
export abstract class Connection<S extends HTTPScope | WebSocketScope, Params, State> {
  readonly scope: S & FrameworkScope
  #views: Views | null = null

  constructor(scope: S & FrameworkScope) {
    this.scope = scope
  }

  /**
   * The URL that was requested. A `Host` field that is not a plain host and port is ignored. Being a URL, its path has
   * dot segments resolved: what may be done is decided on {@link Connection.path}, which is what routes match.
   */
  get url(): URL {
    return (this.#view.url ??= requestURL(this.scope))
  }

  /** Where the outermost application is: the scheme and authority of {@link Connection.url}, the `root_path` and a slash. */
  get baseUrl(): URL {
    return (this.#view.baseUrl ??= urlAt(this.scope, `${this.#encodedRoot}/`))
  }

  /**
   * Builds the absolute URL of a named route: with the authority of this connection, unless the route has a host, and with
   * the scheme `ws` or `wss` for a WebSocket route. The client named that authority: let only hosts that are yours through
   * before a URL goes into a mail or a cache.
   *
   * @throws TypeError when the connection has passed no router; and what {@link URLResolver.resolveURL} throws.
   */
  urlFor(name: string, params: Readonly<Record<string, unknown>> = {}): URL {
    const { url_resolver: resolver } = this.scope
    if (!resolver) throw noRouter(name)
    return resolver.resolveURL(name, params).makeAbsoluteURL(this.baseUrl)
  }

  /** The path as routes see it: percent-decoded once, never normalised. */
  get path(): string {
    return this.scope.path
  }

  get headers(): Headers {
    return this.scope.headers instanceof Headers
      ? this.scope.headers
      : (this.#view.headers ??= Headers.from(this.scope.headers))
  }

  /**
   * The parameters of the query.
   *
   * @throws {@link HTTPException} 400 when there are more than 1000, since a lookup may have to pass all of them.
   */
  get queryParams(): QueryParams {
    return (this.#view.queryParams ??= readQuery(this.scope.query_string))
  }

  /** The parameters of the path, converted as the route's pattern says; an object without a prototype. */
  get pathParams(): Params {
    return (this.scope.path_params ?? noParams) as Params
  }

  /** The cookies by name; of several with one name, the first. */
  get cookies(): ReadonlyMap<string, string> {
    return (this.#view.cookies ??= parseCookies(this.headers.getAll('cookie').join(';')))
  }

  /** Where the connection comes from; `null` when that has no address, as with a Unix socket. */
  get client(): ClientAddress | null {
    const { client } = this.scope
    return client ? (this.#view.client ??= { host: client[0], port: client[1] }) : null
  }

  /** What the lifespan yielded, copied for this connection: middleware may add to it. */
  get state(): State {
    return this.scope.state as State
  }

  /**
   * What is kept of the client from one request to the next.
   *
   * @throws TypeError when the connection has passed no `sessions()`.
   */
  get session(): Session {
    return this.scope.session ?? notThere('session', 'sessions()')
  }

  /**
   * Who makes the request; `null` when that is not known.
   *
   * @throws TypeError when the connection has passed no `authentication()`.
   */
  get user(): User | null {
    return this.scope.user === undefined ? notThere('user', 'authentication()') : this.scope.user
  }

  /**
   * What the user may do.
   *
   * @throws TypeError when the connection has passed no `authentication()`.
   */
  get auth(): AuthInfo {
    return this.scope.auth ?? notThere('auth', 'authentication()')
  }

  /** The application that handles the connection. */
  get app(): unknown {
    return this.scope.app
  }

  /**
   * Where to leave work that outlives this connection: the tasks of the application that handles it.
   *
   * @throws TypeError outside an application.
   */
  get tasks(): TaskOwner {
    const app = this.scope.app as { readonly tasks?: TaskOwner } | null | undefined
    if (app?.tasks === undefined) throw new TypeError('Cannot add a task: the connection has passed no application')
    return app.tasks
  }

  /**
   * Aborted when the client leaves before its answer is complete. Where the server does not tell of that by itself, it is
   * aborted when reading finds the client gone.
   */
  get signal(): AbortSignal {
    return (this.#view.signal ??= this.scope.extensions?.['http.disconnect.signal']?.signal ?? this.disconnectSignal())
  }

  /** Aborted when the server begins to shut down, so that long answers can end early. */
  get shutdownSignal(): AbortSignal {
    return (this.#view.shutdownSignal ??=
      this.scope.extensions?.['server.shutdown.signal']?.signal ?? new AbortController().signal)
  }

  /** Makes a signal that is aborted when a disconnect is received. */
  protected abstract disconnectSignal(): AbortSignal

  /** The `root_path` that the server gave. */
  get #encodedRoot(): string {
    return encodePath(this.scope.app_root_path ?? this.scope.root_path)
  }

  get #view(): Views {
    return (this.#views ??= {
      url: null,
      baseUrl: null,
      headers: null,
      queryParams: null,
      cookies: null,
      client: null,
      signal: null,
      shutdownSignal: null,
    })
  }
}

function notThere(name: string, middleware: string): never {
  throw new TypeError(
    `Cannot read "${name}": the connection has passed no ${middleware}, expected it in the middleware of the application or of the route`,
  )
}

function noRouter(name: string): TypeError {
  return new TypeError(
    `Cannot build the URL of ${show(name)}: the connection has passed no router, expected the endpoint to be called by an Application or a Router`,
  )
}

function readQuery(query: string): QueryParams {
  try {
    return new QueryParams(query, { maxPairs: maxQueryPairs })
  } catch (cause) {
    throw new HTTPException(400, { detail: `The query has more than ${maxQueryPairs} parameters`, cause })
  }
}
