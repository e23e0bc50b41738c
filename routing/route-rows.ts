import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { show } from '../lib/spec/violations.ts'
import type { Routable } from './routable.ts'

/** Returns the row of a routable; one of another make goes by the name of its class. */
export function listingOf(route: Routable): RouteListing {
  return (
    route.listing?.() ?? {
      kind: route.constructor.name,
      path: route.literalPath ?? '*',
      name: null,
      methods: null,
      params: [],
      routes: null,
    }
  )
}

/** Returns a routable when it can be one. */
export function checkedRoute(route: Routable): Routable {
  if (typeof route?.match === 'function' && typeof route.enter === 'function') return route
  throw new TypeError(`Cannot add a route: it is ${show(route)}, expected a Route, a Mount or another routable`)
}

/** Returns a list of routables when it can be one. */
export function checkedRoutes(routes: Iterable<Routable>): Routable[] {
  if (typeof (routes as Partial<Iterable<Routable>> | null)?.[Symbol.iterator] === 'function') {
    return Array.from(routes, checkedRoute)
  }
  throw new TypeError(`Cannot make a router of the routes ${show(routes)}: expected a list of routes`)
}

/** A name that URLs are built by, and the parameters that it takes. */
export interface NamedRow {
  readonly name: string
  readonly params: readonly string[]
}

/** Returns the names of a table as URLs are built by them, those of mounts and hosts in front. */
export function namesOf(rows: readonly RouteListing[]): NamedRow[] {
  return rows.flatMap(({ name, params, routes, kind }) => {
    const isWhole = kind === 'mount' || kind === 'host'
    const own = name === null || kind === 'include' ? [] : [{ name, params: isWhole ? [...params, 'path'] : params }]
    const below = namesOf(routes ?? []).map((row) => ({
      name: name === null ? row.name : `${name}:${row.name}`,
      params: [...params, ...row.params],
    }))
    return [...own, ...below]
  })
}
