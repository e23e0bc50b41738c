import { endCall } from '../request/call-end.ts'
import { Request } from '../request/request.ts'
import { WebSocket } from '../request/websocket.ts'
import { toResponse } from '../response/to-response.ts'
import { settled } from '../spec/app.ts'
import type { Receive, Send } from '../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import type { EndpointResult } from './endpoint.ts'
import type { ExceptionHandler } from './exception-handlers.ts'
import { noteFailure, waitingDependencies } from './dependencies/open-dependencies.ts'
import type { DependencyScope } from './dependencies/open-dependencies.ts'
import { progressOf } from './progress.ts'
import { ResponseStarted } from './response-started.ts'

/** A connection as an app is called for it. */
export interface Call {
  readonly scope: HTTPScope | WebSocketScope
  readonly receive: Receive
  readonly send: Send
}

/**
 * Answers an error with the nearest handler that the connection has for it; rejects with the error when there is none. The
 * dependencies that are open see it before, so that they can undo what they have done, or throw another one.
 */
export function raise(error: unknown, call: Call): Promise<void> {
  const open = waitingDependencies(call.scope as DependencyScope)
  return open === null ? answerRaised(error, call) : open.fail(error).then((last) => answerRaised(last, call))
}

function answerRaised(error: unknown, call: Call): Promise<void> {
  const handler = progressOf(call.scope)?.handlers?.find(error) ?? null
  return handler === null ? Promise.reject(error) : answerException(error, handler, call)
}

/**
 * Answers an error with a handler.
 *
 * @throws {@link ResponseStarted} when an answer has begun that cannot be replaced.
 */
export function answerException(error: unknown, handler: ExceptionHandler, call: Call): Promise<void> {
  return endCall(call.scope, handle(error, handler, call))
}

async function handle(error: unknown, handler: ExceptionHandler, call: Call): Promise<void> {
  const progress = progressOf(call.scope)
  noteFailure(call.scope as DependencyScope)
  if (call.scope.type === 'http' && progress?.started) throw new ResponseStarted(error)
  const result = await handler(progress?.connection ?? connectionOf(call), error)
  if (call.scope.type === 'websocket' && progress?.started && result !== undefined) throw new ResponseStarted(error)
  await answerWith(result, call)
}

function answerWith(result: EndpointResult | void, { scope, receive, send }: Call): Promise<void> {
  if (result === undefined && scope.type === 'websocket') return settled
  return toResponse(result).respond(scope, receive, send)
}

function connectionOf({ scope, receive, send }: Call): Request | WebSocket {
  return scope.type === 'http' ? new Request(scope, receive, send) : new WebSocket(scope, receive, send)
}
