import { stringifySetCookie } from 'cookie'
import { show } from '../spec/violations.ts'

/** How a cookie is kept and sent back. @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2 */
export interface CookieAttributes {
  /** How long the cookie is kept, in seconds, a whole number; 0 or less removes it. Default: until the browser closes. */
  maxAge?: number
  /** Until when the cookie is kept. `maxAge` wins over it. */
  expires?: Date
  /** The host whose subdomains get the cookie too. Default: the present host alone. */
  domain?: string
  /** The path below which the cookie is sent. `null` leaves it out, so that the directory of the request counts. */
  path?: string | null
  /** Keeps the cookie from scripts. */
  httpOnly?: boolean
  /** Sends the cookie over TLS only. */
  secure?: boolean
  /** With which requests of other sites the cookie goes; `none` needs `secure`. `null` leaves it out. */
  sameSite?: 'strict' | 'lax' | 'none' | null
  /** Keeps the cookie apart per top-level site; needs `secure`. */
  partitioned?: boolean
}

/**
 * Reads a `Cookie` field as browsers write it and as servers have to take it: whatever its form, it is no error. Names
 * and values are trimmed of SP and HTAB only; quotes around a value are removed; valid percent-encoding is decoded; an
 * item without `=` is a value with the name `""`. The first of several cookies with one name wins, since it is the one
 * with the more specific path.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 */
export function parseCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const item of header.split(';')) {
    const equals = item.indexOf('=')
    const name = equals < 0 ? '' : trim(item.slice(0, equals))
    const value = trim(item.slice(equals + 1))
    if ((name !== '' || value !== '') && !cookies.has(name)) cookies.set(name, decode(unquote(value)))
  }
  return cookies
}

/**
 * Writes the value of a `Set-Cookie` field. The cookie's value is percent-encoded, so it may be any text.
 *
 * @throws TypeError for a name or an attribute that the syntax does not allow, and for combinations that browsers refuse.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { path, sameSite, ...others } = attributes
  checkRules(name, value, attributes)
  try {
    return stringifySetCookie({ name, value, ...others, ...(path && { path }), ...(sameSite && { sameSite }) })
  } catch (error) {
    throw refusal(name, (error as Error).message, error)
  }
}

/** The rules between a name and its attributes: draft-ietf-httpbis-rfc6265bis §4.1.2 and §4.1.3. */
function checkRules(name: string, value: string, attributes: CookieAttributes): void {
  if (typeof value !== 'string') throw refusal(name, `the value is ${show(value)}, expected a string`)
  const { secure, path, domain } = attributes
  const needing = needingSecure(name, attributes)
  if (needing !== null && secure !== true) throw refusal(name, `${needing} needs "secure"`)
  if (/^__host-/i.test(name) && (path !== '/' || domain !== undefined)) {
    throw refusal(name, 'the prefix "__Host-" needs path "/" and no domain')
  }
}

/** What makes browsers throw a cookie away unless it is `Secure`, or `null`. */
function needingSecure(name: string, { sameSite, partitioned }: CookieAttributes): string | null {
  if (sameSite === 'none') return 'sameSite "none"'
  if (partitioned === true) return '"partitioned"'
  return /^__(?:host|secure)-/i.test(name) ? 'the prefix of its name' : null
}

function refusal(name: unknown, why: string, cause?: unknown): TypeError {
  return new TypeError(`Cannot set cookie ${show(name)}: ${why}`, { cause })
}

/** Other white space counts: a name that begins with U+00A0 must not pass for the name without it. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

function decode(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
