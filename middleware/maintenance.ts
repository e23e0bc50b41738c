import type { Endpoint } from '../lib/endpoint/endpoint.ts'
import { named } from '../lib/endpoint/named.ts'
import { Request } from '../lib/request/request.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { toResponse } from '../lib/response/to-response.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** When an app is closed, and what it says. */
export interface MaintenanceOptions {
  /** Asked for each request; it should answer from memory. */
  active: () => boolean
  /** Who may enter nevertheless, for example health checks and operators. Default: nobody. */
  allow?: (scope: HTTPScope | WebSocketScope) => boolean
  /** When clients may come again, in seconds. Default 60. */
  retryAfterSeconds?: number
  /** Answers in place of the plain 503. */
  response?: Endpoint
}

/**
 * Answers 503 while an app is closed; WebSockets are refused.
 *
 * @throws TypeError or RangeError for a set-up that cannot work.
 */
export function maintenance(options: MaintenanceOptions): Middleware {
  const { active, allow, retryAfterSeconds = 60, response } = options
  if (typeof active !== 'function') {
    throw new TypeError(
      `Cannot close an app: active is ${show(active)}, expected a function that tells whether it is closed`,
    )
  }
  if (!Number.isSafeInteger(retryAfterSeconds) || retryAfterSeconds < 0) {
    throw new RangeError(`Cannot close an app: retryAfterSeconds is ${show(retryAfterSeconds)}, expected whole seconds`)
  }
  const headers = { 'retry-after': String(retryAfterSeconds), 'cache-control': 'no-store' }
  const closed = new PlainTextResponse('Service Unavailable', { status: 503, headers })
  return named('maintenance', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan' || !active() || allow?.(scope) === true) return app(scope, receive, send)
    if (response === undefined || scope.type !== 'http') return closed.respond(scope, receive, send)
    return Promise.resolve(response(new Request(scope, receive, send))).then((answer) =>
      toResponse(answer).respond(scope, receive, send),
    )
  })
}
