/** Thrown by `TestResponse.raiseForStatus` for an answer that is an error. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus'
  readonly code = 'STELLINE_UNEXPECTED_STATUS'
  /** The status of the answer. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}
