/** The source of a queue's messages, which can be held back. */
export interface Flow {
  pause(): void
  resume(): void
}

type Reader<M> = (message: M) => void

interface Entry<M> {
  readonly message: M
  readonly size: number
}

/** Above this size of unread messages, in bytes, the source is paused; it flows again once half of them are read. */
const highWaterBytes = 65536

/** What a message costs beside its content, in bytes: a flood of empty or tiny messages must count, too. */
export const messageOverheadBytes = 64

/**
 * The messages that wait for an app's `receive`. They are read in the order of arrival; after the last one an ending,
 * which repeats for ever. A source that runs ahead of the app is paused.
 */
export class MessageQueue<M> {
  readonly #flow: Flow
  readonly #entries: Array<Entry<M>> = []
  /** Who waits first: hardly ever does anybody wait behind. */
  #reader: Reader<M> | null = null
  readonly #laterReaders: Array<Reader<M>> = []
  #size = 0
  #paused = false
  #ending: M | null = null

  constructor(flow: Flow) {
    this.#flow = flow
  }

  /** Resolves with the next message. Several calls may wait: they are served in their order. */
  next(): Promise<M> {
    const entry = this.#entries.shift()
    if (entry === undefined) {
      if (this.#ending !== null) return Promise.resolve(this.#ending)
      return new Promise((resolve) => this.#wait(resolve))
    }
    this.#size -= entry.size
    if (this.#paused && this.#size <= highWaterBytes / 2) this.#release()
    return Promise.resolve(entry.message)
  }

  /** Adds a message of a size in bytes. Ignored after the ending. */
  push(message: M, size: number): void {
    if (this.#ending !== null) return
    const reader = this.#nextReader()
    if (reader !== null) return reader(message)
    this.#entries.push({ message, size })
    this.#size += size
    if (this.#paused || this.#size <= highWaterBytes) return
    this.#paused = true
    this.#flow.pause()
  }

  /** Says that nothing more will arrive. What has arrived stays readable. */
  end(ending: M): void {
    if (this.#ending !== null) return
    this.#ending = ending
    for (let reader = this.#nextReader(); reader !== null; reader = this.#nextReader()) reader(ending)
  }

  #wait(reader: Reader<M>): void {
    if (this.#reader === null) this.#reader = reader
    else this.#laterReaders.push(reader)
  }

  #nextReader(): Reader<M> | null {
    const reader = this.#reader
    if (reader !== null) this.#reader = this.#laterReaders.shift() ?? null
    return reader
  }

  #release(): void {
    this.#paused = false
    if (this.#ending === null) this.#flow.resume()
  }
}
