import type { Contract } from '../lib/endpoint/contract/contract.ts'
import { contractOf } from '../lib/endpoint/contract/contract-endpoint.ts'
import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import { endpointApp } from '../lib/endpoint/endpoint-app.ts'
import type { Endpoint } from '../lib/endpoint/endpoint.ts'
import { isHTTPEndpoint } from '../lib/endpoint/http-endpoint.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { canonicalName } from '../lib/spec/field-syntax.ts'
import { show } from '../lib/spec/violations.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { noParams } from './param-values.ts'
import { routePattern } from './path-pattern.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import { PathRoute, nameOf, refuseClass } from './path-route.ts'
import type { SegmentTexts } from './path-tree.ts'
import type { Match, RoutedScope } from './routable.ts'
import type { Named, RouteURL } from './url-names.ts'

/** What a route takes besides its path, and the layers around it. */
export interface RouteOptions<Name extends string | null = string | null> extends LayerOptions {
  /** Default: GET for an endpoint, those of the class for a class, every method for an app. GET brings HEAD with it. */
  methods?: Iterable<string>
  /** The name for building URLs. Default: that of the endpoint's function or class. */
  name?: Name
}

/** What answers at a route: an endpoint, or an object or a class that is an app, as an `HTTPEndpoint` is. */
export type RouteTarget<Params, State> = Endpoint<Params, State> | { readonly asgi: ASGIApp }

/** Leads requests for a path to an endpoint. */
export class Route<
  const Path extends AnyPath = AnyPath,
  State = Record<string, unknown>,
  const Name extends string | null = null,
>
  extends PathRoute<RouteTarget<never, never>>
  implements Named<RouteURL<Name, ParamsOf<Path>>>
{
  declare readonly '~urls'?: RouteURL<Name, ParamsOf<Path>>
  /** `null` when every method is taken. */
  override readonly methods: readonly string[] | null
  /** What is made before the endpoint is called. */
  readonly dependencies: readonly Dependency[]
  protected override readonly protocol = 'http' as const
  readonly #takes: ReadonlySet<string> | null
  /** What a path without parameters always gives. */
  readonly #literalMatch: Match

  /**
   * @throws TypeError for a path that does not start with "/" or is malformed, for an endpoint that is none, and for
   * methods that are not tokens.
   */
  constructor(path: Path, endpoint: RouteTarget<ParamsOf<Path>, State>, options: RouteOptions<Name> = {}) {
    const pattern = routePattern(path)
    const app = withLayers(appOf(endpoint, pattern.source), options)
    super({ pattern, name: options.name ?? nameOf(endpoint), endpoint, app })
    this.dependencies = options.dependencies ?? []
    this.methods = methodsOf(endpoint, options.methods)
    this.#takes = this.methods === null ? null : new Set(this.methods)
    this.#literalMatch = { route: this, params: noParams, prefix: '', methods: null }
  }

  /** What the endpoint and its clients agree upon; `null` for an endpoint without a contract. */
  get contract(): Contract | null {
    return contractOf(this.endpoint)
  }

  override match(scope: RoutedScope, path: string, texts: SegmentTexts | null = null): Match | null {
    if (scope.type !== 'http') return null
    const params = texts === null ? this.pattern.match(path) : this.pattern.read(texts)
    if (params === null) return null
    if (this.#takes !== null && !this.#takes.has(scope.method)) {
      return { route: this, params, prefix: '', methods: this.methods }
    }
    return params === noParams ? this.#literalMatch : { route: this, params, prefix: '', methods: null }
  }
}

function appOf(endpoint: RouteTarget<never, never>, path: string): ASGIApp {
  if (typeof (endpoint as { asgi?: unknown } | null)?.asgi === 'function') return (endpoint as { asgi: ASGIApp }).asgi
  if (typeof endpoint === 'function') {
    refuseClass(endpoint, path, 'HTTPEndpoint')
    return endpointApp(endpoint as Endpoint)
  }
  throw new TypeError(
    `Cannot add route ${show(path)}: the endpoint is ${show(endpoint)}, expected a function or an object with "asgi"`,
  )
}

function methodsOf(
  endpoint: RouteTarget<never, never>,
  methods: Iterable<string> | undefined,
): readonly string[] | null {
  if (methods === undefined && isHTTPEndpoint(endpoint)) return endpoint.methods
  if (methods === undefined && 'asgi' in endpoint) return null
  if (typeof methods === 'string') {
    throw new TypeError(
      `Cannot add a route for the methods ${show(methods)}: expected a list such as [${show(methods)}]`,
    )
  }
  const names = [...(methods ?? ['GET'])].map(checkedMethod)
  if (names.length === 0) throw new TypeError('Cannot add a route: it has no methods, expected one at least')
  return [...new Set(names.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])))]
}

function checkedMethod(method: string): string {
  if (canonicalName(method) === null)
    throw new TypeError(`Cannot add a route for the method ${show(method)}: not a token`)
  return method.toUpperCase()
}
