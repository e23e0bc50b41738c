import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { URLPath } from '../lib/http/url-path.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import type { LayerOptions } from './layers.ts'
import { MountedRoute } from './mounted-route.ts'
import { MountedTarget, splitParams } from './mounted-target.ts'
import type { MountTarget } from './mounted-target.ts'
import type { ParamValues } from './param-values.ts'
import { checkPath, PathPattern } from './path-pattern.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import type { PathShape } from './path-shape.ts'
import type { Match, RoutedScope } from './routable.ts'
import type { Named, URLsBelow } from './url-names.ts'

/** The name of a mount, and the layers around it. */
export interface MountOptions<Name extends string | null = string | null> extends LayerOptions {
  /**
   * The name for building URLs: `name:child` names a route of the mounted app, `name` alone with the parameter `path` any
   * path below the mount. Without a name the routes of the mounted app go by their own.
   */
  name?: Name
}

/**
 * Leads everything below a path to an app, whose `root_path` grows by that path. A mount at `/x` takes `/x/` and `/x/y`,
 * neither `/xy` nor `/x`, which the router redirects.
 */
export class Mount<
  const Path extends AnyPath = AnyPath,
  const Target extends MountTarget = MountTarget,
  const Name extends string | null = null,
>
  extends MountedRoute
  implements Named<URLsBelow<Name, ParamsOf<Path>, Target>>
{
  declare readonly '~urls'?: URLsBelow<Name, ParamsOf<Path>, Target>
  readonly pattern: PathPattern

  /**
   * @param path May have parameters. Empty or `/` mounts at the root.
   * @param target An app, or the routes of a table.
   * @throws TypeError for a malformed path and for a target that is no app.
   */
  constructor(path: Path, target: Target, options: MountOptions<Name> = {}) {
    checkPath(path, 'a mount')
    const pattern: PathPattern = typeof path === 'string' ? new PathPattern(withoutSlash(path)) : path
    super(new MountedTarget(target, pattern.source), options)
    this.pattern = pattern
  }

  override get shape(): PathShape {
    return this.pattern.prefixShape
  }

  override mayMatch(path: string): boolean {
    return this.pattern.matchPrefix(path) !== null
  }

  override match(_scope: RoutedScope, path: string): Match | null {
    const found = this.pattern.matchPrefix(path)
    return found === null ? null : { route: this, params: found.params, prefix: found.prefix, methods: null }
  }

  override enter(scope: RoutedScope, match: Match): ASGIApp {
    scope.app_root_path ??= scope.root_path
    scope.root_path += match.prefix
    return super.enter(scope, match)
  }

  override urlPath(name: string, params: ParamValues): URLPath | null {
    const { own, rest } = splitParams(params, this.pattern.names)
    if (!this.pattern.takes(own)) return null
    if (name === this.name)
      return anythingBelow.takes(rest) ? new URLPath(this.pattern.format(own) + pathOf(rest)) : null
    const below = this.target.urlPath(this.name, name, rest)
    return below === null ? null : new URLPath(this.pattern.format(own) + below.path, below)
  }

  override listing(): RouteListing {
    const { source, names } = this.pattern
    return {
      kind: 'mount',
      path: source,
      name: this.name,
      methods: null,
      params: names,
      routes: this.target.listing(),
    }
  }
}

const anythingBelow = new PathPattern('/{path:path}')

/** Returns the parameter `path` as the path below a mount or at a host. */
export function pathOf({ path }: ParamValues): string {
  return anythingBelow.format({ path: String(path).replace(/^\/+/, '') })
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
