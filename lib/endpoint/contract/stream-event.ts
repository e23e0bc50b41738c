import type { ServerSentEvent } from '../../http/server-sent-event.ts'

/** What an event has besides its data. */
export type StreamEventOptions = Omit<ServerSentEvent, 'data'>

/** An event whose data a contract validates and writes as JSON. Made by {@link streamEvent}. */
export class StreamEvent<out Data = unknown> {
  readonly data: Data
  readonly options: StreamEventOptions

  constructor(data: Data, options: StreamEventOptions) {
    this.data = data
    this.options = options
  }
}

/** Yields an item of a stream of events with an id, a type, a comment or a time to wait before connecting again. */
export function streamEvent<Data>(data: Data, options: StreamEventOptions = {}): StreamEvent<Data> {
  return new StreamEvent(data, options)
}
