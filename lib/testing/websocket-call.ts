import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import { Headers } from '../http/headers.ts'
import { settled } from '../spec/app.ts'
import type { Receive, Send } from '../spec/app.ts'
import { checkMessageValues, flattenHeaders } from '../spec/message-values.ts'
import type { WebSocketAcceptMessage, WSReceiveMessage, WSSendMessage } from '../spec/messages.ts'
import type { WebSocketScope } from '../spec/scope.ts'
import { eventOf, nextState, websocketSend } from '../spec/transitions.ts'
import { ClientDisconnected, ProtocolViolation } from '../spec/violations.ts'
import { Answer } from './answer.ts'
import { AppCall } from './app-call.ts'
import type { CallContext } from './call-context.ts'
import { checkSubprotocol } from './conformance/call-rules.ts'
import { checkOffered } from './conformance/offered-extensions.ts'
import { contentBytes } from './content-bytes.ts'
import { Deferred } from './deferred.ts'
import { settledWithin } from './event-loop.ts'
import type { Failure } from './failure.ts'
import { Pipe } from './pipe.ts'
import { TestWebSocket } from './test-websocket.ts'
import type { WebSocketClosing } from './test-websocket.ts'
import { WebSocketDenied } from './websocket-denied.ts'

/** What a call is made of. */
export interface WebSocketCallParts {
  readonly scope: WebSocketScope
  readonly context: CallContext
  /** How long the test's `close` waits for the app. */
  readonly closeTimeoutMs: number
}

const serverStops: WebSocketClosing = { code: 1012, reason: 'The server is shutting down' }
const normal: WebSocketClosing = { code: 1000, reason: '' }
const internalError: WebSocketClosing = { code: 1011, reason: 'Internal Server Error' }
const lost: WebSocketClosing = { code: 1006, reason: '' }

/** One WebSocket without sockets: what a server does between a connection and the app. */
export class WebSocketCall extends AppCall {
  override readonly label: string
  readonly scope: WebSocketScope
  protected override readonly receive: Receive = () => this.#inbox.read()
  protected override readonly send: Send = (message) => this.#send(message as WSSendMessage)
  readonly #parts: WebSocketCallParts
  readonly #inbox: Pipe<WSReceiveMessage>
  readonly #outbox: Pipe<string | Uint8Array>
  readonly #opened: Deferred<TestWebSocket> = new Deferred()
  readonly #closed: Deferred<WebSocketClosing> = new Deferred()
  /** What the app answers when it refuses. */
  readonly #answer: Answer
  #state: string = websocketSend.initial
  #accepted = false
  #closing: WebSocketClosing | null = null
  #hasLeft = false

