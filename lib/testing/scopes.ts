import type { HTTPScope, LifespanScope, WebSocketScope } from '../spec/scope.ts'

/** What a scope maker may be told; everything has a default. */
export type HTTPScopeParts = Partial<Omit<HTTPScope, 'type'>>
/** What the maker of a WebSocket scope may be told. */
export type WebSocketScopeParts = Partial<Omit<WebSocketScope, 'type'>>
/** What the maker of a lifespan scope may be told. */
export type LifespanScopeParts = Partial<Omit<LifespanScope, 'type'>>

const connection = (path: string) =>
  ({
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    path,
    raw_path: percentEncode(path),
    query_string: '',
    root_path: '',
    headers: [['host', 'testserver']],
    client: ['testclient', 50000],
    server: ['testserver', 80],
    state: {},
    extensions: {},
  }) as const

/** Makes the scope of an HTTP request: a GET of "/" unless told otherwise. `raw_path` follows `path`. */
export function httpScope(parts: HTTPScopeParts = {}): HTTPScope {
  return { type: 'http', method: 'GET', scheme: 'http', ...connection(parts.path ?? '/'), ...parts }
}

/** Makes the scope of a WebSocket at "/" unless told otherwise. `raw_path` follows `path`. */
export function webSocketScope(parts: WebSocketScopeParts = {}): WebSocketScope {
  return { type: 'websocket', scheme: 'ws', subprotocols: [], ...connection(parts.path ?? '/'), ...parts }
}

/** Makes the scope of a lifespan. */
export function lifespanScope(parts: LifespanScopeParts = {}): LifespanScope {
  return { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: {}, ...parts }
}

/** Encodes what may not stand raw in a path; "/" stays. */
function percentEncode(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent)
}
