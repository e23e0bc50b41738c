import { AsyncLocalStorage } from 'node:async_hooks'
import { named } from '../lib/endpoint/named.ts'
import { progressOf } from '../lib/endpoint/progress.ts'
import { Request } from '../lib/request/request.ts'
import { WebSocket } from '../lib/request/websocket.ts'
import type { Middleware, Receive, Send } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'

/** One call of the app. */
interface Call {
  readonly scope: HTTPScope | WebSocketScope
  readonly receive: Receive
  readonly send: Send
  /** Made when it is asked for before the endpoint has its own. */
  connection: Request | WebSocket | null
}

/** Made with the first middleware, so that nothing follows promises where nobody asks. */
let calls: AsyncLocalStorage<Call> | null = null

/**
 * Lets {@link currentRequest} and {@link currentWebSocket} find the connection from anywhere within its handling: loggers,
 * database layers, functions too deep to hand it down to. Without this middleware nothing is followed and nothing is paid
 * for; with it each request takes about a tenth longer on Node 20.
 */
export function context(): Middleware {
  const storage = (calls ??= new AsyncLocalStorage())
  return named('context', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    return storage.run({ scope, receive, send, connection: null }, app, scope, receive, send)
  })
}

/** Returns the request or WebSocket that is being handled; `null` outside of any. It is the one that the endpoint has. */
export function currentConnection(): Request | WebSocket | null {
  const call = calls?.getStore()
  return call === undefined ? null : (progressOf(call.scope)?.connection ?? ownConnection(call))
}

/**
 * Returns the request that is being handled.
 *
 * @throws TypeError outside of one, and where no `context()` is around.
 */
export function currentRequest(): Request {
  const connection = currentConnection()
  if (connection instanceof Request) return connection
  throw outside('request', connection)
}

/**
 * Returns the WebSocket that is being handled.
 *
 * @throws TypeError outside of one, and where no `context()` is around.
 */
export function currentWebSocket(): WebSocket {
  const connection = currentConnection()
  if (connection instanceof WebSocket) return connection
  throw outside('WebSocket', connection)
}

function ownConnection(call: Call): Request | WebSocket {
  const { scope, receive, send } = call
  return (call.connection ??= scope.type === 'http' ? new Request(scope) : new WebSocket(scope, receive, send))
}

function outside(wanted: string, connection: Request | WebSocket | null): TypeError {
  const is = connection === null ? 'none is being handled, or no context() is around' : 'the connection is another one'
  return new TypeError(`Cannot give the current ${wanted}: ${is}`)
}