  constructor(parts: WebSocketCallParts) {
    super(parts.context)
    const { scope, context } = parts
    this.label = `WebSocket ${scope.path}`
    this.scope = scope
    this.#parts = parts
    this.#inbox = new Pipe({ limitBytes: context.unreadLimitBytes, bytesOf: sizeOf })
    this.#outbox = new Pipe({ limitBytes: context.unreadLimitBytes, bytesOf: (data) => data.length })
    this.#answer = new Answer({ ...context, method: 'GET', leave: (reason) => this.leave(reason) })
    this.#answer.response.then(
      (response) => this.#opened.reject(new WebSocketDenied(response)),
      (error: unknown) => this.#opened.reject(error),
    )
    void this.#inbox.write({ type: 'websocket.connect' })
  }

  /** Resolves when the app has accepted; rejects when it refuses or fails. */
  get opened(): Promise<TestWebSocket> {
    return this.#opened.promise
  }

  override shutDown(): void {
    if (this.#accepted) return this.#leaveOpen(serverStops)
    this.#inbox.end(() => ({ type: 'websocket.disconnect', ...serverStops }))
    if (this.#state === websocketSend.initial) {
      this.#hasLeft = true
      this.#answer.replace(503, 'Service Unavailable')
    }
    this.#answer.shutDown()
  }

  override leave(reason: unknown): void {
    if (this.#accepted) return this.#leaveOpen(lost)
    this.#hasLeft = true
    this.#inbox.end(() => ({ type: 'websocket.disconnect', ...lost }))
    this.#answer.cut(reason)
  }

  protected override get hasLeft(): boolean {
    return this.#hasLeft
  }

  protected override breachOfReturning(): Error | null {
    if (this.#hasLeft || this.#accepted || this.#answer.isComplete) return null
    return new ProtocolViolation(
      'application',
      `Cannot return from the app: the state of ${this.label} is "${this.#state}", expected it to be accepted or refused`,
    )
  }

  protected override ended(failure: Failure | null): void {
    this.#inbox.release()
    if (!this.#accepted) return this.#answer.appEnded(failure)
    const closing = failure === null ? normal : internalError
    const raised = failure !== null && this.#parts.context.raiseServerErrors
    const ending = raised ? throwing(failure) : disconnectedBy(closing)
    if (this.#closing === null) this.#close(closing, ending)
    else if (raised) this.#outbox.end(ending)
  }

  #send(message: WSSendMessage): Promise<void> {
    try {
      if (this.#hasLeft) throw new ClientDisconnected()
      checkMessageValues('send', message)
      checkOffered(this.scope, message)
      const next = nextState(websocketSend, 'send', this.#state, eventOf(message))
      const taken = this.#take(message)
      this.#state = next
      if (next === 'closed' && !this.#accepted) this.#refused()
      return taken
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #take(message: WSSendMessage): Promise<void> {
    switch (message.type) {
      case 'websocket.accept':
        this.#accept(message)
        break
      case 'websocket.send':
        return this.#outbox.write(message.text ?? contentBytes(message.bytes!))
      case 'websocket.close':
        if (this.#accepted) this.#close({ code: message.code ?? 1000, reason: message.reason ?? '' })
        else this.#answer.replace(403, 'Forbidden')
        break
      case 'websocket.http.response.start':
        this.#answer.start(message)
        break
      case 'websocket.http.response.body':
        return this.#answer.add(message)
    }
    return settled
  }

  #accept(message: WebSocketAcceptMessage): void {
    checkSubprotocol(this.scope, message)
    const headers = Headers.fromFlat(flattenHeaders(message.type, message.headers))
    this.#accepted = true
    this.#opened.resolve(
      new TestWebSocket({
        subprotocol: message.subprotocol ?? null,
        headers,
        deliver: (received) => this.#deliver(received),
        outbox: this.#outbox,
        closed: this.#closed.promise,
        close: (closing) => this.#closeByTest(closing),
      }),
    )
  }

  /** A refusal is complete: for the app the connection is lost. */
  #refused(): void {
    if (!this.#answer.isComplete) this.#answer.complete()
    this.#inbox.end(() => ({ type: 'websocket.disconnect', ...lost }))
  }

  #deliver(message: WSReceiveMessage): Promise<void> {
    if (this.#closing === null) return this.#inbox.write(message)
    return Promise.reject(new WebSocketDisconnect(this.#closing.code, this.#closing.reason))
  }

  async #closeByTest(closing: WebSocketClosing): Promise<void> {
    this.#leaveOpen(closing)
    await settledWithin(this.finished, this.#parts.closeTimeoutMs)
    if (this.unseenFailure !== null) throw this.unseenFailure.take()
  }

  /** Takes the test's end away from an open socket. */
  #leaveOpen(closing: WebSocketClosing): void {
    if (this.#closing !== null) return
    this.#hasLeft = true
    this.#close(closing)
    this.#outbox.cut(disconnectedBy(closing))
  }

  /** Says to both ends that the socket is closed; what is on its way stays readable. */
  #close({ code, reason }: WebSocketClosing, ending: () => never = disconnectedBy({ code, reason })): void {
    this.#closing = { code, reason }
    this.#closed.resolve({ code, reason })
    this.#inbox.end(() => ({ type: 'websocket.disconnect', code, reason }))
    this.#outbox.end(ending)
  }
}

function throwing(failure: Failure): () => never {
  return () => {
    throw failure.take()
  }
}

function disconnectedBy({ code, reason }: WebSocketClosing): () => never {
  return () => {
    throw new WebSocketDisconnect(code, reason)
  }
}

function sizeOf(message: WSReceiveMessage): number {
  return message.type === 'websocket.receive' ? (message.text ?? message.bytes)!.length : 0
}
