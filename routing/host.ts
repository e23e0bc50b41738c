import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { URLPath } from '../lib/http/url-path.ts'
import type { Converters } from '../lib/endpoint/contract/converters.ts'
import { HostPattern, requestedHost } from './host-name.ts'
import type { LayerOptions } from './layers.ts'
import { pathOf } from './mount.ts'
import { MountedRoute } from './mounted-route.ts'
import { MountedTarget, splitParams } from './mounted-target.ts'
import type { MountTarget } from './mounted-target.ts'
import type { ParamValues } from './param-values.ts'
import type { ConverterValues, PathParams } from '../lib/endpoint/contract/path-params.ts'
import type { ValuesOf } from './path-pattern.ts'
import type { Match, RoutedScope } from './routable.ts'
import type { Named, URLsBelow } from './url-names.ts'

/** The name of a host, its converters, and the layers around it. */
export interface HostOptions<
  Name extends string | null = string | null,
  Custom extends Converters = Converters,
> extends LayerOptions {
  /**
   * The name for building URLs: `name:child` names a route of the app, `name` alone with the parameter `path` any path at
   * the host. Without a name the routes of the app go by their own.
   */
  name?: Name
  /** Those that the host names besides the built-in ones. */
  converters?: Custom
}

/**
 * Leads everything that is asked of a host to an app. It goes by the `Host` field, whatever its port, which the client
 * writes: it tells sites apart and keeps nobody out. The port of the pattern is that of the URLs that are built.
 */
export class Host<
  const Pattern extends string = string,
  const Target extends MountTarget = MountTarget,
  const Name extends string | null = null,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- no converters, so no names of converters
  const Custom extends Converters = Record<never, never>,
>
  extends MountedRoute
  implements Named<URLsBelow<Name, PathParams<Pattern, ConverterValues & ValuesOf<Custom>>, Target>>
{
  declare readonly '~urls'?: URLsBelow<Name, PathParams<Pattern, ConverterValues & ValuesOf<Custom>>, Target>
  /** The host as written. */
  readonly host: Pattern
  override readonly shape: null = null
  readonly #pattern: HostPattern

  /**
   * @param host May have parameters: `{tenant}.example.org`. One of the kind `str` takes several labels, too.
   * @param target An app, or the routes of a table.
   * @throws TypeError for a malformed host and for a target that is no app.
   */
  constructor(host: Pattern, target: Target, options: HostOptions<Name, Custom> = {}) {
    const pattern = new HostPattern(host, options.converters)
    super(new MountedTarget(target, host), options)
    this.host = host
    this.#pattern = pattern
  }

  override mayMatch(_path: string): boolean {
    return true
  }

  override match(scope: RoutedScope): Match | null {
    const host = requestedHost(scope)
    const params = host === null ? null : this.#pattern.match(host)
    return params === null ? null : { route: this, params, prefix: '', methods: null }
  }

  override urlPath(name: string, params: ParamValues): URLPath | null {
    const { own, rest } = splitParams(params, this.#pattern.names)
    if (!this.#pattern.takes(own)) return null
    if (name === this.name) return this.#pathAt(own, rest)
    const below = this.target.urlPath(this.name, name, rest)
    if (below === null) return null
    return new URLPath(below.path, { protocol: below.protocol, host: this.#pattern.format(own) })
  }

  override listing(): RouteListing {
    const params = this.#pattern.names
    return { kind: 'host', path: this.host, name: this.name, methods: null, params, routes: this.target.listing() }
  }

  #pathAt(own: ParamValues, rest: ParamValues): URLPath | null {
    const isPath = Object.keys(rest).length === 1 && typeof rest['path'] === 'string'
    return isPath ? new URLPath(pathOf(rest), { host: this.#pattern.format(own) }) : null
  }
}
