import { toApp } from '../spec/app.ts'
import type { AppLike } from '../spec/app.ts'
import type { ReceiveMessage, SendMessage } from '../spec/messages.ts'
import type { Scope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import { AppDriverError } from './app-driver-error.ts'
import { Deferred } from './deferred.ts'
import { eventLoopTurns } from './event-loop.ts'
import { Pipe } from './pipe.ts'

/** How an {@link AppDriver} waits. */
export interface AppDriverOptions {
  /** How long {@link AppDriver.next} waits, in milliseconds. Default: 1000. */
  readonly timeoutMs?: number
}

/** Enough for an app that is busy with promises and callbacks of its own. */
const quietTurns = 10

/**
 * Drives one call of an app by hand, message by message. The messages are not checked: drive `lint(app)` for that.
 *
 * @example
 * const driver = new AppDriver(app, httpScope())
 * driver.deliver({ type: 'http.request' })
 * const start = await driver.next()
 */
export class AppDriver {
  /** The scope that the app was called with. */
  readonly scope: Scope
  /** Resolves when the app returns, rejects with what it throws. */
  readonly finished: Promise<void>
  readonly #inbox: Pipe<ReceiveMessage> = new Pipe()
  readonly #outbox: Pipe<SendMessage> = new Pipe()
  readonly #timeoutMs: number
  #failed = false

  constructor(app: AppLike, scope: Scope, { timeoutMs = 1000 }: AppDriverOptions = {}) {
    this.scope = scope
    this.#timeoutMs = timeoutMs
    const run = toApp(app)
    this.finished = new Promise<void>((resolve) =>
      resolve(
        run(
          scope,
          () => this.#inbox.read(),
          (message) => this.#outbox.write(message),
        ),
      ),
    )
    this.finished.then(
      () => this.#end(new AppDriverError('Cannot get the next message: the app has returned')),
      (error: unknown) => {
        this.#failed = true
        this.#end(error)
      },
    )
  }

  /** Puts a message where the app's `receive` finds it. A disconnect repeats, as on a server. */
  deliver(message: ReceiveMessage): void {
    void this.#inbox.write(message)
    if (message.type === 'http.disconnect' || message.type === 'websocket.disconnect') this.#inbox.end(() => message)
  }

  /**
   * Resolves with the next message that the app sends.
   *
   * @throws What the app throws, or {@link AppDriverError} when it returns without sending or sends nothing in time.
   */
  next(): Promise<SendMessage> {
    const reader = new Deferred<SendMessage>()
    const timer = setTimeout(() => {
      if (this.#outbox.withdraw(reader)) reader.reject(this.#late())
    }, this.#timeoutMs)
    return this.#outbox.read(reader).finally(() => clearTimeout(timer))
  }

  /**
   * Resolves when the app has had some turns of the event loop and sent nothing.
   *
   * @throws {@link AppDriverError} when it has sent a message, which stays to be read; what the app throws.
   */
  async expectNothing(): Promise<void> {
    await eventLoopTurns(quietTurns)
    const message = this.#outbox.peek()
    if (message !== undefined) throw new AppDriverError(`Expected no message, but the app sent ${show(message.type)}`)
    if (this.#failed) await this.finished
  }

  #end(error: unknown): void {
    this.#outbox.end(() => {
      throw error
    })
  }

  #late(): AppDriverError {
    const advice = this.#inbox.wanted
      ? 'it waits in receive(), so deliver() a message first'
      : 'it waits for something other than receive()'
    return new AppDriverError(`Cannot get the next message: the app sent none within ${this.#timeoutMs} ms; ${advice}`)
  }
}
