import { malformed } from './form-refusal.ts'

/** What a {@link MultipartScanner} finds: the head of a part, a piece of its content, its end, the end of the form. */
export type MultipartEvent =
  | { readonly type: 'head' | 'content'; readonly bytes: Buffer }
  | { readonly type: 'part end' | 'form end' }

type State = 'preamble' | 'after delimiter' | 'head' | 'content' | 'end'

const lineEnd = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')
const partEnd: MultipartEvent = { type: 'part end' }
const formEnd: MultipartEvent = { type: 'form end' }
const nothing: Buffer = Buffer.alloc(0)
const carriageReturn = 0x0d
const dash = 0x2d
/** Spaces and tabs after a delimiter: RFC 2046 allows any number, and nobody sends one. */
const maxPadding = 64

/**
 * Splits a multipart body into the heads and contents of its parts. It takes the body in pieces, and time in proportion
 * to its length: the platform looks for the delimiter, contents are handed on without a copy, and only what may be the
 * begin of a delimiter waits for the next piece. What comes before the first delimiter and after the last is skipped.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
 */
export class MultipartScanner {
  readonly #delimiter: Buffer
  readonly #maxHeadBytes: number
  #state: State = 'preamble'
  /** What is not scanned yet. A delimiter begins with a line end, which the first one of a body may lack. */
  #rest: Buffer = lineEnd
  /** How much of the rest is the line end before a content, which a delimiter may begin with when there is no content. */
  #lead = 0
  #hasPart = false
  #preambleIsBlank = true

  /** @param maxHeadBytes How long the head of a part may be, in bytes. */
  constructor(boundary: string, maxHeadBytes: number) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#maxHeadBytes = maxHeadBytes
  }

  /** Takes the next piece of the body. */
  push(bytes: Uint8Array): void {
    if (this.#state === 'end') return
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
  }

  /**
   * Returns what comes next, or `null` when the next piece of the body is needed to tell.
   *
   * @throws {@link HTTPException} 400 for a body that is malformed.
   */
  next(): MultipartEvent | null {
    if (this.#state === 'preamble') this.#skipPreamble()
    if (this.#state === 'after delimiter') return this.#readDelimiter()
    if (this.#state === 'head') return this.#readHead()
    return this.#state === 'content' ? this.#readContent() : null
  }

  /**
   * Says that the body has ended.
   *
   * @throws {@link HTTPException} 400 when the form has not.
   */
  end(): void {
    if (this.#state !== 'end') throw malformed('The form ends before its closing boundary')
  }

  #skipPreamble(): void {
    const found = this.#rest.indexOf(this.#delimiter)
    const end = found < 0 ? this.#startOfPartialDelimiter() : found
    this.#preambleIsBlank &&= isBlank(this.#rest.subarray(0, end))
    this.#rest = this.#rest.subarray(found < 0 ? end : end + this.#delimiter.length)
    if (found >= 0) this.#state = 'after delimiter'
  }

  #readDelimiter(): MultipartEvent | null {
    const rest = this.#rest
    if (rest.length < 2) return null
    if (rest[0] === dash && rest[1] === dash) return this.#close()
    let padding = 0
    while (padding < maxPadding && (rest[padding] === 0x20 || rest[padding] === 0x09)) padding++
    if (rest.length < padding + 2) return null
    if (!startsWith(rest.subarray(padding), lineEnd)) {
      throw malformed('A line of the form begins with its boundary and goes on')
    }
    // The line end stays: the empty line that ends a head without fields needs one before it.
    this.#rest = rest.subarray(padding)
    this.#state = 'head'
    return this.#readHead()
  }

  #close(): MultipartEvent {
    // Text and no part: the boundary of the body is not the one that was declared.
    if (!this.#hasPart && !this.#preambleIsBlank) throw malformed('The form has no part that begins with its boundary')
    this.#rest = nothing
    this.#state = 'end'
    return formEnd
  }

  #readHead(): MultipartEvent | null {
    const found = this.#rest.indexOf(headEnd)
    const length = (found < 0 ? this.#rest.length : found) - lineEnd.length
    if (length > this.#maxHeadBytes) {
      throw malformed(`A part of the form has more than ${this.#maxHeadBytes} bytes of header fields`)
    }
    if (found < 0) return null
    const bytes = length > 0 ? this.#rest.subarray(lineEnd.length, found) : nothing
    this.#rest = this.#rest.subarray(found + lineEnd.length)
    this.#lead = lineEnd.length
    this.#hasPart = true
    this.#state = 'content'
    return { type: 'head', bytes }
  }

  #readContent(): MultipartEvent | null {
    const rest = this.#rest
    const found = rest.indexOf(this.#delimiter)
    const end = found < 0 ? this.#startOfPartialDelimiter() : found
    if (end > this.#lead) {
      const bytes = rest.subarray(this.#lead, end)
      this.#rest = rest.subarray(end)
      this.#lead = 0
      return { type: 'content', bytes }
    }
    if (found < 0) return null
    this.#rest = rest.subarray(found + this.#delimiter.length)
    this.#state = 'after delimiter'
    return partEnd
  }

  /** Where the rest may end with the begin of a delimiter, which has one carriage return and begins with it. */
  #startOfPartialDelimiter(): number {
    const from = Math.max(this.#rest.length - this.#delimiter.length + 1, 0)
    const tail = this.#rest.subarray(from)
    const start = tail.lastIndexOf(carriageReturn)
    const isPartial = start >= 0 && startsWith(this.#delimiter, tail.subarray(start))
    return isPartial ? from + start : this.#rest.length
  }
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix)
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === carriageReturn || byte === 0x0a)
}
