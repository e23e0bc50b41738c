import type { ASGIApp } from '../spec/app.ts'
import { checkMessageValues } from '../spec/message-values.ts'
import type { LifespanReceiveMessage, LifespanSendMessage } from '../spec/messages.ts'
import type { LifespanScope } from '../spec/scope.ts'
import { lifespanSend, nextState } from '../spec/transitions.ts'
import { ProtocolViolation } from '../spec/violations.ts'
import { LifespanFailed } from './lifespan-failed.ts'
import { MessageQueue } from './message-queue.ts'
import type { Flow } from './message-queue.ts'
import type { ServerLog } from './server-log.ts'
import { Waiter } from './waiter.ts'

/** The ways to treat the lifespan of an app, the usual one first. */
export const lifespanModes = ['auto', 'on', 'off'] as const

/**
 * Whether a server runs the app's lifespan: `auto` goes on without it when the app does not know it, `on` insists, `off`
 * never calls it.
 */
export type LifespanMode = (typeof lifespanModes)[number]

/* c8 ignore next 2 -- two messages without a size never hold anybody back */
/** The server itself is the source of the messages. */
const unbounded: Flow = { pause() {}, resume() {} }

/** Runs the lifespan of one app: start-up before the first connection, shutdown after the last one. */
export class LifespanRunner {
  /** What the app put there during start-up: copied into the scope of each connection. */
  readonly state: Record<string, unknown> = {}
  readonly #app: ASGIApp
  readonly #mode: LifespanMode
  readonly #log: ServerLog
  readonly #queue: MessageQueue<LifespanReceiveMessage> = new MessageQueue(unbounded)
  readonly #started: Waiter = new Waiter()
  readonly #stopped: Waiter = new Waiter()
  #state: string = lifespanSend.initial
  #stopping = false
  /** True once the app has told itself that it failed. */
  #confessed = false
  /** True once the app has returned, or when it has no lifespan. */
  #over = false

  constructor(app: ASGIApp, mode: LifespanMode, log: ServerLog) {
    this.#app = app
    this.#mode = mode
    this.#log = log
  }

  /**
   * Resolves when the app has started.
   *
   * @throws {@link LifespanFailed} when the app reports a failure, or fails under mode `on`.
   */
  startup(): Promise<void> {
    if (this.#mode === 'off') {
      this.#over = true
      return Promise.resolve()
    }
    const scope: LifespanScope = { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: this.state }
    this.#queue.push({ type: 'lifespan.startup' }, 0)
    const send = async (message: unknown): Promise<void> => this.#take(message as LifespanSendMessage)
    new Promise<void>((resolve) => resolve(this.#app(scope, () => this.#queue.next(), send))).then(
      () => this.#appEnded(null),
      (error: unknown) => this.#appEnded({ error }),
    )
    return this.#started.promise
  }

  /**
   * Resolves when the app has stopped.
   *
   * @throws {@link LifespanFailed} when the app reports a failure or fails.
   */
  shutdown(): Promise<void> {
    if (this.#over || this.#stopping) return this.#over ? Promise.resolve() : this.#stopped.promise
    this.#stopping = true
    this.#queue.push({ type: 'lifespan.shutdown' }, 0)
    return this.#stopped.promise
  }

  #take(message: LifespanSendMessage): void {
    const next = nextState(lifespanSend, 'send', this.#state, message.type)
    checkMessageValues('send', message)
    if (next === 'stopped' && !this.#stopping) {
      throw new ProtocolViolation(
        'application',
        `Cannot send "${message.type}": "lifespan.shutdown" has not been received`,
      )
    }
    this.#state = next
    switch (message.type) {
      case 'lifespan.startup.complete':
        return this.#started.resolve()
      case 'lifespan.startup.failed':
        this.#confessed = true
        return this.#started.reject(new LifespanFailed('start-up', message.message ?? ''))
      case 'lifespan.shutdown.complete':
        return this.#stopped.resolve()
      case 'lifespan.shutdown.failed':
        this.#confessed = true
        return this.#stopped.reject(new LifespanFailed('shutdown', message.message ?? ''))
    }
  }

  #appEnded(failure: { error: unknown } | null): void {
    this.#over = true
    if (this.#state === 'starting') this.#endedInStartup(failure)
    else if (this.#state === 'started') this.#endedBeforeShutdown(failure)
    // Nobody waits for the app any more; what it has said itself is not repeated.
    else if (failure !== null && !this.#confessed) this.#log.error('The app failed after its shutdown', failure.error)
  }

  #endedInStartup(failure: { error: unknown } | null): void {
    if (this.#mode === 'on') {
      const reason = failure === null ? 'the app returned without answering "lifespan.startup"' : 'the app failed'
      return this.#started.reject(new LifespanFailed('start-up', reason, failure?.error))
    }
    if (failure !== null) this.#log.info('The app has no lifespan: it failed on the lifespan scope')
    this.#started.resolve()
  }

  #endedBeforeShutdown(failure: { error: unknown } | null): void {
    if (this.#stopping && failure !== null) {
      return this.#stopped.reject(new LifespanFailed('shutdown', 'the app failed', failure.error))
    }
    if (failure !== null) this.#log.error('The lifespan of the app failed while it served', failure.error)
    this.#stopped.resolve()
  }
}
