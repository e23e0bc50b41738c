import { create } from 'content-disposition'
import { show } from '../spec/violations.ts'

/** Whether a client should save a response or show it. */
export type DispositionType = 'attachment' | 'inline'

/**
 * Writes a `content-disposition`. A name beyond US-ASCII is given twice: in the extended form, and with `?` in place of
 * what old clients cannot read. Slashes and backslashes become `_`, since a name is not a path.
 *
 * @throws TypeError for another type.
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4
 */
export function contentDisposition(type: DispositionType, filename?: string): string {
  if (type !== 'attachment' && type !== 'inline') {
    throw new TypeError(`Cannot set content-disposition ${show(type)}: expected "attachment" or "inline"`)
  }
  return filename === undefined ? type : create(wellFormed(filename).replace(/[/\\]/g, '_'), { type })
}

/** UTF-8 has no lone surrogates: they become U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
