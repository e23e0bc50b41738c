import { stringifySetCookie } from 'cookie'
import { canonicalName } from '../spec/field-syntax.ts'
import { show } from '../spec/violations.ts'
import { withoutSpace } from './optional-space.ts'

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
  /** Which cookies a browser with too many of them keeps longest; only some browsers know it. `null` leaves it out. */
  priority?: 'low' | 'medium' | 'high' | null
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
    const name = equals < 0 ? '' : withoutSpace(item.slice(0, equals))
    const value = withoutSpace(item.slice(equals + 1))
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
  checkPair(name, value)
  checkAttributes(name, attributes)
  checkRules(name, attributes)
  const { path, sameSite, priority, ...others } = attributes
  return stringifySetCookie({
    name,
    value,
    ...others,
    ...(path && { path }),
    ...(sameSite && { sameSite }),
    ...(priority && { priority }),
  })
}

function checkPair(name: unknown, value: unknown): void {
  if (typeof name !== 'string' || canonicalName(name) === null) {
    throw refusal(name, "the name is not a token, expected letters, digits and some of !#$%&'*+-.^_`|~")
  }
  if (typeof value !== 'string') throw refusal(name, `the value is ${show(value)}, expected a string`)
  if (/\p{Surrogate}/u.test(value)) throw refusal(name, `the value is ${show(value)}, expected well-formed Unicode`)
}

type AttributeRule = readonly [expected: string, holds: (value: unknown) => boolean]

const boolean: AttributeRule = ['a boolean', (value) => typeof value === 'boolean']
const oneOf = (...names: readonly string[]): AttributeRule => [
  names.map((name) => `"${name}"`).join(' or '),
  (value) => value === null || names.includes(value as string),
]

const attributeRules: Readonly<Record<keyof CookieAttributes, AttributeRule>> = {
  maxAge: ['a whole number of seconds', Number.isSafeInteger],
  expires: ['a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())],
  domain: ['the name of a host, such as "example.org"', isDomain],
  path: ['a path that begins with "/", in ASCII and without ";"', (value) => value === null || isPath(value)],
  httpOnly: boolean,
  secure: boolean,
  sameSite: oneOf('strict', 'lax', 'none'),
  partitioned: boolean,
  priority: oneOf('low', 'medium', 'high'),
}

function checkAttributes(name: string, attributes: CookieAttributes): void {
  for (const [key, [expected, holds]] of Object.entries(attributeRules)) {
    const value = attributes[key as keyof CookieAttributes]
    if (value !== undefined && !holds(value)) throw refusal(name, `${key} is ${show(value)}, expected ${expected}`)
  }
}

/** A leading dot means nothing any more: RFC 6265 §4.1.2.3. */
function isDomain(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const labels = value.replace(/^\./, '').split('.')
  return labels.every((label) => label.length <= 63 && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(label))
}

/** Any other path would be ignored by browsers: RFC 6265 §5.2.4. */
function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/[ -:<-~]*$/.test(value)
}

/** The rules between a name and its attributes: draft-ietf-httpbis-rfc6265bis §4.1.2 and §4.1.3. */
function checkRules(name: string, attributes: CookieAttributes): void {
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

function refusal(name: unknown, why: string): TypeError {
  return new TypeError(`Cannot set cookie ${show(name)}: ${why}`)
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
