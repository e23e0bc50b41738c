import { ExceptionHandlers } from '../../lib/endpoint/exception-handlers.ts'
import type { ExceptionEntry, ExceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { named } from '../../lib/endpoint/named.ts'
import { progressAt, progressOf } from '../../lib/endpoint/progress.ts'
import type { Progress } from '../../lib/endpoint/progress.ts'
import { answerException } from '../../lib/endpoint/raise.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import { endCall } from '../../lib/request/call-end.ts'
import { Request } from '../../lib/request/request.ts'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Response } from '../../lib/response/response.ts'
import { toResponse } from '../../lib/response/to-response.ts'
import { settled } from '../../lib/spec/app.ts'
import type { Middleware, Receive, Send } from '../../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { ClientDisconnected } from '../../lib/spec/violations.ts'

/** What a client sees of an error that nobody answers. */
export interface ServerErrorsOptions {
  /** Answers in place of the plain 500. It is not asked in debug mode. */
  handler?: ExceptionHandler | null
  /**
   * Answers to what the middleware inside this layer throws, and to nothing that an `exceptions` layer has let through.
   * Such an error is not thrown again. Default: none.
   */
  handlers?: Iterable<ExceptionEntry>
  /**
   * Whether endpoints find these handlers, as they find those of an `exceptions` layer: for a stack without middleware, which needs
   * no such layer. Default false.
   */
  nearest?: boolean
  /**
   * Shows the error to the client, with its stack and sources: for development only. Without effect where the environment
   * has `NODE_ENV=production`. Default false.
   */
  debug?: boolean
}

type ConnectionScope = HTTPScope | WebSocketScope

/**
 * Answers what nothing else has answered with a 500, and throws it again, so that the server logs it and a test fails
 * with it. An application has this layer outermost: an error passes the user's middleware first, which may answer it
 * itself. What nobody answers is answered through the deepest `send` that the connection had reached, so that the answer
 * has the headers of the middleware that it passed, those of CORS above all; when that way fails, directly.
 *
 * Nothing is sent once an answer has begun, and nothing for WebSockets: their server refuses or closes them. In a mounted
 * application without a handler the error is left to the application around it.
 */
export function serverErrors(options: ServerErrorsOptions = {}): Middleware {
  const layer = new ErrorLayer(options)
  return named('serverErrors', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const isWithin = progressOf(scope) !== null
    const progress = progressAt(scope, send)
    if (layer.nearest) progress.handlers = layer.handlers
    const direct = progress.send
    const { app: owner, root_path: rootPath }: FrameworkScope & ConnectionScope = scope
    const fail = (error: unknown): Promise<void> => {
      // A mounted application has written its own there.
      Object.assign(scope, { app: owner, root_path: rootPath })
      return new FailedCall({ layer, scope, receive, direct, progress, isWithin }).answer(error)
    }
    try {
      const done = app(scope, receive, direct)
      return done === settled ? done : done.then(undefined, fail)
    } catch (error) {
      return fail(error)
    }
  })
}

/** What is the same for each call. */
class ErrorLayer {
  readonly handler: ExceptionHandler | null
  readonly handlers: ExceptionHandlers
  readonly nearest: boolean
  readonly debug: boolean

  constructor(options: ServerErrorsOptions) {
    this.handler = options.handler ?? null
    this.handlers = new ExceptionHandlers(options.handlers ?? [])
    this.nearest = options.nearest ?? false
    this.debug = (options.debug ?? false) && !inProduction()
  }
}

interface CallParts {
  readonly layer: ErrorLayer
  readonly scope: ConnectionScope & FrameworkScope
  readonly receive: Receive
  /** The `send` outside of all middleware. */
  readonly direct: Send
  readonly progress: Progress
  /** Whether another such layer is around this one. */
  readonly isWithin: boolean
}

/** A call of the app within that has failed. */
class FailedCall {
  readonly #parts: CallParts

  constructor(parts: CallParts) {
    this.#parts = parts
  }

  answer(error: unknown): Promise<void> {
    const { layer, scope, receive, progress } = this.#parts
    // What handlers have failed with is not theirs to answer again.
    const failed = progress.failure !== null && progress.failure.error === error
    const handler = failed ? null : layer.handlers.find(error)
    if (handler === null) return this.#unforeseen(error)
    const answered = answerException(error, handler, { scope, receive, send: progress.send })
    return answered.then(undefined, (failure: unknown) => this.#unforeseen(failure))
  }

  async #unforeseen(error: unknown): Promise<never> {
    const { layer, scope, receive, direct, progress, isWithin } = this.#parts
    const { handler, debug } = layer
    const isLeft = isWithin && handler === null && !debug
    if (isLeft || scope.type !== 'http' || progress.started || error instanceof ClientDisconnected) throw error
    const request = (progress.connection as Request | null) ?? new Request(scope, receive, direct)
    const { response, thrown } = await (debug ? debugAnswer(error, request) : answerOf(handler, error, request))
    await endCall(scope, sendBy([progress.send, direct], response, { scope, receive, progress }))
    throw thrown
  }
}

/** Not every runtime has a `process`. */
function inProduction(): boolean {
  const { process } = globalThis as {
    readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
  }
  return process?.env?.['NODE_ENV'] === 'production'
}

/** What the client gets, and what the server gets to know. */
interface Answer {
  readonly response: Response
  /** The error, or when the handler has failed on it, both errors. */
  readonly thrown: unknown
}

async function answerOf(handler: ExceptionHandler | null, error: unknown, request: Request): Promise<Answer> {
  if (handler === null) return { response: plainResponse(), thrown: error }
  try {
    return { response: toResponse(await handler(request, error)), thrown: error }
  } catch (failure) {
    const both = new AggregateError([error, failure], 'Cannot answer an error: the handler of server errors failed')
    return { response: plainResponse(), thrown: both }
  }
}

/** Pages may neither load nor run anything, and nobody keeps them. */
const debugHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
}

async function debugAnswer(error: unknown, request: Request): Promise<Answer> {
  const wantsPage = request.headers.get('accept')?.includes('text/html') ?? false
  /* c8 ignore next -- the loader of the tests adds a branch to a dynamic import; production never reads the page */
  const { errorPage, errorText } = await import('./error-page.ts')
  const response = wantsPage
    ? new HTMLResponse(errorPage(error, request), { status: 500, headers: debugHeaders })
    : new PlainTextResponse(errorText(error), { status: 500, headers: debugHeaders })
  return { response, thrown: error }
}

function plainResponse(): Response {
  return new PlainTextResponse('Internal Server Error', { status: 500 })
}

interface Answering {
  readonly scope: HTTPScope
  readonly receive: Receive
  readonly progress: Progress
}

/** Tries one way after another until an answer has begun. What fails here is less than the error that is thrown next. */
async function sendBy(
  ways: readonly Send[],
  response: Response,
  { scope, receive, progress }: Answering,
): Promise<void> {
  for (const send of ways) {
    if (progress.started) return
    try {
      await response.respond(scope, receive, send)
    } catch {
      continue
    }
  }
}
