import { Headers } from '../http/headers.ts'
import { settled } from '../spec/app.ts'
import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import { checkMessageValues, flattenHeaders } from '../spec/message-values.ts'
import { handled } from '../spec/handled.ts'
import type * as messages from '../spec/messages.ts'
import type { WebSocketScope } from '../spec/scope.ts'
import { eventOf, nextState, websocketSend } from '../spec/transitions.ts'
import { ClientDisconnected, ProtocolViolation } from '../spec/violations.ts'
import { byteLength } from './content.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { MessageQueue, messageOverheadBytes } from './message-queue.ts'
import { frameResponse } from './response-framing.ts'
import { ResponseWriter } from './response-writer.ts'
import type { ResponseObserver } from './response-writer.ts'
import type { WebSocketTransport } from './websocket-transport.ts'
import { Waiter } from './waiter.ts'

/** Hears what becomes of a session. */
export interface SessionObserver {
  /** The connection is over, or was refused. */
  sessionEnded(session: WebSocketSession): void
  /** The app has returned. */
  appEnded(session: WebSocketSession): void
}

/** What a session is made of. */
export interface SessionParts {
  readonly scope: WebSocketScope
  readonly transport: WebSocketTransport
  readonly observer: SessionObserver
  readonly settings: ExchangeSettings
}

/** The close code that tells a peer to come back soon: RFC 6455 and the IANA registry. */
const serviceRestart = 1012
const stopping = 'The server is shutting down'

/**
 * One WebSocket from the app's side: the order of messages, the handshake that waits for the app's decision,
 * back-pressure both ways, and what happens when either side fails. It knows no socket.
 */
export class WebSocketSession implements ResponseObserver {
  readonly receive: Receive = () => this.#queue.next()
  readonly send: Send = (message) => handled(this.#send(message as messages.WSSendMessage))
  readonly #parts: SessionParts
  readonly #queue: MessageQueue<messages.WSReceiveMessage>
  #state: string = websocketSend.initial
  #accepted = false
  #denial: ResponseWriter | null = null
  #drain: Waiter | null = null
  #bytesSent = 0
  #ended = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#queue = new MessageQueue(parts.transport)
    this.#queue.push({ type: 'websocket.connect' }, messageOverheadBytes)
  }

  get scope(): WebSocketScope {
    return this.#parts.scope
  }

  /** The status that answered the handshake: 101 when it was accepted, 0 while there is none. */
  get status(): number {
    return this.#accepted ? 101 : (this.#denial?.status ?? 0)
  }

  /** Bytes of the messages that were sent, or of the body of the denial. */
  get bytesSent(): number {
    return this.#denial?.bytesSent ?? this.#bytesSent
  }

