import { closest } from '../lib/spec/closest.ts'
import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { namesOf } from './route-rows.ts'
import type { NamedRow } from './route-rows.ts'

/** Thrown when a URL is asked for and no route has the name and exactly these parameters. */
export class NoMatchFound extends Error {
  override readonly name = 'NoMatchFound'
  readonly code = 'STELLINE_NO_MATCH_FOUND'

  /** @param rows The table in which the name was looked for. */
  constructor(name: string, params: Readonly<Record<string, unknown>>, rows: readonly RouteListing[] = []) {
    super(`Cannot make a URL: ${reason(name, Object.keys(params), namesOf(rows))}`)
  }
}

function reason(name: string, given: readonly string[], known: readonly NamedRow[]): string {
  const named = known.filter((row) => row.name === name)
  if (named.length === 0) return `no route has the name ${JSON.stringify(name)}${nearTo(name, known)}`
  const wanted = named.map(({ params }) => listed(params)).join(' or ')
  return `the route ${JSON.stringify(name)} takes ${wanted}, but was given ${listed(given)}`
}

function listed(params: readonly string[]): string {
  if (params.length === 0) return 'no parameters'
  const names = params.map((param) => JSON.stringify(param)).join(', ')
  return `the parameter${params.length > 1 ? 's' : ''} ${names}`
}

/** A mistyped name, or one whose mounts were left out. */
function nearTo(name: string, known: readonly NamedRow[]): string {
  const names = [...new Set(known.map((row) => row.name))]
  const nearest = closest(name, names)
  const below = names.filter((other) => other.endsWith(`:${name}`) || name.endsWith(`:${other}`))
  const near = [...new Set([...(nearest === null ? [] : [nearest]), ...below])].map((other) => JSON.stringify(other))
  return near.length === 0 ? '' : `; near it are ${near.join(', ')}`
}
