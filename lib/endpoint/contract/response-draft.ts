import type { CookieAttributes } from '../../http/cookies.ts'
import type { MutableHeaders } from '../../http/headers.ts'
import { Response } from '../../response/response.ts'

/**
 * What an endpoint and its dependencies want of the answer that is made of a plain value. A `Response` that an endpoint
 * makes itself goes out as it is, with the fields that dependencies around routers want.
 */
export class ResponseDraft {
  /** Replaces the status that the contract would choose. `null` until it is set. */
  status: number | null = null
  /** Carries the fields, and knows how cookies are made. */
  readonly #carrier = new Response()

  constructor() {
    this.#carrier.headers.delete('content-length')
  }

  /** The fields to add. */
  get headers(): MutableHeaders {
    return this.#carrier.headers
  }

  /** Adds a cookie as {@link Response.setCookie} does. */
  setCookie(name: string, value: string, attributes?: CookieAttributes): void {
    this.#carrier.setCookie(name, value, attributes)
  }

  /** Makes the client forget a cookie, as {@link Response.deleteCookie} does. */
  deleteCookie(name: string, attributes?: CookieAttributes): void {
    this.#carrier.deleteCookie(name, attributes)
  }
}
