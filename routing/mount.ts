import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import { toApp } from '../lib/spec/app.ts'
import type { AppLike, ASGIApp } from '../lib/spec/app.ts'
import { standalone } from './dispatch.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { joinParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import { PathPattern } from './path-pattern.ts'
import type { AnyPath } from './path-pattern.ts'
import type { PathShape } from './path-shape.ts'
import type { Match, Routable, RoutedScope } from './routable.ts'
import { Router } from './router.ts'

/** The name of a mount, and the layers around it. */
export interface MountOptions extends LayerOptions {
  /**
   * The name for building URLs: `name:child` names a route of the mounted app, `name` alone with the parameter `path` any
   * path below the mount. Without a name the routes of the mounted app go by their own.
   */
  name?: string
}

/** What builds paths within a mounted app. */
interface PathSource {
  urlPath(name: string, params: ParamValues): string | null
}

/**
 * Leads everything below a path to an app, whose `root_path` grows by that path. A mount at `/x` takes `/x/` and `/x/y`,
 * neither `/xy` nor `/x`, which the router redirects.
 */
export class Mount implements Routable {
  readonly pattern: PathPattern
  readonly name: string | null
  readonly mounted: MountedApp
  readonly literalPath: string | null = null
  readonly #app: ASGIApp
  readonly #inner: PathSource | null
  #asgi: ASGIApp | null = null

  /**
   * @param path May have parameters. Empty or `/` mounts at the root.
   * @param target An app, or the routes of a router.
   * @throws TypeError for a malformed path and for a target that is no app.
   */
  constructor(path: AnyPath, target: AppLike | readonly Routable[], options: MountOptions = {}) {
    this.pattern = typeof path === 'string' ? new PathPattern(withoutSlash(path)) : path
    this.name = options.name ?? null
    const app = isRoutes(target) ? new Router({ routes: target }) : target
    this.mounted = { app: toApp(app), key: Symbol(`state of ${this.pattern.source}`) }
    this.#app = withLayers(this.mounted.app, options)
    this.#inner = 'urlPath' in app && typeof app.urlPath === 'function' ? (app as PathSource) : null
  }

  get asgi(): ASGIApp {
    return (this.#asgi ??= standalone(this))
  }

  get shape(): PathShape {
    return this.pattern.prefixShape
  }

  mayMatch(path: string): boolean {
    return this.pattern.matchPrefix(path) !== null
  }

  match(_scope: RoutedScope, path: string): Match | null {
    const found = this.pattern.matchPrefix(path)
    return found === null ? null : { route: this, params: found.params, prefix: found.prefix, methods: null }
  }

  enter(scope: RoutedScope, { params, prefix }: Match): ASGIApp {
    scope.path_params = joinParams(scope.path_params, params)
    scope.app_root_path ??= scope.root_path
    scope.root_path += prefix
    scope.endpoint = this.#app
    scope.route = this
    const state = (scope.state as Record<symbol, unknown> | undefined)?.[this.mounted.key]
    if (state !== undefined) Object.assign(scope.state, state)
    return this.#app
  }

  urlPath(name: string, params: ParamValues): string | null {
    const own: Record<string, unknown> = Object.create(null)
    const rest: Record<string, unknown> = Object.create(null)
    for (const [key, value] of Object.entries(params)) (this.pattern.names.includes(key) ? own : rest)[key] = value
    if (!this.pattern.takes(own)) return null
    const below = name === this.name ? pathBelow(rest) : this.#innerPath(name, rest)
    return below === null ? null : this.pattern.format(own) + below
  }

  #innerPath(name: string, params: ParamValues): string | null {
    if (this.#inner === null) return null
    if (this.name === null) return this.#inner.urlPath(name, params)
    const prefix = `${this.name}:`
    return name.startsWith(prefix) ? this.#inner.urlPath(name.slice(prefix.length), params) : null
  }
}

const anythingBelow = new PathPattern('/{path:path}')

function pathBelow(params: ParamValues): string | null {
  if (!anythingBelow.takes(params)) return null
  return anythingBelow.format({ path: String(params['path']).replace(/^\/+/, '') })
}

function isRoutes(target: AppLike | readonly Routable[]): target is readonly Routable[] {
  return Array.isArray(target)
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
