import type { Headers } from '../../http/headers.ts'
import type { MediaType } from '../../http/media-type.ts'
import { handled } from '../../spec/handled.ts'
import { show } from '../../spec/violations.ts'
import type { PartHead } from './part-head.ts'

/** Gives out the pieces of a part's content, and `null` after the last. */
export type NextChunk = () => Promise<Uint8Array | null>

/** What is being read whole. */
const collections = new WeakMap<FormPart, Promise<Buffer>>()

/** Returns the content of a part whose `bytes()` or `text()` was called; null of one that nobody reads whole. */
export function collectionOf(part: FormPart): Promise<Uint8Array> | null {
  return collections.get(part) ?? null
}

/**
 * One part of a form while the form arrives: a field or a file. Its content can be read once, until the next part is asked
 * for; what is left unread then is skipped. What `bytes()` and `text()` have begun to read they read to its end before.
 */
export class FormPart implements AsyncIterable<Uint8Array> {
  /** The name of the field. */
  readonly name: string
  /** What the client calls the file, without a path; `null` for a field. */
  readonly fileName: string | null
  /** What the client takes the content for; `null` when that is malformed. */
  readonly mediaType: MediaType | null
  /** The fields of the part's own header. */
  readonly headers: Headers
  #nextChunk: NextChunk | null

  constructor({ name, fileName, mediaType, headers }: PartHead, nextChunk: NextChunk) {
    this.name = name
    this.fileName = fileName
    this.mediaType = mediaType
    this.headers = headers
    this.#nextChunk = nextChunk
  }

  /**
   * Gives out the content as it arrives.
   *
   * @throws TypeError when it was read before or the form has gone on to another part.
   * @throws {@link HTTPException} 413 while iterating, for a field or a file above its limit; 400 for a malformed form.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const nextChunk = this.#nextChunk
    if (nextChunk === null) throw new TypeError(`Cannot read the part ${show(this.name)} of a form: it is gone already`)
    this.#nextChunk = null
    for (let chunk = await nextChunk(); chunk !== null; chunk = await nextChunk()) yield chunk
  }

  /** Reads the whole content into memory. */
  bytes(): Promise<Uint8Array> {
    return this.#collect()
  }

  /** Reads the whole content as UTF-8; what is not becomes U+FFFD. */
  text(): Promise<string> {
    return handled(this.#collect().then(String))
  }

  #collect(): Promise<Buffer> {
    const collection = handled(this.#collected())
    collections.set(this, collection)
    return collection
  }

  async #collected(): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
}
