import { answerHTTPException } from '../lib/endpoint/default-handlers.ts'
import { raise } from '../lib/endpoint/raise.ts'
import type { Call } from '../lib/endpoint/raise.ts'
import { unknownScope } from '../lib/endpoint/unknown-scope.ts'
import { HTTPException } from '../lib/exceptions/http-exception.ts'
import { Response } from '../lib/response/response.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import type { SegmentTexts } from './path-tree.ts'
import type { Match, Routable, RoutedScope } from './routable.ts'
import { routePath } from './route-path.ts'

/**
 * Returns the first full match in the order of declaration; else the first match with a wrong method, with the methods of
 * all of these; else `null`.
 *
 * @param texts The texts of the path's segments, when all of these routes read the same ones.
 */
export function findMatch(
  routes: readonly Routable[],
  scope: RoutedScope,
  path: string,
  texts: SegmentTexts | null = null,
): Match | null {
  let partial: Match | null = null
  for (let index = 0; index < routes.length; index++) {
    const match = routes[index]!.match(scope, path, texts)
    if (match === null) continue
    if (match.methods === null) return match
    partial = partial === null ? match : withMethods(partial, match.methods)
  }
  return partial
}

function withMethods(match: Match, more: readonly string[]): Match {
  return { ...match, methods: [...new Set([...match.methods!, ...more])] }
}

/**
 * Answers what no route answers: a WebSocket is refused, a wrong method gets 405 with `allow`, everything else 404. Within
 * an application the answer is up to its exception handlers.
 */
export function answerMismatch(partial: Match | null): ASGIApp {
  return (scope, receive, send) => refuse(partial, { scope: scope as Call['scope'], receive, send })
}

function refuse(partial: Match | null, call: Call): Promise<void> {
  const { scope, receive, send } = call
  if (scope.type === 'websocket') return send({ type: 'websocket.close' })
  partial?.route.enter(scope, partial)
  const exception =
    partial === null
      ? new HTTPException(404)
      : new HTTPException(405, { headers: { allow: partial.methods!.join(', ') } })
  const inApplication = (scope as RoutedScope).app !== undefined && (scope as RoutedScope).app !== null
  return inApplication ? raise(exception, call) : answerHTTPException(exception).respond(scope, receive, send)
}

/** Answers a request for the methods of a path. */
export function answerOptions(partial: Match): ASGIApp {
  const allow = withOptions(partial).methods!.join(', ')
  return new Response(null, { status: 204, headers: { allow } }).asgi
}

/** Adds OPTIONS to the methods of a match. */
export function withOptions(partial: Match): Match {
  return withMethods(partial, ['OPTIONS'])
}

/** Makes an app of a single routable. */
export function standalone(routable: Routable): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type !== 'http' && scope.type !== 'websocket')
      throw unknownScope('a route', scope, '"http" or "websocket"')
    const match = routable.match(scope, routePath(scope))
    if (match === null || match.methods !== null) return refuse(match, { scope, receive, send })
    return routable.enter(scope, match)(scope, receive, send)
  }
}
