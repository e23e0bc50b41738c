import { endpointApp } from '../lib/endpoint/endpoint-app.ts'
import type { Endpoint } from '../lib/endpoint/endpoint.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { canonicalName } from '../lib/spec/field-syntax.ts'
import { show } from '../lib/spec/violations.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { noParams } from './param-values.ts'
import { routePattern } from './path-pattern.ts'
import type { AnyPath, ParamsOf, PathPattern } from './path-pattern.ts'
import { PathRoute } from './path-route.ts'
import type { Match, RoutedScope } from './routable.ts'

/** What a route takes besides its path, and the layers around it. */
export interface RouteOptions extends LayerOptions {
  /** Default: GET for an endpoint, every method for an app. GET brings HEAD with it. */
  methods?: Iterable<string>
  /** The name for building URLs. Default: that of the endpoint's function. */
  name?: string
}

/** What answers at a route: an endpoint, or an object that is an app. */
export type RouteTarget<Params, State> = Endpoint<Params, State> | { readonly asgi: ASGIApp }

/** Leads requests for a path to an endpoint. */
export class Route<const Path extends AnyPath = AnyPath, State = Record<string, unknown>> extends PathRoute<
  RouteTarget<never, never>
> {
  /** `null` when every method is taken. */
  readonly methods: readonly string[] | null
  readonly #takes: ReadonlySet<string> | null
  /** What a path without parameters always gives. */
  readonly #literalMatch: Match

  /**
   * @throws TypeError for a path that does not start with "/" or is malformed, for an endpoint that is none, and for
   * methods that are not tokens.
   */
  constructor(path: Path, endpoint: RouteTarget<ParamsOf<Path>, State>, options: RouteOptions = {}) {
    const pattern = routePattern(path)
    const app = withLayers(appOf(endpoint, pattern), options)
    super({ pattern, name: options.name ?? nameOf(endpoint), endpoint, app })
    this.methods = methodsOf(endpoint, options.methods)
    this.#takes = this.methods === null ? null : new Set(this.methods)
    this.#literalMatch = { route: this, params: noParams, prefix: '', methods: null }
  }

  override match(scope: RoutedScope, path: string): Match | null {
    if (scope.type !== 'http') return null
    const params = this.pattern.match(path)
    if (params === null) return null
    if (this.#takes !== null && !this.#takes.has(scope.method)) {
      return { route: this, params, prefix: '', methods: this.methods }
    }
    return params === noParams ? this.#literalMatch : { route: this, params, prefix: '', methods: null }
  }
}

function appOf(endpoint: RouteTarget<never, never>, pattern: PathPattern): ASGIApp {
  if (typeof endpoint === 'function') return endpointApp(endpoint as Endpoint)
  if (typeof endpoint?.asgi === 'function') return endpoint.asgi
  throw new TypeError(
    `Cannot add route ${show(pattern.source)}: the endpoint is ${show(endpoint)}, expected a function or an object with "asgi"`,
  )
}

function nameOf(endpoint: RouteTarget<never, never>): string | null {
  const name = typeof endpoint === 'function' ? endpoint.name : endpoint.constructor?.name
  return name === undefined || name === '' ? null : name
}

function methodsOf(
  endpoint: RouteTarget<never, never>,
  methods: Iterable<string> | undefined,
): readonly string[] | null {
  if (methods === undefined && typeof endpoint !== 'function') return null
  const names = [...(methods ?? ['GET'])].map(checkedMethod)
  if (names.length === 0) throw new TypeError('Cannot add a route: it has no methods, expected one at least')
  return [...new Set(names.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])))]
}

function checkedMethod(method: string): string {
  if (canonicalName(method) === null)
    throw new TypeError(`Cannot add a route for the method ${show(method)}: not a token`)
  return method.toUpperCase()
}
