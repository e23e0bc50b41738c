import { BodyConsumed } from '../exceptions/body-consumed.ts'
import { HTTPException } from '../exceptions/http-exception.ts'
import type { Receive } from '../spec/app.ts'
import type { HTTPReceiveMessage, HTTPRequestMessage } from '../spec/messages.ts'
import { handled } from '../spec/handled.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import { StallWatch } from './stall-watch.ts'
import type { Waiting } from './stall-watch.ts'

/** The limit of a body that is read whole, in bytes: 1 MiB, ample for JSON and text, small against a server's memory. */
export const defaultMaxBodyBytes = 1_048_576

/**
 * How long a client may pause in the middle of a body, in milliseconds: 60 s, as proxies allow it. Long enough for a phone
 * that changes networks, short enough that clients which never go on do not pile up.
 */
export const defaultBodyTimeoutMs = 60_000

/** How much of a body may be read, and how long its client may pause. */
export interface ReadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
}

const noBytes = new Uint8Array(0)
const watch = new StallWatch()

/** Reads the body of one request from `receive`: whole or piece by piece, and never loses a message in between. */
export class RequestBody implements Waiting {
  watchIndex = -1
  deadline = 0
  readonly #receive: Receive
  /** A `receive` that polling began; its message belongs to whoever reads next. */
  #pending: Promise<HTTPReceiveMessage> | null = null
  /** The whole body, once it was read. */
  #bytes: Uint8Array | null = null
  /** The reading of the whole body, from its begin. What it resolves to does not matter. */
  #reading: Promise<unknown> | null = null
  #streamed = false
  #disconnected = false
  #controller: AbortController | null = null
  #fail: ((error: unknown) => void) | null = null

  constructor(receive: Receive) {
    this.#receive = receive
  }

  /**
   * Reads the whole body and returns what `use` makes of it. A body of one message takes one turn and is not copied.
   *
   * @throws {@link HTTPException} 413 for a body of more than `maxBytes`; 408 for one that pauses longer than `timeoutMs`.
   * @throws {@link ClientDisconnected} when the client leaves before the end.
   * @throws {@link BodyConsumed} after {@link RequestBody.stream}.
   */
  read<T>(limits: ReadLimits, use: (bytes: Uint8Array) => T): Promise<T> {
    if (this.#reading !== null) return handled(this.#readAgain(this.#reading, limits.maxBytes, use))
    if (this.#streamed) return handled(Promise.reject(new BodyConsumed()))
    const reading = this.#watched(limits.timeoutMs, (message) => {
      const { body, more_body } = this.#requestMessage(message)
      if (more_body) return this.#collect(body ?? noBytes, limits).then(use)
      this.#bytes = withinLimit(body ?? noBytes, limits.maxBytes)
      return use(this.#bytes)
    })
    this.#reading = reading
    return reading
  }

  /**
   * Gives out the body as it arrives. It can be called once; after {@link RequestBody.read} it repeats what was read.
   *
   * @throws {@link BodyConsumed} when it is called again.
   * @throws {@link HTTPException} while iterating, 413 for a body of more than `maxBytes` and 408 for one that pauses longer
   *   than `timeoutMs`.
   */
  stream(limits: ReadLimits): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#streamed) throw new BodyConsumed()
    this.#streamed = this.#reading === null
    return this.#reading === null ? this.#chunks(limits) : this.#replay(this.#reading, limits.maxBytes)
  }

  /** Ends a wait for the client that has taken too long. */
  stalled(): void {
    this.#fail?.(tooSlow())
  }

  /** True once a disconnect was received. */
  get disconnected(): boolean {
    return this.#disconnected
  }

