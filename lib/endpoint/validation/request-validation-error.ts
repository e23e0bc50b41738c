import type { FieldError } from './field-error.ts'

/** A status that tells what is wrong with a request: its content, its syntax, or its media type. */
export type ValidationStatus = 400 | 415 | 422

/**
 * Thrown when a request is not what its contract says. Unless a handler says otherwise it is answered as
 * `application/problem+json`; a WebSocket is closed with 1008.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export class RequestValidationError extends Error {
  override readonly name = 'RequestValidationError'
  readonly code = 'STELLINE_REQUEST_VALIDATION'
  /** 422; 400 for a body that is malformed, 415 for one of another media type. */
  readonly status: ValidationStatus
  /** Everything that is wrong, part by part. No value of the request is among it. */
  readonly errors: readonly FieldError[]

  /** @param cause What failed in the library of schemas or in the parser; for logs. */
  constructor(errors: readonly FieldError[], status: ValidationStatus = 422, cause?: unknown) {
    super(`The request does not fulfil its contract: ${summaryOf(errors)}`, cause === undefined ? {} : { cause })
    this.status = status
    this.errors = errors
  }
}

/** Says in a line what is wrong. */
export function summaryOf(errors: readonly FieldError[]): string {
  return errors.map(({ in: part, path, message }) => `${[part, ...path].join('.')}: ${message}`).join('; ')
}
