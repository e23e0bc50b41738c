import { TextPieces } from './text-pieces.ts'

/** An event of a stream, as it arrived. */
export interface TextEvent {
  readonly data: string
  /** The type; `message` when the server names none. */
  readonly event: string
  /** The last id that the server has given; empty when there was none. */
  readonly id: string
}

/**
 * Takes a stream of events apart, whatever its chunks. An event that is not complete at the end of the stream does not count.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventParser {
  readonly #lines: TextPieces = new TextPieces(/\r\n|\n|\r/)
  /** Whether a line feed would belong to the carriage return before it. */
  #isAfterReturn = false
  #data: string[] = []
  #event = ''
  #id = ''

  /** Returns the events that a piece of text completes. */
  push(text: string): readonly TextEvent[] {
    if (text === '') return []
    const events: TextEvent[] = []
    const lines = this.#lines.push(this.#isAfterReturn ? text.replace(/^\n/, '') : text)
    this.#isAfterReturn = text.endsWith('\r')
    for (const line of lines) {
      if (line !== '') this.#field(line)
      else if (this.#data.length > 0) events.push(this.#dispatch())
      else this.#event = ''
    }
    return events
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
  }

  #dispatch(): TextEvent {
    const event = { data: this.#data.join('\n'), event: this.#event || 'message', id: this.#id }
    this.#data = []
    this.#event = ''
    return event
  }
}
