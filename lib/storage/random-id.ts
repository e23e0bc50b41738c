import { randomFillSync } from 'node:crypto'

const idBytes = 16
const idLength = 36
const idsPerBatch = 128
/** Where the digits of each byte stand. */
const places: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]

const bytes = Buffer.allocUnsafeSlow(idBytes * idsPerBatch)
/** The dashes stay where they are. */
const letters = Buffer.alloc(idLength * idsPerBatch, '-')
const digits = Buffer.from('0123456789abcdef')

/** The ids that were made and not given out yet, one behind the other. */
let batch = ''
let position = 0

/**
 * Makes a random UUID. It costs a fraction of `randomUUID` of node:crypto, since many are written at once.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.4
 */
export function randomId(): string {
  if (position === batch.length) {
    batch = writtenBatch()
    position = 0
  }
  const start = position
  position += idLength
  return batch.slice(start, position)
}

function writtenBatch(): string {
  randomFillSync(bytes)
  for (let id = 0; id < idsPerBatch; id++) {
    const from = id * idBytes
    // Version 4, variant 10.
    bytes[from + 6] = (bytes[from + 6]! & 0x0f) | 0x40
    bytes[from + 8] = (bytes[from + 8]! & 0x3f) | 0x80
    for (let i = 0; i < idBytes; i++) {
      const byte = bytes[from + i]!
      const at = id * idLength + places[i]!
      letters[at] = digits[byte >> 4]!
      letters[at + 1] = digits[byte & 0x0f]!
    }
  }
  return letters.toString('latin1')
}
