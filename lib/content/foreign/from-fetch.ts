import { unknownScope } from '../../endpoint/unknown-scope.ts'
import { HTTPException } from '../../exceptions/http-exception.ts'
import { fromFetchResponse } from '../../response/from-fetch-response.ts'
import type { ASGIApp } from '../../spec/app.ts'
import { handled } from '../../spec/handled.ts'
import { ClientDisconnected, show } from '../../spec/violations.ts'
import { fetchRequest, fetchURL, forbiddenMethods } from './fetch-request.ts'
import { refuse } from './foreign-call.ts'
import type { ForeignCall } from './foreign-call.ts'

/** A function that answers a `Request` with a `Response`. It is called with `env` and a context that has `waitUntil`. */
export type FetchFunction = (request: Request, ...more: never[]) => Response | Promise<Response>

/** Options of {@link fromFetch}. */
export interface FromFetchOptions {
  /** Takes the path of the mount out of the URL that the handler sees. Default true. */
  readonly stripRootPath?: boolean
  /** The second argument of the handler. */
  readonly env?: unknown
}

/** How a handler is called, whatever it declares. */
type Call = (request: Request, env: unknown, context: object) => Response | Promise<Response>

/**
 * Makes an app of a Fetch handler, or of an object with one as `fetch`: Hono, Elysia, h3, tRPC and others. Mount it:
 * `new Mount('/api', fromFetch(hono))`.
 *
 * Bodies stream both ways, at the pace of their reader. `request.signal` aborts when the client leaves, and the body of the
 * answer is cancelled. The authority of the URL is that of the `Host` field only where that is a plain host and port. A path
 * that a URL cannot hold as it is gets 400, a method that `Request` does not take 501, a WebSocket 403. What the handler gives
 * to `waitUntil` is awaited before the call ends.
 *
 * @throws TypeError for what is no handler.
 */
export function fromFetch(
  handler: FetchFunction | { readonly fetch: FetchFunction },
  options: FromFetchOptions = {},
): ASGIApp {
  const fetch = fetchFunctionOf(handler)
  return (scope, receive, send) => {
    if (scope.type === 'websocket') return send({ type: 'websocket.close' })
    if (scope.type !== 'http') throw unknownScope('a Fetch handler', scope, '"http"')
    return answer(fetch, { scope, receive, send }, options)
  }
}

async function answer(fetch: Call, call: ForeignCall, options: FromFetchOptions): Promise<void> {
  const { scope, receive, send } = call
  if (forbiddenMethods.has(scope.method)) return refuse(new HTTPException(501), call)
  const url = fetchURL(scope, options.stripRootPath ?? true)
  if (url === null) return refuse(new HTTPException(400, { detail: 'Invalid path' }), call)
  const work: Array<Promise<unknown>> = []
  const context = {
    waitUntil: (promise: unknown): void => void work.push(handled(Promise.resolve(promise))),
    passThroughOnException(): void {},
  }
  const response: unknown = await fetch(fetchRequest(call, url), options.env, context)
  try {
    await fromFetchResponse(checked(response, scope.path)).respond(scope, receive, send)
  } catch (error) {
    // That the client has left is no reason to leave the work alone.
    if (error instanceof ClientDisconnected) await endOf(work)
    throw error
  }
  await endOf(work)
}

/** Waits for all work, also for what is added meanwhile, and throws what went wrong. */
async function endOf(work: readonly Promise<unknown>[]): Promise<void> {
  const failures: unknown[] = []
  for (const promise of work) await promise.catch((error: unknown) => failures.push(error))
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'Several works that waitUntil() was given failed')
}

function fetchFunctionOf(handler: unknown): Call {
  if (typeof handler === 'function') return handler as Call
  const { fetch } = (handler ?? {}) as { fetch?: unknown }
  if (typeof fetch === 'function') return (...args) => (handler as { fetch: Call }).fetch(...args)
  throw new TypeError(
    `Cannot make an app of ${show(handler)}: expected a function (request) => Response or an object with such a function as "fetch"`,
  )
}

function checked(response: unknown, path: string): Response {
  // Another realm's or a polyfill's Response is one, too.
  if (typeof response === 'object' && response !== null && 'headers' in response && 'bodyUsed' in response) {
    return response as Response
  }
  throw new TypeError(`Cannot answer ${show(path)}: the Fetch handler returned ${show(response)}, expected a Response`)
}
