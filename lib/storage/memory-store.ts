import { show } from '../spec/violations.ts'
import { entryTime } from './entry-time.ts'
import type { EntryOptions, Store } from './store.ts'

/** How much a {@link MemoryStore} keeps. */
export interface MemoryStoreOptions {
  /** How many entries are kept; beyond it the one that was not used for the longest time goes. Default 10,000. */
  maxEntries?: number
  /** Tells the time, in milliseconds. Default `Date.now`. */
  now?: () => number
}

interface Entry {
  readonly value: string
  /** `Infinity` for an entry that is kept until it is deleted. */
  readonly expiresAtMs: number
}

/** How many of the oldest entries a write looks at: more than it adds, so that what has expired goes. */
const sweptPerWrite = 2

/**
 * A {@link Store} in the memory of this process: it is empty after a restart and other processes do not see it. It is
 * bounded, and it has no timers: what has expired goes when it is asked for, or when later entries need its place.
 */
export class MemoryStore implements Store {
  /** The entry that was used last stands last. */
  readonly #entries: Map<string, Entry> = new Map()
  readonly #maxEntries: number
  readonly #now: () => number

  /** @throws RangeError for a bound that is not a whole number above 0. */
  constructor({ maxEntries = 10_000, now = Date.now }: MemoryStoreOptions = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new RangeError(
        `Cannot make a MemoryStore: maxEntries is ${show(maxEntries)}, expected a whole number above 0`,
      )
    }
    this.#maxEntries = maxEntries
    this.#now = now
  }

  /** How many entries are kept; those that have expired may be among them. */
  get size(): number {
    return this.#entries.size
  }

  async get(key: string): Promise<string | null> {
    const entry = this.#take(key)
    if (entry === null) return null
    this.#entries.set(key, entry)
    return entry.value
  }

  async set(key: string, value: string, options: EntryOptions = {}): Promise<void> {
    const expiresAtMs = this.#expiry(key, options)
    this.#take(key)
    this.#put(key, { value, expiresAtMs })
  }

  async delete(key: string): Promise<boolean> {
    return this.#take(key) !== null
  }

  async increment(key: string, by = 1, options: EntryOptions = {}): Promise<number> {
    const madeExpiresAtMs = this.#expiry(key, options)
    const entry = this.#take(key)
    const expiresAtMs = entry?.expiresAtMs ?? madeExpiresAtMs
    try {
      const sum = integerOf(key, entry?.value ?? '0') + integerOf(key, String(by))
      this.#put(key, { value: String(sum), expiresAtMs })
      return sum
    } catch (error) {
      if (entry !== null) this.#put(key, entry)
      throw error
    }
  }

  async replace(key: string, expected: string | null, value: string, options: EntryOptions = {}): Promise<boolean> {
    const expiresAtMs = this.#expiry(key, options)
    const entry = this.#take(key)
    const replaces = (entry?.value ?? null) === expected
    if (replaces) this.#put(key, { value, expiresAtMs })
    else if (entry !== null) this.#put(key, entry)
    return replaces
  }

  /** Removes every entry. */
  clear(): void {
    this.#entries.clear()
  }

  #expiry(key: string, options: EntryOptions): number {
    const ttlMs = entryTime(key, options)
    return ttlMs === null ? Infinity : this.#now() + ttlMs
  }

  /** Removes an entry and returns it, unless its time is over. */
  #take(key: string): Entry | null {
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    this.#entries.delete(key)
    return entry.expiresAtMs > this.#now() ? entry : null
  }

  #put(key: string, entry: Entry): void {
    this.#sweep()
    this.#entries.set(key, entry)
  }

  /** Removes those of the oldest entries that have expired, and one more when there is no room. */
  #sweep(): void {
    const oldest = this.#entries.entries()
    for (let looked = 0; looked < sweptPerWrite; looked++) {
      const next = oldest.next()
      if (next.done === true) return
      const [key, { expiresAtMs }] = next.value
      if (expiresAtMs <= this.#now() || this.#entries.size >= this.#maxEntries) this.#entries.delete(key)
    }
  }
}

function integerOf(key: string, value: string): number {
  if (/^-?\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value)
  throw new TypeError(`Cannot increment ${show(key)}: ${show(value)} is not an integer`)
}
