import type { HTTPScope } from '../spec/scope.ts'

/** Where a request leads within a directory. */
export interface StaticPath {
  /** The names of directories and a file, none of which can lead elsewhere. */
  readonly segments: readonly string[]
  /** True when the path names a directory: it ends with a slash. */
  readonly isDirectory: boolean
}

export interface StaticPathRules {
  /** Whether names may begin with a dot. */
  readonly dotfiles: boolean
  /** Whether the names of devices, streams and short names of Windows are refused too. */
  readonly windows: boolean
}

/** Reserved in every directory of Windows, with any ending. */
const windowsDevice = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\xb9\xb2\xb3])(?:\.|$)/i
/** Streams and patterns, the short form of a long name, and endings that Windows drops. */
const windowsDisguise = /[:*?"<>|]|~\d|[. ]$/
// oxlint-disable-next-line no-control-regex -- refusing NUL is the purpose
const neverInName = /[/\\\0]/
const drive = /^[a-z]:/i

/**
 * Reads the path below `root_path`, which is decoded already and not decoded again. Nothing is normalised: what router and
 * middleware have seen is what is looked up.
 *
 * @returns `null` for a path with an empty segment, `.`, `..`, a backslash, NUL, the name of a drive, a slash that was
 *   percent-encoded, or a dotfile unless these are allowed.
 */
export function staticPath(scope: HTTPScope, rules: StaticPathRules): StaticPath | null {
  if (scope.raw_path && /%2f/i.test(scope.raw_path)) return null
  const path = pathBelowRoot(scope)
  if (path === '') return { segments: [], isDirectory: scope.path === '' }
  if (!path.startsWith('/')) return null
  const segments = path.slice(1).split('/')
  const isDirectory = segments.at(-1) === ''
  if (isDirectory) segments.pop()
  return segments.every((segment) => isSafeSegment(segment, rules)) ? { segments, isDirectory } : null
}

/** Tells whether a name stands for an entry of a directory and for nothing else. */
export function isSafeSegment(segment: string, { dotfiles, windows }: StaticPathRules): boolean {
  if (segment === '' || segment === '.' || segment === '..') return false
  if (neverInName.test(segment) || drive.test(segment)) return false
  if (!dotfiles && segment.startsWith('.')) return false
  return !windows || !(windowsDevice.test(segment) || windowsDisguise.test(segment))
}

/** The `root_path` is taken away only where a segment ends. */
function pathBelowRoot({ path, root_path: root }: HTTPScope): string {
  if (root === '' || !path.startsWith(root)) return path
  return path.length === root.length || path[root.length] === '/' ? path.slice(root.length) : path
}
