import { named } from '../lib/endpoint/named.ts'
import { parseHost } from '../lib/http/host.ts'
import type { Host } from '../lib/http/host.ts'
import { fieldValue } from '../lib/http/message-fields.ts'
import { requestURL } from '../lib/http/url.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { RedirectResponse } from '../lib/response/redirect-response.ts'
import type { Response } from '../lib/response/response.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** Which hosts are the app's own. */
export interface TrustedHostOptions {
  /**
   * `example.org` for a host at any port, `example.org:8443` for one port, `*.example.org` for all subdomains, `[::1]`, or
   * `*` for every host.
   */
  allowedHosts: readonly string[]
  /** Redirects from a host that is not allowed to the same with `www.` in front when that is. Default true. */
  wwwRedirect?: boolean
}

type Verdict = 'allowed' | 'to www' | 'refused'

/**
 * Refuses requests for hosts that are not the app's own with a 400, so that a forged `Host` field reaches neither URLs in
 * answers, mails and caches nor, by way of DNS, an app that listens on a loopback address.
 *
 * @throws TypeError for a host that is written otherwise.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 */
export function trustedHost(options: TrustedHostOptions): Middleware {
  const { allowedHosts, wwwRedirect = true } = options
  if (!Array.isArray(allowedHosts) || allowedHosts.length === 0) {
    throw new TypeError(
      `Cannot trust the hosts ${show(allowedHosts)}: expected a list such as ["example.org", "*.example.org"]`,
    )
  }
  if (allowedHosts.includes('*')) return (app) => app
  const hosts = new HostList(allowedHosts)
  return named('trustedHost', (app) => (scope, receive, send) => {
    if (scope.type !== 'http' && scope.type !== 'websocket') return app(scope, receive, send)
    const value = fieldValue(scope.headers, 'host')
    const verdict = hosts.decide(value)
    if (verdict === 'allowed') return app(scope, receive, send)
    const response = verdict === 'to www' && wwwRedirect ? toWWW(scope) : refused()
    return response.respond(scope, receive, send)
  })
}

class HostList {
  readonly #exact: ReadonlySet<string>
  /** What the names of subdomains end with. */
  readonly #suffixes: readonly string[]
  /** The last `Host` field that was allowed: most requests are for the same one. */
  #last: string | null = null

  constructor(patterns: readonly string[]) {
    this.#suffixes = patterns.filter((pattern) => isSuffix(pattern)).map((pattern) => checkedSuffix(pattern))
    this.#exact = new Set(
      patterns.filter((pattern) => !isSuffix(pattern)).map((pattern) => written(checkedHost(pattern))),
    )
  }

  decide(value: string | null): Verdict {
    if (value === null) return 'refused'
    if (value === this.#last) return 'allowed'
    const host = parseHost(value)
    if (host === null) return 'refused'
    if (this.#has(host)) {
      this.#last = value
      return 'allowed'
    }
    const { name, port } = host
    return this.#hasExact({ name: `www.${name}`, port }) ? 'to www' : 'refused'
  }

  #has(host: Host): boolean {
    return this.#hasExact(host) || this.#suffixes.some((suffix) => host.name.endsWith(suffix))
  }

  #hasExact(host: Host): boolean {
    return this.#exact.has(host.name) || (host.port !== null && this.#exact.has(written(host)))
  }
}

function isSuffix(pattern: unknown): boolean {
  return typeof pattern === 'string' && pattern.startsWith('*.')
}

function checkedSuffix(pattern: string): string {
  const host = parseHost(pattern.slice(2))
  if (host === null || host.port !== null || host.name.startsWith('[')) throw badPattern(pattern)
  return `.${host.name}`
}

function checkedHost(pattern: string): Host {
  const host = typeof pattern === 'string' ? parseHost(pattern) : null
  if (host === null) throw badPattern(pattern)
  return host
}

function written({ name, port }: Host): string {
  return port === null ? name : `${name}:${port}`
}

/** Redirects within the scheme and the path of the request: only the host changes, to one that is on the list. */
function toWWW(scope: HTTPScope | WebSocketScope): Response {
  const url = requestURL(scope)
  url.hostname = `www.${url.hostname}`
  return new RedirectResponse(url)
}

function refused(): Response {
  return new PlainTextResponse('Invalid host header', { status: 400 })
}

function badPattern(pattern: unknown): TypeError {
  return new TypeError(
    `Cannot trust the host ${show(pattern)}: expected a host with an optional port, or "*." with a domain, such as "*.example.org"`,
  )
}
