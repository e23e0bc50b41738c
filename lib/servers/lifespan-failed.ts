/** Thrown when an app cannot start or stop. The message carries the app's own words. */
export class LifespanFailed extends Error {
  override readonly name = 'LifespanFailed'
  readonly code = 'STELLINE_LIFESPAN_FAILED'
  /** When it failed. */
  readonly phase: 'start-up' | 'shutdown'

  constructor(phase: 'start-up' | 'shutdown', reason: string, cause?: unknown) {
    super(`The app failed at ${phase}${reason === '' ? '' : `: ${reason}`}`, cause === undefined ? {} : { cause })
    this.phase = phase
  }
}
