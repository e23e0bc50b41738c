import type { Headers } from '../http/headers.ts'
import type { Extensions } from '../spec/extensions.ts'
import type { Address, HTTPScope, WebSocketScope } from '../spec/scope.ts'
import type { RequestTarget } from './request-target.ts'
import { httpScope, webSocketScope } from './scopes.ts'
import type { HTTPScopeParts } from './scopes.ts'

/** What the scopes of one client have in common. */
export interface ScopeSource {
  readonly rootPath: string
  readonly client: Address | null
  /** The state of the lifespan; each scope gets a copy. */
  readonly state: Readonly<Record<string, unknown>>
  /** What is offered besides what every client offers. */
  readonly extensions: Extensions
  readonly shutdown: NonNullable<Extensions['server.shutdown.signal']>
}

/** What is sent where. */
export interface ScopeRequest {
  readonly target: RequestTarget
  readonly headers: Headers
}

/** Makes the scope of a request. Trailers are offered to a request that asks for them. */
export function requestScope(source: ScopeSource, request: ScopeRequest & { readonly method: string }): HTTPScope {
  const extensions: Extensions = {
    ...source.extensions,
    'http.response.debug': {},
    'http.response.early_hint': {},
    'server.shutdown.signal': source.shutdown,
    ...(wantsTrailers(request.headers) && { 'http.response.trailers': {} }),
  }
  const scheme = request.target.secure ? 'https' : 'http'
  return httpScope({ ...partsOf(source, request), method: request.method, scheme, extensions })
}

/** Makes the scope of a WebSocket. */
export function handshakeScope(
  source: ScopeSource,
  request: ScopeRequest & { readonly subprotocols: readonly string[] },
): WebSocketScope {
  const { 'http.response.push': _onlyForRequests, ...offered } = source.extensions
  const extensions: Extensions = {
    ...offered,
    'websocket.http.response': {},
    'server.shutdown.signal': source.shutdown,
  }
  const scheme = request.target.secure ? 'wss' : 'ws'
  return webSocketScope({ ...partsOf(source, request), scheme, subprotocols: request.subprotocols, extensions })
}

function partsOf(
  { rootPath, client, state }: ScopeSource,
  { target, headers }: ScopeRequest,
): Omit<HTTPScopeParts, 'method' | 'scheme'> {
  const { path, rawPath, query, server } = target
  return {
    path,
    raw_path: rawPath,
    query_string: query,
    root_path: rootPath,
    headers,
    client,
    server,
    state: { ...state },
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4 */
function wantsTrailers(headers: Headers): boolean {
  return (headers.get('te') ?? '').split(',').some((item) => item.trim().toLowerCase() === 'trailers')
}
