import { LifespanRunner } from '../servers/lifespan-runner.ts'
import type { LifespanMode } from '../servers/lifespan-runner.ts'
import type { ServerLog } from '../servers/server-log.ts'
import type { ASGIApp } from '../spec/app.ts'
import { settledWithin } from './event-loop.ts'

/** How the lifespan of an app is run. */
export interface TestLifespanOptions {
  readonly mode: LifespanMode
  /** What is in the state before the app starts. */
  readonly state: Readonly<Record<string, unknown>>
  /** How long the app may go on after its last message, in milliseconds. */
  readonly closeTimeoutMs: number
}

/** Runs the lifespan of the app under test as a server does, but throws what the app throws instead of logging it. */
export class TestLifespan {
  readonly #runner: LifespanRunner
  readonly #closeTimeoutMs: number
  /** What the app throws, and what a server would log. */
  readonly #errors: unknown[] = []
  #running: Promise<void> = Promise.resolve()

  constructor(app: ASGIApp, { mode, state, closeTimeoutMs }: TestLifespanOptions) {
    const log: ServerLog = { info: ignore, warn: ignore, error: (_message, error) => void this.#errors.push(error) }
    this.#closeTimeoutMs = closeTimeoutMs
    this.#runner = new LifespanRunner((scope, receive, send) => this.#observe(app(scope, receive, send)), mode, log)
    Object.assign(this.#runner.state, state)
  }

  get state(): Record<string, unknown> {
    return this.#runner.state
  }

  /** Resolves when the app has started; rejects with what it throws, or else with the failure that it reports. */
  async startup(): Promise<void> {
    await this.#runner.startup().catch((failure: unknown) => this.#failed(failure))
    // Without a failure, an error so far means that the app has no lifespan.
    this.#errors.length = 0
  }

  /** Resolves when the app has stopped; rejects as {@link TestLifespan.startup} does. */
  async shutdown(): Promise<void> {
    await this.#runner.shutdown().catch((failure: unknown) => this.#failed(failure))
    await settledWithin(this.#running, this.#closeTimeoutMs)
    if (this.#errors.length > 0) throw this.#errors[0]
  }

  /** The app's own error says more than the report of a failure, so it gets the time to come up. */
  async #failed(failure: unknown): Promise<never> {
    await settledWithin(this.#running, this.#closeTimeoutMs)
    throw this.#errors[0] ?? failure
  }

  #observe(running: Promise<void>): Promise<void> {
    this.#running = running
    running.catch((error: unknown) => this.#errors.push(error))
    return running
  }
}

function ignore(): void {}
