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
export class QueryParams implements Iterable<[name: string, value: string]> {
  readonly #params: URLSearchParams

  /**
   * @param init A query string as `scope.query_string` holds it, without `?`, or pairs.
   * @throws RangeError when there are more pairs than `maxPairs`.
   */
  constructor(init: string | Iterable<readonly [string, string]> = '', options: QueryParamsOptions = {}) {
    const maxPairs = options.maxPairs ?? Infinity
    if (typeof init === 'string') {
      checkCount(countPairs(init, maxPairs), maxPairs)
      // Raw bytes above 0x7F stand for themselves, as their encoding would. A leading "?" is data here: the one that introduces a query is not part of it.
      this.#params = new URLSearchParams(`?${encodeBytes(init, /[\x80-\xff]/g)}`)
    } else {
      this.#params = new URLSearchParams([...init] as [string, string][])
      checkCount(this.#params.size, maxPairs)
    }
  }

  /** Returns the first value of a name, or `null` when it is absent. */
  get(name: string): string | null {
    return this.#params.get(name)
  }

  /** Returns every value of a name, in order. */
  getAll(name: string): string[] {
    return this.#params.getAll(name)
  }

  has(name: string): boolean {
    return this.#params.has(name)
  }

  /** The names, a repeated one as often as it occurs. */
  keys(): IterableIterator<string> {
    return this.#params.keys()
  }

  values(): IterableIterator<string> {
    return this.#params.values()
  }

  entries(): IterableIterator<[string, string]> {
    return this.#params.entries()
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#params.entries()
  }

  /** How many pairs there are, duplicates counted. */
  get size(): number {
    return this.#params.size
  }

  /** The parameters as a query string, without `?`. */
  toString(): string {
    return this.#params.toString()
  }
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
