/** Thrown when the body of a response cannot be read to its end: the app failed, or the test has disconnected. */
export class ResponseCut extends Error {
  override readonly name = 'ResponseCut'
  readonly code = 'STELLINE_RESPONSE_CUT'
}
