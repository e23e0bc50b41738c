import { MultiMap } from './multi-map.ts'
import { encodeBytes } from './percent-encoding.ts'

/** How a query string is read. */
export interface QueryParamsOptions {
  /** How many pairs are accepted. Default: any number. */
  maxPairs?: number
}

/**
 * The parameters of a query string: an immutable list of pairs, duplicates kept, decoded as forms are. Nothing in a query
 * is an error: bytes that are not UTF-8 become U+FFFD, a malformed escape such as `%ZZ` stays as it is. Of a repeated name, `get` returns the first value.
 *
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export class QueryParams extends MultiMap<string> {
  /**
   * @param init A query string as `scope.query_string` holds it, without `?`, or pairs.
   * @throws RangeError when there are more pairs than `maxPairs`.
   */
  constructor(init: string | Iterable<readonly [string, string]> = '', options: QueryParamsOptions = {}) {
    const maxPairs = options.maxPairs ?? Infinity
    super(typeof init === 'string' ? decoded(init, maxPairs) : limited(init, maxPairs))
  }

  /** The parameters as a query string, without `?`. */
  override toString(): string {
    return new URLSearchParams([...this]).toString()
  }
}

function decoded(query: string, maxPairs: number): [name: string, value: string][] {
  checkCount(countPairs(query, maxPairs), maxPairs)
  // Raw bytes above 0x7F stand for themselves, as their encoding would.
  const text = /[\x80-\xff]/.test(query) ? encodeBytes(query, /[\x80-\xff]/g) : query
  const pairs: [string, string][] = []
  for (let start = 0; start < text.length;) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand < 0 ? text.length : ampersand
    if (end > start) pairs.push(decodedPair(text.slice(start, end)))
    start = end + 1
  }
  return pairs
}

function decodedPair(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  return equals < 0 ? [plain(text), ''] : [plain(text.slice(0, equals)), plain(text.slice(equals + 1))]
}

/** Most names and values are plain already. What is not UTF-8 or no escape is left to the platform, which knows no error. */
function plain(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return new URLSearchParams(`=${text}`).get('')!
  }
}

function limited(pairs: Iterable<readonly [string, string]>, maxPairs: number): [name: string, value: string][] {
  const params = new URLSearchParams([...pairs] as [string, string][])
  checkCount(params.size, maxPairs)
  return [...params]
}

/** Counts no further than the limit, so that a long string costs no more than a short one before it is refused. */
function countPairs(query: string, maxPairs: number): number {
  let count = 0
  for (let start = 0; start < query.length && count <= maxPairs;) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    if (end > start) count++
    start = end + 1
  }
  return count
}

function checkCount(count: number, maxPairs: number): void {
  if (count > maxPairs) throw new RangeError(`Cannot read query parameters: there are more than ${maxPairs} pairs`)
}
