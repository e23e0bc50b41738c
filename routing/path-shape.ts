import { builtInConverters } from '../lib/endpoint/contract/converters.ts'
import type { PathParam, PathParts } from './path-syntax.ts'

/**
 * What the paths of a pattern look like, segment by segment. It is coarser than the pattern: every path that the pattern
 * matches has the shape, not every path of the shape matches.
 */
export interface PathShape {
  /** The text of each segment; `null` where a segment may hold anything. */
  readonly segments: readonly (string | null)[]
  /** Whether the path goes on after these segments: with `/`, and anything behind that. */
  readonly open: boolean
  /**
   * The names of the parameters, when each is a whole segment and nothing but the text of these segments decides whether
   * the pattern matches: it can be read from them then. Else `null` or absent.
   */
  readonly names?: readonly string[] | null
}

/** Stand for parameters in one segment and in several. Text that holds them makes a shape coarser, never wrong. */
const one = '\0'
const several = '\u0001'

/** Returns the shape of a pattern, or of what begins with it. */
export function shapeOf(parts: PathParts, { isPrefix }: { isPrefix: boolean }): PathShape {
  const { literals, params } = parts
  const text = literals[0]! + params.map((param, index) => standIn(param) + literals[index + 1]!).join('')
  const segments = text.split('/').slice(1)
  const end = segments.findIndex((segment) => segment.includes(several))
  return {
    segments: segments
      .slice(0, end < 0 ? segments.length : end)
      .map((segment) => (segment.includes(one) ? null : segment)),
    open: isPrefix || end >= 0,
    names: !isPrefix && areSegments(parts) ? params.map(({ name }) => name) : null,
  }
}

/** Tells whether some path may have both shapes. */
export function shapesMeet(a: PathShape, b: PathShape): boolean {
  const [shorter, longer] = a.segments.length <= b.segments.length ? [a, b] : [b, a]
  if (shorter.segments.length === longer.segments.length ? a.open !== b.open : !shorter.open) return false
  return shorter.segments.every((segment, index) => {
    const other = longer.segments[index]!
    return segment === null || other === null || segment === other
  })
}

/**
 * Returns the position at which most texts tell shapes apart, so that few are left to compare with one that has a text
 * there.
 */
export function tellingPosition(shapes: readonly (PathShape | null)[]): number {
  const texts: Set<string>[] = []
  for (const shape of shapes) {
    for (const [position, text] of shape?.segments.entries() ?? []) {
      if (text !== null) (texts[position] ??= new Set()).add(text)
    }
  }
  let best = 0
  for (const position of texts.keys()) {
    if ((texts[position]?.size ?? 0) > (texts[best]?.size ?? 0)) best = position
  }
  return best
}

/** Tells whether the patterns of two shapes read the same parameters from the same segments, and only from these. */
export function readAlike(a: PathShape, b: PathShape): boolean {
  return isSame(a.names ?? null, b.names ?? null) && isSame(a.segments, b.segments)
}

function isSame<Item>(these: readonly Item[] | null, those: readonly Item[] | null): boolean {
  if (these === null || those === null) return false
  return these.length === those.length && these.every((item, index) => item === those[index])
}

/** Converters of others may look at what stands around the text. */
function areSegments({ literals, params }: PathParts): boolean {
  const { str, int, float, uuid } = builtInConverters
  return params.every(
    ({ converter }, index) =>
      [str, int, float, uuid].includes(converter) &&
      literals[index]!.endsWith('/') &&
      /^(?:\/|$)/.test(literals[index + 1]!),
  )
}

/** A converter that does not say which characters it takes may take the slash. */
function standIn({ converter: { characters } }: PathParam): string {
  return characters === undefined || characters.test('/') ? several : one
}
