import { named } from '../lib/endpoint/named.ts'
import type { FrameworkScope } from '../lib/request/connection.ts'
import type { TaskOwner } from '../lib/request/task-owner.ts'
import type { Clock } from '../lib/response/event-stream.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { settled } from '../lib/spec/app.ts'
import type { Middleware, Send } from '../lib/spec/app.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { ClientDisconnected, show } from '../lib/spec/violations.ts'

/** How long an app may take. */
export interface TimeoutOptions {
  /** Until the answer begins, in milliseconds. */
  timeoutMs: number
  /** What the client gets then. Default 504; 503 says that it may try again. */
  status?: 503 | 504
  /** How timers are made. Default: those of the platform. */
  clock?: Clock
}

const platformClock: Clock = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/**
 * Answers 504 when the app has not begun its answer in time, and aborts `request.signal`, so that it can stop. An answer
 * that has begun may take any time. WebSockets are not limited.
 *
 * What the app does after its time is over reaches nobody; an error of it goes to the log of the application's tasks.
 *
 * @throws RangeError for a time that is none.
 */
export function timeout({ timeoutMs, status = 504, clock = platformClock }: TimeoutOptions): Middleware {
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new RangeError(`Cannot limit the time: timeoutMs is ${show(timeoutMs)}, expected milliseconds above 0`)
  }
  if (status !== 503 && status !== 504) {
    throw new RangeError(`Cannot limit the time: the status is ${show(status)}, expected 503 or 504`)
  }
  return named('timeout', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    const call = new TimedCall(scope, send)
    const done = app(scope, receive, call.send)
    // What has begun its answer by now needs no timer.
    if (done === settled || call.started) return done
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        if (!call.end()) return
        const response = new PlainTextResponse(status === 504 ? 'Gateway Timeout' : 'Service Unavailable', { status })
        response.respond(scope, receive, send).then(resolve, reject)
        leaveBehind(scope, done)
      }
      const timer = clock.setTimeout(expire, timeoutMs)
      const stop = (): void => clock.clearTimeout(timer)
      call.onStart = stop
      done.then(
        () => {
          call.onStart()
          if (!call.isOver) resolve()
        },
        (error: unknown) => {
          call.onStart()
          if (!call.isOver) reject(error)
        },
      )
    })
  })
}

/** An app's call whose time may be over. */
class TimedCall {
  onStart = (): void => {}
  started = false
  isOver = false
  readonly #inner: Send
  readonly #signal: TimedSignal
  readonly send: Send = (message) => {
    if (this.isOver) return Promise.reject(new ClientDisconnected('Cannot send: the time for the answer is over'))
    if (!this.started && message.type === 'http.response.start') {
      this.started = true
      this.onStart()
    }
    return this.#inner(message)
  }

  constructor(scope: HTTPScope, inner: Send) {
    this.#inner = inner
    this.#signal = new TimedSignal(scope.extensions['http.disconnect.signal'])
    scope.extensions = { ...scope.extensions, 'http.disconnect.signal': this.#signal }
  }

  /** Ends the time, unless the answer has begun. */
  end(): boolean {
    if (this.started) return false
    this.isOver = true
    this.#signal.abort()
    return true
  }
}

/** The signal of the server, and that of the time; it is made when somebody looks. */
class TimedSignal {
  readonly #outer: { readonly signal: AbortSignal } | undefined
  #own: AbortController | null = null
  #signal: AbortSignal | null = null
  #over = false

  constructor(outer: { readonly signal: AbortSignal } | undefined) {
    this.#outer = outer
  }

  get signal(): AbortSignal {
    if (this.#signal !== null) return this.#signal
    this.#own = new AbortController()
    if (this.#over) this.abort()
    const signals = this.#outer === undefined ? [] : [this.#outer.signal]
    return (this.#signal = AbortSignal.any([this.#own.signal, ...signals]))
  }

  abort(): void {
    this.#over = true
    this.#own?.abort(new DOMException('The time for the answer is over', 'TimeoutError'))
  }
}

/** Keeps what goes on after its time in sight, where somebody cares for such things. */
function leaveBehind(scope: HTTPScope & FrameworkScope, done: Promise<void>): void {
  const ended = done.catch((error: unknown) => {
    const expected = error instanceof ClientDisconnected || (error as Error | null)?.name === 'TimeoutError'
    if (!expected) throw error
  })
  const { tasks } = (scope.app ?? {}) as { readonly tasks?: TaskOwner }
  if (tasks === undefined) ended.catch(() => {})
  else tasks.add(() => ended, 'request after its timeout')
}
