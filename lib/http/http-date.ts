const days = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun'
const longDays = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday'
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${monthNames.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** The form that is written, and the two older ones that are still to be read. */
const formats: readonly RegExp[] = [
  new RegExp(`^(?:${days}), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(`^(?:${longDays}), (?<day>\\d\\d)-${month}-(?<shortYear>\\d\\d) ${time} GMT$`),
  new RegExp(`^(?:${days}) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
]

/**
 * Reads a date of a field such as `last-modified`, in any of the three forms that a recipient has to know.
 *
 * @param nowMs Which century a year of two digits belongs to: it is never more than 50 years ahead.
 * @returns Milliseconds since 1970, or `null` for anything else, dates that do not exist included.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function parseHTTPDate(value: string, nowMs: number = Date.now()): number | null {
  for (const format of formats) {
    const parts = format.exec(value)?.groups
    if (parts !== undefined) return instantOf(parts, nowMs)
  }
  return null
}

/**
 * Writes a date for a field; parts of a second are cut off.
 *
 * @throws RangeError for a date that is not one.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function formatHTTPDate(date: Date | number): string {
  const instant = new Date(date)
  if (Number.isNaN(instant.getTime())) {
    throw new RangeError(`Cannot write an HTTP date: ${String(date)} is not a date, expected a valid one`)
  }
  return instant.toUTCString()
}

function instantOf(parts: Readonly<Record<string, string>>, nowMs: number): number | null {
  const year = parts['year'] === undefined ? fullYear(Number(parts['shortYear']), nowMs) : Number(parts['year'])
  const monthIndex = monthNames.indexOf(parts['month']!)
  const [day = 0, hour = 0, minute = 0, second = 0] = ['day', 'hour', 'minute', 'second'].map((name) =>
    Number(parts[name]),
  )
  // 60 is a leap second. Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (hour > 23 || minute > 59 || second > 60 || year < 100) return null
  const midnight = new Date(Date.UTC(year, monthIndex, day))
  if (midnight.getUTCMonth() !== monthIndex) return null
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
}

function fullYear(shortYear: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + shortYear
  return year > thisYear + 50 ? year - 100 : year
}
