import { test } from 'tap'
import type { Test } from 'tap'
import { currentDate } from '../../../lib/servers/http-date.ts'

interface Timer {
  readonly expire: () => void
  readonly delayMs: number
  kept: boolean
}

/** Sets the clock, and keeps the timers, for the time of a test. */
function clock(t: Test): { set: (iso: string) => void; timers: Timer[] } {
  let now = 0
  const timers: Timer[] = []
  const start = (expire: () => void, delayMs: number): { unref(): void } => {
    const timer = { expire, delayMs, kept: true }
    timers.push(timer)
    return { unref: () => void (timer.kept = false) }
  }
  t.intercept(Date, 'now', { value: () => now })
  t.intercept(globalThis, 'setTimeout', { value: start })
  t.teardown(() => timers.at(-1)?.expire())
  return { set: (iso) => void (now = Date.parse(iso)), timers }
}

test('currentDate: is the time in the format of RFC 9110 §5.6.7', async (t) => {
  const { set } = clock(t)
  set('1994-11-06T08:49:37Z')
  t.equal(currentDate(), 'Sun, 06 Nov 1994 08:49:37 GMT')
})

test('currentDate: is written anew when the second is over, and no timer keeps the process', async (t) => {
  const { set, timers } = clock(t)
  const asked: Array<readonly [iso: string, text: string, untilMs: number]> = [
    ['2030-01-31T23:59:59.000Z', 'Thu, 31 Jan 2030 23:59:59 GMT', 1000],
    ['2030-01-31T23:59:59.999Z', 'Thu, 31 Jan 2030 23:59:59 GMT', 1],
    ['2030-02-01T00:00:00.250Z', 'Fri, 01 Feb 2030 00:00:00 GMT', 750],
    ['2030-01-31T23:59:59.500Z', 'Thu, 31 Jan 2030 23:59:59 GMT', 500],
  ]
  for (const [iso, text, untilMs] of asked) {
    set(iso)
    t.equal(currentDate(), text)
    t.equal(currentDate(), text)
    t.match(timers.at(-1), { delayMs: untilMs, kept: false })
    timers.at(-1)!.expire()
  }
  t.equal(timers.length, asked.length)
})
