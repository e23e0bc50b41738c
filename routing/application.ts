import { defaultHandlers } from '../lib/endpoint/default-handlers.ts'
import { checkedEntries, checkedHandler } from '../lib/endpoint/exception-handlers.ts'
import type { ExceptionEntry, ExceptionHandler } from '../lib/endpoint/exception-handlers.ts'
import type { Dependency } from '../lib/endpoint/dependencies/dependency.ts'
import type { Replacement } from '../lib/endpoint/dependencies/overrides.ts'
import { unknownScope } from '../lib/endpoint/unknown-scope.ts'
import { Tasks } from '../lib/lifetime/background.ts'
import type { TasksOptions } from '../lib/lifetime/background.ts'
import { checkLifespan, startLifespan } from '../lib/lifetime/lifespan.ts'
import type { Lifespan, RunningLifespan } from '../lib/lifetime/lifespan.ts'
import { runLifespan } from '../lib/lifetime/lifespan-app.ts'
import { failureOfStart, stopAll } from '../lib/lifetime/stop-all.ts'
import type { BodyLimits } from '../lib/request/body-limits.ts'
import type { ASGIApp, Middleware } from '../lib/spec/app.ts'
import { exceptions } from '../middleware/exceptions.ts'
import { serverErrors } from '../middleware/server-errors/server-errors.ts'
import { isTraced, tracedCall } from '../middleware/tracing.ts'
import { checkedMiddleware, checkedStack, withDependencies, withLimits, withMiddleware } from './layers.ts'
import type { Included } from './include.ts'
import type { OpenAPIDocument } from './openapi/openapi-document.ts'
import type { OpenAPIOptions } from './openapi/openapi-options.ts'
import { servedRoutes } from './openapi/openapi-routes.ts'
import { ServedDocument } from './openapi/served-document.ts'
import type { Routable, RoutedScope } from './routable.ts'
import { Router } from './router.ts'
import type { RouterOptions } from './router.ts'

/** What an application has besides its routes. */
export interface ApplicationOptions<
  State,
  Routes extends Iterable<Routable> = Iterable<Routable>,
> extends RouterOptions<Routes> {
  /**
   * Answers to errors, those of the middleware too: a `Map`, or pairs made by `exceptionHandler`. A handler for 500 or for `Error` answers what no other
   * handler does; the error is thrown again afterwards, so that the server logs it.
   */
  exceptionHandlers?: Iterable<ExceptionEntry>
  /** What to do before the first connection and after the last one. Its state is typed in `request.state`. */
  lifespan?: Lifespan<State, Application>
  /** How {@link Application.tasks} are kept and reported. */
  tasks?: TasksOptions
  /** Serves a document of the API, and pages that show it, before all other routes. Default: none. */
  openapi?: OpenAPIOptions | null
  /** Shows errors to the client, sources included; never where `NODE_ENV` is `production`. Default false. */
  debug?: boolean
}

/** The state that requests carry when the lifespan yields this; any, when it yields none. */
export type StateOf<State> = State extends object ? State : Record<string, unknown>

/**
 * A router with what an app needs around it, from the outside in: the layer that answers unforeseen errors, the
 * middleware in the order of the list, and the layer of exception handlers. The lifespan does not pass the middleware.
 */
export class Application<
  State = Record<string, unknown>,
  Routes extends Iterable<Routable> = Iterable<Routable>,
