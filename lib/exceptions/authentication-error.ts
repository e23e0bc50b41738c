/** What an {@link AuthenticationError} carries besides its detail. */
export interface AuthenticationErrorOptions {
  /** The value of `www-authenticate`. Default: the challenges of all backends. */
  challenge?: string
  /** What led to it; kept for logs, never shown to the client. */
  cause?: unknown
}

/** Thrown by a backend of `authentication()` for credentials that are there and do not hold. It is answered with 401. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly code = 'STELLINE_AUTHENTICATION_ERROR'
  readonly challenge: string | null

  /** @param detail What the client is told. */
  constructor(detail: string, options: AuthenticationErrorOptions = {}) {
    super(detail, 'cause' in options ? { cause: options.cause } : {})
    this.challenge = options.challenge ?? null
  }
}
