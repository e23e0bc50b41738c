import { settled } from '../spec/app.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPResponseBodyMessage, HTTPResponseStartMessage } from '../spec/messages.ts'
import { show } from '../spec/violations.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { abandon } from './abandon.ts'
import type { ChunkSource } from './chunk-source.ts'

/** How the chunks go out. */
export interface Answering {
  readonly start: HTTPResponseStartMessage
  readonly send: Send
  readonly scope: HTTPScope | WebSocketScope
}

/**
 * Moves a response into `send`: its start, then the chunks of its source one at a time. However that ends, the source
 * has ended or was cancelled.
 *
 * The start waits for the first chunk, so that a source that fails at once can still be answered with an error; but for one
 * turn of the event loop at most. A source that is still being waited for then lets the head go out and has the client
 * watched. One that is quicker costs neither: making a signal takes longer than sending a chunk.
 */
export class ChunkPump {
  readonly #source: ChunkSource
  readonly #send: Send
  readonly #scope: HTTPScope | WebSocketScope
  /** What begins the answer; `null` once it was sent. */
  #start: HTTPResponseStartMessage | null
  /** Aborts when the client leaves; `null` until the source was slow. */
  #signal: AbortSignal | null = null
  /** Looks once whether the source is slow. */
  #look: NodeJS.Immediate | null = null
  /** True while the source is being waited for. */
  #waiting = false
  #chunkSent = false
  /** True once the source has ended: there is nothing left to cancel. */
  #ended = false
  #stopped = false
  #leave!: () => void
  #fail!: (error: unknown) => void

  constructor(source: ChunkSource, { start, send, scope }: Answering) {
    this.#source = source
    this.#start = start
    this.#send = send
    this.#scope = scope
  }

  /** Runs until everything is sent, or until the client leaves while the source is being waited for. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#leave = resolve
      this.#fail = reject
      this.#pump().then(resolve, reject)
    })
  }

  async #pump(): Promise<void> {
    const source = this.#source
    try {
      while (!this.#stopped) {
        this.#waiting = true
        if (source.waits && this.#signal === null) this.#look ??= setImmediate(() => this.#lookAtSource())
        const { done, value } = await source.next()
        this.#waiting = false
        if (this.#stopped) return
        this.#ended = done === true
        const message = this.#ended ? lastMessage : chunkMessage(value)
        if (this.#start !== null) await this.#begin(this.#start)
        const sent = this.#send(message)
        if (this.#ended) return await sent
        this.#chunkSent = true
        if (sent !== settled) await sent
      }
      await source.cancel()
    } catch (error) {
      // A source that fails since the client has left, which it may notice first, has nobody to fail for.
      if (this.#waiting && signalOf(this.#scope)?.aborted === true) return
      if (!this.#waiting && !this.#ended) await source.cancel(error)
      throw error
    } finally {
      if (this.#look !== null) clearImmediate(this.#look)
      this.#signal?.removeEventListener('abort', this.#stop)
    }
  }

  #lookAtSource(): void {
    this.#look = null
    if (!this.#waiting) return
    if (!this.#chunkSent) void this.#flush()
    const signal = signalOf(this.#scope)
    if (signal === undefined) return
    this.#signal = signal
    if (signal.aborted) this.#stop()
    else signal.addEventListener('abort', this.#stop, { once: true })
  }

  readonly #stop = (): void => {
    this.#stopped = true
    if (!this.#waiting) return
    abandon(this.#source, this.#scope, this.#signal!.reason)
    this.#leave()
  }

  /** Sends the start and nothing behind it, with which servers let the head go out. */
  async #flush(): Promise<void> {
    try {
      if (this.#start !== null) await this.#begin(this.#start)
      await this.#send({ type: 'http.response.body', body: '', more_body: true })
    } catch (error) {
      // The next chunk fails in the same way, unless it is the one that is waited for.
      if (this.#waiting) this.#giveUp(error)
    }
  }

  #giveUp(error: unknown): void {
    this.#stopped = true
    abandon(this.#source, this.#scope, error)
    this.#fail(error)
  }

  #begin(start: HTTPResponseStartMessage): Promise<void> {
    this.#start = null
    return this.#send(start)
  }
}

const lastMessage: HTTPResponseBodyMessage = Object.freeze({ type: 'http.response.body', body: '', more_body: false })

function chunkMessage(chunk: unknown): HTTPResponseBodyMessage {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
    return { type: 'http.response.body', body: chunk, more_body: true }
  }
  throw new TypeError(`Cannot stream a chunk: it is ${show(chunk)}, expected a string or a Uint8Array`)
}

/** The signal that aborts when the client leaves, where there is one. */
function signalOf({ extensions }: HTTPScope | WebSocketScope): AbortSignal | undefined {
  return extensions?.['http.disconnect.signal']?.signal
}
