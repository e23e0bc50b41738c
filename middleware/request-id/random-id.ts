import { randomFillSync } from 'node:crypto'

const idLength = 36
const idsPerBatch = 256
/** As many as there are letters in an id: those in the places of the dashes are not used. */
const idBytes = idLength / 2
const dash = 0x2d

const bytes = Buffer.allocUnsafeSlow(idBytes * idsPerBatch)
const letters = Buffer.allocUnsafeSlow(idLength * idsPerBatch)

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

/** Has Node write all digits at once: a loop over them takes several times as long. */
function writtenBatch(): string {
  randomFillSync(bytes)
  for (let id = 0; id < bytes.length; id += idBytes) {
    // Version 4 in digit 14, variant 10 in digit 19.
    bytes[id + 7] = (bytes[id + 7]! & 0x0f) | 0x40
    bytes[id + 9] = (bytes[id + 9]! & 0x03) | 0x08
  }
  letters.write(bytes.toString('hex'), 'latin1')
  for (let id = 0; id < letters.length; id += idLength) {
    letters[id + 8] = letters[id + 13] = letters[id + 18] = letters[id + 23] = dash
  }
  return letters.toString('latin1')
}
