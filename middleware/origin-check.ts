import { named } from '../lib/endpoint/named.ts'
import { fieldValue } from '../lib/http/message-fields.ts'
import { isOwnOrigin, OriginList } from '../lib/http/origin.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import type { Middleware } from '../lib/spec/app.ts'

/** Pages of which origins may open WebSockets. */
export interface OriginCheckOptions {
  /**
   * Origins besides the app's own: `https://example.org` for exactly that, `https://*.example.org` for its subdomains,
   * `example.org` for every scheme and port, `.example.org` for the domain with its subdomains, `*` for all. Default: none.
   */
  allowOrigins?: readonly string[]
  /** Whether clients that name no origin may connect: programs, since browsers always do. Default false. */
  allowMissing?: boolean
}

/**
 * Refuses, with a 403 before the handshake, WebSockets that pages of other origins open. Browsers let every page open them,
 * cookies included, and leave the decision to the server. Requests pass, see `csrf` and `cors`.
 *
 * @throws TypeError for what is neither an origin nor a pattern.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-10.2
 */
export function originCheck(options: OriginCheckOptions = {}): Middleware {
  const allowed = new OriginList(options.allowOrigins ?? [])
  const allowMissing = allowed.any || options.allowMissing === true
  return named('originCheck', (app) => (scope, receive, send) => {
    if (scope.type !== 'websocket') return app(scope, receive, send)
    const origin = fieldValue(scope.headers, 'origin')
    const isAllowed = origin === null ? allowMissing : allowed.has(origin) || isOwnOrigin(origin, scope)
    if (isAllowed) return app(scope, receive, send)
    return new PlainTextResponse('Origin not allowed', { status: 403 }).respond(scope, receive, send)
  })
}
