import { jsonText } from '../request/json-text.ts'
import { openSource } from './chunk-source.ts'
import type { Chunks, ChunkSource } from './chunk-source.ts'
import type { BodyKind } from './response.ts'
import { StreamingResponse } from './streaming-response.ts'
import type { StreamingOptions } from './streaming-response.ts'

const jsonLines: BodyKind = { contentType: 'application/jsonl', streamed: true }

/** Where the values of a {@link JSONLinesResponse} come from. */
export type JSONValues = Iterable<unknown> | AsyncIterable<unknown> | ReadableStream<unknown>

/**
 * A stream of `application/jsonl`: each value of a source on a line of its own, as `JSON.stringify` writes it, sent as soon
 * as it is there. What {@link StreamingResponse} says of sources holds for it too. Once the first line is sent, a failure
 * can only cut the stream.
 *
 * @throws TypeError for a source that is none; and while sending, for a value that JSON does not have.
 * @see https://jsonlines.org
 */
export class JSONLinesResponse extends StreamingResponse {
  readonly #values: Chunks

  constructor(values: JSONValues, options?: StreamingOptions) {
    super(values as Chunks, options, jsonLines)
    this.#values = values as Chunks
  }

  protected override open(): ChunkSource {
    return new JSONLines(openSource(this.#values))
  }
}

class JSONLines implements ChunkSource {
  readonly waits: boolean
  readonly #values: ChunkSource

  constructor(values: ChunkSource) {
    this.waits = values.waits
    this.#values = values
  }

  async next(): Promise<IteratorResult<unknown, unknown>> {
    const next = await this.#values.next()
    return next.done === true ? next : { done: false, value: await this.#line(next.value) }
  }

  cancel(reason?: unknown): unknown {
    return this.#values.cancel(reason)
  }

  async #line(value: unknown): Promise<string> {
    try {
      return `${jsonText(value, attempt)}\n`
    } catch (error) {
      await this.#values.cancel(error)
      throw error
    }
  }
}

const attempt = (shown: string): string => `Cannot send ${shown} as a line of JSON`
