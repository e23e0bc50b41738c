import { tracingChannel } from 'node:diagnostics_channel'
import type { TracingChannel } from 'node:diagnostics_channel'
import { named } from '../lib/endpoint/named.ts'
import type { FrameworkScope } from '../lib/request/connection.ts'
import type { ASGIApp, Middleware, Receive, Send } from '../lib/spec/app.ts'
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
 * that measure. While nobody listens it does nothing. An `Application` publishes by itself; this is for other apps. Put it
 * outermost.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel
 */
export function tracing(): Middleware {
  return publishing('tracing', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan' || !isTraced(scope)) return app(scope, receive, send)
    return tracedCall(app, scope, [receive, send])
  })
}

/**
 * Gives a middleware the name under which its work is published on the tracing channel `stelline.middleware`, with what lies
 * within it. An `Application` publishes the work of its middleware by itself, under the names of their functions.
 *
 * @throws TypeError for a name that is none.
 */
export function traced(name: string, middleware: Middleware): Middleware {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`Cannot trace a middleware as ${show(name)}: expected a name`)
  }
  return publishing(name, (app) => tracedLayer(name, middleware(app)))
}

/** Those that publish by themselves. */
const publishers = new WeakSet<Middleware>()

function publishing(name: string, middleware: Middleware): Middleware {
  publishers.add(middleware)
  return named(name, middleware)
}

/** Returns the name under which the work of a middleware is to be published; `null` when it does that by itself. */
export function tracedName(middleware: Middleware): string | null {
  return publishers.has(middleware) ? null : middleware.name === '' ? 'middleware' : middleware.name
}

/** Tells whether somebody listens to the work of middleware. */
export function areLayersHeard(): boolean {
  return isHeard(layers)
}

/** Makes an app publish its work as that of a middleware, while somebody listens. */
export function tracedLayer(name: string, app: ASGIApp): ASGIApp {
  return (scope, receive, send) => {
    if (!areLayersHeard() || scope.type === 'lifespan') return app(scope, receive, send)
    const message: TracedMiddleware = { scope, name }
    return published(layers, message, () => app(scope, receive, send))
  }
}

/** Tells whether somebody listens to a call that no layer around this one has published. */
export function isTraced(scope: TracedScope): boolean {
  return isHeard(scope.type === 'http' ? requests : websockets) && scope.traced !== true
}

/** Calls an app and publishes that. */
export function tracedCall(app: ASGIApp, scope: TracedScope, [receive, send]: readonly [Receive, Send]): Promise<void> {
  scope.traced = true
  const call: TracedCall = { scope, status: 0 }
  const channel = scope.type === 'http' ? requests : websockets
  return published(channel, call, () => app(scope, receive, watchingSend(call, send)))
}

/** A connection with what tells that it is published. */
type TracedScope = (HTTPScope | WebSocketScope) & FrameworkScope & { traced?: boolean | null }

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
