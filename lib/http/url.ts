import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { Headers } from './headers.ts'
import { encodeBytes, encodeText } from './percent-encoding.ts'

/** The parts of a scope that make a URL. */
export type URLParts = Pick<
  HTTPScope | WebSocketScope,
  'scheme' | 'path' | 'raw_path' | 'query_string' | 'headers' | 'server'
>

/** The parts of a scope that say where it was sent. */
export type OriginParts = Pick<URLParts, 'scheme' | 'headers' | 'server'>

/** A host and an optional port: RFC 9110 §7.2. Userinfo, lists and everything else that could mislead is left out. */
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Builds the URL that was requested. The authority is the `Host` field when that is a plain host and port, else the
 * server's own address; the path can never become part of it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.1
 */
export function requestURL(scope: URLParts): URL {
  const url = urlAt(scope, pathAsReceived(scope))
  if (scope.query_string !== '') url.search = `?${encodeBytes(scope.query_string, /[^\x21-\x7e]|#/g)}`
  return url
}

/** Builds the URL of a percent-encoded path at the origin of a request. */
export function urlAt(parts: OriginParts, path: string): URL {
  const url = new URL(requestOrigin(parts))
  // Set apart from the authority, a path such as "//other" or "/\\other" stays a path.
  url.pathname = path
  return url
}

/** Percent-encodes a decoded path. */
export function encodePath(path: string): string {
  return encodeText(path, /[^\w\-.~!$&'()*+,;=:@/]+/g)
}

/** Returns the scheme and the authority of a request, for example `https://example.org:8443`, without a trailing slash. */
export function requestOrigin({ scheme, headers, server }: OriginParts): string {
  const claimed = Headers.from(headers).get('host')
  if (claimed !== null && hostPattern.test(claimed)) {
    const origin = `${scheme}://${claimed}`
    if (URL.canParse(origin)) return normalized(origin)
  }
  return normalized(`${scheme}://${addressOf(server)}`)
}

/** Drops a default port and lower-cases the host. `URL.origin` does not do for `ws`, and the path may follow. */
function normalized(origin: string): string {
  const { protocol, host } = new URL(origin)
  return `${protocol}//${host}`
}

function addressOf(server: URLParts['server']): string {
  if (!server || server[1] === null) return 'localhost'
  const [host, port] = server
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The path as it was received when that is what the app sees decoded, else what the app sees, encoded anew. */
function pathAsReceived({ path, raw_path }: URLParts): string {
  if (raw_path && decodesTo(raw_path, path)) return encodeBytes(raw_path, /[^\x21-\x7e]|[?#\\]/g)
  return encodePath(path)
}

function decodesTo(rawPath: string, path: string): boolean {
  try {
    return decodeURIComponent(rawPath) === path
  } catch {
    return false
  }
}
