import type { Send } from '../spec/app.ts'
import type { HTTPResponseStartMessage, HTTPSendMessage } from '../spec/messages.ts'
import { show } from '../spec/violations.ts'
import type { ChunkSource } from './chunk-source.ts'

/**
 * Moves a response into `send`: its start, then the chunks of its source one at a time. However that ends, the source
 * has ended or was cancelled.
 */
export class ChunkPump {
  readonly #source: ChunkSource
  readonly #send: Send
  #waiting = false
  #stopped = false

  constructor(source: ChunkSource, send: Send) {
    this.#source = source
    this.#send = send
  }

  async run(start: HTTPResponseStartMessage): Promise<void> {
    await this.#hand(start)
    // Servers keep the head back until there is a body, so that a source that fails at once can still become a 500. One
    // that lets itself be waited for must not keep the client from knowing that its request was taken.
    const flush = this.#source.waits ? setImmediate(() => void this.#flush()) : undefined
    try {
      await this.#pump()
    } finally {
      clearImmediate(flush)
    }
  }

  async #pump(): Promise<void> {
    while (!this.#stopped) {
      this.#waiting = true
      const { done, value } = await this.#source.next()
      this.#waiting = false
      if (this.#stopped) return
      if (done === true) return this.#send({ type: 'http.response.body', body: '', more_body: false })
      await this.#handChunk(value)
    }
    await this.#source.cancel()
  }

  /** Runs until everything is sent or the signal is aborted, even while the source is being waited for. */
  runUntil(signal: AbortSignal, start: HTTPResponseStartMessage): Promise<void> {
    this.#stopped = signal.aborted
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#stopped = true
        if (!this.#waiting) return
        void abandon(this.#source, signal.reason)
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
      void this.run(start)
        .then(resolve, reject)
        .then(() => signal.removeEventListener('abort', stop))
    })
  }

  /** Sends nothing, so that the head goes out. A failure is left to the next chunk. */
  async #flush(): Promise<void> {
    if (!this.#waiting || this.#stopped) return
    try {
      await this.#send({ type: 'http.response.body', body: '', more_body: true })
    } catch {}
  }

  async #handChunk(chunk: unknown): Promise<void> {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      return this.#hand({ type: 'http.response.body', body: chunk, more_body: true })
    }
    await this.#source.cancel()
    throw new TypeError(`Cannot stream a chunk: it is ${show(chunk)}, expected a string or a Uint8Array`)
  }

  async #hand(message: HTTPSendMessage): Promise<void> {
    try {
      await this.#send(message)
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
