import { encodeEvent } from '../http/server-sent-event.ts'
import type { ServerSentEvent } from '../http/server-sent-event.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { abandon } from './abandon.ts'
import type { ChunkSource } from './chunk-source.ts'

/** What measures the time between pings. */
export interface Clock {
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

/** How a stream of events is sent. */
export interface EventStreamSettings {
  readonly pingIntervalMs: number
  readonly clock: Clock
  /** Its signal for the shutdown of the server ends the stream. */
  readonly scope: HTTPScope | WebSocketScope
}

type Next = IteratorResult<unknown, unknown>

const over: Next = { done: true, value: undefined }
const ping: Next = { done: false, value: encodeEvent({ comment: 'ping' }) }

/** The events of a source as text, with a ping wherever there is none for a while, until the server shuts down. */
export class EventStream implements ChunkSource {
  readonly waits = true
  readonly #events: ChunkSource
  readonly #settings: EventStreamSettings
  /** Answers the call of `next` that waits. */
  #answer: ((next: Next | Promise<Next>) => void) | null = null
  /** What came while none did. */
  #kept: Next | Promise<Next> | null = null
  /** Whether the source was asked for an event that is not there yet. */
  #isAsked = false
  #timer: unknown = null
  readonly #shutdown: AbortSignal | undefined
  readonly #shutDown = (): void => {
    this.#hand(over)
    this.#stopListening()
    abandon(this.#events, this.#settings.scope)
  }

  constructor(events: ChunkSource, settings: EventStreamSettings) {
    this.#events = events
    this.#settings = settings
    this.#shutdown = settings.scope.extensions?.['server.shutdown.signal']?.signal
    this.#shutdown?.addEventListener('abort', this.#shutDown)
  }

  next(): Promise<Next> {
    return new Promise((resolve) => {
      this.#answer = resolve
      if (this.#shutdown?.aborted) this.#shutDown()
      else if (this.#kept === null) this.#wait()
      else this.#hand(this.#kept)
    })
  }

  cancel(reason?: unknown): unknown {
    this.#stopListening()
    return this.#events.cancel(reason)
  }

  #wait(): void {
    const { clock, pingIntervalMs } = this.#settings
    if (pingIntervalMs !== Infinity) this.#timer = clock.setTimeout(() => this.#hand(ping), pingIntervalMs)
    if (!this.#isAsked) this.#ask()
  }

  #ask(): void {
    this.#isAsked = true
    const event = this.#nextEvent()
    const arrived = (): void => {
      this.#isAsked = false
      this.#hand(event)
    }
    event.then(arrived, arrived)
  }

  async #nextEvent(): Promise<Next> {
    let next: Next = over
    try {
      next = await this.#events.next()
      if (next.done !== true) return { done: false, value: encodeEvent(next.value as ServerSentEvent | string) }
    } catch (error) {
      // A source that has given what is no event can still be told to end.
      if (next !== over) await this.cancel(error)
      else this.#stopListening()
      throw error
    }
    this.#stopListening()
    return over
  }

  #hand(next: Next | Promise<Next>): void {
    this.#settings.clock.clearTimeout(this.#timer)
    const answer = this.#answer
    this.#answer = null
    this.#kept = answer === null ? next : null
    answer?.(next)
  }

  #stopListening(): void {
    this.#settings.clock.clearTimeout(this.#timer)
    this.#shutdown?.removeEventListener('abort', this.#shutDown)
  }
}
