import type { Contract } from '../../lib/endpoint/contract/contract.ts'
import type { Responses } from '../../lib/endpoint/contract/response-declaration.ts'
import type { Dependency } from '../../lib/endpoint/dependencies/dependency.ts'
import { Host } from '../host.ts'
import { Include } from '../include.ts'
import { Mount } from '../mount.ts'
import type { PathPattern } from '../path-pattern.ts'
import type { Routable } from '../routable.ts'
import type { RouteTable } from '../route-table.ts'
import { Route } from '../route.ts'

/** A route with a contract, and what the way to it adds. */
export interface DocumentedRoute {
  readonly route: Route
  readonly contract: Contract
  /** From the outside in. */
  readonly patterns: readonly PathPattern[]
  /** What is made on the way. */
  readonly dependencies: readonly Dependency[]
  readonly tags: readonly string[]
  readonly deprecated: boolean
  readonly responses: Responses
  /** The host as it was written; `null` for any. */
  readonly host: string | null
}

type Way = Omit<DocumentedRoute, 'route' | 'contract'>

const start: Way = { patterns: [], dependencies: [], tags: [], deprecated: false, responses: {}, host: null }

/** Routes that serve a document: what they stand in documents itself. */
const documents = new WeakSet<Routable>()

/** Notes that a route serves the document of its table: those of the apps around it leave the table out. */
export function markDocument(route: Routable): void {
  documents.add(route)
}

/** Finds the routes of a table that documents tell of: those with a contract, in the order in which they are tried. */
export function documentedRoutes(table: RouteTable): readonly DocumentedRoute[] {
  return Array.from(belowTable(table, start))
}

/** Finds the hosts, as they were written, at which a table has such routes. */
export function documentedHosts(table: RouteTable): readonly string[] {
  return documentedRoutes(table).flatMap(({ host }) => host ?? [])
}

/** Counts everything in a table and below. Routes are never taken away, so a document is stale when there are more. */
export function countRoutes(routes: readonly Routable[]): number {
  let count = routes.length
  for (const route of routes) if (!(route instanceof Route)) count += countRoutes(routesBelow(route))
  return count
}

function routesBelow(route: Routable): readonly Routable[] {
  if (route instanceof Include) return route.routes
  return route instanceof Mount || route instanceof Host ? (route.table?.routes ?? []) : []
}

function* belowTable(table: RouteTable, way: Way): Generator<DocumentedRoute> {
  yield* belowRoutes(table.routes, { ...way, dependencies: [...way.dependencies, ...table.dependencies] })
}

function* belowRoutes(routes: readonly Routable[], way: Way): Generator<DocumentedRoute> {
  for (const route of routes) {
    if (route instanceof Route) yield* ofRoute(route, way)
    else if (route instanceof Include) yield* belowInclude(route, way)
    else if (route instanceof Mount) yield* belowApp(route, { ...way, patterns: [...way.patterns, route.pattern] })
    else if (route instanceof Host) yield* belowApp(route, { ...way, host: route.host })
  }
}

function* ofRoute(route: Route, way: Way): Generator<DocumentedRoute> {
  const { contract, pattern, dependencies } = route
  if (contract === null || contract.shape.includeInSchema === false) return
  const patterns = [...way.patterns, pattern]
  yield { ...way, route, contract, patterns, dependencies: [...way.dependencies, ...dependencies] }
}

function* belowInclude({ prefix, tags, docs, dependencies, routes }: Include, way: Way): Generator<DocumentedRoute> {
  if (!docs.includeInSchema) return
  yield* belowRoutes(routes, {
    ...way,
    patterns: [...way.patterns, prefix],
    dependencies: [...way.dependencies, ...dependencies],
    tags: [...way.tags, ...tags],
    deprecated: way.deprecated || docs.deprecated,
    responses: { ...way.responses, ...docs.responses },
  })
}

function* belowApp(route: Mount | Host, way: Way): Generator<DocumentedRoute> {
  const { table, dependencies } = route
  if (table === null || table.routes.some((inner) => documents.has(inner))) return
  yield* belowTable(table, { ...way, dependencies: [...way.dependencies, ...dependencies] })
}
