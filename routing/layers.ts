import type { ExceptionEntry } from '../lib/endpoint/exception-handlers.ts'
import { progressOf } from '../lib/endpoint/progress.ts'
import type { ASGIApp, Middleware } from '../lib/spec/app.ts'
import { show } from '../lib/spec/violations.ts'
import { exceptions } from '../middleware/exceptions.ts'

/** What can be put around the app of a route, a mount or a router. */
export interface LayerOptions {
  /** The first is the outermost. It runs only for what the route matches. */
  middleware?: readonly Middleware[]
  /** Nearer than those of the mount and the application around it: a `Map`, or pairs made by `exceptionHandler`. */
  exceptionHandlers?: Iterable<ExceptionEntry>
}

/** Puts exception handlers around an app and middleware around these. */
export function withLayers(app: ASGIApp, { middleware = [], exceptionHandlers }: LayerOptions): ASGIApp {
  const handled = exceptionHandlers === undefined ? app : exceptions({ handlers: exceptionHandlers })(app)
  return withMiddleware(handled, middleware)
}

/** Puts middleware around an app, the first outermost. */
export function withMiddleware(app: ASGIApp, middleware: readonly Middleware[]): ASGIApp {
  return middleware.reduceRight((stack, wrap) => wrapped(checkedMiddleware(wrap), noted(stack)), app)
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
  if (typeof outer === 'function') return outer
  throw new TypeError(
    `Cannot add middleware "${middleware.name}": it made ${show(outer)} of an app, expected an app; does it take options first?`,
  )
}

/** Notes how far a connection came, so that an error is answered through the middleware that it has passed. */
function noted(app: ASGIApp): ASGIApp {
  return (scope, receive, send) => {
    const progress = progressOf(scope)
    if (progress !== null) progress.send = send
    return app(scope, receive, send)
  }
}
