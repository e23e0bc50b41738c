import type { HeadersInit } from '../http/headers.ts'
import type { LifespanMode } from '../servers/lifespan-runner.ts'
import type { Extensions } from '../spec/extensions.ts'
import type { Address } from '../spec/scope.ts'
import type { CookieJar } from './cookie-jar.ts'
import type { PairsInit } from '../http/pairs.ts'
import type { RequestContent } from './request-body.ts'

/** How a `TestClient` calls the app. */
export interface TestClientOptions {
  /** Where paths are resolved; its host is the value of `host`. Default: "http://testserver". */
  readonly baseUrl?: string
  /** Throws errors of the app at the test. When false the test gets a 500, or a body that ends early. Default: true. */
  readonly raiseServerErrors?: boolean
  /** The prefix under which the app is mounted; it is added to every path. Default: "". */
  readonly rootPath?: string
  /** Fields of every request. */
  readonly headers?: HeadersInit
  /** Cookies for the host of the base URL, or a jar of one's own. */
  readonly cookies?: Readonly<Record<string, string>> | CookieJar
  /** A user's name and password, sent with every request as `authorization: Basic …`. */
  readonly auth?: BasicAuth
  /** Whether redirects are followed, at most 20. Default: true. */
  readonly followRedirects?: boolean
  /** What the scopes offer besides what every client offers: facts on TLS, or pushes. Default: nothing. */
  readonly extensions?: Pick<Extensions, 'tls' | 'http.response.push'>
  /** The client's address in the scope. Default: ["testclient", 50000]. */
  readonly client?: Address | null
  /** Whether the app's lifespan is run, as on a server. Default: "auto". */
  readonly lifespan?: LifespanMode
  /** Runs the app inside `lint()`. Default: true. */
  readonly lint?: boolean
  /** What is in the state before the app starts. */
  readonly state?: Readonly<Record<string, unknown>>
  /** How many bytes of a body, or of messages, may be unread before the sender waits. Default: 65536. */
  readonly unreadLimitBytes?: number
  /** How long `close` waits for the app before it takes the client away, in milliseconds. Default: 1000. */
  readonly closeTimeoutMs?: number
}

/** A user's name and password for the scheme Basic. */
export type BasicAuth = readonly [user: string, password: string]

/** What belongs to one request. */
export interface RequestOptions extends RequestContent {
  /** Fields of this request; they replace those of the client with the same names. */
  readonly headers?: HeadersInit
  /** Added to the query of the path. */
  readonly query?: PairsInit
  /** Cookies of this request; they go beside those of the client and replace those with the same names. */
  readonly cookies?: Readonly<Record<string, string>>
  /** Sent as `authorization: Basic …`. */
  readonly auth?: BasicAuth
  /** Whether redirects of this request are followed. Default: as the client does. */
  readonly followRedirects?: boolean
  /** Leaves when it aborts, before or after the answer begins. */
  readonly signal?: AbortSignal
}

/** What belongs to one WebSocket. */
export interface WebSocketOptions {
  /** What the client offers, in its order of preference. */
  readonly subprotocols?: readonly string[]
  /** Fields of the handshake; they replace those of the client with the same names. */
  readonly headers?: HeadersInit
  /** Added to the query of the path. */
  readonly query?: PairsInit
  /** Cookies of the handshake, as of a request. */
  readonly cookies?: Readonly<Record<string, string>>
  /** Sent as `authorization: Basic …`. */
  readonly auth?: BasicAuth
}
