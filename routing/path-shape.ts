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
}

/** Stand for parameters in one segment and in several. Text that holds them makes a shape coarser, never wrong. */
const one = '\0'
const several = '\u0001'

/** Returns the shape of a pattern, or of what begins with it. */
export function shapeOf({ literals, params }: PathParts, { isPrefix }: { isPrefix: boolean }): PathShape {
  const text = literals[0]! + params.map((param, index) => standIn(param) + literals[index + 1]!).join('')
  const segments = text.split('/').slice(1)
  const end = segments.findIndex((segment) => segment.includes(several))
  return {
    segments: segments
      .slice(0, end < 0 ? segments.length : end)
      .map((segment) => (segment.includes(one) ? null : segment)),
    open: isPrefix || end >= 0,
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

/** A converter that does not say which characters it takes may take the slash. */
function standIn({ converter: { characters } }: PathParam): string {
  return characters === undefined || characters.test('/') ? several : one
}
