import { Contract } from '../lib/endpoint/contract/contract.ts'
import type { ContractShape, Method } from '../lib/endpoint/contract/contract.ts'
import type { ContractFunction } from '../lib/endpoint/contract/contract-function.ts'
import { WebSocketContract } from '../lib/endpoint/contract/websocket-contract.ts'
import type { WebSocketShape } from '../lib/endpoint/contract/websocket-contract.ts'
import { websocketContractEndpoint } from '../lib/endpoint/contract/websocket-contract-endpoint.ts'
import type { WebSocketContractFunction } from '../lib/endpoint/contract/websocket-function.ts'
import { contractRoute, websocketContractFor, websocketContractRoute } from './contract-route.ts'
import type { Converters } from '../lib/endpoint/contract/converters.ts'
import { Host } from './host.ts'
import type { HostOptions } from './host.ts'
import { Include } from './include.ts'
import type { Included, IncludeOptions } from './include.ts'
import type { LayerOptions } from './layers.ts'
import { isTarget, MethodTable } from './method-table.ts'
import type { MethodOptions } from './method-table.ts'
import { Mount } from './mount.ts'
import type { MountOptions } from './mount.ts'
import type { MountTarget } from './mounted-target.ts'
import type { PathParams } from '../lib/endpoint/contract/path-params.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import type { Routable } from './routable.ts'
import type { RouteTableOptions } from './route-table.ts'
import { Route } from './route.ts'
import type { RouteOptions, RouteTarget } from './route.ts'
import type { Named, URLArguments, URLsIn, URLTable } from './url-names.ts'
import { WebSocketRoute } from './websocket-route.ts'
import type { WebSocketRouteOptions, WebSocketTarget } from './websocket-route.ts'

/** What a router is made of. */
export interface RouterOptions<Routes extends Iterable<Routable> = Iterable<Routable>> extends RouteTableOptions {
  /** The first that matches wins. Of a constant table (`as const`) the compiler knows the names and parameters. */
  routes?: Routes
}

/**
 * Leads each connection to the first of its routes that matches. Alone it is an app.
 *
 * @typeParam Routes The table, when it is constant.
 */
