import { textChunks } from './body-chunks.ts'
import type { ItemReader } from './item-reader.ts'
import { TextPieces } from './text-pieces.ts'

/** The items of a stream of JSON lines, as they come; once. Leaving the loop closes the connection. Empty lines are nothing. */
export class LineItems<Item> implements AsyncIterable<Item> {
  readonly #body: ReadableStream<Uint8Array> | null
  readonly #reader: ItemReader

  constructor(body: ReadableStream<Uint8Array> | null, reader: ItemReader) {
    this.#body = body
    this.#reader = reader
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const text = new TextPieces('\n')
    for await (const chunk of textChunks(this.#body)) {
      for (const line of text.push(chunk)) if (line.trim() !== '') yield this.#read(line)
    }
    const rest = text.rest()
    if (rest.trim() !== '') yield this.#read(rest)
  }

  #read(line: string): Promise<Item> {
    return this.#reader.read(line) as Promise<Item>
  }
}
