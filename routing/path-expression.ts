import { builtInConverters } from '../lib/endpoint/contract/converters.ts'
import { paramRun } from './param-run.ts'
import type { ParamRun } from './param-run.ts'
import type { PathParam, PathParts } from './path-syntax.ts'

/** A path as the source of a regular expression without anchors. */
export interface PathExpression {
  readonly source: string
  readonly captures: readonly Capture[]
}

/** Which group of the expression holds the text of which parameters. */
export interface Capture {
  readonly group: number
  readonly run: ParamRun
}

/**
 * Compiles a path. The expression is linear: between two slashes, or up to the end, there is one group at most, so it has
 * nowhere to go back to.
 */
export function pathExpression({ literals, params }: PathParts): PathExpression {
  const captures: Capture[] = []
  let expression = escape(literals[0]!)
  let group = 1
  for (let start = 0; start < params.length;) {
    const end = endOfRun(literals, params, start)
    const run = params.slice(start, end)
    const source = sourceOf(run)
    captures.push({ group, run: paramRun(run, literals.slice(start + 1, end)) })
    expression += `(${source})${escape(literals[end]!)}`
    group += 1 + groupsIn(source)
    start = end
  }
  return { source: expression, captures }
}

function endOfRun(literals: readonly string[], params: readonly PathParam[], start: number): number {
  let end = start + 1
  while (end < params.length && (!literals[end]!.includes('/') || spanSegments(params[start]!, params[end]!))) end++
  return end
}

function spanSegments(...params: PathParam[]): boolean {
  return params.every((param) => param.spansSegments)
}

function sourceOf(run: readonly PathParam[]): string {
  const [{ converter, spansSegments }] = run as readonly [PathParam]
  if (run.length === 1) return converter.regex.source
  return (spansSegments ? builtInConverters.path : builtInConverters.str).regex.source
}

const known = new Map<string, number>()

/** How many groups a converter's expression has of its own. */
function groupsIn(source: string): number {
  let groups = known.get(source)
  if (groups === undefined) known.set(source, (groups = new RegExp(`${source}|`).exec('')!.length - 1))
  return groups
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
