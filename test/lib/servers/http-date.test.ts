import { test } from 'tap'
import type { Test } from 'tap'
import { currentDate } from '../../../lib/servers/http-date.ts'

/** Sets the clock for the time of a test. */
function clock(t: Test): (iso: string) => void {
  let now = 0
  t.intercept(Date, 'now', { value: () => now })
  return (iso) => {
    now = Date.parse(iso)
  }
}

test('currentDate: is the time in the format of RFC 9110 §5.6.7', async (t) => {
  const set = clock(t)
  set('1994-11-06T08:49:37Z')
  t.equal(currentDate(), 'Sun, 06 Nov 1994 08:49:37 GMT')
})

test('currentDate: follows the clock, second by second, forwards and backwards', async (t) => {
  const set = clock(t)
  for (const [iso, text] of [
    ['2030-01-31T23:59:59.000Z', 'Thu, 31 Jan 2030 23:59:59 GMT'],
    ['2030-01-31T23:59:59.999Z', 'Thu, 31 Jan 2030 23:59:59 GMT'],
    ['2030-02-01T00:00:00.000Z', 'Fri, 01 Feb 2030 00:00:00 GMT'],
    ['2030-01-31T23:59:59.500Z', 'Thu, 31 Jan 2030 23:59:59 GMT'],
  ] as const) {
    set(iso)
    t.equal(currentDate(), text)
  }
})
