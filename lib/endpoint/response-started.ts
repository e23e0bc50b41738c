/** Thrown when an error has a handler, but the answer had begun already and cannot be replaced. */
export class ResponseStarted extends Error {
  override readonly name = 'ResponseStarted'
  readonly code = 'STELLINE_RESPONSE_STARTED'

  /** @param cause The error that could not be answered. */
  constructor(cause: unknown) {
    super('Cannot answer an error with its exception handler: the response has started already', { cause })
  }
}
