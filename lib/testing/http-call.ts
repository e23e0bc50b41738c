import { Headers } from '../http/headers.ts'
import { DisconnectSignal } from '../servers/signals.ts'
import type { Receive, Send } from '../spec/app.ts'
import { checkMessageValues } from '../spec/message-values.ts'
import type { HTTPReceiveMessage, HTTPSendMessage } from '../spec/messages.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { eventOf, httpSend, nextState } from '../spec/transitions.ts'
import { ClientDisconnected, ProtocolViolation } from '../spec/violations.ts'
import { settled } from '../spec/app.ts'
import { Answer } from './answer.ts'
import { AppCall } from './app-call.ts'
import type { CallContext } from './call-context.ts'
import { checkOffered } from './conformance/offered-extensions.ts'
import { Deferred } from './deferred.ts'
import type { Failure } from './failure.ts'
import type { TestResponse } from './test-response.ts'

/** The request's body as messages; it is read while the app runs. */
export type BodySource = AsyncGenerator<HTTPReceiveMessage, void, undefined>

/** What a call is made of. The scope gets `http.disconnect.signal` here. */
export interface HTTPCallParts {
  readonly scope: HTTPScope
  readonly body: BodySource
  readonly context: CallContext
}

const disconnect: HTTPReceiveMessage = { type: 'http.disconnect' }

/** One HTTP request without sockets: what a server does between a connection and the app. */
export class HTTPCall extends AppCall {
  override readonly label: string
  protected override readonly receive: Receive = () => this.#receive()
  protected override readonly send: Send = (message) => this.#send(message as HTTPSendMessage)
  readonly scope: HTTPScope
  readonly #body: BodySource
  readonly #answer: Answer
  readonly #signal: DisconnectSignal = new DisconnectSignal()
  /** Resolves when there is nothing more to receive: the answer is complete, or the client is gone. */
  readonly #over: Deferred<HTTPReceiveMessage> = new Deferred()
  #state: string = httpSend.initial
  #hasLeft = false

  constructor({ scope, body, context }: HTTPCallParts) {
    super(context)
    this.label = `${scope.method} ${scope.path}`
    this.scope = { ...scope, extensions: { ...scope.extensions, 'http.disconnect.signal': this.#signal } }
    this.#body = body
    this.#answer = new Answer({ ...context, method: scope.method, leave: (reason) => this.leave(reason) })
  }

  /** Resolves when the app has started its answer. */
  get response(): Promise<TestResponse> {
    return this.#answer.response
  }

  override shutDown(): void {
    this.#answer.shutDown()
  }

  override leave(reason: unknown): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    if (!this.#answer.isComplete) this.#signal.abort()
    this.#answer.cut(reason)
    this.#nothingMore()
  }

  protected override get hasLeft(): boolean {
    return this.#hasLeft
  }

  protected override breachOfReturning(): Error | null {
    if (this.#hasLeft || this.#answer.isComplete) return null
    return new ProtocolViolation(
      'application',
      `Cannot return from the app: the state of its answer to ${this.label} is "${this.#state}", expected "complete"`,
    )
  }

  protected override ended(failure: Failure | null): void {
    this.#answer.appEnded(failure)
    this.#nothingMore()
  }

  #receive(): Promise<HTTPReceiveMessage> {
    if (this.#hasLeft || this.#answer.isComplete) return this.#over.promise
    const next = this.#body.next().then(
      ({ value }) => value ?? this.#over.promise,
      (error: unknown) => {
        this.leave(error)
        return disconnect
      },
    )
    return Promise.race([next, this.#over.promise])
  }

  #send(message: HTTPSendMessage): Promise<void> {
    try {
      if (this.#hasLeft) throw new ClientDisconnected()
      checkMessageValues('send', message)
      checkOffered(this.scope, message)
      const next = nextState(httpSend, 'send', this.#state, eventOf(message))
      const taken = this.#take(message)
      this.#state = next
      if (next === 'complete') this.#complete()
      return taken
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #take(message: HTTPSendMessage): Promise<void> {
    switch (message.type) {
      case 'http.response.start':
        this.#answer.start(message)
        break
      case 'http.response.body':
        return this.#answer.add(message)
      case 'http.response.trailers':
        this.#answer.addTrailers(message.headers)
        break
      case 'http.response.early_hint':
        this.#answer.earlyHints.push(...message.links)
        break
      case 'http.response.debug':
        this.#answer.debug.push(message.info)
        break
      case 'http.response.push':
        this.#answer.pushes.push({ path: message.path, headers: new Headers(message.headers) })
        break
      /* c8 ignore next -- what else there is belongs to extensions that are not offered */
      default:
    }
    return settled
  }

  #complete(): void {
    this.#answer.complete()
    this.#nothingMore()
  }

  /** Ends the request's side; the test's own source of the body learns of it by its `return`. */
  #nothingMore(): void {
    this.#over.resolve(disconnect)
    this.#body.return().catch(() => {})
  }
}
