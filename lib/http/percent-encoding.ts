import type { ByteString } from '../spec/headers.ts'

/** Percent-encodes the code units that a global pattern finds, each as the one byte that it stands for. */
export function encodeBytes(text: ByteString, unsafe: RegExp): string {
  return text.replace(unsafe, (units) => percentEncoded(Buffer.from(units, 'latin1')))
}

/** Percent-encodes the characters that a global pattern finds, as UTF-8. A lone surrogate counts as U+FFFD. */
export function encodeText(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (characters) => percentEncoded(Buffer.from(characters)))
}

/** @see https://www.rfc-editor.org/rfc/rfc3986#section-2.1 */
function percentEncoded(bytes: Uint8Array): string {
  let encoded = ''
  for (const byte of bytes) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}