  /** Begins to receive when nothing is being received, so that {@link RequestBody.disconnected} becomes true by itself. */
  poll(): void {
    if (this.#disconnected || this.#pending !== null) return
    this.#pending = this.#receive() as Promise<HTTPReceiveMessage>
    // A failure is kept for the next reader.
    this.#pending.then((message) => this.#look(message), ignore)
  }

  /** A signal that is aborted when a disconnect is received. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#disconnected) this.#controller.abort(clientLeft())
    return this.#controller.signal
  }

  #readAgain<T>(reading: Promise<unknown>, maxBytes: number, use: (bytes: Uint8Array) => T): Promise<T> {
    const finish = (): T => use(withinLimit(this.#bytes!, maxBytes))
    return reading.then(finish, (error: unknown) => {
      // The first reader may have failed over what it read, which is not a failure to read.
      if (this.#bytes === null) throw error
      return finish()
    })
  }

  async #collect(first: Uint8Array, { maxBytes, timeoutMs }: ReadLimits): Promise<Uint8Array> {
    const chunks = [withinLimit(first, maxBytes)]
    let size = first.length
    for (let more: boolean | null | undefined = true; more;) {
      watch.renew(this, timeoutMs)
      const { body, more_body } = this.#requestMessage(await this.#next())
      more = more_body
      if (!body) continue
      size += body.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(body)
    }
    this.#bytes = Buffer.concat(chunks, size)
    return this.#bytes
  }

  async *#chunks({ maxBytes, timeoutMs }: ReadLimits): AsyncGenerator<Uint8Array, void, undefined> {
    let size = 0
    for (let more: boolean | null | undefined = true; more;) {
      const { body, more_body } = await this.#watched(timeoutMs, (message) => this.#requestMessage(message))
      more = more_body
      if (!body || body.length === 0) continue
      size += body.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      yield body
    }
  }

  async *#replay(reading: Promise<unknown>, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    const bytes = await this.#readAgain(reading, maxBytes, (all) => all)
    if (bytes.length > 0) yield bytes
  }

  /** What `use` makes of the next message, with an end to the waiting until that is there. */
  #watched<T>(timeoutMs: number, use: (message: HTTPReceiveMessage) => T | Promise<T>): Promise<T> {
    if (timeoutMs === Infinity) return handled(this.#next().then(use))
    return new Promise((resolve, reject) => {
      const succeed = (value: T): void => {
        watch.remove(this)
        resolve(value)
      }
      const fail = (error: unknown): void => {
        watch.remove(this)
        // An endpoint may have failed before it awaited its body.
        if (this.#reading !== null) void handled(this.#reading)
        reject(error)
      }
      this.#fail = fail
      watch.add(this, timeoutMs)
      void this.#next().then((message) => {
        try {
          const used = use(message)
          if (used instanceof Promise) used.then(succeed, fail)
          else succeed(used)
        } catch (error) {
          fail(error)
        }
      }, fail)
    })
  }

  /** What polling began to receive, else the next message. */
  #next(): Promise<HTTPReceiveMessage> {
    const message = this.#pending ?? (this.#receive() as Promise<HTTPReceiveMessage>)
    this.#pending = null
    return message
  }

  #requestMessage(message: HTTPReceiveMessage): HTTPRequestMessage {
    this.#look(message)
    if (message.type === 'http.disconnect') throw clientLeft()
    return message
  }

  #look(message: HTTPReceiveMessage): void {
    if (message.type !== 'http.disconnect') return
    this.#disconnected = true
    this.#controller?.abort(clientLeft())
  }
}

/** The answer to a body that is larger than a limit. */
export function tooLarge(maxBytes: number): HTTPException {
  return new HTTPException(413, { detail: `The body is larger than ${maxBytes} bytes` })
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9 */
function tooSlow(): HTTPException {
  const detail = 'The body did not arrive in time: the client has paused for too long'
  return new HTTPException(408, { detail, headers: { connection: 'close' } })
}

function withinLimit(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

function clientLeft(): ClientDisconnected {
  return new ClientDisconnected('Cannot read the body: the client has disconnected')
}

function ignore(): void {}
