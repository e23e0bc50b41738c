import { encodePath } from '../lib/http/url.ts'
import { RedirectResponse } from '../lib/response/redirect-response.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'

/** Returns a path without its final slashes, or with one when it has none; `null` when nothing is left. */
export function toggleSlash(path: string): string | null {
  if (!path.endsWith('/')) return `${path}/`
  let end = path.length
  while (path[end - 1] === '/') end--
  return end === 0 ? null : path.slice(0, end)
}

/**
 * Redirects to the path with its final slash toggled. The target is relative to the last segment as the client wrote it: it
 * cannot name another host, and it holds behind proxies that rewrite the scheme, the host or the beginning of the path.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.2
 */
export function slashRedirect(scope: HTTPScope): RedirectResponse {
  const path = visible(scope.raw_path ?? encodePath(scope.path))
  const target = scope.path.endsWith('/') ? withoutSlash(path) : `./${path.slice(path.lastIndexOf('/') + 1)}/`
  return new RedirectResponse(scope.query_string === '' ? target : `${target}?${visible(scope.query_string)}`)
}

/** Goes up once for each slash at the end. A slash that was percent-encoded is part of the last segment. */
function withoutSlash(path: string): string {
  const kept = withoutSlashes(path)
  const last = kept.slice(kept.lastIndexOf('/') + 1)
  const up = path.slice(kept.length).split('/').length - 1
  return up === 0 ? `./${last}` : '../'.repeat(up) + last
}

function withoutSlashes(path: string): string {
  let end = path.length
  for (;;) {
    if (path[end - 1] === '/') end -= 1
    else if (/^%2f$/i.test(path.slice(Math.max(0, end - 3), end))) end -= 3
    else return path.slice(0, end)
  }
}

/** Percent-encodes the bytes that a URL cannot hold. */
function visible(text: string): string {
  return text.replaceAll(
    /[^\x21-\x7e]|\\/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
