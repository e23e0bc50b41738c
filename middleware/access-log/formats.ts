import { escapeControl } from '../../lib/cli/escape-control.ts'
import type { AccessEntry } from './access-entry.ts'

/** Writes an entry as a line, without its end. */
export type AccessFormat = (entry: AccessEntry) => string

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The combined format of Apache, which many programs read. Everything from outside is escaped. */
export const combinedFormat: AccessFormat = (entry) => {
  const { client, user, timeMs, method, target, httpVersion, status, bytes, referer, userAgent } = entry
  const request = `${escapeControl(method)} ${escapeControl(target)} HTTP/${httpVersion}`
  const who = `${column(client)} - ${column(user)} [${commonDate(timeMs)}]`
  return `${who} "${request}" ${status === 0 ? '-' : status} ${bytes} "${word(referer)}" "${word(userAgent)}"`
}

/** A JSON object in one line. Nothing in it can end the line, or speak to a terminal. */
export const jsonFormat: AccessFormat = ({ timeMs, durationMs, ...entry }) => {
  const text = JSON.stringify({
    time: new Date(timeMs).toISOString(),
    ...entry,
    durationMs: Math.round(durationMs * 1000) / 1000,
  })
  return text.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A space would begin the next column. */
function column(text: string | null): string {
  const written = word(text)
  return written.includes(' ') ? written.replaceAll(' ', '\\x20') : written
}

/** An absent value is a hyphen. */
function word(text: string | null): string {
  return text === null || text === '' ? '-' : escapeControl(text)
}

/** The date that was written last: many entries are of one second. */
let last = { second: Number.NaN, text: '' }

/** In UTC: `21/Nov/2026:13:05:00 +0000`. */
function commonDate(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== last.second) last = { second, text: writtenDate(new Date(timeMs)) }
  return last.text
}

function writtenDate(date: Date): string {
  const time = date.toISOString().slice(11, 19)
  const day = String(date.getUTCDate()).padStart(2, '0')
  return `${day}/${months[date.getUTCMonth()]!}/${date.getUTCFullYear()}:${time} +0000`
}
