import { settled } from '../spec/app.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import { Deferred } from './deferred.ts'

/** How a {@link Pipe} counts what it holds. */
export interface PipeOptions<T> {
  /** Above this many unread bytes a write waits for its reader. Default: no limit. */
  readonly limitBytes?: number
  readonly bytesOf?: (item: T) => number
}

/**
 * What is on its way from one side to the other: read in the order of writing, with a writer that waits when the reader
 * does not keep up. After the last item stands an ending, which answers every further read.
 */
export class Pipe<T> {
  #limitBytes: number
  readonly #bytesOf: (item: T) => number
  #items: T[] = []
  #bytes = 0
  #readers: Array<Deferred<T>> = []
  #writers: Array<Deferred<void>> = []
  #ending: (() => T) | null = null
  #state: 'open' | 'discarding' | 'cut' = 'open'

  constructor({ limitBytes = Infinity, bytesOf = () => 0 }: PipeOptions<T> = {}) {
    this.#limitBytes = limitBytes
    this.#bytesOf = bytesOf
  }

  /** True when somebody waits for an item. */
  get wanted(): boolean {
    return this.#readers.length > 0
  }

  /** The item that a read would give, or `undefined` when there is none. */
  peek(): T | undefined {
    return this.#items[0]
  }

  /**
   * Adds an item. Resolves when the reader keeps up.
   *
   * @throws {@link ClientDisconnected} when the pipe is or gets cut.
   */
  write(item: T): Promise<void> {
    if (this.#state === 'cut') return Promise.reject(new ClientDisconnected())
    if (this.#state === 'discarding') return settled
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve(item)
      return settled
    }
    this.#items.push(item)
    this.#bytes += this.#bytesOf(item)
    return this.#bytes > this.#limitBytes ? this.#wait() : settled
  }

  /** Resolves with the next item. A reader of one's own can be taken back with {@link Pipe.withdraw}. */
  read(reader: Deferred<T> = new Deferred<T>()): Promise<T> {
    if (this.#items.length > 0) reader.resolve(this.#take())
    else if (this.#ending !== null) settle(reader, this.#ending)
    else this.#readers.push(reader)
    return reader.promise
  }

  /** Takes a reader back; false when it was served already. */
  withdraw(reader: Deferred<T>): boolean {
    const index = this.#readers.indexOf(reader)
    if (index >= 0) this.#readers.splice(index, 1)
    return index >= 0
  }

  /** Says what stands behind the last item: what the ending returns or throws, at every read. The last word counts. */
  end(ending: () => T): void {
    if (this.#state !== 'open') return
    this.#ending = ending
    for (const reader of this.#readers.splice(0)) settle(reader, ending)
  }

  /** Lets the writers go on, however much is unread. */
  release(): void {
    this.#limitBytes = Infinity
    for (const writer of this.#writers.splice(0)) writer.resolve()
  }

  /** Drops what was not read, now and later, so that no writer waits any more. The ending is the last word. */
  discard(ending: () => T): void {
    this.#drop('discarding', ending)
    for (const writer of this.#writers.splice(0)) writer.resolve()
  }

  /** Drops what was not read and fails the writers: the reader has left. The ending is the last word. */
  cut(ending: () => T): void {
    this.#drop('cut', ending)
    for (const writer of this.#writers.splice(0)) writer.reject(new ClientDisconnected())
  }

  #drop(state: 'discarding' | 'cut', ending: () => T): void {
    if (this.#state !== 'open') return
    this.end(ending)
    this.#state = state
    this.#items = []
    this.#bytes = 0
  }

  #wait(): Promise<void> {
    const writer = new Deferred<void>()
    this.#writers.push(writer)
    return writer.promise
  }

  #take(): T {
    const item = this.#items.shift() as T
    this.#bytes -= this.#bytesOf(item)
    if (this.#bytes <= this.#limitBytes) for (const writer of this.#writers.splice(0)) writer.resolve()
    return item
  }
}

function settle<T>(reader: Deferred<T>, ending: () => T): void {
  try {
    reader.resolve(ending())
  } catch (error) {
    reader.reject(error)
  }
}
