import { settled } from '../spec/app.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPResponseStartMessage, HTTPSendMessage } from '../spec/messages.ts'
import { show } from '../spec/violations.ts'
import type { ChunkSource } from './chunk-source.ts'

/**
 * Moves a response into `send`: its start, then the chunks of its source one at a time. However that ends, the source
 * has ended or was cancelled.
 *
 * A source that is still being waited for after one turn of the event loop lets the head go out and has the client watched.
 * One that is quicker costs neither: making a signal takes longer than sending a chunk.
 */
export class ChunkPump {
  readonly #source: ChunkSource
  readonly #send: Send
  readonly #signalOf: () => AbortSignal | undefined
  /** Aborts when the client leaves; `null` until the source was slow. */
  #signal: AbortSignal | null = null
  /** Looks once whether the source is slow. */
  #look: NodeJS.Immediate | null = null
  /** True while the source is being waited for. */
  #waiting = false
  #chunkSent = false
  #stopped = false
  #leave!: () => void

  /** @param signalOf Returns the signal that aborts when the client leaves, where there is one. */
  constructor(source: ChunkSource, send: Send, signalOf: () => AbortSignal | undefined) {
    this.#source = source
    this.#send = send
    this.#signalOf = signalOf
  }

  /** Runs until everything is sent, or until the client leaves while the source is being waited for. */
  run(start: HTTPResponseStartMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#leave = resolve
      this.#pump(start).then(resolve, reject)
    })
  }

  async #pump(start: HTTPResponseStartMessage): Promise<void> {
    const source = this.#source
    try {
      await this.#hand(start)
      while (!this.#stopped) {
        this.#waiting = true
        if (source.waits && this.#signal === null) this.#look ??= setImmediate(() => this.#lookAtSource())
        const { done, value } = await source.next()
        this.#waiting = false
        if (this.#stopped) return
        if (done === true) return await this.#send({ type: 'http.response.body', body: '', more_body: false })
        const sent = this.#handChunk(value)
        if (sent !== settled) await sent
      }
      await source.cancel()
    } catch (error) {
      // A source that fails since the client has left, which it may notice first, has nobody to fail for.
      if (!this.#waiting || this.#signalOf()?.aborted !== true) throw error
    } finally {
      if (this.#look !== null) clearImmediate(this.#look)
      this.#signal?.removeEventListener('abort', this.#stop)
    }
  }

  #lookAtSource(): void {
    this.#look = null
    if (!this.#waiting) return
    if (!this.#chunkSent) void this.#flush()
    const signal = this.#signalOf()
    if (signal === undefined) return
    this.#signal = signal
    if (signal.aborted) this.#stop()
    else signal.addEventListener('abort', this.#stop, { once: true })
  }

  readonly #stop = (): void => {
    this.#stopped = true
    if (!this.#waiting) return
    void abandon(this.#source, this.#signal!.reason)
    this.#leave()
  }

  /**
   * Sends nothing, so that the head goes out: servers keep it back until there is a body, so that a source that fails at
   * once can still become a 500. A failure is left to the next chunk.
   */
  async #flush(): Promise<void> {
    try {
      await this.#send({ type: 'http.response.body', body: '', more_body: true })
    } catch {}
  }

  #handChunk(chunk: unknown): Promise<void> {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return this.#refuse(chunk)
    this.#chunkSent = true
    const sent = this.#send({ type: 'http.response.body', body: chunk, more_body: true })
    return sent === settled ? settled : this.#cancelOnFailure(sent)
  }

  async #refuse(chunk: unknown): Promise<void> {
    await this.#source.cancel()
    throw new TypeError(`Cannot stream a chunk: it is ${show(chunk)}, expected a string or a Uint8Array`)
  }

  #hand(message: HTTPSendMessage): Promise<void> {
    const sent = this.#send(message)
    return sent === settled ? settled : this.#cancelOnFailure(sent)
  }

  async #cancelOnFailure(sent: Promise<void>): Promise<void> {
    try {
      await sent
    } catch (error) {
      await this.#source.cancel(error)
      throw error
    }
  }
}

/** Cancels a source that may never answer. Its failure has nobody left to be reported to. */
async function abandon(source: ChunkSource, reason: unknown): Promise<void> {
  try {
    await source.cancel(reason)
  } catch {}
}
