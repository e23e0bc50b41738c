import { named } from '../lib/endpoint/named.ts'
import { Headers } from '../lib/http/headers.ts'
import { startWith, withMoreFields } from '../lib/http/message-fields.ts'
import type { FrameworkScope } from '../lib/request/connection.ts'
import type { Middleware } from '../lib/spec/app.ts'
import { canonicalName } from '../lib/spec/field-syntax.ts'
import { show } from '../lib/spec/violations.ts'

/** What is told of the time that an answer took. */
export interface ServerTimingOptions {
  /** Adds the time from the request to the begin of the answer, as `total`. Default true. */
  total?: boolean
  /** Tells the time, in milliseconds. Default `performance.now`. */
  now?: () => number
}

/** The times of one request. */
export interface Timings {
  /**
   * Adds a time.
   *
   * @param name A token, such as `db`.
   * @throws TypeError for a name that is none.
   */
  add(name: string, durationMs: number, description?: string): void
  /** Adds the time that some work takes, whether it ends well or not. */
  measure<T>(name: string, work: () => T): T
}

/** Where nobody takes the times. */
const nowhere: Timings = { add: () => {}, measure: (_name, work) => work() }

/**
 * Tells the client how long parts of an answer took, in `server-timing`; browsers show it to developers. It tells everybody,
 * so think of what may be known.
 *
 * @see https://www.w3.org/TR/server-timing/
 */
export function serverTiming({ total = true, now = () => performance.now() }: ServerTimingOptions = {}): Middleware {
  return named('serverTiming', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    const times = new RequestTimings(now)
    const timed: FrameworkScope & typeof scope = scope
    timed.timings = times
    return app(scope, receive, (message) => {
      if (message.type !== 'http.response.start') return send(message)
      if (total) times.addTotal()
      if (times.value === '') return send(message)
      const headers = Headers.from(message.headers ?? [])
      return send(startWith(message, withMoreFields(headers, ['server-timing', times.value])))
    })
  })
}

/** Returns where to note the times of a request. Without `serverTiming()` they go nowhere. */
export function timingsOf({ scope }: { readonly scope: FrameworkScope }): Timings {
  return (scope.timings as Timings | null | undefined) ?? nowhere
}

class RequestTimings implements Timings {
  value = ''
  readonly #now: () => number
  readonly #beganMs: number

  constructor(now: () => number) {
    this.#now = now
    this.#beganMs = now()
  }

  add(name: string, durationMs: number, description?: string): void {
    if (canonicalName(name) === null) throw new TypeError(`Cannot note the time of ${show(name)}: expected a token`)
    const told = description === undefined ? '' : `;desc="${quotable(description)}"`
    const metric = `${name}${told};dur=${Math.round(durationMs * 100) / 100}`
    this.value += this.value === '' ? metric : `, ${metric}`
  }

  measure<T>(name: string, work: () => T): T {
    const startMs = this.#now()
    const end = (): void => this.add(name, this.#now() - startMs)
    let result: T
    try {
      result = work()
    } catch (error) {
      end()
      throw error
    }
    if (result instanceof Promise) return result.finally(end) as T
    end()
    return result
  }

  addTotal(): void {
    this.add('total', this.#now() - this.#beganMs)
  }
}

function quotable(text: string): string {
  return text.replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&')
}
