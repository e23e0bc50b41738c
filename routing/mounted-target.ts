import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import type { URLPath } from '../lib/http/url-path.ts'
import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import { toApp } from '../lib/spec/app.ts'
import type { AppLike } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import type { ParamValues } from './param-values.ts'
import type { MismatchAnswers, Routable } from './routable.ts'
import { RouteTable } from './route-table.ts'

/** What a mount or a host leads to: an app, or the routes of a table. */
export type MountTarget = AppLike | readonly Routable[]

/** What tells of the routes of an app; other apps than routers need not. */
interface TellingApp {
  urlPath?(name: string, params: ParamValues): URLPath | null
  listing?(): readonly RouteListing[]
}

/** The app that a mount or a host leads to, and what it tells of its routes. */
export class MountedTarget {
  readonly mounted: MountedApp
  /** The routes of the app; `null` for an app that is no router. */
  readonly table: RouteTable | null
  /** The table of a list of routes, which has no options of its own. */
  readonly #list: RouteTable | null
  readonly #telling: TellingApp

  /** @throws TypeError for a target that is no app. */
  constructor(target: MountTarget, path: string) {
    this.#list = isRoutes(target) ? new RouteTable({ routes: target }) : null
    const app = this.#list ?? (target as AppLike)
    this.mounted = { app: toApp(app, `as the app at ${show(path)}`), key: Symbol(`state of ${path}`) }
    this.table = app instanceof RouteTable ? app : null
    this.#telling = app as TellingApp
  }

  /** Makes a list of routes answer as the router around it does. */
  adopt(answers: MismatchAnswers): void {
    this.#list?.adopt(answers)
  }

  /** The rows of the app, or `null` when it does not tell. */
  listing(): readonly RouteListing[] | null {
    return typeof this.#telling.listing === 'function' ? this.#telling.listing() : null
  }

  /** Returns the URL of a route of the app; with a name for the whole, only for the names that begin with it. */
  urlPath(owner: string | null, name: string, params: ParamValues): URLPath | null {
    if (typeof this.#telling.urlPath !== 'function') return null
    if (owner === null) return this.#telling.urlPath(name, params)
    const prefix = `${owner}:`
    return name.startsWith(prefix) ? this.#telling.urlPath(name.slice(prefix.length), params) : null
  }
}

/** Tells the parameters of a prefix from those of what is behind it. */
export function splitParams(params: ParamValues, names: readonly string[]): { own: ParamValues; rest: ParamValues } {
  const own: Record<string, unknown> = Object.create(null)
  const rest: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(params)) (names.includes(key) ? own : rest)[key] = value
  return { own, rest }
}

function isRoutes(target: MountTarget): target is readonly Routable[] {
  return Array.isArray(target)
}
