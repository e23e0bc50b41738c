const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** What separates the words of a date. */
const delimiters = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/
const timeWord = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/
const dayWord = /^(\d{1,2})(?!\d)/
const yearWord = /^(\d{2,4})(?!\d)/

/** The parts of a date as far as they were found. */
interface DateParts {
  time?: readonly number[]
  day?: number
  month?: number
  year?: number
}

/**
 * Reads a date as browsers read it in `Set-Cookie`, in whatever order its parts come. Returns milliseconds since the
 * epoch, or `null` when it is no date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5.1.1
 */
export function parseCookieDate(text: string): number | null {
  const parts: DateParts = {}
  for (const word of text.split(delimiters)) readWord(parts, word)
  const { time, day, month, year } = parts
  if (time === undefined || day === undefined || month === undefined || year === undefined) return null
  const [hour, minute, second] = time as [number, number, number]
  if (year < 1601 || hour > 23 || minute > 59 || second > 59) return null
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  // A day that the month does not have would come out as one of the next month.
  return date.getUTCDate() === day ? date.getTime() : null
}

/** A word is the first part that it fits and that was not found before. */
function readWord(parts: DateParts, word: string): void {
  const time = parts.time === undefined ? timeWord.exec(word) : null
  if (time !== null) {
    parts.time = time.slice(1).map(Number)
    return
  }
  const day = parts.day === undefined ? dayWord.exec(word) : null
  if (day !== null) {
    parts.day = Number(day[1])
    return
  }
  const month = parts.month === undefined ? months.indexOf(word.slice(0, 3).toLowerCase()) : -1
  if (month >= 0) {
    parts.month = month
    return
  }
  const year = parts.year === undefined ? yearWord.exec(word) : null
  if (year !== null) parts.year = fullYear(Number(year[1]))
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900
  return year <= 69 ? year + 2000 : year
}
