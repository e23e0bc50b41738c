import type { ASGIApp } from '../lib/spec/app.ts'
import { standalone } from './dispatch.ts'
import { joinParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import type { PathPattern } from './path-pattern.ts'
import type { PathShape } from './path-shape.ts'
import type { Match, Routable, RoutedScope } from './routable.ts'

/** What a {@link PathRoute} is made of. */
export interface PathRouteParts<Target> {
  readonly pattern: PathPattern
  readonly name: string | null
  readonly endpoint: Target
  /** The endpoint as an app, with what is put around it. */
  readonly app: ASGIApp
}

/** What routes for requests and routes for WebSockets have in common: a path that leads to an endpoint. */
export abstract class PathRoute<Target> implements Routable {
  readonly pattern: PathPattern
  readonly name: string | null
  readonly endpoint: Target
  readonly #app: ASGIApp
  #asgi: ASGIApp | null = null

  constructor({ pattern, name, endpoint, app }: PathRouteParts<Target>) {
    this.pattern = pattern
    this.name = name
    this.endpoint = endpoint
    this.#app = app
  }

  get asgi(): ASGIApp {
    return (this.#asgi ??= standalone(this))
  }

  get literalPath(): string | null {
    return this.pattern.isLiteral ? this.pattern.source : null
  }

  get shape(): PathShape {
    return this.pattern.shape
  }

  abstract match(scope: RoutedScope, path: string): Match | null

  mayMatch(path: string): boolean {
    return this.pattern.mayMatch(path)
  }

  enter(scope: RoutedScope, { params }: Match): ASGIApp {
    scope.path_params = joinParams(scope.path_params, params)
    scope.endpoint = this.endpoint
    scope.route = this
    return this.#app
  }

  urlPath(name: string, params: ParamValues): string | null {
    return name === this.name && this.pattern.takes(params) ? this.pattern.format(params) : null
  }
}
