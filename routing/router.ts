import { runLifespan } from '../lib/lifetime/lifespan-app.ts'
import type { RunningLifespan } from '../lib/lifetime/lifespan.ts'
import { startMounted } from '../lib/lifetime/nested-lifespan.ts'
import type { Endpoint, WebSocketEndpoint } from '../lib/endpoint/endpoint.ts'
import { unknownScope } from '../lib/endpoint/unknown-scope.ts'
import type { URLResolver } from '../lib/request/url-resolver.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { answerMismatch, findMatch } from './dispatch.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { NoMatchFound } from './no-match-found.ts'
import type { ParamValues } from './param-values.ts'
import { PathIndex } from './path-index.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import type { Routable, RoutedScope } from './routable.ts'
import { Route } from './route.ts'
import type { RouteOptions } from './route.ts'
import { routePath } from './route-path.ts'
import { slashRedirect, toggleSlash } from './slash-redirect.ts'
import { WebSocketRoute } from './websocket-route.ts'
import type { WebSocketRouteOptions } from './websocket-route.ts'

/** What a router is made of. */
export interface RouterOptions extends LayerOptions {
  /** The first that matches wins. */
  routes?: Iterable<Routable>
  /** Redirects, with 307, to the path with or without a final slash when only that has a route. Default true. */
  redirectSlashes?: boolean
}

/** Options of a route whose method is given already. */
export type MethodOptions = Omit<RouteOptions, 'methods'>

/** Leads each connection to the first of its routes that matches. Alone it is an app. */
export class Router<State = Record<string, unknown>> implements URLResolver {
  readonly #routes: Routable[]
  readonly #redirectSlashes: boolean
  readonly #layered: ASGIApp
  /** Made anew after a route was added. */
  #index: PathIndex | null = null

  constructor(options: RouterOptions = {}) {
    this.#routes = [...(options.routes ?? [])]
    this.#redirectSlashes = options.redirectSlashes ?? true
    this.#layered = withLayers(this.dispatch, options)
  }

  /** The routes, in the order in which they are tried. */
  get routes(): readonly Routable[] {
    return this.#routes
  }

  get asgi(): ASGIApp {
    return this.#asgi
  }

  /** Adds a route after all others. It is live at once, also when the router is mounted or serving. */
  add(route: Routable): this {
    this.#routes.push(route)
    this.#index = null
    return this
  }

  /** Adds a route for GET and HEAD. */
  get<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['GET'] }))
  }

  /** Adds a route for POST. */
  post<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['POST'] }))
  }

  /** Adds a route for PUT. */
  put<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['PUT'] }))
  }

  /** Adds a route for PATCH. */
  patch<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['PATCH'] }))
  }

  /** Adds a route for DELETE. */
  delete<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['DELETE'] }))
  }

  /** Adds a route for OPTIONS. */
  options<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this {
    return this.add(new Route<Path, State>(path, endpoint, { ...options, methods: ['OPTIONS'] }))
  }

  /** Adds a route for WebSockets. */
  websocket<const Path extends AnyPath>(
    path: Path,
    endpoint: WebSocketEndpoint<ParamsOf<Path>, State>,
    options?: WebSocketRouteOptions,
  ): this {
    return this.add(new WebSocketRoute<Path, State>(path, endpoint, options))
  }

  /** Returns the path of a route, percent-encoded; `null` when none has this name and exactly these parameters. */
  urlPath(name: string, params: ParamValues): string | null {
    for (const route of this.#routes) {
      const path = route.urlPath(name, params)
      if (path !== null) return path
    }
    return null
  }

  /**
   * Returns the path of a route, percent-encoded, without the `root_path` of the server. A route within a mount that has a
   * name is called `mount:route`.
   *
   * @throws {@link NoMatchFound} when no route has this name and exactly these parameters.
   * @throws TypeError for a value that the converter of its parameter refuses.
   */
  urlPathFor(name: string, params: ParamValues = {}): string {
    const path = this.urlPath(name, params)
    if (path === null) throw new NoMatchFound(name, params)
    return path
  }

  /** Starts up what is mounted. */
  protected startUp(): Promise<RunningLifespan> {
    return startMounted(this.#routes.flatMap(({ mounted }) => mounted ?? []))
  }

  readonly #asgi: ASGIApp = (scope, receive, send) =>
    scope.type === 'lifespan'
      ? runLifespan(() => this.startUp(), scope, { receive, send })
      : this.#layered(scope, receive, send)

  /** The router itself, without what is put around it. */
  protected readonly dispatch: ASGIApp = (scope, receive, send) => {
    if (scope.type !== 'http' && scope.type !== 'websocket')
      throw unknownScope('a router', scope, 'a type of the contract')
    const routed: RoutedScope = scope
    routed.url_resolver ??= this
    const index = (this.#index ??= new PathIndex(this.#routes))
    const path = routePath(routed)
    const match = findMatch(index.candidates(path), routed, path)
    if (match !== null && match.methods === null) return match.route.enter(routed, match)(scope, receive, send)
    if (match === null && scope.type === 'http' && this.#redirects(index, routed, path)) {
      return slashRedirect(scope).respond(scope, receive, send)
    }
    return answerMismatch(match, { scope, receive, send })
  }

  #redirects(index: PathIndex, scope: RoutedScope, path: string): boolean {
    const toggled = this.#redirectSlashes ? toggleSlash(path) : null
    return toggled !== null && findMatch(index.candidates(toggled), scope, toggled) !== null
  }
}
