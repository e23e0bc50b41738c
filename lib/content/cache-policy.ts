import { isFieldValue } from '../spec/field-syntax.ts'
import { show } from '../spec/violations.ts'

/**
 * The `cache-control` of files: one value for all, a function of a file's path within the directory, such as
 * `assets/app.js`, or pairs of a pattern and a value, the first that matches counts.
 *
 * In a pattern `*` stands for any part of a name and `**` for any part of a path; a pattern without a slash is matched with
 * the name alone. A regular expression is matched with the path.
 */
export type CacheControl =
  | string
  | ((path: string) => string | null)
  | readonly (readonly [pattern: string | RegExp, value: string])[]

/** Returns the `cache-control` for a path; `null` for none. */
export type CachePolicy = (path: string) => string | null

/**
 * Makes the policy of a set-up.
 *
 * @throws TypeError for a value that no field can hold and for a pattern that is none.
 */
export function cachePolicy(control: CacheControl | undefined): CachePolicy {
  if (control === undefined) return () => null
  if (typeof control === 'function') return control
  if (typeof control === 'string') {
    const value = checkedValue(control)
    return () => value
  }
  const rules = control.map(([pattern, value]) => ({ matches: matcherOf(pattern), value: checkedValue(value) }))
  return (path) => rules.find(({ matches }) => matches(path))?.value ?? null
}

function checkedValue(value: string): string {
  if (isFieldValue(value)) return value
  throw new TypeError(`Cannot set cacheControl ${show(value)}: expected a value for the "cache-control" field`)
}

function matcherOf(pattern: string | RegExp): (path: string) => boolean {
  if (pattern instanceof RegExp) return (path) => path.search(pattern) >= 0
  if (typeof pattern !== 'string' || pattern === '') {
    throw new TypeError(`Cannot set cacheControl for ${show(pattern)}: expected a pattern or a regular expression`)
  }
  const expression = new RegExp(
    `^${pattern.split('/').map(segmentSource).join('/').replaceAll('.*/', '(?:.*/)?')}$`,
    's',
  )
  return pattern.includes('/') ? (path) => expression.test(path) : (path) => expression.test(nameOf(path))
}

/** A segment `**` stands for any number of segments, also for none. */
function segmentSource(segment: string): string {
  if (segment === '**') return '.*'
  return segment
    .split(/\*+/)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[^/]*')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
