import { listMembers } from './list-members.ts'

/** A part of a representation, both ends included, counted from 0. */
export interface ByteRange {
  /** The first byte. */
  readonly first: number
  /** The last byte, which belongs to the part. */
  readonly last: number
}

/**
 * What a `range` field asks for: `whole` when it is to be ignored, `parts` when at least one of its ranges lies within the
 * representation, `unsatisfiable` (416) when none does or there are too many, `malformed` (400) with a reason otherwise.
 */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'parts'; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Bounds on what a `range` field may ask for. */
export interface RangeLimits {
  /** Ranges in one field, before they are merged. Default 200. */
  readonly maxRanges?: number
}

const whole: RangeRequest = { kind: 'whole' }
const unsatisfiable: RangeRequest = { kind: 'unsatisfiable' }

/**
 * Reads a `range` field against a representation of `size` bytes. A unit other than bytes is ignored, and so are members
 * that are no ranges, as long as others are; ranges beyond the end are left out. The rest comes in ascending order, cut to
 * the size, and without overlaps: what overlaps or touches is one range.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function readRange(value: string, size: number, { maxRanges = 200 }: RangeLimits = {}): RangeRequest {
  const equals = value.indexOf('=')
  if (equals < 0) return { kind: 'malformed', reason: 'The Range field has no "="' }
  if (value.slice(0, equals).trim().toLowerCase() !== 'bytes') return whole
  const set = value.slice(equals + 1)
  // Counted first and no further than needed, so that a long list costs nothing.
  if (set.split(',', maxRanges + 1).length > maxRanges) return unsatisfiable
  return readMembers(listMembers(set), size)
}

/** The value of `content-range` for a part. */
export function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`
}

/** The value of `content-range` of a 416. */
export function unsatisfiedRange(size: number): string {
  return `bytes */${size}`
}

/** How many bytes a range has. */
export function rangeLength({ first, last }: ByteRange): number {
  return last - first + 1
}

function readMembers(members: readonly string[], size: number): RangeRequest {
  const ranges: ByteRange[] = []
  let isAsked = false
  for (const member of members) {
    const bounds = /^(\d*)-(\d*)$/.exec(member)
    if (bounds === null || member === '-') continue
    isAsked = true
    const range = bounds[1] === '' ? suffix(Number(bounds[2]), size) : interval(bounds[1]!, bounds[2]!, size)
    if (range === 'reversed') return { kind: 'malformed', reason: 'A range of the Range field ends before it starts' }
    // The end of nothing is nothing: the whole of an empty representation is the better answer.
    if (range === 'empty') return whole
    if (range !== null) ranges.push(range)
  }
  if (!isAsked) return { kind: 'malformed', reason: 'The Range field names no range' }
  return ranges.length === 0 ? unsatisfiable : { kind: 'parts', ranges: merged(ranges) }
}

function suffix(length: number, size: number): ByteRange | 'empty' | null {
  if (length === 0) return null
  return size === 0 ? 'empty' : { first: Math.max(0, size - length), last: size - 1 }
}

function interval(first: string, last: string, size: number): ByteRange | 'reversed' | null {
  const from = Number(first)
  const to = last === '' ? Infinity : Number(last)
  if (from > to) return 'reversed'
  return from < size ? { first: from, last: Math.min(to, size - 1) } : null
}

function merged(ranges: ByteRange[]): ByteRange[] {
  const disjoint: ByteRange[] = []
  for (const range of ranges.sort((one, other) => one.first - other.first)) {
    const before = disjoint.at(-1)
    if (before === undefined || range.first > before.last + 1) disjoint.push(range)
    else if (range.last > before.last) disjoint[disjoint.length - 1] = { first: before.first, last: range.last }
  }
  return disjoint
}
