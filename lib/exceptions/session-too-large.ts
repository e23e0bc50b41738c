/** Thrown when an answer begins and the session does not fit into a cookie. */
export class SessionTooLarge extends Error {
  override readonly name = 'SessionTooLarge'
  readonly code = 'STELLINE_SESSION_TOO_LARGE'
  /** What the cookie would take, its attributes included. */
  readonly bytes: number

  constructor(bytes: number, limit: number) {
    super(
      `Cannot save the session: its cookie would have ${bytes} bytes, and browsers may refuse one of more than ${limit}; keep less in it, or give sessions() a "store"`,
    )
    this.bytes = bytes
  }
}