export class Router<State = Record<string, unknown>, Routes extends Iterable<Routable> = Iterable<Routable>>
  extends MethodTable<State>
  implements Named<URLsIn<Routes>>
{
  declare readonly '~urls'?: URLsIn<Routes>
  readonly #layers: LayerOptions

  constructor(options: RouterOptions<Routes> = {}) {
    super(options)
    this.#layers = options
  }

  /**
   * Adds a route after all others, or makes one of a contract with a method and a path. It is live at once, also when the
   * router is mounted or serving.
   *
   * @throws TypeError for what is no route, and for a contract without a method or a path.
   */
  override add(route: Routable): this
  override add<const At extends string, const Shape extends WebSocketShape>(
    contract: WebSocketContract<Shape, At>,
    endpoint: WebSocketContractFunction<Shape, PathParams<At>, State>,
    options?: WebSocketRouteOptions,
  ): this
  override add<const At extends string, const Shape extends ContractShape>(
    contract: Contract<Shape, At, Method>,
    endpoint: ContractFunction<Shape, PathParams<At>, State>,
    options?: MethodOptions,
  ): this
  override add<const Given extends AddedContract>(
    contract: Given,
    endpoint: AddedEndpoint<Given, State>,
    options?: MethodOptions,
  ): this
  override add(route: Routable | AddedContract, endpoint?: unknown, options?: MethodOptions): this {
    if (route instanceof Contract) return super.add(contractRoute(route, endpoint as ContractFunction, options))
    if (!(route instanceof WebSocketContract)) return super.add(route)
    return super.add(websocketContractRoute(route, endpoint as WebSocketContractFunction, options))
  }

  /** Adds a route for the methods of the options, a class endpoint, or an app for one path. */
  route<const Path extends AnyPath>(
    path: Path,
    endpoint: RouteTarget<ParamsOf<Path>, State>,
    options?: RouteOptions,
  ): this {
    return this.add(new Route<Path, State, string | null>(path, endpoint, options))
  }

  /** Adds a route for WebSockets. */
  websocket<const Path extends AnyPath>(
    path: Path,
    endpoint: WebSocketTarget<ParamsOf<Path>, State>,
    options?: WebSocketRouteOptions,
  ): this
  websocket<const Path extends AnyPath, const Shape extends WebSocketShape>(
    path: Path,
    contract: Shape | WebSocketContract<Shape>,
    endpoint: WebSocketContractFunction<Shape, ParamsOf<Path>, State>,
    options?: WebSocketRouteOptions,
  ): this
  websocket(path: AnyPath, ...rest: WebSocketArguments): this {
    const [first, second, third] = rest
    if (isTarget(first)) return this.#websocket(path, first as AnyTarget, second as WebSocketRouteOptions | undefined)
    const contract = websocketContractFor(path, first as WebSocketShape | WebSocketContract)
    return this.#websocket(path, websocketContractEndpoint(contract, second as WebSocketContractFunction), third)
  }

  /** Adds a {@link Mount}: an app, or routes, for everything below a path. */
  mount(path: AnyPath, target: MountTarget, options?: MountOptions): this {
    return this.add(new Mount(path, target, options))
  }

  /** Adds a {@link Host}: an app, or routes, for everything that is asked of a host. */
  host(host: string, target: MountTarget, options?: HostOptions): this {
    return this.add(new Host<string, MountTarget, string | null, Converters>(host, target, options))
  }

  /**
   * Takes in the routes of another router, with what is around them, as if they had been declared here: what none of them
   * matches is left to later routes. Routes that the other router gets later are live. Its own options on slashes, OPTIONS
   * and the fallback do not count here.
   *
   * @throws TypeError for an application, which is to be mounted, for a malformed prefix, and for a router that would
   * include itself.
   */
  include(router: Router<State>, options: IncludeOptions = {}): this {
    const include = new Include(router.included(), options)
    if (include.includes(this)) throw new TypeError('Cannot include a router: it would include itself')
    return this.add(include)
  }

  /**
   * Returns the path of a route, percent-encoded, without the `root_path` of the server and without a host. A route within
   * a mount that has a name is called `mount:route`. Of a constant table the compiler knows the names and their parameters.
   *
   * @throws {@link NoMatchFound} when no route has this name and exactly these parameters.
   * @throws TypeError for a value that the converter of its parameter refuses.
   */
  urlPathFor<const Name extends URLsIn<Routes>['name']>(
    name: Name,
    ...[params]: URLArguments<URLTable<URLsIn<Routes>>[Name]>
  ): string {
    return this.resolveURL(name, params ?? {}).path
  }

  #websocket(path: AnyPath, endpoint: AnyTarget, options: WebSocketRouteOptions | undefined): this {
    return super.add(new WebSocketRoute<AnyPath, State, string | null>(path, endpoint as never, options))
  }

  /** What another router takes in. */
  protected included(): Included {
    return {
      router: this,
      layers: this.#layers,
      find: (scope, path) => this.find(scope, path),
      urlPath: (name, params) => this.urlPath(name, params),
      listing: () => this.listing(),
    }
  }
}

type WebSocketArguments = readonly [
  first: unknown,
  second?: WebSocketRouteOptions | WebSocketContractFunction<never, never, never>,
  third?: WebSocketRouteOptions,
]

type AnyTarget = WebSocketTarget<never, never>

type AddedContract = Contract<ContractShape, string, Method> | WebSocketContract<WebSocketShape, string>

/** The endpoint of a contract of either kind: the last overload explains by it what is wrong with a call. */
type AddedEndpoint<Given, State> =
  Given extends Contract<infer Shape, infer At extends string>
    ? ContractFunction<Shape, PathParams<At>, State>
    : Given extends WebSocketContract<infer Shape, infer At extends string>
      ? WebSocketContractFunction<Shape, PathParams<At>, State>
      : never
