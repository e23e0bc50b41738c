import type { Issue } from './schema.ts'

/**
 * Thrown when an endpoint gives what its contract does not declare: a fault of the app. The message names the fields, for the
 * log; the client gets a plain 500.
 */
export class ResponseValidationError extends Error {
  override readonly name = 'ResponseValidationError'
  readonly code = 'STELLINE_RESPONSE_VALIDATION'
  /** What the library of schemas says. */
  readonly issues: readonly Issue[]

  /** @param what What was to be sent, for example `the answer 200`. */
  constructor(what: string, issues: readonly Issue[]) {
    super(`Cannot send ${what}: it does not fulfil the contract: ${issues.map(lineOf).join('; ')}`)
    this.issues = issues
  }
}

function lineOf({ path = [], message }: Issue): string {
  const steps = path.map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length === 0 ? message : `${steps.join('.')}: ${message}`
}
