import type { WebSocketContract } from '../lib/endpoint/contract/websocket-contract.ts'
import { websocketContractOf } from '../lib/endpoint/contract/websocket-contract-endpoint.ts'
import { websocketEndpointApp } from '../lib/endpoint/endpoint-app.ts'
import type { WebSocketFunction } from '../lib/endpoint/endpoint.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { routePattern } from './path-pattern.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import { PathRoute, nameOf, refuseClass } from './path-route.ts'
import type { SegmentTexts } from './path-tree.ts'
import type { Match, RoutedScope } from './routable.ts'
import type { Named, RouteURL } from './url-names.ts'

/** The name of a route, and the layers around it. */
export interface WebSocketRouteOptions<Name extends string | null = string | null> extends LayerOptions {
  /** The name for building URLs. Default: that of the endpoint's function or class. */
  name?: Name
}

/** What talks at a route: an endpoint, or an object or a class that is an app, as a `WebSocketEndpoint` is. */
export type WebSocketTarget<Params, State> = WebSocketFunction<Params, State> | { readonly asgi: ASGIApp }

/** Leads WebSockets for a path to an endpoint. */
export class WebSocketRoute<
  const Path extends AnyPath = AnyPath,
  State = Record<string, unknown>,
  const Name extends string | null = null,
>
  extends PathRoute<WebSocketTarget<never, never>>
  implements Named<RouteURL<Name, ParamsOf<Path>>>
{
  declare readonly '~urls'?: RouteURL<Name, ParamsOf<Path>>
  override readonly methods: null = null
  protected override readonly protocol = 'websocket' as const

  /** @throws TypeError for a path that does not start with "/" or is malformed, and for an endpoint that is none. */
  constructor(path: Path, endpoint: WebSocketTarget<ParamsOf<Path>, State>, options: WebSocketRouteOptions<Name> = {}) {
    const pattern = routePattern(path)
    const app = withLayers(appOf(endpoint, pattern.source), options)
    super({ pattern, name: options.name ?? nameOf(endpoint), endpoint, app })
  }

  /** What the endpoint and its peers agree upon; `null` for an endpoint without a contract. */
  get contract(): WebSocketContract | null {
    return websocketContractOf(this.endpoint)
  }

  override match(scope: RoutedScope, path: string, texts: SegmentTexts | null = null): Match | null {
    if (scope.type !== 'websocket') return null
    const params = texts === null ? this.pattern.match(path) : this.pattern.read(texts)
    return params === null ? null : { route: this, params, prefix: '', methods: null }
  }
}

function appOf(endpoint: WebSocketTarget<never, never>, path: string): ASGIApp {
  if (typeof (endpoint as { asgi?: unknown } | null)?.asgi === 'function') return (endpoint as { asgi: ASGIApp }).asgi
  if (typeof endpoint === 'function') {
    refuseClass(endpoint, path, 'WebSocketEndpoint')
    return websocketEndpointApp(endpoint as unknown as WebSocketFunction)
  }
  throw new TypeError(
    `Cannot add WebSocket route ${show(path)}: the endpoint is ${show(endpoint)}, expected a function or an object with "asgi"`,
  )
}
