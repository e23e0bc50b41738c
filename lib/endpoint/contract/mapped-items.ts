import type { JSONValues } from '../../response/json-lines-response.ts'
import { checkChunks, openSource } from '../../response/chunk-source.ts'
import type { Chunks, ChunkSource } from '../../response/chunk-source.ts'
import { isThenable } from '../thenable.ts'

/** Makes something of one item. */
export type ItemMap = (item: unknown) => unknown

/**
 * The items of a source, each after something was made of it; promises among them are waited for. Cancelling reaches the source at once, also while it is being
 * waited for, and a failure cancels it.
 */
export class MappedItems implements AsyncIterableIterator<unknown> {
  readonly #source: ChunkSource
  readonly #map: ItemMap

  /** @throws TypeError for a source that is none. */
  constructor(items: JSONValues, map: ItemMap) {
    checkChunks(items)
    this.#source = openSource(items as Chunks)
    this.#map = map
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown, unknown>> {
    const next = await this.#source.next()
    if (next.done === true) return next
    try {
      const item: unknown = isThenable(next.value) ? await next.value : next.value
      return { done: false, value: await this.#map(item) }
    } catch (error) {
      await this.#source.cancel(error)
      throw error
    }
  }

  async return(): Promise<IteratorResult<unknown, unknown>> {
    await this.#source.cancel()
    return { done: true, value: undefined }
  }
}
