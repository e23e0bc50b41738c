import type { Progress } from '../../lib/endpoint/progress.ts'
import { settled } from '../../lib/spec/app.ts'
import { handled } from '../../lib/spec/handled.ts'
import type { ASGIApp, Receive, Send } from '../../lib/spec/app.ts'
import type { HTTPResponseStartMessage, SendMessage } from '../../lib/spec/messages.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { ClientDisconnected } from '../../lib/spec/violations.ts'
import { HeldResponse } from './held-response.ts'
import type { HeldSource } from './held-response.ts'

/** A message that waits to be let through. */
interface Waiting {
  readonly message: SendMessage
  readonly resolve: (sent: void | Promise<void>) => void
}

const nothing: Waiting[] = []

/**
 * What happens to the messages of the app within: `idle` before it was called; `open` until it starts its response; `held`
 * while the function has that; `flowing` when the function has returned it; `read` when the function reads it; `closed` when
 * it is not wanted.
 */
type State = 'idle' | 'open' | 'held' | 'flowing' | 'read' | 'closed'

/** The promise of a response, and how it is kept. */
interface Started {
  readonly resolve: (response: HeldResponse) => void
  readonly reject: (error: unknown) => void
}

/** The way of one response from the app within to the function around it, and on to the server. */
export class Passage implements HeldSource {
  readonly #send: Send
  readonly #progress: Progress | null
  #state: State = 'idle'
  /** Whether the response counts as begun though it is held. */
  #marked = false
  #waiting: Waiting[] = nothing
  #started: Started | null = null
  #held: HeldResponse | null = null
  /** Tells a reader that something has come or that nothing more will. */
  #wake: (() => void) | null = null
  /** The call of the app within; it never rejects. */
  #call: Promise<void> = settled
  #ended = false
  /** What the app within has thrown, as long as nobody was told. */
  #failure: { readonly error: unknown } | null = null

  /** @param progress What the error layers know of the connection, when there are any. */
  constructor(progress: Progress | null, send: Send) {
    this.#progress = progress
    this.#send = send
  }

  /**
   * Calls the app within, in the present asynchronous context, and resolves when it has started a response.
   *
   * @throws What the app throws before that.
   */
  call(app: ASGIApp, scope: HTTPScope, receive: Receive): Promise<HeldResponse> {
    if (this.#state !== 'idle') {
      const is = this.#state === 'closed' ? 'the function has ended' : 'it was called before'
      return handled(
        Promise.reject(new TypeError(`Cannot call next(): ${is}, expected one call before the function ends`)),
      )
    }
    this.#state = 'open'
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject }
      this.#call = this.#run(app, scope, receive)
    })
  }

  /** Whether this is the response of the app within. */
  holds(response: object): boolean {
    return response === this.#held
  }

  /** Lets the held response through, with this start. */
  release(send: Send, start: HTTPResponseStartMessage): Promise<void> {
    if (this.#state !== 'held') return Promise.reject(alreadyUsed())
    this.#state = 'flowing'
    this.unmark()
    try {
      return send(start)
    } catch (error) {
      this.#state = 'closed'
      throw error
    } finally {
      for (const { message, resolve } of this.#takeWaiting()) resolve(this.#take(message))
    }
  }

  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#state !== 'held') throw alreadyUsed()
    this.#state = 'read'
    this.unmark()
    try {
      for (;;) {
        const { message } = await this.#arrival()
        if (message.type !== 'http.response.body') throw notReadable(message)
        if (message.body) yield typeof message.body === 'string' ? Buffer.from(message.body) : message.body
        this.#waiting.shift()!.resolve()
        if (!message.more_body) return
      }
    } finally {
      this.close()
    }
  }

  /** Says that the function has ended: to everybody else nothing has begun before a start goes out. */
  unmark(): void {
    if (this.#marked) this.#progress!.started = false
    this.#marked = false
  }

  /** Says that what the app within still sends is not wanted; to it the client is gone. */
  close(): void {
    if (this.#state === 'flowing') return
    this.unmark()
    this.#state = 'closed'
    for (const { message, resolve } of this.#takeWaiting()) resolve(discard(message))
  }

  /**
   * Waits for the app within to end, and before that for what was sent.
   *
   * @throws What either throws, unless that is only that the app within was not wanted any more.
   */
  async end(sent: Promise<void> = settled): Promise<void> {
    try {
      await sent
    } catch (error) {
      // What cannot be let through must not keep the app within waiting.
      this.close()
      await this.#call
      throw error
    }
    await this.#call
    if (this.#failure === null || (this.#state === 'closed' && this.#failure.error instanceof ClientDisconnected))
      return
    throw this.#failure.error
  }

  /** Sends errors that are answered from now on past the function. */
  bypass(): void {
    this.close()
    if (this.#progress !== null) this.#progress.send = this.#send
  }

  /** Calls the app within; the promise never rejects. */
  #run(app: ASGIApp, scope: HTTPScope, receive: Receive): Promise<void> {
    let done: Promise<void>
    try {
      done = app(scope, receive, (message) => this.#take(message))
    } catch (error) {
      done = Promise.reject(error)
    }
    return Promise.resolve(done).then(
      () => this.#callEnded(),
      (error: unknown) => {
        this.#failure = { error }
        this.#callEnded()
      },
    )
  }

  #callEnded(): void {
    this.#ended = true
    if (this.#state === 'open') {
      this.#started!.reject(this.#takeFailure('Cannot go on with next(): the app ended without a response'))
    }
    this.#wake?.()
  }

  /** Returns what the app within has thrown, to be told now, or an error with this message. */
  #takeFailure(otherwise: string): unknown {
    const failure = this.#failure
    this.#failure = null
    return failure === null ? new TypeError(otherwise) : failure.error
  }

  #take(message: SendMessage): Promise<void> {
    switch (this.#state) {
      case 'flowing':
        return this.#send(message)
      case 'closed':
        return discard(message)
      case 'held':
      case 'read':
        return new Promise((resolve) => {
          if (this.#waiting === nothing) this.#waiting = []
          this.#waiting.push({ message, resolve })
          this.#wake?.()
        })
      default:
        return message.type === 'http.response.start' ? this.#hold(message) : this.#send(message)
    }
  }

  #takeWaiting(): readonly Waiting[] {
    const waiting = this.#waiting
    this.#waiting = nothing
    return waiting
  }

  #hold(start: HTTPResponseStartMessage): Promise<void> {
    const response = new HeldResponse(start, this)
    this.#state = 'held'
    // To the app within its response has begun, so that errors are not answered any more.
    if (this.#progress?.started === false) this.#marked = this.#progress.started = true
    this.#held = response
    this.#started!.resolve(response)
    return settled
  }

  /** Waits for a message and leaves it where it is. */
  async #arrival(): Promise<Waiting> {
    while (this.#waiting.length === 0) {
      if (this.#ended)
        throw this.#takeFailure('Cannot read the response of next(): the app ended before it was complete')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return this.#waiting[0]!
  }
}

/** A whole answer that nobody wants does no harm; a longer one is to end. */
function discard(message: SendMessage): Promise<void> {
  const isEnd = message.type === 'http.response.body' && message.more_body !== true
  return isEnd || message.type === 'http.response.start'
    ? settled
    : Promise.reject(new ClientDisconnected('Cannot send: the response was replaced'))
}

function alreadyUsed(): TypeError {
  return new TypeError('Cannot use the response of next(): it was sent, read or replaced before')
}

function notReadable({ type }: SendMessage): TypeError {
  return new TypeError(`Cannot read the response of next(): the server is to send it by "${type}", expected a body`)
}
