import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import type { URLPath } from '../lib/http/url-path.ts'
import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { standalone } from './dispatch.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { addMountedState } from './mounted-state.ts'
import type { MountedTarget } from './mounted-target.ts'
import { joinParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import type { PathShape } from './path-shape.ts'
import type { Match, MismatchAnswers, Routable, RoutedScope } from './routable.ts'
import type { RouteTable } from './route-table.ts'

/** What mounts and hosts have in common: they lead whole parts of a site to an app. */
export abstract class MountedRoute implements Routable {
  readonly name: string | null
  readonly literalPath: string | null = null
  /** What is made before the app is called. */
  readonly dependencies: readonly Dependency[]
  abstract readonly shape: PathShape | null
  protected readonly target: MountedTarget
  readonly #app: ASGIApp
  #asgi: ASGIApp | null = null

  constructor(target: MountedTarget, options: LayerOptions & { readonly name?: string | null }) {
    this.name = options.name ?? null
    this.dependencies = options.dependencies ?? []
    this.target = target
    this.#app = withLayers(target.mounted.app, options)
  }

  /** The routes that it leads to; `null` for an app that is no router. */
  get table(): RouteTable | null {
    return this.target.table
  }

  get mounted(): MountedApp {
    return this.target.mounted
  }

  get asgi(): ASGIApp {
    return (this.#asgi ??= standalone(this))
  }

  abstract mayMatch(path: string): boolean

  abstract match(scope: RoutedScope, path: string): Match | null

  enter(scope: RoutedScope, { params }: Match): ASGIApp {
    scope.path_params = joinParams(scope.path_params, params)
    scope.endpoint = this.#app
    scope.route = this
    addMountedState(scope, this.target.mounted)
    return this.#app
  }

  adopt(answers: MismatchAnswers): void {
    this.target.adopt(answers)
  }

  abstract urlPath(name: string, params: ParamValues): URLPath | null

  abstract listing(): RouteListing
}
