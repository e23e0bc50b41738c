import { show } from '../spec/violations.ts'
import { fieldValue } from './message-fields.ts'
import { requestOrigin } from './url.ts'
import type { OriginParts } from './url.ts'

/** An origin that is not opaque, as browsers write it: RFC 6454 §6.2. */
const originPattern = /^[a-z][a-z\d+.-]*:\/\/(?:[^\s/\\?#@:,[\]*]+|\[[\da-f:.]+\])(?::\d{1,5})?$/

/**
 * Returns an origin when it is written as browsers send it, so that it can be compared as text.
 *
 * @throws TypeError for anything else, saying how it is to be written.
 * @see https://www.rfc-editor.org/rfc/rfc6454#section-6.2
 */
export function checkedOrigin(origin: string): string {
  if (origin === 'null') throw refusal(origin, 'every sandboxed page and local file has it')
  if (typeof origin !== 'string' || !origin.includes('://') || !URL.canParse(origin)) {
    throw refusal(origin, 'expected a scheme and a host, such as "https://example.org"')
  }
  const { protocol, host } = new URL(origin)
  const written = `${protocol}//${host}`
  if (origin !== written || !originPattern.test(origin)) throw refusal(origin, `browsers send ${show(written)}`)
  return origin
}

/**
 * Tells whether an `Origin` field names the origin that a request was sent to. An origin of `https` or `wss` counts for a
 * connection without TLS, too: TLS may have ended at a proxy. An origin without TLS never counts for one with it.
 *
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-origin
 */
export function isOwnOrigin(origin: string, scope: OriginParts): boolean {
  const scheme = origin.startsWith('https://') ? 'https' : origin.startsWith('http://') ? 'http' : null
  if (scheme === null) return false
  if (scheme === 'http' && (scope.scheme === 'https' || scope.scheme === 'wss')) return false
  const host = fieldValue(scope.headers, 'host')
  // Most origins are written just so; the rest of the work is for default ports.
  if (host !== null && origin === `${scheme}://${host}`) return true
  return origin === requestOrigin({ scheme, headers: scope.headers, server: scope.server ?? null })
}

const schemePattern = /^[a-z][a-z\d+.-]*:\/\//
const domainPattern = /^(?:[a-z\d_-]+(?:\.[a-z\d_-]+)*|\[[\da-f:.]+\])$/

/** What an origin is compared with. */
interface OriginPattern {
  /** `null` for any scheme and port. */
  readonly scheme: string | null
  readonly port: string
  readonly host: string
  /** Whether the host itself matches, and whether its subdomains do. */
  readonly self: boolean
  readonly subdomains: boolean
}

/**
 * A list of origins, in which a pattern may stand for several: `https://example.org`, `https://*.example.org` for its
 * subdomains, `example.org` for every scheme and port, `.example.org` for the domain with its subdomains, `*` for all.
 */
export class OriginList {
  readonly any: boolean
  readonly #exact: ReadonlySet<string>
  readonly #patterns: readonly OriginPattern[]

  /** @throws TypeError for what is neither an origin nor such a pattern. */
  constructor(list: readonly string[]) {
    if (!Array.isArray(list))
      throw new TypeError(`Cannot allow the origins ${show(list)}: expected an array of strings`)
    this.any = list.includes('*')
    this.#exact = new Set(list.filter((text) => text !== '*' && !isPattern(text)).map(checkedOrigin))
    this.#patterns = list.filter((text) => text !== '*' && isPattern(text)).map(parsePattern)
  }

  /** Tells whether an origin is on the list. */
  has(origin: string): boolean {
    if (this.any || this.#exact.has(origin)) return true
    if (this.#patterns.length === 0 || !originPattern.test(origin) || !URL.canParse(origin)) return false
    const { protocol, hostname, port } = new URL(origin)
    return this.#patterns.some((pattern) => matches(pattern, { protocol, hostname, port }))
  }
}

/** Tells a pattern from an origin: it has a wildcard, or no scheme. */
function isPattern(text: unknown): text is string {
  if (typeof text !== 'string' || text === 'null') return false
  return /^[a-z]+:\/\/\*\.|^\.?[^/:*]+$|^\[[^\]]+\]$/.test(text)
}

function parsePattern(text: string): OriginPattern {
  const scheme = schemePattern.exec(text)?.[0] ?? null
  const rest = text.slice(scheme?.length ?? 0).replace(/^\*?\./, '')
  const [host, port = ''] = scheme === null ? [rest] : rest.split(/:(?=\d+$)/)
  if (!domainPattern.test(host!)) throw refusal(text, 'it is not a domain in lower case')
  const subdomains = rest.length < text.length - (scheme?.length ?? 0)
  return { scheme: scheme?.slice(0, -2) ?? null, port, host: host!, self: scheme === null || !subdomains, subdomains }
}

function matches(
  pattern: OriginPattern,
  { protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>,
): boolean {
  if (pattern.scheme !== null && (pattern.scheme !== protocol || pattern.port !== port)) return false
  return (pattern.self && hostname === pattern.host) || (pattern.subdomains && hostname.endsWith(`.${pattern.host}`))
}

function refusal(origin: unknown, why: string): TypeError {
  return new TypeError(`Cannot allow the origin ${show(origin)}: ${why}`)
}
