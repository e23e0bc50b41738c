import { named } from '../../lib/endpoint/named.ts'
import { Headers } from '../../lib/http/headers.ts'
import { parseHost } from '../../lib/http/host.ts'
import { fieldValue, withFields } from '../../lib/http/message-fields.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'
import {
  forwardedClient,
  forwardedFacts,
  forwardedHost,
  forwardedPrefix,
  forwardedSecurity,
} from './forwarded-facts.ts'
import { TrustedPeers } from './trusted-peers.ts'

/** A field in which proxies say what they know of a request. */
export type ProxyHeader =
  | 'forwarded'
  | 'x-forwarded-for'
  | 'x-forwarded-host'
  | 'x-forwarded-prefix'
  | 'x-forwarded-proto'

/** Whom to believe, and what. */
export interface ProxyHeadersOptions {
  /**
   * The proxies, by the addresses that they connect from: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`, `unix` for a Unix
   * socket, or `*` where nobody but proxies can connect.
   */
  trusted: readonly string[]
  /**
   * The fields that the proxies set, every one of them: a field that a proxy hands through is the client's. Default:
   * `x-forwarded-for` and `x-forwarded-proto`.
   */
  headers?: readonly ProxyHeader[]
}

type ConnectionScope = HTTPScope | WebSocketScope

const known: ReadonlySet<string> = new Set<ProxyHeader>([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-forwarded-proto',
])

/**
 * Takes the client's address, the scheme and, when told so, the host and the prefix of the path from the proxies in front
 * of the server, and writes them onto the scope. Only connections from trusted addresses are believed, and of a chain of
 * proxies only what a trusted one has written. Put it outside of everything that asks for the client or the scheme.
 *
 * @throws TypeError for addresses, ranges and fields that cannot be, and for `forwarded` together with others.
 * @see https://www.rfc-editor.org/rfc/rfc7239
 */
export function proxyHeaders(options: ProxyHeadersOptions): Middleware {
  const peers = new TrustedPeers(options.trusted)
  const fields = checkedHeaders(options.headers ?? ['x-forwarded-for', 'x-forwarded-proto'])
  const isTrusted = (address: string): boolean => peers.has(address)
  const read = fields.has('forwarded')
    ? (scope: ConnectionScope) => readForwarded(scope, isTrusted)
    : (scope: ConnectionScope) => readXForwarded(scope, fields, isTrusted)
  return named('proxyHeaders', (app) => (scope, receive, send) => {
    if (scope.type !== 'lifespan' && peers.sent(scope)) read(scope)
    return app(scope, receive, send)
  })
}

function readForwarded(scope: ConnectionScope, isTrusted: (address: string) => boolean): void {
  const value = fieldValue(scope.headers, 'forwarded')
  if (value === null) return
  const { client, secure, host } = forwardedFacts(value, isTrusted)
  if (client !== null) scope.client = client
  setSecurity(scope, secure)
  if (host !== null) setHost(scope, host)
}

function readXForwarded(
  scope: ConnectionScope,
  fields: ReadonlySet<string>,
  isTrusted: (address: string) => boolean,
): void {
  const valueOf = (name: ProxyHeader): string | null => (fields.has(name) ? fieldValue(scope.headers, name) : null)
  const addresses = valueOf('x-forwarded-for')
  if (addresses !== null) scope.client = forwardedClient(addresses, isTrusted) ?? scope.client ?? null
  const proto = valueOf('x-forwarded-proto')
  if (proto !== null) setSecurity(scope, forwardedSecurity(proto))
  const hosts = valueOf('x-forwarded-host')
  const host = hosts === null ? null : forwardedHost(hosts)
  if (host !== null) setHost(scope, host)
  const prefixes = valueOf('x-forwarded-prefix')
  const prefix = prefixes === null ? null : forwardedPrefix(prefixes)
  if (prefix !== null) addPrefix(scope, prefix)
}

function setSecurity(scope: ConnectionScope, secure: boolean | null): void {
  if (secure === null) return
  if (scope.type === 'http') scope.scheme = secure ? 'https' : 'http'
  else scope.scheme = secure ? 'wss' : 'ws'
}

function setHost(scope: ConnectionScope, value: string): void {
  const { name, port } = parseHost(value)!
  const secure = scope.scheme === 'https' || scope.scheme === 'wss'
  scope.headers = withFields(Headers.from(scope.headers), ['host', value])
  scope.server = [name.replace(/^\[|\]$/g, ''), port ?? (secure ? 443 : 80)]
}

/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope */
function addPrefix(scope: ConnectionScope, prefix: string): void {
  if (scope.path === '*') return
  scope.path = decodeURIComponent(prefix) + scope.path
  if (scope.raw_path) scope.raw_path = prefix + scope.raw_path
  scope.root_path = decodeURIComponent(prefix) + scope.root_path
}

function checkedHeaders(headers: readonly ProxyHeader[]): ReadonlySet<string> {
  const fields = new Set<string>(headers)
  for (const name of fields) {
    if (!known.has(name)) {
      throw new TypeError(`Cannot read the proxy header ${show(name)}: expected one of ${[...known].join(', ')}`)
    }
  }
  if (fields.has('forwarded') && fields.size > 1) {
    throw new TypeError(
      'Cannot read "forwarded" and "x-forwarded-…" at once: a proxy sets one kind, so the other would be the client\'s',
    )
  }
  return fields
}
