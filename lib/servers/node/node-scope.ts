import type { IncomingMessage } from 'node:http'
import { Headers } from '../../http/headers.ts'
import type { Extensions } from '../../spec/extensions.ts'
import type { HTTPScope, WebSocketScope } from '../../spec/scope.ts'
import { fieldsFor } from '../request-head.ts'
import type { Target } from '../request-head.ts'
import type { ServerState } from '../server-state.ts'
import type { DisconnectSignal, ShutdownSignal } from '../signals.ts'
import type { Connection } from './connection.ts'

/** A request as node:http hands it over. */
export interface NodeRequest {
  readonly request: IncomingMessage
  readonly connection: Connection
  readonly target: Target
}

const asgi = Object.freeze({ version: '3.0', spec_version: '2.5' })
const offered: object = Object.freeze({})

/*
 * What lives as long as a request is made by constructors that set all keys in one order. Objects of one shape are quick to
 * make and to read; and literals would be put among the old objects by V8 as soon as many requests wait at once, where each
 * of them keeps all of its request alive until the next full collection. See docs/decisions/0032-scopes-by-constructors.md.
 */

class NodeHTTPScope implements HTTPScope {
  readonly type = 'http'
  readonly asgi = asgi
  readonly http_version: '1.0' | '1.1'
  readonly method: string
  readonly scheme = 'http'
  readonly path: string
  readonly raw_path: string
  readonly query_string: string
  readonly root_path: string
  readonly headers: Headers
  readonly client: Connection['client']
  readonly server: Connection['server']
  readonly state: Record<string, unknown>
  readonly extensions: Extensions

  constructor(server: ServerState, { request, connection, target }: NodeRequest, extensions: Extensions) {
    const { rootPath } = server
    this.http_version = request.httpVersionMinor === 0 ? '1.0' : '1.1'
    this.method = request.method!
    this.path = rootPath === '' ? target.path : prefixed(rootPath, target.path)
    this.raw_path = rootPath === '' ? target.rawPath : prefixed(rootPath, target.rawPath)
    this.query_string = target.query
    this.root_path = rootPath
    this.headers = Headers.fromRaw(fieldsFor(target, request.rawHeaders))
    this.client = connection.client
    this.server = connection.server
    this.state = { ...server.lifespanState }
    this.extensions = extensions
  }
}

/** What is offered to every request of HTTP/1.1. */
class HTTPExtensions implements Extensions {
  readonly 'http.disconnect.signal': DisconnectSignal
  readonly 'http.response.early_hint' = offered
  readonly 'http.response.pathsend' = offered
  readonly 'http.response.zerocopysend' = offered
  readonly 'server.shutdown.signal': ShutdownSignal

  constructor(signal: DisconnectSignal, shutdown: ShutdownSignal) {
    this['http.disconnect.signal'] = signal
    this['server.shutdown.signal'] = shutdown
  }
}

/** The scope of an HTTP request. */
export function httpScope(server: ServerState, node: NodeRequest, signal: DisconnectSignal): HTTPScope {
  return new NodeHTTPScope(server, node, httpExtensions(server, node.request, signal))
}

/** The scope of a request to open a WebSocket. */
export function websocketScope(
  server: ServerState,
  node: NodeRequest,
  subprotocols: readonly string[],
): WebSocketScope {
  const { request, connection, target } = node
  return {
    type: 'websocket',
    asgi,
    http_version: '1.1',
    scheme: 'ws',
    path: prefixed(server.rootPath, target.path),
    raw_path: prefixed(server.rootPath, target.rawPath),
    query_string: target.query,
    root_path: server.rootPath,
    headers: Headers.fromRaw(fieldsFor(target, request.rawHeaders)),
    client: connection.client,
    server: connection.server,
    subprotocols,
    state: { ...server.lifespanState },
    extensions: { 'server.shutdown.signal': server.shutdown, 'websocket.http.response': offered },
  }
}

/** `*`, the target of an OPTIONS request for the whole server, has no place under a prefix. */
function prefixed(rootPath: string, path: string): string {
  return path === '*' ? path : rootPath + path
}

function httpExtensions(server: ServerState, request: IncomingMessage, signal: DisconnectSignal): Extensions {
  if (request.httpVersionMinor === 0) {
    return {
      'http.disconnect.signal': signal,
      'http.response.pathsend': offered,
      'http.response.zerocopysend': offered,
      'server.shutdown.signal': server.shutdown,
    }
  }
  const extensions = new HTTPExtensions(signal, server.shutdown)
  return acceptsTrailers(request) ? Object.assign(extensions, { 'http.response.trailers': offered }) : extensions
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4 */
function acceptsTrailers(request: IncomingMessage): boolean {
  const { te } = request.headers
  return te !== undefined && /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(te as string)
}
