/** Thrown when a request's body is read again after `stream()` or a multipart `form()` gave it out piece by piece. */
export class BodyConsumed extends Error {
  override readonly name = 'BodyConsumed'
  readonly code = 'STELLINE_BODY_CONSUMED'

  constructor() {
    super(
      'Cannot read the body: it has been given out piece by piece already, expected bytes(), text() or json() before or instead',
    )
  }
}
