import type { EndpointResult } from '../../lib/endpoint/endpoint.ts'
import { named } from '../../lib/endpoint/named.ts'
import { progressOf } from '../../lib/endpoint/progress.ts'
import { defaultMaxBodyBytes } from '../../lib/request/body.ts'
import { endCall } from '../../lib/request/call-end.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import { Request } from '../../lib/request/request.ts'
import { WebSocket } from '../../lib/request/websocket.ts'
import { toResponse } from '../../lib/response/to-response.ts'
import { settled } from '../../lib/spec/app.ts'
import type { ASGIApp, Middleware, Receive, Send } from '../../lib/spec/app.ts'
import { handled } from '../../lib/spec/handled.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'
import { BodyTape } from './body-tape.ts'
import type { HeldResponse } from './held-response.ts'
import { Passage } from './passage.ts'

/**
 * Calls the app within and resolves when that has started its response.
 *
 * @param request With a scope of its own, the app within is called with that one. Default: the request of the function.
 * @throws What the app within throws before it starts a response, and TypeError when it is called twice.
 */
export type Next = (request?: Request) => Promise<HeldResponse>

/** Stands around the app within, for one request. It may answer by itself, with or without a call of `next`. */
export type RequestFunction = (request: Request, next: Next) => EndpointResult | Promise<EndpointResult>

/** Stands around the app within, for one WebSocket: `next` resolves when the app within has ended. */
export type WebSocketFunction = (websocket: WebSocket, next: () => Promise<void>) => void | Promise<void>

/** What else a function is to be told, and how much of a body is kept for it. */
export interface FromFunctionOptions {
  /** Called for WebSockets. Default: they pass. */
  websocket?: WebSocketFunction
  /**
   * How much of a body is kept, in bytes, so that the function and the app within can both read it; one that was read from
   * a longer body keeps the other from reading. Default 1 MiB.
   */
  maxReplayBytes?: number
}

/**
 * Makes a middleware of a function that gets the request, calls `next` for the response and returns that or another one. Errors
 * of the app within come out of `next`. The response is held back only until the function returns it.
 *
 * @throws TypeError for something other than functions, and for a limit that is no number of bytes.
 */
export function fromFunction(run: RequestFunction, options: FromFunctionOptions = {}): Middleware {
  const { websocket = null, maxReplayBytes = defaultMaxBodyBytes } = options
  if (typeof run !== 'function') throw notAFunction('it', run)
  if (websocket !== null && typeof websocket !== 'function') throw notAFunction('"websocket"', websocket)
  if (typeof maxReplayBytes !== 'number' || !(maxReplayBytes >= 0)) {
    throw new TypeError(
      `Cannot make middleware of a function: maxReplayBytes is ${show(maxReplayBytes)}, expected a number of bytes`,
    )
  }
  return named(run.name || 'fromFunction', (app) => {
    const parts: Parts = { run, app, maxReplayBytes }
    return (scope, receive, send) => {
      if (scope.type === 'http') return answer(parts, { scope, receive, send })
      if (scope.type !== 'websocket' || websocket === null) return app(scope, receive, send)
      return runWebSocket(websocket, new WebSocket(scope, receive, send), () => app(scope, receive, send))
    }
  })
}

interface Parts {
  readonly run: RequestFunction
  readonly app: ASGIApp
  readonly maxReplayBytes: number
}

interface Call {
  readonly scope: HTTPScope & FrameworkScope
  readonly receive: Receive
  readonly send: Send
}

async function answer({ run, app, maxReplayBytes }: Parts, call: Call): Promise<void> {
  const { scope, send } = call
  const tape = new BodyTape(call.receive, maxReplayBytes)
  const receive = tape.reader()
  const request = new Request(scope, receive, send)
  const progress = progressOf(scope)
  if (progress !== null) progress.connection = request
  const passage = new Passage(progress, send)
  // A function that does not wait for it has no use for its failure.
  const next: Next = (changed = request) => handled(passage.call(app, changed.scope, tape.reader()))
  let isHeld: boolean
  try {
    const response = toResponse(await run(request, next))
    passage.unmark()
    isHeld = passage.holds(response)
    const sent = response.respond(scope, receive, send)
    // Work in the background goes on when the client has left, and belongs to this call.
    await (isHeld ? passage.end(sent) : sent)
  } catch (error) {
    passage.bypass()
    return endCall(scope, Promise.reject(error))
  }
  if (!isHeld) {
    passage.close()
    return endCall(scope, passage.end())
  }
  if (scope.at_end) return endCall(scope, settled)
}

async function runWebSocket(run: WebSocketFunction, websocket: WebSocket, next: () => Promise<void>): Promise<void> {
  await run(websocket, next)
}

function notAFunction(what: string, value: unknown): TypeError {
  return new TypeError(`Cannot make middleware of a function: ${what} is ${show(value)}, expected a function`)
}
