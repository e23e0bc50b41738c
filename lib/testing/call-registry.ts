import type { ASGIApp } from '../spec/app.ts'
import type { Scope } from '../spec/scope.ts'
import type { AppCall } from './app-call.ts'
import { settledWithin } from './event-loop.ts'
import type { Failure } from './failure.ts'

/** The calls of the app under test that one client makes, so that none is lost when the client closes. */
export class CallRegistry {
  readonly #app: ASGIApp
  readonly #running: Set<AppCall> = new Set()
  readonly #failed: AppCall[] = []

  constructor(app: ASGIApp) {
    this.#app = app
  }

  run(call: AppCall, scope: Scope): void {
    this.#running.add(call)
    call.run(this.#app, scope)
    void call.finished.then(() => {
      this.#running.delete(call)
      if (call.unseenFailure !== null) this.#failed.push(call)
    })
  }

  /** Waits for every call, up to a limit; then takes the client away, and waits again. Returns what went wrong. */
  async close(timeoutMs: number): Promise<unknown[]> {
    for (const call of this.#running) call.shutDown()
    await this.#allEnded(timeoutMs)
    for (const call of this.#running) call.leave(new Error('The client was closed before the app had answered'))
    await this.#allEnded(timeoutMs)
    const stuck = [...this.#running].map(({ label }) => new Error(`Cannot end ${label}: the app has not returned`))
    return [...this.unseenErrors(), ...stuck]
  }

  /** Returns the errors that no part of the test has seen. */
  unseenErrors(): unknown[] {
    const failures = this.#failed.map((call) => call.unseenFailure).filter((failure) => failure !== null)
    return failures.map((failure: Failure) => failure.take())
  }

  async #allEnded(timeoutMs: number): Promise<void> {
    if (this.#running.size === 0) return
    await settledWithin(Promise.all([...this.#running].map((call) => call.finished)), timeoutMs)
  }
}
