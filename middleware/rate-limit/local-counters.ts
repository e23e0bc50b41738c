import { nextFullAt, windowVerdict } from './algorithms.ts'
import type { Quota, Verdict } from './algorithms.ts'

/** Counts requests in this process, at once. */
export interface LocalCounters {
  /** Counts one request of somebody. */
  count(key: string, nowMs: number): Verdict
}

/** How many are kept; beyond it the one that was not used for the longest time goes. */
const maxEntries = 10_000
/** How many of the oldest a new one looks at: more than it adds, so that what has expired goes. */
const sweptPerEntry = 2

/** What is kept of somebody's requests. */
interface Entry {
  /** The window of `count`, by its number. */
  window: number
  /** How many there were in the window before. */
  before: number
  count: number
  /** When the bucket will be full. */
  fullAtMs: number
  expiresAtMs: number
}

/** The entries by key, the one that was used last at the end. */
class Entries {
  readonly #byKey: Map<string, Entry> = new Map()

  use(key: string, nowMs: number): Entry {
    const known = this.#byKey.get(key)
    if (known === undefined) this.#sweep(nowMs)
    else this.#byKey.delete(key)
    const entry = known ?? { window: -2, before: 0, count: 0, fullAtMs: 0, expiresAtMs: 0 }
    this.#byKey.set(key, entry)
    return entry
  }

  #sweep(nowMs: number): void {
    let looked = 0
    for (const [key, { expiresAtMs }] of this.#byKey) {
      if (looked++ === sweptPerEntry) return
      if (expiresAtMs <= nowMs || this.#byKey.size >= maxEntries) this.#byKey.delete(key)
    }
  }
}

/** {@link slidingWindow} in this process. */
export class LocalWindows implements LocalCounters {
  readonly #quota: Quota
  readonly #entries: Entries = new Entries()

  constructor(quota: Quota) {
    this.#quota = quota
  }

  count(key: string, nowMs: number): Verdict {
    const { windowMs } = this.#quota
    const entry = this.#entries.use(key, nowMs)
    const window = Math.floor(nowMs / windowMs)
    // A clock that is put back a little begins no window anew.
    if (window > entry.window || window < entry.window - 1) {
      entry.before = window === entry.window + 1 ? entry.count : 0
      entry.count = 0
      entry.window = window
      entry.expiresAtMs = (window + 2) * windowMs
    }
    const elapsedMs = Math.max(nowMs - entry.window * windowMs, 0)
    const verdict = windowVerdict({ before: entry.before, count: entry.count + 1, elapsedMs }, this.#quota)
    // Who is refused is not counted, so that trying again does not keep the door shut.
    if (verdict.allowed) entry.count++
    return verdict
  }
}

/** {@link tokenBucket} in this process. */
export class LocalBuckets implements LocalCounters {
  readonly #quota: Quota
  readonly #entries: Entries = new Entries()

  constructor(quota: Quota) {
    this.#quota = quota
  }

  count(key: string, nowMs: number): Verdict {
    const entry = this.#entries.use(key, nowMs)
    const { verdict, fullAtMs } = nextFullAt(entry.fullAtMs, this.#quota, nowMs)
    if (verdict.allowed) {
      entry.fullAtMs = fullAtMs
      entry.expiresAtMs = fullAtMs
    }
    return verdict
  }
}
