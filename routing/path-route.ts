import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import { URLPath } from '../lib/http/url-path.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import { standalone } from './dispatch.ts'
import { joinParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import type { PathPattern } from './path-pattern.ts'
import type { PathShape } from './path-shape.ts'
import type { SegmentTexts } from './path-tree.ts'
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
  /** The methods that are taken; `null` when there is no choice of them. */
  abstract readonly methods: readonly string[] | null
  /** What the route speaks. */
  protected abstract readonly protocol: 'http' | 'websocket'
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

  abstract match(scope: RoutedScope, path: string, texts?: SegmentTexts | null): Match | null

  mayMatch(path: string): boolean {
    return this.pattern.mayMatch(path)
  }

  enter(scope: RoutedScope, { params }: Match): ASGIApp {
    scope.path_params = joinParams(scope.path_params, params)
    scope.endpoint = this.endpoint
    scope.route = this
    return this.#app
  }

  urlPath(name: string, params: ParamValues): URLPath | null {
    if (name !== this.name || !this.pattern.takes(params)) return null
    return new URLPath(this.pattern.format(params), { protocol: this.protocol })
  }

  listing(): RouteListing {
    const { source, names } = this.pattern
    const kind = this.protocol
    return { kind, path: source, name: this.name, methods: this.methods, params: names, routes: null }
  }
}

/** Returns the name of an endpoint's function or class, or of the class of an object. */
export function nameOf(endpoint: object): string | null {
  const name: string | undefined = typeof endpoint === 'function' ? endpoint.name : endpoint.constructor?.name
  return name === undefined || name === '' ? null : name
}

/** A class cannot be called: only those that are apps can be endpoints. */
export function refuseClass(endpoint: object, path: string, base: string): void {
  if (Object.getOwnPropertyDescriptor(endpoint, 'prototype')?.writable !== false) return
  throw new TypeError(
    `Cannot add route ${show(path)}: the endpoint is the class ${show(nameOf(endpoint))}, expected a function or a class that extends ${base}`,
  )
}
