import { test } from 'tap'
import { formatHTTPDate, parseHTTPDate } from '../../../lib/http/http-date.ts'

const example = Date.UTC(1994, 10, 6, 8, 49, 37)
const now = Date.UTC(2026, 10, 21)

/** RFC 9110 §5.6.7: the preferred form and the two obsolete ones. */
const valid: readonly (readonly [value: string, instantMs: number])[] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', example],
  ['Sunday, 06-Nov-94 08:49:37 GMT', example],
  ['Sun Nov  6 08:49:37 1994', example],
  ['Wed Nov 16 08:49:37 1994', Date.UTC(1994, 10, 16, 8, 49, 37)],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Wed, 31 Dec 1969 23:59:59 GMT', -1000],
  ['Sat, 29 Feb 2020 23:59:59 GMT', Date.UTC(2020, 1, 29, 23, 59, 59)],
  ['Fri, 30 Jun 1972 23:59:60 GMT', Date.UTC(1972, 6, 1)],
  ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
  // A year of two digits is never more than 50 years ahead.
  ['Friday, 01-Jan-00 00:00:00 GMT', Date.UTC(2000, 0, 1)],
  ['Friday, 01-Jan-76 00:00:00 GMT', Date.UTC(2076, 0, 1)],
  ['Friday, 01-Jan-77 00:00:00 GMT', Date.UTC(1977, 0, 1)],
]

for (const [value, instantMs] of valid) {
  test(`parseHTTPDate: "${value}" is read`, async (t) => {
    t.equal(parseHTTPDate(value, now), instantMs)
  })
}

const invalid: readonly string[] = [
  '',
  '0',
  'now',
  '1994-11-06T08:49:37Z',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Son, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 06 Nov 1994 08:49 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Sun, 30 Feb 2020 00:00:00 GMT',
  'Fri, 29 Feb 2019 00:00:00 GMT',
  'Sun, 06 Nov 0094 08:49:37 GMT',
  ' Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT\n',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
]

for (const value of invalid) {
  test(`parseHTTPDate: ${JSON.stringify(value)} is refused`, async (t) => {
    t.equal(parseHTTPDate(value), null)
  })
}

test('formatHTTPDate: writes the preferred form and cuts off parts of a second', async (t) => {
  t.equal(formatHTTPDate(example + 999.5), 'Sun, 06 Nov 1994 08:49:37 GMT')
  t.equal(formatHTTPDate(new Date(example)), 'Sun, 06 Nov 1994 08:49:37 GMT')
})

test('formatHTTPDate: refuses what is no date', async (t) => {
  t.throws(
    () => formatHTTPDate(NaN),
    new RangeError('Cannot write an HTTP date: NaN is not a date, expected a valid one'),
  )
})
