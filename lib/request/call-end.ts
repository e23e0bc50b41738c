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
}

/** Notes what is to be done when the call for a connection has ended, whether well or not. */
export function atCallEnd(scope: EndingScope, work: AtEnd): void {
  if (scope.at_end) scope.at_end.push(work)
  else scope.at_end = [work]
}

/**
 * Waits for the end of a call and does what was noted until then.
 *
 * @throws What the call throws, else what the noted work throws.
 */
export async function endCall(scope: object & EndingScope, call: Promise<void>): Promise<void> {
  try {
    await call
  } catch (error) {
    await Promise.allSettled(doNoted(scope, { error }))
    throw error
  }
  await Promise.all(doNoted(scope, null))
}

function doNoted(scope: EndingScope, failure: CallFailure | null): Promise<void>[] {
  const noted = scope.at_end ?? []
  scope.at_end = null
  return noted.map((work) => work(failure))
}
