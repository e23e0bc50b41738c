import { settled, toApp } from '../../spec/app.ts'
import type { AppLike, ASGIApp, Receive, Send } from '../../spec/app.ts'
import { handled } from '../../spec/handled.ts'
import type { ReceiveMessage, SendMessage } from '../../spec/messages.ts'
import type { Scope } from '../../spec/scope.ts'
import { checkScope } from '../../spec/scope-values.ts'
import { ProtocolViolation, show } from '../../spec/violations.ts'
import { afterReceive, afterSend, breachOfReturning, callState } from './call-rules.ts'
import type { CallState } from './call-rules.ts'
import { repeatable } from './repeatable.ts'

/** How {@link lint} reports. */
export interface LintOptions {
  /** Called with every breach as it happens, even when the error is swallowed later. */
  readonly report?: (violation: ProtocolViolation) => void
}

/**
 * Wraps an app so that every breach of the contract, by the app or by the server that calls it, throws a
 * {@link ProtocolViolation} with the guilty side at the guilty call: for a bad scope the call of the app, for a bad
 * message `receive` or `send`. When the app swallows a breach of its own, its promise rejects with the first one at the
 * end. What is in order passes unchanged.
 *
 * @see https://asgi.readthedocs.io/en/latest/specs/main.html
 */
export function lint(app: AppLike, { report = ignore }: LintOptions = {}): ASGIApp {
  const inner = toApp(app)
  return (scope, receive, send) => {
    try {
      checkScope(scope)
      checkFunctions(receive, send)
    } catch (violation) {
      report(violation as ProtocolViolation)
      return Promise.reject(violation)
    }
    return new LintedCall({ scope, receive, send, report }).run(inner)
  }
}

/** Both ends of one call, and who hears of its breaches. */
interface Ends {
  readonly scope: Scope
  readonly receive: Receive
  readonly send: Send
  readonly report: (violation: ProtocolViolation) => void
}

class LintedCall {
  readonly #ends: Ends
  #state: CallState
  #firstBreach: ProtocolViolation | null = null
  /** True once the server refused a message: the app need not complete its answer then. */
  #refused = false
  #returned = false

  constructor(ends: Ends) {
    this.#ends = ends
    this.#state = callState(ends.scope)
  }

  run(app: ASGIApp): Promise<void> {
    let running: unknown
    try {
      running = app(
        this.#ends.scope,
        () => this.#receive(),
        (message) => this.#send(message),
      )
    } catch (error) {
      return Promise.reject(error)
    }
    if (!isThenable(running)) return Promise.reject(this.#breach(badReturn(running, 'a promise')))
    return running.then((value) => this.#finish(value))
  }

  #receive(): Promise<ReceiveMessage> {
    const received: unknown = this.#ends.receive()
    if (isThenable(received)) return received.then((message) => this.#received(message as ReceiveMessage))
    return Promise.reject(this.#breach(badResult('receive', received)))
  }

  #received(message: ReceiveMessage): ReceiveMessage {
    try {
      this.#state = afterReceive(this.#state, message)
    } catch (violation) {
      throw this.#breach(violation as ProtocolViolation)
    }
    return message
  }

  #send(message: SendMessage): Promise<void> {
    const before = this.#state
    let checked: SendMessage
    try {
      checked = repeatable(message)
      if (this.#returned) throw lateSend(message)
      this.#state = afterSend(before, checked)
    } catch (error) {
      // Anything else comes out of an iterable of the app's own.
      if (!(error instanceof ProtocolViolation)) return Promise.reject(error)
      return handled(Promise.reject(this.#breach(error)))
    }
    const after = this.#state
    const sent = this.#ends.send(checked)
    if (!isThenable(sent)) return Promise.reject(this.#breach(badResult('send', sent)))
    // What the server refuses was never sent. The server's own promise goes back, so that no turn is added.
    if (sent !== settled) sent.then(undefined, () => this.#takeBack(before, after))
    return sent
  }

  #takeBack({ send, length }: CallState, after: CallState): void {
    this.#refused = true
    if (this.#state.send === after.send && this.#state.length === after.length) {
      this.#state = { ...this.#state, send, length }
    }
  }

  /** Looks at what an app leaves behind that returns without an error. */
  #finish(value: unknown): void {
    this.#returned = true
    if (this.#firstBreach !== null) throw this.#firstBreach
    if (value !== undefined) throw this.#breach(badReturn(value, 'a promise of undefined'))
    const unanswered = this.#refused ? null : breachOfReturning(this.#state)
    if (unanswered !== null) throw this.#breach(unanswered)
  }

  #breach(violation: ProtocolViolation): ProtocolViolation {
    if (violation.side === 'application') this.#firstBreach ??= violation
    this.#ends.report(violation)
    return violation
  }
}

function badReturn(value: unknown, expected: string): ProtocolViolation {
  return new ProtocolViolation(
    'application',
    `Cannot return from the app: the value is ${show(value)}, expected ${expected}`,
  )
}

function lateSend(message: SendMessage): ProtocolViolation {
  const type = show((message as SendMessage | null)?.type)
  return new ProtocolViolation('application', `Cannot send ${type}: the app has returned, await what it sends`)
}

function badResult(name: 'receive' | 'send', value: unknown): ProtocolViolation {
  return new ProtocolViolation('server', `Cannot ${name}: ${name}() returned ${show(value)}, expected a promise`)
}

function checkFunctions(receive: unknown, send: unknown): void {
  for (const [name, value] of Object.entries({ receive, send })) {
    if (typeof value === 'function') continue
    throw new ProtocolViolation('server', `Cannot call the app: ${name} is ${show(value)}, expected a function`)
  }
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function ignore(): void {}
