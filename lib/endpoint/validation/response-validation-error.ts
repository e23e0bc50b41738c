import { issueLine, maxErrors } from './field-error.ts'
import type { Issue } from './schema.ts'

/**
 * Thrown when an endpoint gives what its contract does not declare: a fault of the app. The message names the first
 * 100 fields, without their values, for the log; the client gets a plain 500.
 */
export class ResponseValidationError extends Error {
  override readonly name = 'ResponseValidationError'
  readonly code = 'STELLINE_RESPONSE_VALIDATION'
  /** What the library of schemas says. */
  readonly issues: readonly Issue[]

  /** @param what What was to be sent, for example `the answer 200`. */
  constructor(what: string, issues: readonly Issue[]) {
    super(`Cannot send ${what}: it does not fulfil the contract: ${linesOf(issues)}`)
    this.issues = issues
  }
}

function linesOf(issues: readonly Issue[]): string {
  const lines = issues.slice(0, maxErrors).map(issueLine).join('; ')
  return issues.length > maxErrors ? `${lines}; and ${issues.length - maxErrors} more` : lines
}
