import { parseEntityTag, parseEntityTags, strongMatch, weakMatch } from './entity-tag.ts'
import type { EntityTag } from './entity-tag.ts'
import type { Headers } from './headers.ts'
import { parseHTTPDate } from './http-date.ts'

/** What the conditions of a request are compared with: the representation as it is now. */
export interface Validators {
  /** The value of its `etag` field; absent or `null` when it has none. */
  readonly etag?: string | null
  /** When it was changed, in milliseconds since 1970; parts of a second do not count. */
  readonly lastModifiedMs?: number | null
  /** False when there is none, as before the PUT that makes it. Default true. */
  readonly exists?: boolean
}

/** The parts of a request that conditions stand in. */
export interface ConditionalRequest {
  /** In upper case. */
  readonly method: string
  /** The fields of the request. */
  readonly headers: Headers
}

/** What a request with conditions asks for: to be done, to be answered with 304, or with 412. */
export type Verdict = 'proceed' | 'not modified' | 'precondition failed'

/**
 * Weighs the conditions of a request, in the order that the RFC prescribes. Those of a request that would not succeed
 * anyway do not count: leave them out when the answer would be no 2xx.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
export function evaluateConditions({ method, headers }: ConditionalRequest, current: Validators): Verdict {
  const reads = method === 'GET' || method === 'HEAD'
  if (ifMatchFails(headers, current)) return 'precondition failed'
  const ifNoneMatch = headers.get('if-none-match')
  if (ifNoneMatch !== null) {
    if (!matches(ifNoneMatch, current, weakMatch)) return 'proceed'
    return reads ? 'not modified' : 'precondition failed'
  }
  return reads && unchangedSince(headers.get('if-modified-since'), current) === true ? 'not modified' : 'proceed'
}

/**
 * Tells whether the `range` of a request is to be honoured: yes without an `if-range`, else only while the
 * representation is the one that it names. A weak tag never holds.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
 */
export function ifRangeHolds(headers: Headers, { etag, lastModifiedMs }: Validators): boolean {
  const value = headers.get('if-range')
  if (value === null) return true
  const wanted = parseEntityTag(value)
  if (wanted !== null) {
    const tag = currentTag(etag)
    return tag !== null && strongMatch(wanted, tag)
  }
  const date = parseHTTPDate(value)
  return date !== null && (lastModifiedMs ?? null) !== null && date === wholeSeconds(lastModifiedMs!)
}

/** `if-unmodified-since` counts only where there is no `if-match`. */
function ifMatchFails(headers: Headers, current: Validators): boolean {
  const ifMatch = headers.get('if-match')
  if (ifMatch !== null) return !matches(ifMatch, current, strongMatch)
  return unchangedSince(headers.get('if-unmodified-since'), current) === false
}

function matches(value: string, { etag, exists }: Validators, same: (a: EntityTag, b: EntityTag) => boolean): boolean {
  const wanted = parseEntityTags(value)
  if (wanted === '*') return exists !== false
  const tag = currentTag(etag)
  return tag !== null && wanted.some((candidate) => same(candidate, tag))
}

/** Returns `null` when there is nothing to compare: no date, not a date, or a representation of unknown age. */
function unchangedSince(value: string | null, { lastModifiedMs }: Validators): boolean | null {
  const date = value === null ? null : parseHTTPDate(value)
  if (date === null || lastModifiedMs === null || lastModifiedMs === undefined) return null
  return wholeSeconds(lastModifiedMs) <= date
}

function currentTag(etag: string | null | undefined): EntityTag | null {
  return etag === null || etag === undefined ? null : parseEntityTag(etag)
}

function wholeSeconds(instantMs: number): number {
  return Math.floor(instantMs / 1000) * 1000
}
