import type { FlatHeaders } from './http-transport.ts'

/** What the head of an HTTP/1.1 answer is written from. */
export interface ResponseLines {
  readonly status: number
  /** The reason phrase; may be empty. */
  readonly reason: string
  readonly headers: FlatHeaders
  /** The value of a `date` field to add unless the headers have one, or null. */
  readonly date: string | null
  /** Lines to add, each with its end. */
  readonly more: string
}

/**
 * Writes the head of an HTTP/1.1 answer, up to and with the empty line. Names and values are taken as they are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-4
 */
export function responseHead({ status, reason, headers, date, more }: ResponseLines): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`
  let dated = date === null
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'date') dated = true
    text += `${headers[i]}: ${headers[i + 1]}\r\n`
  }
  if (!dated) text += `date: ${date}\r\n`
  return `${text}${more}\r\n`
}
