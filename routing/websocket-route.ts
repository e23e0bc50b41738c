import { websocketEndpointApp } from '../lib/endpoint/endpoint-app.ts'
import type { WebSocketEndpoint } from '../lib/endpoint/endpoint.ts'
import { show } from '../lib/spec/violations.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { routePattern } from './path-pattern.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import { PathRoute } from './path-route.ts'
import type { Match, RoutedScope } from './routable.ts'

/** The name of a route, and the layers around it. */
export interface WebSocketRouteOptions extends LayerOptions {
  /** The name for building URLs. Default: that of the endpoint's function. */
  name?: string
}

/** Leads WebSockets for a path to an endpoint. */
export class WebSocketRoute<const Path extends AnyPath = AnyPath, State = Record<string, unknown>> extends PathRoute<
  WebSocketEndpoint<never, never>
> {
  /** @throws TypeError for a path that does not start with "/" or is malformed, and for an endpoint that is none. */
  constructor(path: Path, endpoint: WebSocketEndpoint<ParamsOf<Path>, State>, options: WebSocketRouteOptions = {}) {
    const pattern = routePattern(path)
    if (typeof endpoint !== 'function') {
      throw new TypeError(
        `Cannot add WebSocket route ${show(pattern.source)}: the endpoint is ${show(endpoint)}, expected a function`,
      )
    }
    const app = withLayers(websocketEndpointApp(endpoint as unknown as WebSocketEndpoint), options)
    super({ pattern, name: options.name ?? (endpoint.name === '' ? null : endpoint.name), endpoint, app })
  }

  override match(scope: RoutedScope, path: string): Match | null {
    if (scope.type !== 'websocket') return null
    const params = this.pattern.match(path)
    return params === null ? null : { route: this, params, prefix: '', methods: null }
  }
}
