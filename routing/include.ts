import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import type { Responses } from '../lib/endpoint/contract/response-declaration.ts'
import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { URLPath } from '../lib/http/url-path.ts'
import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import { standalone } from './dispatch.ts'
import { withLayers } from './layers.ts'
import type { LayerOptions } from './layers.ts'
import { splitParams } from './mounted-target.ts'
import { joinParams, noParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import { checkPath, PathPattern } from './path-pattern.ts'
import type { AnyPath, PrefixMatch } from './path-pattern.ts'
import type { PathShape } from './path-shape.ts'
import type { Match, Routable, RoutedScope } from './routable.ts'

/** How the routes of another router are taken in. */
export interface IncludeOptions extends LayerOptions {
  /** Stands before every path: empty, or a path that starts with `/` and does not end with one. Default empty. */
  prefix?: AnyPath
  /** Stands before every name: `name:route`. Without one the routes go by their own names. */
  name?: string
  /** What documents of the API group the routes by. */
  tags?: readonly string[]
  /** Marks the routes as deprecated in documents of the API. Default false. */
  deprecated?: boolean
  /** Whether the routes stand in documents of the API. Default true. */
  includeInSchema?: boolean
  /** Answers that documents of the API add to those of the contracts. */
  responses?: Responses
}

/** What documents of the API say of every route of an include, besides its tags. */
export interface IncludeDocs {
  readonly deprecated: boolean
  readonly includeInSchema: boolean
  readonly responses: Responses
}

/** What is known of a router that is included. */
export interface Included {
  /** The router itself, to tell whether it includes itself. */
  readonly router: { readonly routes: readonly Routable[] }
  /** What is around its routes. */
  readonly layers: LayerOptions
  find(scope: RoutedScope, path: string): Match | null
  urlPath(name: string, params: ParamValues): URLPath | null
  listing(): readonly RouteListing[]
}

/** A match within an included router. */
interface IncludedMatch extends Match {
  readonly inner: Match
}

/** A scope on its way through the layers of an include to the route that was found. */
type IncludedScope = RoutedScope & { included_match?: Match | null }

/**
 * The routes of another router as if they had been declared here: what none of them matches is left to later routes, and
 * the path of the app stays as it is. Routes that the other router gets later are live.
 */
export class Include implements Routable {
  readonly literalPath: string | null = null
  readonly prefix: PathPattern
  readonly name: string | null
  readonly tags: readonly string[]
  /** What is made before any of the routes is entered. */
  readonly dependencies: readonly Dependency[]
  /** What documents of the API say of every route, besides the tags. */
  readonly docs: IncludeDocs
  readonly #included: Included
  readonly #app: ASGIApp
  #asgi: ASGIApp | null = null

  /** @throws TypeError for a prefix that is malformed or ends with `/`. */
  constructor(included: Included, options: IncludeOptions = {}) {
    const { prefix = '' } = options
    checkPath(prefix, 'a router')
    this.prefix = typeof prefix === 'string' ? new PathPattern(prefix) : prefix
    if (this.prefix.source.endsWith('/')) {
      throw new TypeError(
        `Cannot include a router at ${show(this.prefix.source)}: expected a prefix without a final "/"`,
      )
    }
    this.name = options.name ?? null
    const { tags = [], deprecated = false, includeInSchema = true, responses = {} } = options
    this.tags = tags
    this.docs = { deprecated, includeInSchema, responses }
    this.dependencies = [...(options.dependencies ?? []), ...(included.layers.dependencies ?? [])]
    this.#included = included
    this.#app = withLayers(withLayers(enterFound, included.layers), options)
  }

  /** The routes that are taken in. */
  get routes(): readonly Routable[] {
    return this.#included.router.routes
  }

  get mounted(): readonly MountedApp[] {
    return this.routes.flatMap(({ mounted }) => mounted ?? [])
  }

  get asgi(): ASGIApp {
    return (this.#asgi ??= standalone(this))
  }

  get shape(): PathShape | null {
    return this.prefix.source === '' ? null : this.prefix.prefixShape
  }

  /** Whether a router is taken in here, however far below. */
  includes(router: object): boolean {
    return (
      this.#included.router === router ||
      this.routes.some((route) => route instanceof Include && route.includes(router))
    )
  }

  mayMatch(path: string): boolean {
    return this.#prefixOf(path) !== null
  }

  match(scope: RoutedScope, path: string): IncludedMatch | null {
    const own = this.#prefixOf(path)
    const inner = own === null ? null : this.#included.find(scope, path.slice(own.prefix.length))
    if (inner === null) return null
    const { prefix, params } = own!
    return { route: this, prefix, params: joinParams(params, inner.params), methods: inner.methods, inner }
  }

  enter(scope: RoutedScope, { params, prefix, inner, methods }: IncludedMatch): ASGIApp {
    // All of them, so that the layers around the routes know them, too.
    scope.path_params = joinParams(scope.path_params, params)
    const found: Match = { ...inner, prefix: prefix + inner.prefix, params: noParams }
    if (methods !== null) return found.route.enter(scope, found)
    ;(scope as IncludedScope).included_match = found
    return this.#app
  }

  urlPath(name: string, params: ParamValues): URLPath | null {
    const { own, rest } = splitParams(params, this.prefix.names)
    const start = this.name === null ? '' : `${this.name}:`
    if (!name.startsWith(start) || !this.prefix.takes(own)) return null
    const below = this.#included.urlPath(name.slice(start.length), rest)
    if (below === null) return null
    return this.prefix.source === '' ? below : new URLPath(this.prefix.format(own) + below.path, below)
  }

  listing(): RouteListing {
    const { source, names } = this.prefix
    const routes = this.#included.listing()
    return { kind: 'include', path: source, name: this.name, methods: null, params: names, routes }
  }

  #prefixOf(path: string): PrefixMatch | null {
    return this.prefix.source === '' ? noPrefix : this.prefix.matchPrefix(path)
  }
}

const noPrefix: PrefixMatch = { prefix: '', params: noParams }

/** Goes on to the route that was found, once the layers around it have been passed. */
const enterFound: ASGIApp = (scope, receive, send) => {
  const included = scope as IncludedScope
  const found = included.included_match!
  included.included_match = null
  return found.route.enter(included, found)(scope, receive, send)
}
