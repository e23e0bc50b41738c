import { named } from '../lib/endpoint/named.ts'
import { parseHost } from '../lib/http/host.ts'
import { fieldValue } from '../lib/http/message-fields.ts'
import { requestURL } from '../lib/http/url.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { RedirectResponse } from '../lib/response/redirect-response.ts'
import type { Response } from '../lib/response/response.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** How clients are sent to HTTPS. */
export interface HTTPSRedirectOptions {
  /** 308 lets clients remember the redirect. Both keep the method and the body. Default 307. */
  status?: 307 | 308
  /** The port of HTTPS. Default: that of the request, or 443 when it is 80. */
  port?: number
}

/**
 * Redirects `http` to `https` and `ws` to `wss`, at the same host and path. A request whose `Host` field is no plain host is
 * refused with a 400: nobody is sent elsewhere than where they asked for. Behind a proxy that ends TLS put `proxyHeaders`
 * outside of it, else every request is redirected for ever.
 *
 * @throws TypeError for another status, and for a port that cannot be.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4.8
 */
export function httpsRedirect(options: HTTPSRedirectOptions = {}): Middleware {
  const { status = 307, port = null } = options
  if (status !== 307 && status !== 308) {
    throw new TypeError(
      `Cannot redirect to HTTPS with status ${show(status)}: expected 307 or 308, which keep the method`,
    )
  }
  if (port !== null && !(Number.isInteger(port) && port > 0 && port <= 65_535)) {
    throw new TypeError(`Cannot redirect to HTTPS at port ${show(port)}: expected a number from 1 to 65535`)
  }
  return named('httpsRedirect', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan' || (scope.scheme !== 'http' && scope.scheme !== 'ws')) {
      return app(scope, receive, send)
    }
    return redirection(scope, status, port).respond(scope, receive, send)
  })
}

function redirection(scope: HTTPScope | WebSocketScope, status: 307 | 308, port: number | null): Response {
  const host = parseHost(fieldValue(scope.headers, 'host') ?? '')
  if (host === null) return new PlainTextResponse('Invalid host header', { status: 400 })
  const url = requestURL(scope)
  url.protocol = scope.type === 'http' ? 'https:' : 'wss:'
  const isDefault = host.port === null || host.port === 80 || host.port === 443
  url.port = port !== null ? String(port) : isDefault ? '' : String(host.port)
  return new RedirectResponse(url, { status })
}
