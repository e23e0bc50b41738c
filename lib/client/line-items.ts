import { textChunks } from './body-chunks.ts'
import type { ItemReader } from './item-reader.ts'

/** The items of a stream of JSON lines, as they come; once. Leaving the loop closes the connection. Empty lines are nothing. */
export class LineItems<Item> implements AsyncIterable<Item> {
  readonly #body: ReadableStream<Uint8Array> | null
  readonly #reader: ItemReader

  constructor(body: ReadableStream<Uint8Array> | null, reader: ItemReader) {
    this.#body = body
    this.#reader = reader
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let rest = ''
    for await (const chunk of textChunks(this.#body)) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      for (const line of lines) if (line.trim() !== '') yield this.#read(line)
    }
    if (rest.trim() !== '') yield this.#read(rest)
  }

  #read(line: string): Promise<Item> {
    return this.#reader.read(line) as Promise<Item>
  }
}
