import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { unknownScope } from '../lib/endpoint/unknown-scope.ts'
import type { URLPath } from '../lib/http/url-path.ts'
import { runLifespan } from '../lib/lifetime/lifespan-app.ts'
import type { RunningLifespan } from '../lib/lifetime/lifespan.ts'
import { startMounted } from '../lib/lifetime/nested-lifespan.ts'
import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import type { URLResolver } from '../lib/request/url-resolver.ts'
import { toFetchHandler } from '../lib/servers/fetch/fetch-handler.ts'
import type { FetchHandler } from '../lib/servers/fetch/fetch-handler.ts'
import { toApp } from '../lib/spec/app.ts'
import type { AppLike, ASGIApp } from '../lib/spec/app.ts'
import { answerMismatch, answerOptions, withOptions } from './dispatch.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { addMountedState } from './mounted-state.ts'
import { NoMatchFound } from './no-match-found.ts'
import type { ParamValues } from './param-values.ts'
import { PathIndex } from './path-index.ts'
import type { Match, MismatchAnswers, Routable, RoutedScope } from './routable.ts'
import { checkedRoute, checkedRoutes, listingOf } from './route-rows.ts'
import { routePath } from './route-path.ts'
import { slashRedirect, toggleSlash } from './slash-redirect.ts'

/** What a table of routes is made of. */
export interface RouteTableOptions extends LayerOptions {
  /** The first that matches wins. */
  routes?: Iterable<Routable>
  /** Redirects, with 307, to the path with or without a final slash when only that has a route. Default true. */
  redirectSlashes?: boolean
  /** Answers OPTIONS, with 204 and `allow`, where a path has routes but none for OPTIONS. Default false. */
  answerOptions?: boolean
  /** Answers what no route matches, in place of 404. Its lifespan runs within that of the router. */
  fallback?: AppLike
}

/** Routes in order, found by an index, and the app that leads each connection to the first one that matches. */
export class RouteTable implements URLResolver {
  /** What is made before any route is looked for. */
  readonly dependencies: readonly Dependency[]
  readonly #routes: Routable[]
  #answers: MismatchAnswers
  readonly #fallback: MountedApp | null
  readonly #layered: ASGIApp
  /** Made anew after a route was added. */
  #index: PathIndex | null = null
  #fetch: FetchHandler | null = null

  /** @throws TypeError for middleware, exception handlers, limits or a fallback that cannot be such. */
  constructor(options: RouteTableOptions = {}) {
    this.#routes = checkedRoutes(options.routes ?? [])
    this.dependencies = options.dependencies ?? []
    const { redirectSlashes = true, answerOptions: answersOptions = false } = options
    this.#answers = { redirectSlashes, answerOptions: answersOptions }
    for (const route of this.#routes) route.adopt?.(this.#answers)
    this.#fallback =
      options.fallback === undefined ? null : { app: toApp(options.fallback), key: Symbol('state of the fallback') }
    this.#layered = withLayers(this.dispatch, options)
  }

  /** The routes, in the order in which they are tried. */
  get routes(): readonly Routable[] {
    return this.#routes
  }

  /**
   * The app for Fetch runtimes, bound: `export default { fetch: app.fetch }`. The first request starts the lifespan;
   * `fetch.start()` and `fetch.close()` do so at a time of one's own. For options there is `toFetchHandler`.
   */
  get fetch(): FetchHandler {
    return (this.#fetch ??= toFetchHandler(this, { background: () => this.pendingWork() }))
  }

  get asgi(): ASGIApp {
    return this.#asgi
  }

  /**
   * Adds a route after all others. It is live at once, also when the router is mounted or serving.
   *
   * @throws TypeError for what is no route.
   */
  add(route: Routable): this {
    this.#routes.push(checkedRoute(route))
    route.adopt?.(this.#answers)
    this.#index = null
    return this
  }

  /** Answers from now on as another router does, which this table is a part of. */
  adopt(answers: MismatchAnswers): void {
    this.#answers = answers
    for (const route of this.#routes) route.adopt?.(answers)
  }

  /** Returns the URL of a route; `null` when none has this name and exactly these parameters. */
  urlPath(name: string, params: ParamValues): URLPath | null {
    for (const route of this.#routes) {
      const url = route.urlPath(name, params)
      if (url !== null) return url
    }
    return null
  }

  /**
   * Returns the URL of a route, without the `root_path` of the server: what `request.urlFor` makes whole.
   *
   * @throws {@link NoMatchFound} when no route has this name and exactly these parameters.
   * @throws TypeError for a value that the converter of its parameter refuses.
   */
  resolveURL(name: string, params: ParamValues): URLPath {
    const url = this.urlPath(name, params)
    if (url === null) throw new NoMatchFound(name, params, this.listing())
    return url
  }

  /** The table as rows, for those who read it. */
  listing(): readonly RouteListing[] {
    return this.#routes.map(listingOf)
  }

  /** Returns the route for a connection; see {@link PathIndex.find}. */
  protected find(scope: RoutedScope, path: string): Match | null {
    const index = (this.#index ??= new PathIndex(this.#routes))
    return index.find(scope, path)
  }

  /** The work beside requests that a runtime must be kept awake for; null when there is none. */
  protected pendingWork(): Promise<unknown> | null {
    return null
  }

  /** Starts up what is mounted. */
  protected startUp(): Promise<RunningLifespan> {
    const mounted = this.#routes.flatMap((route) => route.mounted ?? [])
    return startMounted(this.#fallback === null ? mounted : [...mounted, this.#fallback])
  }

  readonly #asgi: ASGIApp = (scope, receive, send) =>
    scope.type === 'lifespan'
      ? runLifespan(() => this.startUp(), scope, { receive, send })
      : this.#layered(scope, receive, send)

  /** The table itself, without what is put around it. */
  protected readonly dispatch: ASGIApp = (scope, receive, send) => {
    if (scope.type !== 'http' && scope.type !== 'websocket')
      throw unknownScope('a router', scope, 'a type of the contract')
    const routed: RoutedScope = scope
    routed.url_resolver ??= this
    const path = routePath(routed)
    const match = this.find(routed, path)
    if (match !== null && match.methods === null) return match.route.enter(routed, match)(scope, receive, send)
    return this.#answerOthers(match, { routed, path })(scope, receive, send)
  }

  /** Returns what answers when no route matches fully. */
  #answerOthers(match: Match | null, { routed, path }: { routed: RoutedScope; path: string }): ASGIApp {
    if (match !== null && this.#answers.answerOptions) {
      if ((routed as { method?: string }).method === 'OPTIONS') return answerOptions(match)
      return answerMismatch(withOptions(match))
    }
    if (match === null && routed.type === 'http' && this.#redirects(routed, path)) return slashRedirect(routed).asgi
    if (match === null && this.#fallback !== null) return enterFallback(routed, this.#fallback)
    return answerMismatch(match)
  }

  #redirects(scope: RoutedScope, path: string): boolean {
    const toggled = this.#answers.redirectSlashes ? toggleSlash(path) : null
    return toggled !== null && this.find(scope, toggled) !== null
  }
}

function enterFallback(scope: RoutedScope, fallback: MountedApp): ASGIApp {
  addMountedState(scope, fallback)
  return fallback.app
}