  /** Calls the app. */
  run(app: ASGIApp): void {
    new Promise<void>((resolve) => resolve(app(this.#parts.scope, this.receive, this.send))).then(
      () => this.#appReturned(),
      (error: unknown) => this.#appFailed(error),
    )
  }

  /** Takes a message from the peer. */
  message(data: string | Uint8Array): void {
    if (this.#ended) return
    const size = data.length + messageOverheadBytes
    if (typeof data === 'string') this.#queue.push({ type: 'websocket.receive', text: data }, size)
    else this.#queue.push({ type: 'websocket.receive', bytes: data }, size)
  }

  /** Tells the session that the connection is over. What has arrived stays readable before the disconnect. */
  disconnect(code: number, reason: string): void {
    if (this.#ended) return
    this.#denial?.abandon()
    this.#drain?.reject(new ClientDisconnected())
    this.#drain = null
    this.#end(code, reason)
  }

  /** Tells the session that the peer has caught up. */
  drained(): void {
    this.#denial?.drained()
    this.#drain?.resolve()
    this.#drain = null
  }

  /** Tells both sides that the server stops. A handshake that waits for the app is refused. */
  shutdown(): void {
    if (this.#ended) return
    if (this.#accepted) {
      this.#parts.transport.close(serviceRestart, stopping)
      this.disconnect(serviceRestart, stopping)
    } else if (this.#denial === null) {
      this.#queue.end({ type: 'websocket.disconnect', code: serviceRestart, reason: stopping })
      this.#refuse(503, 'Service Unavailable')
    }
  }

  responseComplete(): void {
    this.#end(1006, 'The handshake was refused')
  }

  #send(message: messages.WSSendMessage): Promise<void> {
    try {
      const next = nextState(websocketSend, 'send', this.#state, eventOf(message))
      if (this.#ended) throw new ClientDisconnected()
      checkMessageValues('send', message)
      return this.#take(message, next)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #take(message: messages.WSSendMessage, next: string): Promise<void> {
    switch (message.type) {
      case 'websocket.accept':
        this.#accept(message)
        break
      case 'websocket.send':
        return this.#deliver(message.text ?? bytesOf(message.bytes!))
      case 'websocket.close':
        this.#close(message.code ?? 1000, message.reason ?? '')
        break
      case 'websocket.http.response.start':
        return this.#deny({ ...message, type: 'http.response.start', headers: denialHeaders(message) }, next)
      case 'websocket.http.response.body':
        return this.#deny({ ...message, type: 'http.response.body' }, next)
    }
    this.#state = next
    return settled
  }

  #accept(message: messages.WebSocketAcceptMessage): void {
    const subprotocol = message.subprotocol ?? null
    if (subprotocol !== null && !this.#parts.scope.subprotocols.includes(subprotocol)) {
      throw ProtocolViolation.badValue('send', message.type, 'subprotocol', subprotocol, 'one that the client offers')
    }
    const headers = flattenHeaders(message.type, message.headers)
    this.#accepted = true
    this.#parts.transport.accept(subprotocol, headers)
  }

  #deliver(data: string | Uint8Array): Promise<void> {
    this.#bytesSent += byteLength(data)
    if (!this.#parts.transport.send(data)) this.#drain ??= new Waiter()
    return this.#drain === null ? settled : this.#drain.promise
  }

  /** After the accept a closing handshake, before it a refusal. */
  #close(code: number, reason: string): void {
    if (!this.#accepted) return this.#refuse(403, 'Forbidden')
    this.#parts.transport.close(code, reason)
    this.#end(code, reason)
  }

  #deny(message: messages.HTTPSendMessage, next: string): Promise<void> {
    // At once, because the app need not wait between messages; one that throws is one that never was.
    const sent = this.#response().take(message)
    this.#state = next
    return sent
  }

  #refuse(status: number, text: string): void {
    const response = this.#response()
    if (response.headWritten) this.#parts.transport.abort()
    else response.replace(status, text)
    this.#end(1006, text)
  }

  #response(): ResponseWriter {
    const { scope, transport, settings } = this.#parts
    this.#denial ??= new ResponseWriter(scope, transport.deny(), settings, this)
    return this.#denial
  }

  #appReturned(): void {
    if (this.#accepted && !this.#ended) this.#close(1000, '')
    else if (!this.#ended) this.#giveUp('The app returned without accepting or refusing', undefined)
    this.#parts.observer.appEnded(this)
  }

  #appFailed(error: unknown): void {
    // What send threw because the client left is no failure of the app.
    const blameless = error instanceof ClientDisconnected && this.#ended
    if (!blameless) this.#giveUp('The app failed', error)
    this.#parts.observer.appEnded(this)
  }

  #giveUp(what: string, error: unknown): void {
    const { scope, settings } = this.#parts
    settings.log.error(`${what}: WebSocket ${JSON.stringify(scope.path)}`, error)
    if (this.#ended) return
    if (this.#accepted) this.#close(1011, 'Internal Server Error')
    else this.#refuse(500, 'Internal Server Error')
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#queue.end({ type: 'websocket.disconnect', code, reason })
    // The peer's answer to a close must be read, even if the app has not read what came before it.
    this.#parts.transport.resume()
    this.#parts.observer.sessionEnded(this)
  }
}

/** Checks the fields of a denial before anything is done about it, so that the app may still decide otherwise. */
function denialHeaders({ type, status, headers }: messages.WebSocketResponseStartMessage): Headers {
  const flat = flattenHeaders(type, headers)
  frameResponse('GET', status, flat, type)
  return Headers.fromFlat(flat)
}

function bytesOf(content: messages.Content): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}
