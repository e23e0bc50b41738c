import { EventEmitter, on } from 'node:events'

/** Tells everybody who listens. */
export class Feed<Item> {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  publish(item: Item): void {
    this.#emitter.emit('item', item)
  }

  /** What is published from now on, until the signal aborts. */
  listen(signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
    return this.#items(on(this.#emitter, 'item', { signal }), signal)
  }

  async *#items(events: AsyncIterable<Item[]>, signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
    try {
      for await (const [item] of events) yield item!
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
