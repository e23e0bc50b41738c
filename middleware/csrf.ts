import { named } from '../lib/endpoint/named.ts'
import { fieldValue } from '../lib/http/message-fields.ts'
import { isOwnOrigin, OriginList } from '../lib/http/origin.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** Which pages may send unsafe requests besides the app's own. */
export interface CSRFOptions {
  /** Origins such as `https://example.org`, or `https://*.example.org` for its subdomains. Default: none. */
  trustedOrigins?: readonly string[]
  /**
   * Whether requests that do not tell where they come from are refused. No browser of the last years leaves that out, but
   * programs do. Default false.
   */
  requireOrigin?: boolean
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Refuses, with a 403, unsafe requests that pages of other sites have a browser send: those with any method but GET, HEAD,
 * OPTIONS and TRACE, whatever their content type. What counts is where the browser says that the request comes from, so that no
 * tokens are needed. WebSockets pass, see `originCheck`.
 *
 * @throws TypeError for trusted origins that are not origins.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 * @see https://www.rfc-editor.org/rfc/rfc6454#section-7
 */
export function csrf(options: CSRFOptions = {}): Middleware {
  const trusted = new OriginList(options.trustedOrigins ?? [])
  if (trusted.any) throw new TypeError('Cannot trust the origin "*": then nothing would be checked')
  const requireOrigin = checkedFlag(options.requireOrigin ?? false)
  return named('csrf', (app) => (scope, receive, send) => {
    if (scope.type !== 'http' || safeMethods.has(scope.method)) return app(scope, receive, send)
    if (isWanted(scope, trusted, requireOrigin)) return app(scope, receive, send)
    return new PlainTextResponse('Cross-site request refused', { status: 403 }).respond(scope, receive, send)
  })
}

function isWanted(scope: HTTPScope, trusted: OriginList, requireOrigin: boolean): boolean {
  const site = fieldValue(scope.headers, 'sec-fetch-site')
  // No page can set this field: what the browser says holds.
  if (site === 'same-origin' || site === 'none') return true
  const origin = fieldValue(scope.headers, 'origin')
  if (origin !== null) return trusted.has(origin) || (site === null && isOwnOrigin(origin, scope))
  return site === null && isWantedWithoutOrigin(scope, trusted, requireOrigin)
}

/** Browsers too old for `origin` with forms send `referer`. Who sends neither is no browser, or does not want to tell. */
function isWantedWithoutOrigin(scope: HTTPScope, trusted: OriginList, requireOrigin: boolean): boolean {
  const referer = fieldValue(scope.headers, 'referer')
  if (referer === null) return !requireOrigin
  if (!URL.canParse(referer)) return false
  const { origin } = new URL(referer)
  return trusted.has(origin) || isOwnOrigin(origin, scope)
}

function checkedFlag(value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError(`Cannot set up csrf: requireOrigin is ${show(value)}, expected true or false`)
}
