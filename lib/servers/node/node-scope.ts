import type { IncomingMessage } from 'node:http'
import { Headers } from '../../http/headers.ts'
import type { Extensions } from '../../spec/extensions.ts'
import type { HTTPScope, WebSocketScope } from '../../spec/scope.ts'
import { fieldsFor } from '../request-head.ts'
import type { Target } from '../request-head.ts'
import type { ServerState } from '../server-state.ts'
import type { DisconnectSignal } from '../signals.ts'
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
 * The scopes are written out with all their keys in one order, because objects of one shape are quick to make and to
 * read: this runs for each request.
 */

/** The scope of an HTTP request. */
export function httpScope(server: ServerState, node: NodeRequest, signal: DisconnectSignal): HTTPScope {
  const { request, connection, target } = node
  return {
    type: 'http',
    asgi,
    http_version: request.httpVersionMinor === 0 ? '1.0' : '1.1',
    method: request.method!,
    scheme: 'http',
    path: server.rootPath === '' ? target.path : prefixed(server.rootPath, target.path),
    raw_path: server.rootPath === '' ? target.rawPath : prefixed(server.rootPath, target.rawPath),
    query_string: target.query,
    root_path: server.rootPath,
    headers: Headers.fromRaw(fieldsFor(target, request.rawHeaders)),
    client: connection.client,
    server: connection.server,
    state: { ...server.lifespanState },
    extensions: httpExtensions(server, request, signal),
  }
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
  const extensions = {
    'http.disconnect.signal': signal,
    'http.response.early_hint': offered,
    'http.response.pathsend': offered,
    'http.response.zerocopysend': offered,
    'server.shutdown.signal': server.shutdown,
  }
  return acceptsTrailers(request) ? { ...extensions, 'http.response.trailers': offered } : extensions
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4 */
function acceptsTrailers(request: IncomingMessage): boolean {
  const { te } = request.headers
  return te !== undefined && /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(te as string)
}
