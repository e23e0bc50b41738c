import { endCall } from '../request/call-end.ts'
import type { FrameworkScope } from '../request/connection.ts'
import { Request } from '../request/request.ts'
import { WebSocket } from '../request/websocket.ts'
import { Response } from '../response/response.ts'
import { toResponse } from '../response/to-response.ts'
import { settled } from '../spec/app.ts'
import type { ASGIApp } from '../spec/app.ts'
import type { HTTPScope } from '../spec/scope.ts'
import type { Endpoint, EndpointResult, WebSocketFunction } from './endpoint.ts'
import { progressOf } from './progress.ts'
import { raise } from './raise.ts'
import type { Call } from './raise.ts'
import { unknownScope } from './unknown-scope.ts'

/**
 * Makes an app of an endpoint. What the endpoint throws is answered here already, by the nearest exception handler, so
 * that the middleware around it sees an answer and not an error.
 */
export function endpointApp(endpoint: Endpoint): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type !== 'http') throw unknownScope('an endpoint', scope, '"http"')
    const request = new Request(scope, receive, send)
    const progress = progressOf(scope)
    if (progress !== null) progress.connection = request
    let result: EndpointResult | Promise<EndpointResult>
    try {
      result = endpoint(request)
    } catch (error) {
      return ended(scope, raise(error, { scope, receive, send }))
    }
    if (result instanceof Response) return ended(scope, result.respond(scope, receive, send))
    return Promise.resolve(result).then(
      (value) => unlessSettled(ended(scope, answer(value, { scope, receive, send }))),
      (error: unknown) => ended(scope, raise(error, { scope, receive, send })),
    )
  }
}

function answer(value: unknown, { scope, receive, send }: Call): Promise<void> {
  try {
    return toResponse(value).respond(scope, receive, send)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Waits for the end of a call only where something may have been left to be done then. */
function ended(scope: HTTPScope & FrameworkScope, call: Promise<void>): Promise<void> {
  return call === settled && !scope.at_end ? call : endCall(scope, call)
}

/** A promise that follows another one takes three more turns: nothing is not waited for. */
function unlessSettled(call: Promise<void>): Promise<void> | undefined {
  return call === settled ? undefined : call
}

/** Makes an app of an endpoint for WebSockets; see {@link endpointApp}. */
export function websocketEndpointApp(endpoint: WebSocketFunction): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type !== 'websocket') throw unknownScope('a WebSocket endpoint', scope, '"websocket"')
    const websocket = new WebSocket(scope, receive, send)
    const progress = progressOf(scope)
    if (progress !== null) progress.connection = websocket
    const fail = (error: unknown): Promise<void> => raise(error, { scope, receive, send })
    try {
      const done = endpoint(websocket)
      return done === undefined ? settled : Promise.resolve(done).then(undefined, fail)
    } catch (error) {
      return fail(error)
    }
  }
}
