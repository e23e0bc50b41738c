import { encodeBytes } from '../../http/percent-encoding.ts'
import { encodePath } from '../../http/url.ts'
import type { HTTPScope, WebSocketScope } from '../../spec/scope.ts'

/** A request target, divided where the mount of an app ends. */
export interface MountedTarget {
  /** Where the app is mounted, percent-encoded, without a trailing slash. */
  readonly mount: string
  /** The path below, percent-encoded. It starts with `/`. */
  readonly path: string
  /** The query with its `?`, or nothing. */
  readonly search: string
}

/** Divides the path of a scope, as it was received where the server tells. */
export function mountedTarget(scope: HTTPScope | WebSocketScope): MountedTarget {
  const { path, root_path: root, query_string: query } = scope
  const search = query === '' ? '' : `?${encodeBytes(query, /[^\x21-\x7e]|#/g)}`
  if (path === '*') return { mount: '', path, search }
  const isBelow = root !== '' && (path === root || path.startsWith(`${root}/`))
  const received = pathAsReceived(scope)
  if (!isBelow) return { mount: '', path: received, search }
  const end = endOfSegments(received, root)
  const mount = received.slice(0, end)
  // A slash that was encoded counts for the path, and not for who divides it as it was received.
  if (decoded(mount) !== root)
    return { mount: encodePath(root), path: encodePath(path.slice(root.length)) || '/', search }
  return { mount, path: received.slice(end) || '/', search }
}

function pathAsReceived({ path, raw_path: raw }: HTTPScope | WebSocketScope): string {
  return raw && decoded(raw) === path ? encodeBytes(raw, /[^\x21-\x7e]|[?#]/g) : encodePath(path)
}

/** Where as many segments end as a prefix has: at the slash behind them. */
function endOfSegments(path: string, prefix: string): number {
  let end = -1
  for (let slashes = prefix.split('/').length; slashes > 0; slashes--) {
    end = path.indexOf('/', end + 1)
    if (end < 0) return path.length
  }
  return end
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
