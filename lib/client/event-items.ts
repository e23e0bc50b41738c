import { textChunks } from './body-chunks.ts'
import { EventParser } from './event-parser.ts'
import type { ItemReader } from './item-reader.ts'

/** An event whose data was JSON. */
export interface ItemEvent<Item> {
  readonly data: Item
  /** The type; `message` when the server names none. */
  readonly event: string
  /** The last id that the server has given; empty when there was none. Sent as `last-event-id` it says where to go on. */
  readonly id: string
}

/**
 * The items of a stream of server-sent events, as they come; once. Leaving the loop closes the connection. Nothing connects
 * again by itself.
 */
export class EventItems<Item> implements AsyncIterable<Item> {
  readonly #body: ReadableStream<Uint8Array> | null
  readonly #reader: ItemReader

  constructor(body: ReadableStream<Uint8Array> | null, reader: ItemReader) {
    this.#body = body
    this.#reader = reader
  }

  /** The items with the types and ids of their events. */
  async *events(): AsyncGenerator<ItemEvent<Item>, void, undefined> {
    const parser = new EventParser()
    for await (const chunk of textChunks(this.#body)) {
      for (const { data, event, id } of parser.push(chunk)) {
        yield { data: (await this.#reader.read(data)) as Item, event, id }
      }
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const { data } of this.events()) yield data
  }
}
