import { HTTPException } from '../../exceptions/http-exception.ts'
import { ClientDisconnected } from '../../spec/violations.ts'
import { refuse } from './foreign-call.ts'
import type { ForeignCall } from './foreign-call.ts'
import { MemorySocket } from './memory-socket.ts'
import { NodeAnswer } from './node-answer.ts'
import { NodeRequest } from './node-request.ts'
import type { NodeTarget } from './node-target.ts'

/** Runs a Node app for one request. Resolves when its answer is complete, or the client has left. */
export function runNodeCall(target: NodeTarget, call: ForeignCall, fallThrough: boolean): Promise<void> {
  return new Promise((resolve, reject) => new NodeCall(target, call, { resolve, reject }).run(fallThrough))
}

class NodeCall {
  readonly #target: NodeTarget
  readonly #call: ForeignCall
  readonly #end: { resolve(value?: Promise<void>): void; reject(error: unknown): void }
  readonly #socket: MemorySocket
  readonly #request: NodeRequest
  readonly #answer: NodeAnswer
  #signal: AbortSignal | null = null
  #over = false

  constructor(
    target: NodeTarget,
    call: ForeignCall,
    end: { resolve(value?: Promise<void>): void; reject(error: unknown): void },
  ) {
    const { scope, receive, send } = call
    this.#target = target
    this.#call = call
    this.#end = end
    this.#socket = new MemorySocket(scope)
    this.#request = new NodeRequest(scope, receive, this.#socket)
    const ended = (failure: { readonly error: unknown } | null): void => this.#ended(failure)
    this.#answer = new NodeAnswer(this.#request.message, { send, extensions: scope.extensions, ended })
    this.#socket.once('close', () => this.#destroyed())
  }

  run(fallThrough: boolean): void {
    const next = fallThrough ? (error?: unknown): void => this.#passOn(error) : undefined
    try {
      const returned = this.#target.handle(this.#request.message, this.#answer.response, next)
      if (isPromise(returned)) void returned.then(undefined, (error: unknown) => this.#failed(error))
    } catch (error) {
      this.#failed(error)
    }
    if (!this.#over) this.#watch()
  }

  /** Who has answered already hears of no client that leaves. */
  #watch(): void {
    const signal = this.#call.scope.extensions['http.disconnect.signal']?.signal
    if (signal === undefined) return
    if (signal.aborted) return this.#leave()
    this.#signal = signal
    signal.addEventListener('abort', this.#leave, { once: true })
  }

  readonly #leave = (): void => {
    if (this.#over) return
    this.#over = true
    this.#release()
    this.#end.resolve()
  }

  /** Takes both ends away from the listener. */
  #release(): void {
    this.#answer.leave()
    this.#request.leave()
    this.#socket.destroy()
  }

  #ended(failure: { readonly error: unknown } | null): void {
    this.#signal?.removeEventListener('abort', this.#leave)
    if (failure !== null) return this.#failed(failure.error)
    if (this.#over) return
    this.#over = true
    this.#end.resolve()
    // After the listener heard that its answer is complete.
    process.nextTick(() => this.#request.finish())
  }

  #failed(error: unknown): void {
    if (error instanceof ClientDisconnected) return this.#leave()
    if (this.#over) return
    this.#over = true
    this.#release()
    this.#end.reject(error)
  }

  /** The listener has no answer, or an error that is for others to answer. */
  #passOn(error: unknown): void {
    if (this.#over) return
    if (error !== undefined && error !== null) return this.#failed(error)
    if (this.#answer.response.headersSent)
      return this.#failed(new Error('The listener called next() after it began to answer'))
    this.#over = true
    this.#release()
    this.#end.resolve(refuse(new HTTPException(404), this.#call))
  }

  /** The listener destroyed its request or answer, or the client left while it read. */
  #destroyed(): void {
    if (this.#over) return
    if (this.#request.isLost) return this.#leave()
    this.#failed(this.#socket.errored ?? new Error('The listener destroyed its answer before it was complete'))
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
