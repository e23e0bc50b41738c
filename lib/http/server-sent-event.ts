import { show } from '../spec/violations.ts'
import type { Headers } from './headers.ts'

/** One event of an event stream. */
export interface ServerSentEvent {
  /** The text of the event; a browser ignores an event without it. */
  readonly data?: string
  /** The type of the event. A browser takes an event without one for a `message`. */
  readonly event?: string
  /** What a browser sends as `last-event-id` when it connects again. An empty one makes it forget. */
  readonly id?: string
  /** How long a browser waits before it connects again, in milliseconds, a whole number. */
  readonly retry?: number
  /** Text that browsers ignore. */
  readonly comment?: string
}

const lineEnd = /\r\n|\r|\n/
// oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
const breaksLine = /[\0\r\n]/

/**
 * Writes an event as it stands in an event stream. A text may have line ends of any kind: none of them can begin another
 * field or event.
 *
 * @param event A string stands for an event that has it as its data.
 * @throws TypeError for an `event` or an `id` with CR, LF or NUL, for a `retry` that is not a whole number of 0 or more, and
 *   for values of other types.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function encodeEvent(event: ServerSentEvent | string): string {
  if (typeof event === 'string') return `${lines('data', event)}\n`
  if (typeof event !== 'object' || event === null) {
    throw new TypeError(`Cannot send ${show(event)} as an event: expected a string or an object with "data"`)
  }
  const { comment, event: type, id, retry, data } = event
  let text = ''
  if (comment !== undefined) text += lines('', comment)
  if (type !== undefined) text += `event: ${singleLine('event', type)}\n`
  if (id !== undefined) text += `id: ${singleLine('id', id)}\n`
  if (retry !== undefined) text += `retry: ${checkedRetry(retry)}\n`
  if (data !== undefined) text += lines('data', data)
  return `${text}\n`
}

/**
 * Returns the id of the last event that a browser has seen before it connected again, or `null` at its first connection.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventId(headers: Headers): string | null {
  const value = headers.get('last-event-id')
  return value === null ? null : Buffer.from(value, 'latin1').toString()
}

function lines(field: string, text: unknown): string {
  if (typeof text !== 'string') {
    throw new TypeError(`Cannot send an event: ${field || 'comment'} is ${show(text)}, expected a string`)
  }
  return text
    .split(lineEnd)
    .map((line) => `${field}: ${line}\n`)
    .join('')
}

function singleLine(field: string, text: unknown): string {
  if (typeof text === 'string' && !breaksLine.test(text)) return text
  throw new TypeError(`Cannot send an event: ${field} is ${show(text)}, expected a string without CR, LF and NUL`)
}

function checkedRetry(retry: unknown): number {
  if (Number.isSafeInteger(retry) && (retry as number) >= 0) return retry as number
  throw new TypeError(`Cannot send an event: retry is ${show(retry)}, expected a whole number of milliseconds`)
}
