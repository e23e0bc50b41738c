import type { ServerSentEvent } from '../http/server-sent-event.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import { openSource } from './chunk-source.ts'
import type { Chunks, ChunkSource } from './chunk-source.ts'
import { EventStream } from './event-stream.ts'
import type { Clock } from './event-stream.ts'
import type { BodyKind } from './response.ts'
import { StreamingResponse } from './streaming-response.ts'
import type { StreamingOptions } from './streaming-response.ts'

const eventStream: BodyKind = { contentType: 'text/event-stream', streamed: true }
const defaultPingIntervalMs = 15_000

/** Where the events of an {@link EventSourceResponse} come from. A string stands for an event that has it as its data. */
export type Events =
  | Iterable<ServerSentEvent | string>
  | AsyncIterable<ServerSentEvent | string>
  | ReadableStream<ServerSentEvent | string>

export interface EventSourceOptions extends StreamingOptions {
  /**
   * After how long without an event a comment is sent, in milliseconds; `Infinity` for never. Default 15,000: it keeps
   * proxies from closing the connection, and finds out that a client has gone.
   */
  pingIntervalMs?: number
  /** What measures that time. Default: the platform's timers. */
  clock?: Clock
}

/**
 * A stream of `text/event-stream` for a browser's `EventSource`. It ends with its source, when the client leaves, and when
 * the server shuts down: then the browser connects again by itself, and says by `last-event-id` where it has been. What
 * {@link StreamingResponse} says of sources holds for it too.
 *
 * Caches are told to keep away, and nginx not to buffer.
 *
 * @throws TypeError for a source that is none; and while sending, for an event that {@link encodeEvent} refuses.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventSourceResponse extends StreamingResponse {
  readonly #events: Chunks
  readonly #pingIntervalMs: number
  readonly #clock: Clock

  constructor(events: Events, options: EventSourceOptions = {}) {
    const { pingIntervalMs = defaultPingIntervalMs, clock = platformClock } = options
    if (typeof pingIntervalMs !== 'number' || !(pingIntervalMs > 0)) {
      throw new TypeError(
        `Cannot make an EventSourceResponse: pingIntervalMs is ${show(pingIntervalMs)}, expected milliseconds above 0`,
      )
    }
    super(events as Chunks, options, eventStream)
    this.#events = events as Chunks
    this.#pingIntervalMs = pingIntervalMs
    this.#clock = clock
    this.headers.setDefault('cache-control', 'no-cache')
    this.headers.setDefault('x-accel-buffering', 'no')
  }

  protected override open(scope: HTTPScope | WebSocketScope): ChunkSource {
    return new EventStream(openSource(this.#events), {
      pingIntervalMs: this.#pingIntervalMs,
      clock: this.#clock,
      scope,
    })
  }
}

const platformClock: Clock = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
