import { isUtf8 } from 'node:buffer'
import { HTTPException } from '../exceptions/http-exception.ts'
import { findJSONFault } from './json-fault.ts'
import { defaultMaxJSONDepth, nestsDeeper } from './json-depth.ts'

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
 * @throws {@link HTTPException} 400 for bytes that are not, among them an empty body, and for arrays and objects that nest
 *   deeper than `maxDepth`.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJSON(bytes: Uint8Array, maxDepth: number = defaultMaxJSONDepth): unknown {
  if (bytes.length === 0) throw new HTTPException(400, { detail: 'The body is empty, expected JSON' })
  const text = decodeText(bytes)
  const value = parseText(text)
  if (nestsDeeper(text, maxDepth))
    throw new HTTPException(400, { detail: `The body nests deeper than ${maxDepth} levels` })
  return value
}

/** The answer to a body in a coding that nobody has undone, nor bounded what it grows to. */
export function codedBody(): HTTPException {
  const detail = 'The body has a content-encoding, which is not supported here'
  return new HTTPException(415, { detail, headers: { 'accept-encoding': 'identity' } })
}

/** What was found at the place is left out of the answer: it came from the client. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const { line, column } = findJSONFault(text)
    throw new HTTPException(400, { detail: `The body is not valid JSON at line ${line}, column ${column}`, cause })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
