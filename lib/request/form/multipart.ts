import { setImmediate as nextTurn } from 'node:timers/promises'
import { settled } from '../../spec/app.ts'
import { show } from '../../spec/violations.ts'
import { tooLarge } from '../body.ts'
import type { FormLimits } from './form-limits.ts'
import { collectionOf, FormPart } from './form-part.ts'
import { malformed, oversized } from './form-refusal.ts'
import { MultipartScanner } from './multipart-scanner.ts'
import type { MultipartEvent } from './multipart-scanner.ts'
import { parsePartHead } from './part-head.ts'
import type { PartHead } from './part-head.ts'

/** The pieces of a body. */
export type BodyChunks = AsyncGenerator<Uint8Array, void, undefined>

/**
 * How much of a body is read before others have their turn, in bytes: two milliseconds' work. A socket gives out megabytes
 * in one turn of the event loop when they are there and nobody pauses it.
 */
const maxBytesAtOnce = 1_048_576

/** Pieces from node:http are not longer, in bytes. */
const maxTracedBytes = 65_536

/**
 * Gives out the parts of a multipart form as they arrive. The body is read as far as the caller asks, so a slow reader
 * slows the client down. When the form has ended the rest of the body is read, and dropped.
 *
 * @throws {@link HTTPException} while iterating: 400 for a form that is malformed, incomplete or has too many parts; 413
 *   for one that is larger than a limit.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function* readParts(
  body: BodyChunks,
  boundary: string,
  limits: FormLimits,
): AsyncGenerator<FormPart, void, undefined> {
  const reader = new MultipartReader(body, boundary, limits)
  try {
    for (let part = await reader.nextPart(); part !== null; part = await reader.nextPart()) yield part
  } finally {
    reader.leavePart()
    await body.return()
  }
}

class MultipartReader {
  readonly #body: BodyChunks
  readonly #limits: FormLimits
  readonly #scanner: MultipartScanner
  #bodyBytes = 0
  /** What was read since others had their turn. */
  #bytesAtOnce = 0
  #files = 0
  #fields = 0
  #fieldsBytes = 0
  /** The part whose content is next; `null` between parts. */
  #part: OpenPart | null = null
  /** The last part that was given out. */
  #given: FormPart | null = null
  /** The last piece that was asked for. Two may not be looked for at once. */
  #reading: Promise<unknown> = settled

  constructor(body: BodyChunks, boundary: string, limits: FormLimits) {
    this.#body = body
    this.#limits = limits
    this.#scanner = new MultipartScanner(boundary, limits.maxPartHeaderBytes)
  }

  async nextPart(): Promise<FormPart | null> {
    if (this.#part !== null) await this.#passOver(this.#part)
    const event = await this.#nextEvent()
    if (event.type !== 'head') return this.#finish()
    const head = parsePartHead(event.bytes.toString('latin1'), this.#limits)
    const part: OpenPart = { head, bytes: 0, ended: false, isCut: false }
    this.#count(head)
    this.#part = part
    this.#given = new FormPart(head, () => this.#nextChunk(part))
    return this.#given
  }

  /** Goes on behind a part, whoever reads it: who reads it whole comes first, nobody else gets any more of it. */
  async #passOver(part: OpenPart): Promise<void> {
    await collectionOf(this.#given!)?.catch(ignore)
    this.#part = null
    await this.#reading
    while (!part.ended) if ((await this.#readContent(part)) !== null) part.isCut = true
  }

  /** Ends the reading of the present part. */
  leavePart(): void {
    this.#part = null
  }

  async #nextChunk(part: OpenPart): Promise<Uint8Array | null> {
    if (part.isCut || (part !== this.#part && !part.ended)) {
      throw new TypeError(`Cannot read the part ${show(part.head.name)} of a form: the form has gone on without it`)
    }
    if (part.ended) return null
    const reading = this.#readContent(part)
    this.#reading = reading.catch(ignore)
    return reading
  }

  async #readContent(part: OpenPart): Promise<Uint8Array | null> {
    const event = await this.#nextEvent()
    if (event.type === 'content') return this.#counted(part, event.bytes)
    part.ended = true
    return null
  }

  #count({ name, fileName }: PartHead): void {
    const { maxFiles, maxFields } = this.#limits
    if (fileName !== null) {
      if (++this.#files > maxFiles) throw malformed(`The form has more than ${maxFiles} files`)
      return
    }
    if (++this.#fields > maxFields) throw malformed(`The form has more than ${maxFields} fields`)
    this.#addToFields(Buffer.byteLength(name))
  }

  #counted(part: OpenPart, bytes: Buffer): Buffer {
    const isFile = part.head.fileName !== null
    const max = isFile ? this.#limits.maxFileBytes : this.#limits.maxFieldBytes
    part.bytes += bytes.length
    if (part.bytes > max) throw oversized(isFile ? 'A file' : 'A field', max)
    if (!isFile) this.#addToFields(bytes.length)
    return bytes
  }

  #addToFields(bytes: number): void {
    this.#fieldsBytes += bytes
    const { maxFieldsBytes } = this.#limits
    if (this.#fieldsBytes > maxFieldsBytes) throw oversized('What the fields hold together', maxFieldsBytes)
  }

  async #nextEvent(): Promise<MultipartEvent> {
    for (;;) {
      const event = this.#scanner.next()
      if (event !== null) return event
      const chunk = await this.#nextBodyChunk()
      if (chunk === null) this.#scanner.end()
      else this.#scanner.push(chunk)
    }
  }

  async #finish(): Promise<null> {
    while ((await this.#nextBodyChunk()) !== null);
    return null
  }

  async #nextBodyChunk(): Promise<Uint8Array | null> {
    if (this.#bytesAtOnce >= maxBytesAtOnce) {
      this.#bytesAtOnce = 0
      await nextTurn()
    }
    const { done, value } = await this.#body.next()
    if (done === true) return null
    leaveTrace(value)
    this.#bodyBytes += value.length
    this.#bytesAtOnce += value.length
    if (this.#bodyBytes > this.#limits.maxBodyBytes) throw tooLarge(this.#limits.maxBodyBytes)
    return value
  }
}

interface OpenPart {
  readonly head: PartHead
  bytes: number
  ended: boolean
  /** Whether some of its content was passed over. */
  isCut: boolean
}

/**
 * Puts as much garbage on the heap of JavaScript as a piece has outside of it, so that V8 collects the pieces with its young
 * objects. Else it lets 32 MiB of them come together, and then looks through all objects.
 */
function leaveTrace({ buffer, byteOffset, byteLength }: Uint8Array): void {
  Buffer.from(buffer, byteOffset, Math.min(byteLength, maxTracedBytes)).toString('latin1')
}

function ignore(): void {}
