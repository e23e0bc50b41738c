import { isUtf8 } from 'node:buffer'
import { HTTPException } from '../exceptions/http-exception.ts'

/**
 * Decodes UTF-8, without a byte order mark, as the platform's `text()` does.
 *
 * @throws {@link HTTPException} 400 for bytes that are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString()
  // A replacement character is the only trace of bad bytes, and in most texts there is none to ask about.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new HTTPException(400, { detail: 'The body is not valid UTF-8' })
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/**
 * Parses JSON in UTF-8.
 *
 * @throws {@link HTTPException} 400 for bytes that are not, among them an empty body.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJSON(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new HTTPException(400, { detail: 'The body is empty, expected JSON' })
  const text = decodeText(bytes)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new HTTPException(400, { detail: `The body is not valid JSON${placeOf(cause as SyntaxError)}`, cause })
  }
}

/** Where parsing failed. What was found there is left out: it came from the client. */
function placeOf({ message }: SyntaxError): string {
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return ` at position ${position}`
  return /unexpected end/i.test(message) ? ': it ends too early' : ''
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
