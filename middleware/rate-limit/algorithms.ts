import type { Store } from '../../lib/storage/store.ts'

/** What became of one request. */
export interface Verdict {
  readonly allowed: boolean
  /** How many more are allowed at once. */
  readonly remaining: number
  /** Until there is more room, in milliseconds; for who is refused, until the next one is allowed. */
  readonly resetMs: number
}

/** How much is allowed. */
export interface Quota {
  readonly limit: number
  readonly windowMs: number
}

/** Counts one request of somebody. */
export type Algorithm = (store: Store, key: string, quota: Quota, nowMs: number) => Promise<Verdict>

/**
 * Counts in windows that follow one another, and adds the part of the last one that still lies within the time. It takes
 * two counters, forgives no burst at the border of two windows, and may refuse a request that comes at once with others.
 */
export const slidingWindow: Algorithm = async (store, key, { limit, windowMs }, nowMs) => {
  const window = Math.floor(nowMs / windowMs)
  const elapsedMs = nowMs - window * windowMs
  const time = { ttlMs: 2 * windowMs }
  const [before, count] = await Promise.all([
    store.get(`${key}:${window - 1}`),
    store.increment(`${key}:${window}`, 1, time),
  ])
  const verdict = windowVerdict({ before: Number(before ?? 0), count, elapsedMs }, { limit, windowMs })
  // Who is refused is not counted, so that trying again does not keep the door shut.
  if (!verdict.allowed) await store.increment(`${key}:${window}`, -1, time)
  return verdict
}

/** The requests of somebody, the present one among them. */
interface Windows {
  /** How many came in the last window. */
  readonly before: number
  /** How many came in this one. */
  readonly count: number
  /** For how long this window lasts. */
  readonly elapsedMs: number
}

/** Decides by what was counted in the last window and in this one. */
export function windowVerdict(windows: Windows, quota: Quota): Verdict {
  const { before, count, elapsedMs } = windows
  const { limit, windowMs } = quota
  const weighted = before * (1 - elapsedMs / windowMs)
  if (weighted + count > limit) return { allowed: false, remaining: 0, resetMs: untilRoom(windows, quota) }
  return { allowed: true, remaining: Math.floor(limit - weighted - count), resetMs: windowMs - elapsedMs }
}

/** When the last window has faded enough, or else this one has, as the last one then. */
function untilRoom({ before, count, elapsedMs }: Windows, { limit, windowMs }: Quota): number {
  const restMs = windowMs - elapsedMs
  if (count <= limit) return Math.ceil(windowMs * (1 - (limit - count) / before) - elapsedMs)
  return Math.ceil(restMs + windowMs * (1 - (limit - 1) / Math.max(count - 1, 1)))
}

/**
 * A bucket of tokens that fills evenly: a burst may empty it, then requests are allowed at the pace of the quota. Of the
 * bucket only the time is kept at which it will be full.
 */
export const tokenBucket: Algorithm = async (store, key, quota, nowMs) => {
  for (;;) {
    const kept = await store.get(key)
    const { verdict, fullAtMs } = nextFullAt(Number(kept ?? 0), quota, nowMs)
    if (!verdict.allowed) return verdict
    const ttlMs = Math.max(Math.ceil(fullAtMs - nowMs), 1)
    if (await store.replace(key, kept, String(fullAtMs), { ttlMs })) return verdict
  }
}

/** Decides by the time at which a bucket will be full, and tells that time for when a token is taken. */
export function nextFullAt(
  keptMs: number,
  { limit, windowMs }: Quota,
  nowMs: number,
): { readonly verdict: Verdict; readonly fullAtMs: number } {
  const perTokenMs = windowMs / limit
  const fullAtMs = Math.max(keptMs, nowMs) + perTokenMs
  const room = nowMs + windowMs - fullAtMs
  if (room < -tolerance) return { verdict: { allowed: false, remaining: 0, resetMs: Math.ceil(-room) }, fullAtMs }
  const remaining = Math.floor((room + tolerance) / perTokenMs)
  return { verdict: { allowed: true, remaining, resetMs: Math.ceil(fullAtMs - nowMs) }, fullAtMs }
}

/** Fractions of milliseconds add up to a little less or more than a whole. */
const tolerance = 1e-3
