import type { Extensions } from './extensions.ts'
import type { ByteString, HeaderPairs } from './headers.ts'

/** The versions that a server speaks. */
export interface ASGIVersions {
  /** Of ASGI: `3.0`. */
  readonly version: string
  /** Of the format of the protocol, for example `2.5` for HTTP and WebSocket. */
  readonly spec_version: string
}

/** A host and port. */
export type Address = readonly [host: string, port: number]

/** What connects one HTTP request or WebSocket to the server that received it. */
interface ConnectionScope {
  /** The versions that the server speaks. */
  asgi: ASGIVersions
  /** Of the request. */
  http_version: '1.0' | '1.1' | '2' | '3'
  /** The target's path, percent-decoded as UTF-8 exactly once and never normalised. Starts with `root_path`. */
  path: string
  /** The path as received, without the query; `null` when the server cannot tell. */
  raw_path?: ByteString | null
  /** What follows the first `?`, still percent-encoded. */
  query_string: ByteString
  /** The prefix under which the app is mounted, without a trailing slash. */
  root_path: string
  /** Lower-case names, wire order, duplicates kept. */
  headers: HeaderPairs
  /** Where the connection comes from; `null` when that has no address. */
  client?: Address | null
  /** Host and port, or the path of a Unix socket and `null`. */
  server?: Address | readonly [path: string, port: null] | null
  /** A shallow copy of the state that the lifespan yielded. */
  state: Record<string, unknown>
  /** What the server offers, by name. */
  extensions: Extensions
}

/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope */
export interface HTTPScope extends ConnectionScope {
  type: 'http'
  /** Upper case. */
  method: string
  /** As the client sees it, as far as the server can tell. */
  scheme: 'http' | 'https'
}

/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#websocket-connection-scope */
export interface WebSocketScope extends ConnectionScope {
  type: 'websocket'
  /** As the client sees it, as far as the server can tell. */
  scheme: 'ws' | 'wss'
  /** What the client offers, in its order of preference. */
  subprotocols: readonly string[]
}

/** @see https://asgi.readthedocs.io/en/latest/specs/lifespan.html#scope */
export interface LifespanScope {
  type: 'lifespan'
  /** The versions that the server speaks. */
  asgi: ASGIVersions
  /** Filled by the app during start-up; copied shallowly into the scope of each connection. */
  state: Record<string, unknown>
}

/** Every scope of the contract, told apart by `type`. */
export type Scope = HTTPScope | WebSocketScope | LifespanScope

/** The protocol that a scope speaks. */
export type Protocol = Scope['type']
