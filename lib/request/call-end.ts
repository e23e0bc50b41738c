import { withOrigin } from './with-origin.ts'

/** What has made a call fail. */
export interface CallFailure {
  readonly error: unknown
}

/** What is to be done when an app's call for a connection has ended; `null` stands for a good end. */
export type AtEnd = (failure: CallFailure | null) => Promise<void>

/** A scope as far as the end of its call is concerned. */
export interface EndingScope {
  /** What is to be done when the call has ended; whatever made the `Request` of an endpoint does it. */
  at_end?: AtEnd[] | null
  /** What the call has begun and not seen the end of; it does not fail. */
  goes_on?: Promise<unknown> | null
}

/** How long what is to be done at the end waits for what goes on, in ms. */
const defaultPatienceMs = 1_000

/** Notes what is to be done when the call for a connection has ended, whether well or not. */
export function atCallEnd(scope: EndingScope, work: AtEnd): void {
  if (scope.at_end) scope.at_end.push(work)
  else scope.at_end = [work]
}

/**
 * Notes what goes on when the call for a connection has ended, such as a generator that was told to stop and waits for something:
 * it may still use what is cleared away at the end.
 */
export function goesOn(scope: object & EndingScope, work: Promise<unknown>): void {
  scope.goes_on = scope.goes_on ? Promise.all([scope.goes_on, work]) : work
}

/**
 * Waits for the end of a call and does what was noted until then. That waits for what goes on, but not for ever: what waits for
 * an event that does not come would keep a database connection.
 *
 * @throws What the call throws, else what the noted work throws; when both fail, what the work throws, which tells of the other.
 */
export async function endCall(
  scope: object & EndingScope,
  call: Promise<void>,
  patienceMs: number = defaultPatienceMs,
): Promise<void> {
  try {
    await call
  } catch (error) {
    if (scope.at_end && scope.goes_on) await atMost(patienceMs, scope.goes_on)
    let last: unknown = error
    for (const end of await Promise.allSettled(doNoted(scope, { error }))) {
      if (end.status === 'rejected' && end.reason !== error) last = withOrigin(end.reason, last)
    }
    throw last
  }
  if (scope.at_end && scope.goes_on) await atMost(patienceMs, scope.goes_on)
  await Promise.all(doNoted(scope, null))
}

async function atMost(timeMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, timeMs)))])
  clearTimeout(timer)
}

function doNoted(scope: EndingScope, failure: CallFailure | null): Promise<void>[] {
  const noted = scope.at_end ?? []
  scope.at_end = null
  return noted.map((work) => work(failure))
}
