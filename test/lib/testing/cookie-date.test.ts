import { test } from 'tap'
import { parseCookieDate } from '../../../lib/testing/cookie-date.ts'

/** RFC 6265 §5.1.1, with dates of RFC 9110 §5.6.7 and some that browsers meet. */
const dates: ReadonlyArray<readonly [text: string, iso: string | null]> = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['1994 08:49:37 6 november', '1994-11-06T08:49:37.000Z'],
  ['6 1994 08:49:37 november', '1994-11-06T08:49:37.000Z'],
  ['8:9:7 1 jan 2030', '2030-01-01T08:09:07.000Z'],
  ['01 Jan 70 00:00:00', '1970-01-01T00:00:00.000Z'],
  ['01 Jan 99 00:00:00', '1999-01-01T00:00:00.000Z'],
  ['01 Jan 69 00:00:00', '2069-01-01T00:00:00.000Z'],
  ['01 Jan 00 00:00:00', '2000-01-01T00:00:00.000Z'],
  ['01 Jan 100 00:00:00', null],
  ['29 Feb 2024 00:00:00', '2024-02-29T00:00:00.000Z'],
  ['29 Feb 2023 00:00:00', null],
  ['31 Apr 2023 00:00:00', null],
  ['00 Jan 2023 00:00:00', null],
  ['32 Jan 2023 00:00:00', null],
  ['01 Jan 1600 00:00:00', null],
  ['01 Jan 1601 00:00:00', '1601-01-01T00:00:00.000Z'],
  ['01 Jan 2023 24:00:00', null],
  ['01 Jan 2023 00:60:00', null],
  ['01 Jan 2023 00:00:60', null],
  ['01 Jan 2023', null],
  ['01 2023 00:00:00', null],
  ['Jan 2023 00:00:00', null],
  ['01 Jan 00:00:00', null],
  ['01 Jan 12345 00:00:00', null],
  ['', null],
  ['tomorrow', null],
]

test('parseCookieDate: reads dates as browsers do', async (t) => {
  for (const [text, iso] of dates) t.equal(parseCookieDate(text), iso === null ? null : Date.parse(iso), text)
})
