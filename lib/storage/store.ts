/** How long an entry is kept. */
export interface EntryOptions {
  /** In milliseconds, a whole number above 0. Default: until it is deleted. */
  ttlMs?: number
}

/**
 * Keeps texts by key, in this process or beyond it. Sessions and rate limits are kept in one. Every method is atomic: two
 * processes that share a store cannot come in between.
 */
export interface Store {
  /** Resolves with the value of a key, or `null` when there is none or its time is over. */
  get(key: string): Promise<string | null>
  /** Keeps a value, in place of any other, for the time of this call. */
  set(key: string, value: string, options?: EntryOptions): Promise<void>
  /** Removes an entry. Resolves with whether there was one. */
  delete(key: string): Promise<boolean>
  /**
   * Adds to the number that a key holds, 0 when it is absent, and resolves with the sum. The time counts only when the
   * key is made by it: a counter is not kept longer because it is counted on.
   *
   * Rejects when the value is not an integer.
   */
  increment(key: string, by?: number, options?: EntryOptions): Promise<number>
  /**
   * Puts a value in the place of another one: only if the key holds `expected`, where `null` stands for no entry.
   * Resolves with whether it did. What is read, changed and written back in this way is never written over.
   */
  replace(key: string, expected: string | null, value: string, options?: EntryOptions): Promise<boolean>
}
