import { encodeBytes } from '../../http/percent-encoding.ts'
import type { FormLimits } from './form-limits.ts'
import { malformed, oversized } from './form-refusal.ts'

/**
 * Reads the fields of an urlencoded form: pairs are separated by `&` alone, and what does not decode becomes U+FFFD. The
 * fields are counted before any is decoded.
 *
 * @throws {@link HTTPException} 400 for more than `maxFields`, 413 for a name or a value above its limit.
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function parseUrlencoded(bytes: Uint8Array, limits: FormLimits): [name: string, value: string][] {
  checkCount(bytes, limits.maxFields)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  // URLSearchParams takes a string: a byte above 0x7F has to stand as its escape. It drops a leading "?", so one is given to it.
  const pairs = [...new URLSearchParams(`?${encodeBytes(text, /[\x80-\xff]+/g)}`)]
  for (const [name, value] of pairs) {
    if (exceeds(name, limits.maxNameBytes)) throw oversized('The name of a field', limits.maxNameBytes)
    if (exceeds(value, limits.maxFieldBytes)) throw oversized('A field', limits.maxFieldBytes)
  }
  return pairs
}

const ampersand = 0x26

function checkCount(bytes: Uint8Array, maxFields: number): void {
  let count = 0
  for (let start = 0; start < bytes.length; start++) {
    const found = bytes.indexOf(ampersand, start)
    const end = found < 0 ? bytes.length : found
    if (end > start && ++count > maxFields) throw malformed(`The form has more than ${maxFields} fields`)
    start = end
  }
}

function exceeds(text: string, maxBytes: number): boolean {
  // A code unit is one byte at least and three at most.
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}
