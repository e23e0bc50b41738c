import { isIP } from 'node:net'
import { withoutSpace } from '../http/optional-space.ts'
import { canonicalName, isFieldValue } from '../spec/field-syntax.ts'
import { show } from '../spec/violations.ts'
import { parseCookieDate } from './cookie-date.ts'

/** A cookie that a {@link CookieJar} keeps. */
export interface StoredCookie {
  /** As it was set. */
  readonly name: string
  /** As it was set: nothing is decoded. */
  readonly value: string
  /** The host that the cookie belongs to, without a leading dot. */
  readonly domain: string
  /** True when only the host that set the cookie gets it. */
  readonly hostOnly: boolean
  /** Below which the cookie is sent. */
  readonly path: string
  /** True when it goes over TLS only. */
  readonly secure: boolean
  /** True when scripts do not see it. */
  readonly httpOnly: boolean
  /** In lower case, or `null` when it is absent. */
  readonly sameSite: string | null
  /** In milliseconds since the epoch; `null` for as long as the jar lives. */
  readonly expiresAt: number | null
}

/** How a {@link CookieJar} tells the time. */
export interface CookieJarOptions {
  /** The present, in milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/**
 * Keeps cookies as a browser does: what responses set, by domain and path, until it expires.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5
 */
export class CookieJar implements Iterable<StoredCookie> {
  readonly #now: () => number
  /** In order of creation, by name, domain and path. */
  readonly #cookies: Map<string, StoredCookie> = new Map()

  constructor({ now = Date.now }: CookieJarOptions = {}) {
    this.#now = now
  }

  /** How many cookies have not expired. */
  get size(): number {
    return [...this].length
  }

  /** Takes the values of the `Set-Cookie` fields of a response from a URL. Those that a browser would refuse are ignored. */
  store(url: string | URL, setCookies: Iterable<string>): void {
    for (const field of setCookies) this.#keep(parseSetCookie(field, new URL(url), this.#now()))
  }

  /**
   * Puts in a cookie for one host and all its paths.
   *
   * @throws TypeError for a name or value that would not stay whole in a `Cookie` field.
   */
  set(url: string | URL, name: string, value: string): void {
    if (canonicalName(name) === null || !isFieldValue(value) || value.includes(';') || withoutSpace(value) !== value) {
      throw new TypeError(`Cannot set cookie ${show(name)} to ${show(value)}: a "Cookie" field cannot hold it`)
    }
    this.#keep(parseSetCookie(`${name}=${value}; Path=/`, new URL(url), this.#now()))
  }

  /** Returns the value of the first cookie with a name, whatever its domain and path, or `null`. */
  get(name: string): string | null {
    for (const cookie of this) if (cookie.name === name) return cookie.value
    return null
  }

  /** Removes every cookie with a name. */
  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key)
  }

  /** Removes every cookie. */
  clear(): void {
    this.#cookies.clear()
  }

  /** The cookies that have not expired, in the order of their creation. */
  *[Symbol.iterator](): Generator<StoredCookie, void, undefined> {
    const now = this.#now()
    for (const [key, cookie] of this.#cookies) {
      if (cookie.expiresAt !== null && cookie.expiresAt <= now) this.#cookies.delete(key)
      else yield cookie
    }
  }

  /** Returns the `Cookie` field for a request to a URL, longer paths first, or `null` when no cookie belongs there. */
  header(url: string | URL): string | null {
    const target = new URL(url)
    const matching = [...this].filter((cookie) => belongsTo(cookie, target))
    if (matching.length === 0) return null
    // The sort is stable: cookies with paths of one length stay in the order of their creation.
    const sorted = matching.toSorted((a, b) => b.path.length - a.path.length)
    return sorted.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** A cookie that is set again keeps its place. */
  #keep(cookie: StoredCookie | null): void {
    if (cookie !== null) this.#cookies.set(JSON.stringify([cookie.name, cookie.domain, cookie.path]), cookie)
  }
}

/** RFC 6265 §5.2 and §5.3; `null` for a cookie that is to be ignored. */
function parseSetCookie(field: string, url: URL, now: number): StoredCookie | null {
  const [pair, ...rest] = field.split(';')
  const [name, value] = splitPair(pair!)
  if (!pair!.includes('=') || name === '') return null
  const attributes = parseAttributes(rest)
  const host = url.hostname
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? host
  // A name without dots would cover a whole top-level domain; that of the host itself means the host alone.
  if (domain !== host && (!domain.includes('.') || !domainMatches(host, domain))) return null
  const path = attributes.get('path') ?? ''
  return {
    name,
    value,
    domain,
    hostOnly: !attributes.has('domain') || !domain.includes('.'),
    path: path.startsWith('/') ? path : directoryOf(url.pathname),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite')?.toLowerCase() ?? null,
    expiresAt: expiryOf(attributes, now),
  }
}

/** The last of several attributes with one name counts. */
function parseAttributes(texts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const text of texts) {
    const [name, value] = splitPair(text)
    const key = name.toLowerCase()
    if (isUsable(key, value)) attributes.set(key, value)
  }
  return attributes
}

/** What does not parse is as if it were not there, so that an earlier value stays: RFC 6265 §5.2.1 to §5.2.3. */
function isUsable(name: string, value: string): boolean {
  if (name === 'max-age') return /^-?\d+$/.test(value)
  if (name === 'expires') return parseCookieDate(value) !== null
  return name !== 'domain' || value.replace(/^\./, '') !== ''
}

function splitPair(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  return equals < 0
    ? [withoutSpace(text), '']
    : [withoutSpace(text.slice(0, equals)), withoutSpace(text.slice(equals + 1))]
}

/** `max-age` wins over `expires`. */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | null {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined) return Number(maxAge) > 0 ? now + Number(maxAge) * 1000 : -Infinity
  const expires = attributes.get('expires')
  return expires === undefined ? null : parseCookieDate(expires)
}

/** RFC 6265 §5.1.4: the directory of a request's path. */
function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function belongsTo({ domain, hostOnly, path, secure }: StoredCookie, url: URL): boolean {
  if (secure && url.protocol !== 'https:') return false
  if (hostOnly ? url.hostname !== domain : !domainMatches(url.hostname, domain)) return false
  return pathMatches(url.pathname, path)
}

/** RFC 6265 §5.1.3. An address has no subdomains. */
function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0)
}

/** RFC 6265 §5.1.4. */
function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
}
