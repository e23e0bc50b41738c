import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import type { Scope } from '../spec/scope.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import type { CallContext } from './call-context.ts'
import { Failure } from './failure.ts'

/** One running call of the app under test, of whatever scope. */
export abstract class AppCall {
  /** For messages: the method and the path. */
  abstract readonly label: string
  protected abstract readonly receive: Receive
  protected abstract readonly send: Send
  readonly #raiseServerErrors: boolean
  #failure: Failure | null = null
  #finished: Promise<void> = Promise.resolve()

  constructor({ raiseServerErrors }: CallContext) {
    this.#raiseServerErrors = raiseServerErrors
  }

  /** Resolves when the app has ended, however it did. */
  get finished(): Promise<void> {
    return this.#finished
  }

  /** The app's error as long as no part of the test has seen it, and if any is to see it. */
  get unseenFailure(): Failure | null {
    return this.#raiseServerErrors && this.#failure?.seen === false ? this.#failure : null
  }

  /** Calls the app. */
  run(app: ASGIApp, scope: Scope): void {
    this.#finished = new Promise<void>((resolve) => resolve(app(scope, this.receive, this.send))).then(
      () => this.#end(failureOf(this.breachOfReturning())),
      (error: unknown) => this.#end(this.hasLeft && error instanceof ClientDisconnected ? null : new Failure(error)),
    )
  }

  /** Lets the app end by itself: tells it that the server stops, and drops what the test has not read. */
  abstract shutDown(): void

  /** Takes the client away from the app. */
  abstract leave(reason: unknown): void

  /** True once the client is away, so that the app may rightly fail to send. */
  protected abstract readonly hasLeft: boolean

  /** What is wrong when the app returns now, or `null`. */
  protected abstract breachOfReturning(): Error | null

  /** Called once, when the app has ended. */
  protected abstract ended(failure: Failure | null): void

  #end(failure: Failure | null): void {
    this.#failure = failure
    this.ended(failure)
  }
}

function failureOf(breach: Error | null): Failure | null {
  return breach === null ? null : new Failure(breach)
}
