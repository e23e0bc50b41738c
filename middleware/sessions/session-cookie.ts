import { SessionTooLarge } from '../../lib/exceptions/session-too-large.ts'
import { parseCookies, serializeCookie } from '../../lib/http/cookies.ts'
import type { CookieAttributes } from '../../lib/http/cookies.ts'
import { Headers } from '../../lib/http/headers.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'

/** The cookie of a session. Scripts cannot read it in any case. */
export interface SessionCookieOptions {
  /** Default `session`. */
  cookieName?: string
  /** How long a session holds after it was last saved, in seconds. Default 14 days. */
  maxAgeSeconds?: number
  /** Has the browser forget the cookie when it is closed; `maxAgeSeconds` holds besides. Default false. */
  browserSession?: boolean
  /** Default `/`. */
  path?: string
  /** The host whose subdomains get the cookie too. Default: the present host alone. */
  domain?: string
  /** With which requests of other sites the cookie goes; `none` needs `secure`. Default `lax`. */
  sameSite?: 'strict' | 'lax' | 'none'
  /** Sends the cookie over TLS only. Default: when the request came so. */
  secure?: boolean
  /**
   * Puts `__Host-` before the name: browsers then take the cookie only from this very host, over TLS and for every path, so
   * that no subdomain can plant one. Default false.
   */
  hostPrefix?: boolean
  /** Keeps the cookie apart per top-level site; needs `secure`. Default false. */
  partitioned?: boolean
}

/** What browsers keep at least of one cookie: RFC 6265 §6.1. */
const maxCookieBytes = 4096
const twoWeeksSeconds = 14 * 24 * 60 * 60

/** Reads and writes the cookie of a session. */
export class SessionCookie {
  readonly name: string
  readonly maxAgeMs: number
  readonly #attributes: CookieAttributes
  readonly #secure: boolean | null

  /** @throws TypeError or RangeError for attributes that cannot be, alone or together. */
  constructor(options: SessionCookieOptions) {
    const { cookieName = 'session', maxAgeSeconds = twoWeeksSeconds, path = '/', domain, sameSite = 'lax' } = options
    if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
      throw new RangeError(
        `Cannot keep sessions: maxAgeSeconds is ${show(maxAgeSeconds)}, expected a whole number of seconds above 0`,
      )
    }
    this.name = options.hostPrefix === true ? `__Host-${cookieName}` : cookieName
    this.maxAgeMs = maxAgeSeconds * 1000
    this.#secure = options.secure ?? (options.hostPrefix === true ? true : null)
    this.#attributes = {
      path,
      sameSite,
      httpOnly: true,
      ...(domain !== undefined && { domain }),
      ...(options.browserSession !== true && { maxAge: maxAgeSeconds }),
      ...(options.partitioned === true && { partitioned: true }),
    }
    // What cannot be sent is said now, and not in the first answer.
    serializeCookie(this.name, '', { ...this.#attributes, secure: this.#secure === true })
  }

  /** Returns the value that came with a connection, or `null`. */
  read(scope: HTTPScope | WebSocketScope): string | null {
    const fields = Headers.from(scope.headers).getAll('cookie')
    return fields.length === 0 ? null : (parseCookies(fields.join(';')).get(this.name) ?? null)
  }

  /**
   * Writes a `Set-Cookie` value; an empty value makes the client forget the cookie.
   *
   * @throws {@link SessionTooLarge} when browsers may refuse it.
   */
  write(value: string, scope: HTTPScope | WebSocketScope): string {
    const attributes = { ...this.#attributes, secure: this.#secure ?? isSecure(scope) }
    if (value === '') return serializeCookie(this.name, '', { ...attributes, maxAge: 0, expires: new Date(0) })
    const cookie = serializeCookie(this.name, value, attributes)
    if (cookie.length > maxCookieBytes) throw new SessionTooLarge(cookie.length, maxCookieBytes)
    return cookie
  }
}

function isSecure({ scheme }: HTTPScope | WebSocketScope): boolean {
  return scheme === 'https' || scheme === 'wss'
}
