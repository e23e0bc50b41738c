import { Headers } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
import { isFinalStatus, reasonPhrase } from '../http/status.ts'
import { show } from '../spec/violations.ts'

/** What an {@link HTTPException} carries besides its status. */
export interface HTTPExceptionOptions {
  /** What the client is told. Default: the reason phrase of the status. */
  detail?: string
  /** Fields for the answer, for example `www-authenticate` of a 401. */
  headers?: HeadersInit
  /** What led to it; kept for logs, never shown to the client. */
  cause?: unknown
}

/**
 * Thrown by an endpoint or a middleware to answer with an error status. The handlers of the application answer it, also
 * when its own middleware throws it.
 *
 * @throws TypeError when the status is not an integer from 200 to 999 or a header is invalid.
 */
export class HTTPException extends Error {
  override readonly name: string = 'HTTPException'
  readonly code = 'STELLINE_HTTP_EXCEPTION'
  /** The status of the answer. */
  readonly status: number
  /** What the client is told. */
  readonly detail: string
  /** Fields for the answer, or `null`. */
  readonly headers: Headers | null

  constructor(status: number, options: HTTPExceptionOptions = {}) {
    if (!isFinalStatus(status)) {
      throw new TypeError(
        `Cannot make an HTTPException: the status is ${show(status)}, expected an integer from 200 to 999`,
      )
    }
    const detail = options.detail ?? reasonPhrase(status)
    super(detail === '' ? String(status) : `${status}: ${detail}`, 'cause' in options ? { cause: options.cause } : {})
    this.status = status
    this.detail = detail
    this.headers = options.headers === undefined ? null : new Headers(options.headers)
  }
}
