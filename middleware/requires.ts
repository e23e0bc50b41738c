import { answerHTTPException } from '../lib/endpoint/default-handlers.ts'
import { named } from '../lib/endpoint/named.ts'
import { progressOf } from '../lib/endpoint/progress.ts'
import { raise } from '../lib/endpoint/raise.ts'
import type { Call } from '../lib/endpoint/raise.ts'
import { HTTPException } from '../lib/exceptions/http-exception.ts'
import { isFinalStatus } from '../lib/http/status.ts'
import { ConnectionHead } from '../lib/request/connection-head.ts'
import type { AuthInfo } from '../lib/request/auth-info.ts'
import { RedirectResponse } from '../lib/response/redirect-response.ts'
import type { Middleware } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'

/** What happens to who may not enter. */
export interface RequiresOptions {
  /**
   * The status of the refusal. Default: 401 for who is not known and could show credentials in `authorization`, else 403.
   */
  status?: number
  /**
   * Where requests are sent instead, with 303: a path, or the name of a route. The path that was asked for is added as
   * `next`. WebSockets are refused.
   */
  redirect?: string
}

/**
 * Lets only users through who have all of these scopes; without any, every known user. It guards a route, a mount or a whole
 * application, for requests and WebSockets, behind `authentication()`.
 *
 * @throws TypeError for scopes that are none, and for a status that no answer can have.
 */
export function requires(scopes: string | readonly string[] = [], options: RequiresOptions = {}): Middleware {
  const wanted = typeof scopes === 'string' ? [scopes] : [...scopes]
  if (wanted.some((scope) => typeof scope !== 'string' || scope === '')) {
    throw new TypeError(`Cannot require ${show(scopes)}: expected names of scopes`)
  }
  if (options.status !== undefined && !isFinalStatus(options.status)) {
    throw new TypeError(`Cannot refuse with status ${show(options.status)}: expected an integer from 200 to 999`)
  }
  return named('requires', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const head = new ConnectionHead(scope)
    if (allows(head.auth, wanted)) return app(scope, receive, send)
    return refuse(head, options, { scope, receive, send })
  })
}

function allows({ authenticated, scopes }: AuthInfo, wanted: readonly string[]): boolean {
  return authenticated && wanted.every((scope) => scopes.has(scope))
}

function refuse(head: ConnectionHead, { status, redirect }: RequiresOptions, call: Call): Promise<void> {
  const { scope, receive, send } = call
  if (redirect !== undefined && scope.type === 'http') {
    return new RedirectResponse(loginURL(head, redirect), { status: 303 }).respond(scope, receive, send)
  }
  const error = refusal(head.auth, status)
  // Outside the layer of exception handlers nobody else would answer.
  const handled = progressOf(scope)?.handlers ?? null
  return handled === null ? answerHTTPException(error).respond(scope, receive, send) : raise(error, call)
}

function refusal({ authenticated, challenges }: AuthInfo, status: number | undefined): HTTPException {
  const asks = !authenticated && challenges.length > 0
  const given = status ?? (asks ? 401 : 403)
  return new HTTPException(given, given === 401 ? { headers: { 'www-authenticate': challenges } } : {})
}

/** The path that was asked for is given without the host, so that it cannot lead to another one. */
function loginURL(head: ConnectionHead, redirect: string): string {
  const { pathname, search } = head.url
  const next = encodeURIComponent(pathname.replace(/^[/\\]+/, '/') + search)
  const target = redirect.startsWith('/') ? redirect : head.urlFor(redirect).href
  return `${target}${target.includes('?') ? '&' : '?'}next=${next}`
}
