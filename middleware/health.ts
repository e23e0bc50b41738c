import { named } from '../lib/endpoint/named.ts'
import { JSONResponse } from '../lib/response/json-response.ts'
import type { Clock } from '../lib/response/event-stream.ts'
import type { Middleware } from '../lib/spec/app.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** Throws, or rejects, when something that the app needs is not there. */
export type HealthCheck = (signal: AbortSignal) => unknown

/** Where an app tells how it is. */
export interface HealthOptions {
  /** Answers 200 as long as the process answers at all. `null` for none. Default `/livez`. */
  livePath?: string | null
  /** Answers 200 when all checks pass, and 503 when one fails or the server is stopping. `null` for none. Default `/readyz`. */
  readyPath?: string | null
  /** By name, which the answer tells. Default: none. */
  checks?: Readonly<Record<string, HealthCheck>>
  /** How long a check may take, in milliseconds. Default 5,000. */
  timeoutMs?: number
  /** Told why a check has failed: the answer does not. Default: nobody. */
  onFailure?: (name: string, error: unknown) => void
  /** How timers are made. Default: those of the platform. */
  clock?: Clock
}

const platformClock: Clock = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/**
 * Answers the questions of load balancers and orchestrators, before the app: put it first, so that nothing else has a say.
 *
 * @throws TypeError or RangeError for a set-up that cannot work.
 */
export function health(options: HealthOptions = {}): Middleware {
  const { livePath = '/livez', readyPath = '/readyz' } = options
  const { timeoutMs = 5000, checks = {}, onFailure = () => {}, clock = platformClock } = options
  for (const path of [livePath, readyPath]) {
    if (path !== null && !path.startsWith('/')) {
      throw new TypeError(`Cannot tell the health at ${show(path)}: expected a path that starts with "/"`)
    }
  }
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new RangeError(
      `Cannot check the health: timeoutMs is ${show(timeoutMs)}, expected milliseconds from above 0 to below 2 ** 31`,
    )
  }
  const list = Object.entries(checks)
  return named('health', (app) => (scope, receive, send) => {
    if (scope.type !== 'http' || (scope.method !== 'GET' && scope.method !== 'HEAD')) return app(scope, receive, send)
    const path = scope.path.slice(scope.root_path.length)
    if (path === livePath) return answer({}).respond(scope, receive, send)
    if (path !== readyPath) return app(scope, receive, send)
    return Promise.all(list.map((check) => outcomeOf(check, { timeoutMs, onFailure, clock }))).then((outcomes) => {
      const results = Object.fromEntries(isStopping(scope) ? [...outcomes, ['server', false]] : outcomes)
      return answer(results).respond(scope, receive, send)
    })
  })
}

type Outcome = readonly [name: string, passed: boolean]

interface Checking {
  readonly timeoutMs: number
  readonly onFailure: (name: string, error: unknown) => void
  readonly clock: Clock
}

async function outcomeOf([name, check]: [string, HealthCheck], checking: Checking): Promise<Outcome> {
  const { timeoutMs, onFailure, clock } = checking
  const controller = new AbortController()
  const timer = clock.setTimeout(() => {
    controller.abort(new DOMException(`The check took more than ${timeoutMs} ms`, 'TimeoutError'))
  }, timeoutMs)
  const late = new Promise((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true })
  })
  try {
    await Promise.race([Promise.resolve(controller.signal).then(check), late])
    return [name, true]
  } catch (error) {
    onFailure(name, error)
    return [name, false]
  } finally {
    clock.clearTimeout(timer)
  }
}

function isStopping({ extensions }: HTTPScope): boolean {
  return extensions['server.shutdown.signal']?.signal.aborted === true
}

function answer(results: Readonly<Record<string, boolean>>): JSONResponse {
  const passed = Object.values(results).every(Boolean)
  const content = { status: passed ? 'ok' : 'failing', checks: results }
  return new JSONResponse(content, { status: passed ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
