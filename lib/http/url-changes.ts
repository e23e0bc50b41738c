import { show } from '../spec/violations.ts'
import { MutableMultiMap } from './multi-map.ts'
import { searchParamsOf } from './pairs.ts'
import type { PairsInit } from './pairs.ts'

/** What {@link replaceURL} replaces; what is absent stays. */
export interface URLChanges {
  /** Without the colon, for example `https`. */
  readonly scheme?: string
  /** In plain text; `null` removes it. */
  readonly username?: string | null
  /** In plain text; `null` removes it. */
  readonly password?: string | null
  /** A name or an address, without a port; an IPv6 address in brackets. */
  readonly hostname?: string
  /** `null` is the default of the scheme. */
  readonly port?: number | null
  /** Begins with `/`. What may not stand raw in a path is encoded; percent-encoding stays as it is. */
  readonly path?: string
  /** A string is a query without its `?`, encoded already. */
  readonly query?: PairsInit | null
  /** Without the `#`. */
  readonly fragment?: string | null
}

type Setters = {
  readonly [K in keyof Required<URLChanges>]: (url: URL, value: NonNullable<URLChanges[K]> | '') => void
}

/** What the URL class would take for the end of a host, or ignore. */
const hostPattern = /^(?:[^\s/\\?#@:%<>^|[\]]+|\[[\da-f:.]+\])$/i

const setters: Setters = {
  scheme(url, value) {
    url.protocol = value
    if (url.protocol !== `${value.toLowerCase()}:`) throw refusal('scheme', value, 'a scheme of the same kind')
  },
  /** In plain text; `null` removes it. */
  username: (url, value) => (url.username = value),
  /** In plain text; `null` removes it. */
  password: (url, value) => (url.password = value),
  hostname(url, value) {
    if (!hostPattern.test(value) || !URL.canParse(`http://${value}`)) {
      throw refusal('hostname', value, 'a name or an address without a port')
    }
    url.hostname = value
  },
  port(url, value) {
    if (value !== '' && !(Number.isInteger(value) && value >= 0 && value <= 65_535)) {
      throw refusal('port', value, 'an integer from 0 to 65535')
    }
    url.port = String(value)
  },
  path(url, value) {
    if (!value.startsWith('/')) throw refusal('path', value, 'a path that begins with "/"')
    // Set apart from the authority, a path such as "//other" stays a path; a backslash would become a slash.
    url.pathname = value.replaceAll('\\', '%5C')
  },
  query: (url, value) => (url.search = typeof value === 'string' ? value : searchParamsOf(value).toString()),
  fragment: (url, value) => (url.hash = value),
}

/**
 * Returns a copy of a URL with some parts replaced. No part can become another one: a path never names a host, a host
 * brings no path.
 *
 * @throws TypeError for a part that a URL cannot have, which the `URL` class would ignore or cut.
 */
export function replaceURL(url: URL | string, changes: URLChanges): URL {
  const changed = new URL(url)
  for (const name of Object.keys(setters) as (keyof URLChanges)[]) {
    if (changes[name] !== undefined) (setters[name] as (url: URL, value: unknown) => void)(changed, changes[name] ?? '')
  }
  return changed
}

/** Returns a copy of a URL whose query has these parameters too; they replace those of the same names. */
export function includeQueryParams(url: URL | string, params: PairsInit): URL {
  return changedQuery(url, (query) => query.update(searchParamsOf(params)))
}

/** Returns a copy of a URL whose query has these parameters and no others. */
export function replaceQueryParams(url: URL | string, params: PairsInit): URL {
  return changedQuery(url, (query) => {
    query.clear()
    query.update(searchParamsOf(params))
  })
}

/** Returns a copy of a URL whose query has no parameters of these names. */
export function removeQueryParams(url: URL | string, names: string | readonly string[]): URL {
  return changedQuery(url, (query) => {
    for (const name of typeof names === 'string' ? [names] : names) query.delete(name)
  })
}

/** Writes a URL for a log or a message: with asterisks in place of its password. */
export function maskPassword(url: URL | string): string {
  const masked = new URL(url)
  if (masked.password !== '') masked.password = '********'
  return masked.href
}

function changedQuery(url: URL | string, change: (query: MutableMultiMap<string>) => void): URL {
  const changed = new URL(url)
  const query = new MutableMultiMap(changed.searchParams)
  change(query)
  changed.search = new URLSearchParams([...query]).toString()
  return changed
}

function refusal(part: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot replace the ${part} of a URL by ${show(value)}: expected ${expected}`)
}
