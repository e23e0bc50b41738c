import { ExceptionHandlers } from '../lib/endpoint/exception-handlers.ts'
import type { ExceptionEntry, ExceptionLookup } from '../lib/endpoint/exception-handlers.ts'
import { named } from '../lib/endpoint/named.ts'
import { progressAt } from '../lib/endpoint/progress.ts'
import { answerException } from '../lib/endpoint/raise.ts'
import type { FrameworkScope } from '../lib/request/connection.ts'
import { settled } from '../lib/spec/app.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'

type ConnectionScope = HTTPScope | WebSocketScope

/** Whose errors are answered, and by whom. */
export interface ExceptionsOptions {
  /** A `Map`, or pairs made by `exceptionHandler`. */
  handlers: Iterable<ExceptionEntry>
  /** Whether the handlers of outer layers stand behind these for what endpoints throw. Default true. */
  inherit?: boolean
}

/**
 * Answers errors that have a handler; every other error passes through. An application with middleware has this layer just inside it,
 * a mount with handlers of its own has another, and the nearest layer that has a handler wins.
 *
 * Answers go out through the deepest `send` that the connection has reached, so that the middleware between this layer
 * and the place of the error adds its headers to them.
 *
 * @throws {@link ResponseStarted} out of the app, when an error has a handler but the response has begun.
 */
export function exceptions(options: ExceptionsOptions): Middleware {
  const handlers = new ExceptionHandlers(options.handlers)
  const inherit = options.inherit ?? true
  return named('exceptions', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const progress = progressAt(scope, send)
    progress.handlers = nearest(handlers, inherit ? progress.handlers : null)
    const { app: owner, root_path: rootPath }: FrameworkScope & ConnectionScope = scope
    const fail = (error: unknown): Promise<void> => {
      const handler = handlers.find(error)
      if (handler === null) return Promise.reject(error)
      // A mounted application has written its own there.
      Object.assign(scope, { app: owner, root_path: rootPath })
      return answerException(error, handler, { scope, receive, send: progress.send }).then(undefined, (failure) => {
        progress.failure = { error: failure }
        throw failure
      })
    }
    try {
      const done = app(scope, receive, progress.send)
      return done === settled ? done : done.then(undefined, fail)
    } catch (error) {
      return fail(error)
    }
  })
}

function nearest(handlers: ExceptionHandlers, outer: ExceptionLookup | null): ExceptionLookup {
  return outer === null ? handlers : handlers.within(outer)
}
