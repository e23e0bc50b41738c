import { tracingChannel } from 'node:diagnostics_channel'
import type { TracingChannel } from 'node:diagnostics_channel'
import type { FrameworkScope } from '../lib/request/connection.ts'
import type { Middleware, Send } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** What is published about a request or a WebSocket: one object for all of its events. */
export interface TracedCall {
  /** The method, the path and what the framework has noted: `route`, `path_params`, `request_id`. */
  readonly scope: (HTTPScope | WebSocketScope) & FrameworkScope
  /** The status of the answer, 101 for a WebSocket that was accepted; 0 until there is one. */
  status: number
}

/** What is published about a middleware at work. */
export interface TracedMiddleware {
  readonly scope: (HTTPScope | WebSocketScope) & FrameworkScope
  readonly name: string
}

type Channel = TracingChannel<string, object>

const requests: Channel = tracingChannel<string, object>('stelline.request')
const websockets: Channel = tracingChannel<string, object>('stelline.websocket')
const layers: Channel = tracingChannel<string, object>('stelline.middleware')

/**
 * Publishes each request on the tracing channel `stelline.request` and each WebSocket on `stelline.websocket`, for tools
 * that measure. While nobody listens it does nothing. Put it outermost.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel
 */
export function tracing(): Middleware {
  return (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const channel = scope.type === 'http' ? requests : websockets
    if (!isHeard(channel)) return app(scope, receive, send)
    const call: TracedCall = { scope, status: 0 }
    return published(channel, call, () => app(scope, receive, watchingSend(call, send)))
  }
}

/**
 * Publishes the work of a middleware on the tracing channel `stelline.middleware`, with what lies within it.
 *
 * @throws TypeError for a name that is none.
 */
export function traced(name: string, middleware: Middleware): Middleware {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`Cannot trace a middleware as ${show(name)}: expected a name`)
  }
  return (app) => {
    const inner = middleware(app)
    return (scope, receive, send) => {
      if (scope.type === 'lifespan' || !isHeard(layers)) return inner(scope, receive, send)
      const message: TracedMiddleware = { scope, name }
      return published(layers, message, () => inner(scope, receive, send))
    }
  }
}

function published(channel: Channel, message: object, run: () => Promise<void>): Promise<void> {
  return channel.tracePromise(async () => run(), message)
}

function isHeard({ start, end, asyncStart, asyncEnd, error }: Channel): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  )
}

function watchingSend(call: TracedCall, send: Send): Send {
  return (message) => {
    if (message.type === 'http.response.start' || message.type === 'websocket.http.response.start') {
      call.status = message.status
    } else if (message.type === 'websocket.accept') call.status = 101
    else if (message.type === 'websocket.close' && call.status === 0) call.status = 403
    return send(message)
  }
}
