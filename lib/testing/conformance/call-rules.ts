import { checkMessageValues, flattenHeaders } from '../../spec/message-values.ts'
import type {
  ReceiveMessage,
  SendMessage,
  WebSocketAcceptMessage,
  WebSocketDisconnectMessage,
} from '../../spec/messages.ts'
import type { Scope, WebSocketScope } from '../../spec/scope.ts'
import { eventOf, nextState, orders } from '../../spec/transitions.ts'
import { ProtocolViolation, show } from '../../spec/violations.ts'
import { addToLength, checkNoBody, startLength } from './answer-length.ts'
import type { AnswerLength } from './answer-length.ts'
import { checkOffered } from './offered-extensions.ts'

/** Where one call of an app stands. Every step makes a new one. */
export interface CallState {
  readonly scope: Scope
  /** The state of each direction, as the tables of lib/spec name it. */
  readonly receive: string
  readonly send: string
  /** What was announced and sent of the answer; `null` before it starts and when a file is its body. */
  readonly length: AnswerLength | null
  /** The code of the `websocket.disconnect` that was received, or `null`. */
  readonly closeCode: number | null
}

/** The state in which a server calls an app. The scope is kept as it is now: what runs inside may change its own. */
export function callState(scope: Scope): CallState {
  const { receive, send } = orders[scope.type]
  return { scope: { ...scope }, receive: receive.initial, send: send.initial, length: null, closeCode: null }
}

/**
 * Returns the state after a message from the server.
 *
 * @throws {@link ProtocolViolation} of the server.
 */
export function afterReceive(state: CallState, message: ReceiveMessage): CallState {
  checkMessageValues('receive', message)
  const receive = nextState(orders[state.scope.type].receive, 'receive', state.receive, eventOf(message))
  if (message.type === 'websocket.receive' && state.send === 'connecting') {
    throw early(message, 'the app has not accepted the WebSocket, expected "websocket.disconnect" or nothing')
  }
  if (message.type === 'lifespan.shutdown' && state.send !== 'started') {
    throw early(message, `the state of the app's answer is "${state.send}", expected nothing before or instead`)
  }
  if (message.type !== 'websocket.disconnect') return { ...state, receive }
  checkRepeated(state, message)
  return { ...state, receive, closeCode: message.code }
}

function early({ type }: ReceiveMessage, why: string): ProtocolViolation {
  return new ProtocolViolation('server', `Cannot receive "${type}": ${why}`)
}

function checkRepeated({ closeCode }: CallState, { type, code }: WebSocketDisconnectMessage): void {
  if (closeCode === null || closeCode === code) return
  throw ProtocolViolation.badValue('receive', type, 'code', code, `${closeCode} as before, since a disconnect repeats`)
}

/**
 * Returns the state after a message from the app.
 *
 * @throws {@link ProtocolViolation} of the application.
 */
export function afterSend(state: CallState, message: SendMessage): CallState {
  checkMessageValues('send', message)
  checkOffered(state.scope, message)
  checkHeaderNames(message)
  const send = nextState(orders[state.scope.type].send, 'send', state.send, eventOf(message))
  if (send === 'stopped' && state.receive !== 'shut down') {
    throw new ProtocolViolation(
      'application',
      `Cannot send "${message.type}": "lifespan.shutdown" was not received, wait for it first`,
    )
  }
  if (message.type === 'websocket.accept') checkSubprotocol(state.scope as WebSocketScope, message)
  return { ...state, send, length: lengthAfter(state, message) }
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2 */
export function checkSubprotocol(scope: WebSocketScope, { type, subprotocol }: WebSocketAcceptMessage): void {
  const offered = scope.subprotocols
  if (!subprotocol || offered.includes(subprotocol)) return
  const expected = offered.length === 0 ? 'none, since the client offers none' : `one of ${show(offered)}`
  throw ProtocolViolation.badValue('send', type, 'subprotocol', subprotocol, expected)
}

/** Returns the breach of an app that returns in this state, or `null` when it may. */
export function breachOfReturning({ scope, receive, send }: CallState): ProtocolViolation | null {
  if (receive === 'disconnected' || !isUnanswered({ scope, receive, send })) return null
  // The signal is looked at last: looking makes it.
  if (scope.type === 'http' && scope.extensions['http.disconnect.signal']?.signal.aborted) return null
  return new ProtocolViolation(
    'application',
    `Cannot return from the app: the state of its answer is "${send}", expected a complete answer`,
  )
}

function isUnanswered({ scope, receive, send }: Pick<CallState, 'scope' | 'receive' | 'send'>): boolean {
  if (scope.type === 'http') return send !== 'complete'
  if (scope.type === 'lifespan') return receive === 'shut down' && send === 'started'
  return send === 'connecting' || send === 'in the denial response'
}

/** A server takes names in any case; an app that sends them so is careless all the same. */
function checkHeaderNames(message: SendMessage): void {
  for (const [name] of ('headers' in message && message.headers) || []) {
    if (name !== name.toLowerCase()) {
      throw ProtocolViolation.badValue('send', message.type, 'a header name', name, 'a name in lower case')
    }
  }
}

function lengthAfter({ scope, length }: CallState, message: SendMessage): AnswerLength | null {
  switch (message.type) {
    case 'http.response.start':
    case 'websocket.http.response.start': {
      const headers = flattenHeaders(message.type, message.headers)
      return startLength({ method: scope.type === 'http' ? scope.method : 'GET', status: message.status, headers })
    }
    case 'http.response.body':
    case 'websocket.http.response.body': {
      const next = length && addToLength(length, message)
      if (next !== null) checkNoBody(next, message.type)
      return next
    }
    case 'http.response.pathsend':
    case 'http.response.zerocopysend':
      return null
    default:
      return length
  }
}