> extends Router<StateOf<State>, Routes> {
  /** Work that goes on beside requests. A shutdown waits for it, before the lifespan shuts down. */
  readonly tasks: Tasks
  /**
   * What stands for a dependency, in tests above all: `app.overrides.set(database, () => fake)`. It takes effect with the next
   * connection. Mounted applications have their own.
   */
  readonly overrides: Map<Dependency, Replacement> = new Map()
  /** Takes effect before the first connection. */
  debug: boolean
  readonly #limits: BodyLimits
  readonly #supplied: ASGIApp
  readonly #middleware: Middleware[]
  readonly #handlers: readonly ExceptionEntry[]
  /** Answers what has a handler. */
  readonly #exceptions: Middleware
  /** Answers what has none. */
  readonly #serverErrorHandler: ExceptionHandler | null
  readonly #lifespan: Lifespan<State, Application> | null
  readonly #document: ServedDocument
  /** Folded on the first call. */
  #stack: ASGIApp | null = null

  /** @throws TypeError for exception handlers, middleware or a lifespan that cannot be such. */
  constructor(options: ApplicationOptions<State, Routes> = {}) {
    const { middleware = [], exceptionHandlers = [], lifespan, tasks, debug = false, openapi = null, ...rest } = options
    let self: Application | null = null
    const document = new ServedDocument(() => self!, openapi ?? {})
    super(openapi === null ? rest : withDocument(rest, servedRoutes(document, openapi)))
    self = this as unknown as Application
    this.#document = document
    this.#limits = rest
    this.#supplied = withDependencies(this.dispatch, rest.dependencies)
    this.tasks = new Tasks(tasks)
    if (lifespan !== undefined) checkLifespan(lifespan)
    this.#lifespan = lifespan ?? null
    this.debug = debug
    this.#middleware = [...checkedStack(middleware)]
    const { handlers, serverErrorHandler } = partition(exceptionHandlers)
    this.#serverErrorHandler = serverErrorHandler
    // Handlers of an application around this one come later: what this one cannot answer reaches them as an error.
    this.#handlers = [...defaultHandlers, ...handlers]
    this.#exceptions = exceptions({ handlers: this.#handlers, inherit: false })
  }

  override get asgi(): ASGIApp {
    return this.#asgi
  }

  protected override pendingWork(): Promise<unknown> | null {
    return this.tasks.size === 0 ? null : this.tasks.ended()
  }

  /**
   * Puts a middleware around all others.
   *
   * @throws Error when the application has started: its layers stand for as long as it runs.
   */
  addMiddleware(middleware: Middleware): this {
    if (this.#stack !== null) {
      throw new Error('Cannot add middleware: the application has started, expected it before its first call')
    }
    this.#middleware.unshift(checkedMiddleware(middleware))
    return this
  }

  /**
   * Returns the document of the API, as the option `openapi` describes it. It is made anew after routes were added.
   *
   * @throws TypeError naming the operation, for what cannot be described.
   */
  openapi(): OpenAPIDocument {
    return this.#document.document
  }

  /** An application has layers and a lifespan of its own: it can only be mounted. */
  protected override included(): Included {
    throw new TypeError('Cannot include an application: expected a router; mount() takes an application')
  }

  protected override async startUp(): Promise<RunningLifespan> {
    this.#stack ??= this.#fold()
    try {
      const running = await this.#startLifespans()
      return { state: running.state, stop: () => this.tasks.drain().then(() => running.stop()) }
    } catch (error) {
      await this.tasks.drain()
      throw error
    }
  }

  async #startLifespans(): Promise<RunningLifespan> {
    if (this.#lifespan === null) return super.startUp()
    const own = await startLifespan(this.#lifespan, this as unknown as Application)
    try {
      return nest(own, await super.startUp())
    } catch (error) {
      throw await failureOfStart(error, own)
    }
  }

  readonly #asgi: ASGIApp = (scope, receive, send) => {
    if (scope.type === 'lifespan') return runLifespan(() => this.startUp(), scope, { receive, send })
    if (scope.type !== 'http' && scope.type !== 'websocket') {
      throw unknownScope('an application', scope, 'a type of the contract')
    }
    const routed: RoutedScope = scope
    routed.app = this
    this.#stack ??= this.#fold()
    return isTraced(scope) ? tracedCall(this.#stack, scope, [receive, send]) : this.#stack(scope, receive, send)
  }

  #fold(): ASGIApp {
    // Without middleware the outermost layer is also the one just inside it.
    const nearest = this.#middleware.length === 0
    const errors = serverErrors({
      handler: this.#serverErrorHandler,
      handlers: this.#handlers,
      nearest,
      debug: this.debug,
    })
    const inner = nearest ? this.#supplied : this.#exceptions(this.#supplied)
    return errors(withLimits(withMiddleware(inner, this.#middleware), this.#limits))
  }
}

function partition(entries: Iterable<ExceptionEntry>): {
  handlers: ExceptionEntry[]
  serverErrorHandler: ExceptionHandler | null
} {
  const handlers: ExceptionEntry[] = []
  let serverErrorHandler: ExceptionHandler | null = null
  for (const [key, handler] of checkedEntries(entries)) {
    if (key === 500 || key === Error) serverErrorHandler = checkedHandler(key, handler)
    else handlers.push([key, handler])
  }
  return { handlers, serverErrorHandler }
}

/** Puts the routes of the document before all others. */
function withDocument<Routes extends Iterable<Routable>>(
  options: RouterOptions<Routes>,
  documentRoutes: readonly Routable[],
): RouterOptions<Routes> {
  return { ...options, routes: [...documentRoutes, ...(options.routes ?? [])] as Iterable<Routable> as Routes }
}

/** Puts a lifespan within another one. */
function nest(outer: RunningLifespan, inner: RunningLifespan): RunningLifespan {
  return {
    state: Object.assign({}, outer.state, inner.state),
    stop: () => stopAll([inner, outer]),
  }
}
