import type { Protocol } from './scope.ts'
import type { Message } from './messages.ts'
import { ProtocolViolation } from './violations.ts'
import type { Direction } from './violations.ts'

/*
 * Rules of this file: the order of messages is written here and nowhere else. Servers, the WebSocket object, the lint
 * middleware and the diagrams of docs/spec read these tables. A table is state × event → next state; what is not in a
 * row is a violation. An event is a message's type, marked when a flag of the message changes where it leads:
 * " …" when more of the same follows, " +trailers" when trailers were announced.
 */

/** The states of one direction of one protocol, each with the events it allows and where they lead. */
export type OrderTable = Readonly<Record<string, Readonly<Record<string, string>>>>

/** One direction of one protocol: where it begins, and its table. */
export interface Order {
  /** The state before the first message. */
  readonly initial: string
  /** Where each event leads from each state. */
  readonly table: OrderTable
}

function defineOrder(initial: string, rows: OrderTable): Order {
  const table: Record<string, Readonly<Record<string, string>>> = Object.create(null)
  for (const [state, events] of Object.entries(rows)) table[state] = Object.assign(Object.create(null), events)
  return { initial, table }
}

/** What an app may send on an HTTP scope. */
export const httpSend: Order = defineOrder('before the response', {
  'before the response': {
    'http.response.early_hint': 'before the response',
    'http.response.push': 'before the response',
    'http.response.debug': 'before the response',
    'http.response.start': 'in the body',
    'http.response.start +trailers': 'in the body, before trailers',
  },
  'in the body': {
    'http.response.push': 'in the body',
    'http.response.debug': 'in the body',
    'http.response.body …': 'in the body',
    'http.response.body': 'complete',
    'http.response.zerocopysend …': 'in the body',
    'http.response.zerocopysend': 'complete',
    'http.response.pathsend': 'complete',
  },
  'in the body, before trailers': {
    'http.response.push': 'in the body, before trailers',
    'http.response.debug': 'in the body, before trailers',
    'http.response.body …': 'in the body, before trailers',
    'http.response.body': 'in the trailers',
    'http.response.zerocopysend …': 'in the body, before trailers',
    'http.response.zerocopysend': 'in the trailers',
    'http.response.pathsend': 'in the trailers',
  },
  'in the trailers': {
    'http.response.trailers …': 'in the trailers',
    'http.response.trailers': 'complete',
  },
  complete: {},
})

/** What a server may hand to an app on an HTTP scope. */
export const httpReceive: Order = defineOrder('in the request body', {
  'in the request body': {
    'http.request …': 'in the request body',
    'http.request': 'request complete',
    'http.disconnect': 'disconnected',
  },
  'request complete': { 'http.disconnect': 'disconnected' },
  disconnected: { 'http.disconnect': 'disconnected' },
})

/** What an app may send on a WebSocket scope. */
export const websocketSend: Order = defineOrder('connecting', {
  connecting: {
    'websocket.accept': 'open',
    'websocket.close': 'closed',
    'websocket.http.response.start': 'in the denial response',
  },
  open: {
    'websocket.send': 'open',
    'websocket.close': 'closed',
  },
  'in the denial response': {
    'websocket.http.response.body …': 'in the denial response',
    'websocket.http.response.body': 'closed',
  },
  closed: {},
})

/** What a server may hand to an app on a WebSocket scope. */
export const websocketReceive: Order = defineOrder('before the connect', {
  'before the connect': { 'websocket.connect': 'connected' },
  connected: {
    'websocket.receive': 'connected',
    'websocket.disconnect': 'disconnected',
  },
  disconnected: { 'websocket.disconnect': 'disconnected' },
})

/** What an app may send on a lifespan scope. */
export const lifespanSend: Order = defineOrder('starting', {
  starting: {
    'lifespan.startup.complete': 'started',
    'lifespan.startup.failed': 'failed',
  },
  started: {
    'lifespan.shutdown.complete': 'stopped',
    'lifespan.shutdown.failed': 'stopped',
  },
  failed: {},
  stopped: {},
})

/** What a server may hand to an app on a lifespan scope. */
export const lifespanReceive: Order = defineOrder('before start-up', {
  'before start-up': { 'lifespan.startup': 'started up' },
  'started up': { 'lifespan.shutdown': 'shut down' },
  'shut down': {},
})

/** Every order of the contract, by protocol and direction. */
export const orders: Readonly<Record<Protocol, Readonly<Record<Direction, Order>>>> = {
  http: { receive: httpReceive, send: httpSend },
  websocket: { receive: websocketReceive, send: websocketSend },
  lifespan: { receive: lifespanReceive, send: lifespanSend },
}

/** Names the event that a message stands for in the tables. */
export function eventOf(message: Message): string {
  switch (message.type) {
    case 'http.request':
      return message.more_body ? 'http.request …' : 'http.request'
    case 'http.response.start':
      return message.trailers ? 'http.response.start +trailers' : 'http.response.start'
    case 'http.response.body':
      return message.more_body ? 'http.response.body …' : 'http.response.body'
    case 'http.response.zerocopysend':
      return message.more_body ? 'http.response.zerocopysend …' : 'http.response.zerocopysend'
    case 'http.response.trailers':
      return message.more_trailers ? 'http.response.trailers …' : 'http.response.trailers'
    case 'websocket.http.response.body':
      return message.more_body ? 'websocket.http.response.body …' : 'websocket.http.response.body'
    default:
      return message.type
  }
}

/**
 * Returns the state that an event leads to.
 *
 * @throws {@link ProtocolViolation} naming the event, the state and what the state allows.
 */
export function nextState(order: Order, direction: Direction, state: string, event: string): string {
  const row = order.table[state]
  const next = row?.[event]
  if (next === undefined) throw ProtocolViolation.outOfOrder(direction, event, state, Object.keys(row ?? {}))
  return next
}
