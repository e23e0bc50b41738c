import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import { DependencyLayer } from '../lib/endpoint/dependencies/dependency-layer.ts'
import type { ExceptionEntry } from '../lib/endpoint/exception-handlers.ts'
import { progressOf } from '../lib/endpoint/progress.ts'
import type { TrackedScope } from '../lib/endpoint/progress.ts'
import { withBodyLimits } from '../lib/request/body-limits.ts'
import type { BodyLimits } from '../lib/request/body-limits.ts'
import { settled } from '../lib/spec/app.ts'
import type { ASGIApp, Middleware } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import { exceptions } from '../middleware/exceptions.ts'
import { areLayersHeard, tracedLayer, tracedName } from '../middleware/tracing.ts'

/** What can be put around the app of a route, a mount, a host or a router. */
export interface LayerOptions extends BodyLimits {
  /** The first is the outermost. It runs only for what the route matches. */
  middleware?: readonly Middleware[]
  /** Nearer than those of the mount and the application around it: a `Map`, or pairs made by `exceptionHandler`. */
  exceptionHandlers?: Iterable<ExceptionEntry>
  /**
   * What is made before anything further in is called, whatever that is: security, for one. Endpoints with contracts that ask
   * for the same find it made. They run for every request that gets here: those of an application or of a router that is
   * mounted also where no route will match, and they do not know the parameters of the route. Those of a router that is included do.
   */
  dependencies?: readonly Dependency[]
}

/** Puts dependencies around an app, exception handlers around these, then middleware, and limits around all. */
export function withLayers(app: ASGIApp, options: LayerOptions): ASGIApp {
  const { middleware = [], exceptionHandlers, dependencies } = options
  const supplied = withDependencies(app, dependencies)
  const handled = exceptionHandlers === undefined ? supplied : exceptions({ handlers: exceptionHandlers })(supplied)
  return withLimits(withMiddleware(handled, middleware), options)
}

/** Makes dependencies before an app is called, when there are any. */
export function withDependencies(app: ASGIApp, dependencies: readonly Dependency[] = []): ASGIApp {
  if (dependencies.length === 0) return app
  const layer = new DependencyLayer(dependencies)
  return (scope, receive, send) =>
    scope.type === 'lifespan' ? app(scope, receive, send) : layer.enter(app, { scope, receive, send })
}

/** Puts limits around an app, when there are any. */
export function withLimits(app: ASGIApp, limits: BodyLimits): ASGIApp {
  return limits.maxBodyBytes === undefined && limits.bodyTimeoutMs === undefined ? app : withBodyLimits(app, limits)
}

/** Puts middleware around an app, the first outermost. */
export function withMiddleware(app: ASGIApp, middleware: readonly Middleware[]): ASGIApp {
  const checked = checkedStack(middleware)
  if (checked.length === 0) return app
  let stack = reached(app, null)
  for (const wrap of checked.toReversed()) stack = reached(wrapped(wrap, stack), tracedName(wrap))
  return (scope, receive, send) => {
    const progress = progressOf(scope)
    if (progress !== null) progress.layersHeard = areLayersHeard()
    return stack(scope, receive, send)
  }
}

/** Returns a list of middleware when it can be one. */
export function checkedStack(middleware: readonly Middleware[]): readonly Middleware[] {
  if (Array.isArray(middleware)) return middleware.map(checkedMiddleware)
  throw new TypeError(`Cannot add the middleware ${show(middleware)}: expected a list of middleware`)
}

/** Returns a middleware when it can be one. */
export function checkedMiddleware(middleware: Middleware): Middleware {
  if (typeof middleware === 'function') return middleware
  throw new TypeError(
    `Cannot add middleware: it is ${show(middleware)}, expected a function that takes an app and returns one`,
  )
}

function wrapped(middleware: Middleware, app: ASGIApp): ASGIApp {
  const outer = middleware(app)
  if (typeof outer === 'function') {
    if (outer.length === 1 && makesApps(outer)) throw notCalled(middleware)
    return outer
  }
  throw new TypeError(
    `Cannot add middleware "${middleware.name}": it made ${show(outer)} of an app, expected an app; does it take options first?`,
  )
}

const silent: ASGIApp = () => settled

/**
 * Tells a middleware from an app with as many parameters by what becomes of an app that is given to it: such an app could
 * do no more than refuse.
 */
function makesApps(made: (...args: never) => unknown): boolean {
  try {
    const outcome = made(...([silent] as never))
    if (outcome instanceof Promise) outcome.catch(() => {})
    return typeof outcome === 'function'
  } catch {
    return false
  }
}

function notCalled({ name }: Middleware): TypeError {
  return new TypeError(
    `Cannot add middleware "${name}": it made a middleware of an app, expected an app; it takes options first: ${name}(…)`,
  )
}

/**
 * Notes how far a connection came, so that an error is answered through the middleware that it has passed, and publishes the
 * work of the app under a name while somebody listens.
 */
function reached(app: ASGIApp, name: string | null): ASGIApp {
  const traced = name === null ? app : tracedLayer(name, app)
  return (scope, receive, send) => {
    // Not by progressOf(): scopes have more shapes here than elsewhere, and what reads them all in one place is slow everywhere.
    const progress = (scope as TrackedScope).progress ?? null
    if (progress !== null) progress.send = send
    const isHeard = progress === null ? areLayersHeard() : progress.layersHeard
    return isHeard ? traced(scope, receive, send) : app(scope, receive, send)
  }
}
