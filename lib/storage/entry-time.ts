import { show } from '../spec/violations.ts'
import type { EntryOptions } from './store.ts'

/**
 * Returns how long an entry is kept, in milliseconds, or `null` for as long as it is not deleted.
 *
 * @throws RangeError for anything but a whole number above 0.
 */
export function entryTime(key: string, { ttlMs }: EntryOptions): number | null {
  if (ttlMs === undefined) return null
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0) return ttlMs
  throw new RangeError(
    `Cannot keep ${show(key)}: ttlMs is ${show(ttlMs)}, expected a whole number of milliseconds above 0`,
  )
}
