import { test } from 'tap'
import type { Message } from '../../../lib/spec/messages.ts'
import type { Protocol } from '../../../lib/spec/scope.ts'
import { eventOf, nextState, orders } from '../../../lib/spec/transitions.ts'
import type { Order } from '../../../lib/spec/transitions.ts'
import type { Direction } from '../../../lib/spec/violations.ts'

type Step = string | { readonly type: string; readonly [flag: string]: unknown }

/** A sequence of messages; the last one is refused when `refused` says in which state. */
interface Case {
  readonly section: string
  readonly steps: readonly Step[]
  readonly refused?: string
  readonly ends?: string
}

const start = 'http.response.start'
const startWithTrailers = { type: start, trailers: true }
const body = 'http.response.body'
const part = { type: body, more_body: true }
const trailers = 'http.response.trailers'
const zeroCopy = 'http.response.zerocopysend'
const denial = 'websocket.http.response.start'
const denialBody = 'websocket.http.response.body'

const cases: Readonly<Record<`${Protocol} ${Direction}`, readonly Case[]>> = {
  'http send': [
    { section: 'Response Start', steps: [start], ends: 'in the body' },
    { section: 'Response Start: must come first', steps: [body], refused: 'before the response' },
    { section: 'Response Start: once', steps: [start, start], refused: 'in the body' },
    { section: 'Response Body', steps: [start, part, part, body], ends: 'complete' },
    { section: 'Response Body: nothing after the last', steps: [start, body, body], refused: 'complete' },
    { section: 'Response Body: no start after the last', steps: [start, body, start], refused: 'complete' },
    { section: 'HTTP Trailers', steps: [startWithTrailers, part, body, trailers], ends: 'complete' },
    {
      section: 'HTTP Trailers: several',
      steps: [startWithTrailers, body, { type: trailers, more_trailers: true }, trailers],
      ends: 'complete',
    },
    { section: 'HTTP Trailers: announced', steps: [start, body, trailers], refused: 'complete' },
    {
      section: 'HTTP Trailers: after the body',
      steps: [startWithTrailers, trailers],
      refused: 'in the body, before trailers',
    },
    {
      section: 'Early Hints: before the start',
      steps: ['http.response.early_hint', 'http.response.early_hint', start, body],
      ends: 'complete',
    },
    { section: 'Early Hints: not after it', steps: [start, 'http.response.early_hint'], refused: 'in the body' },
    { section: 'Path Send: is the whole body', steps: [start, 'http.response.pathsend'], ends: 'complete' },
    {
      section: 'Path Send: before trailers',
      steps: [startWithTrailers, 'http.response.pathsend', trailers],
      ends: 'complete',
    },
    {
      section: 'Zero Copy Send: mixed with body',
      steps: [start, part, { type: zeroCopy, more_body: true }, zeroCopy],
      ends: 'complete',
    },
    {
      section: 'Zero Copy Send: before trailers',
      steps: [startWithTrailers, { type: zeroCopy, more_body: true }, zeroCopy],
      ends: 'in the trailers',
    },
    {
      section: 'Server Push: until the body is complete',
      steps: ['http.response.push', start, 'http.response.push', body, 'http.response.push'],
      refused: 'complete',
    },
    {
      section: 'Debug: before and in the body',
      steps: ['http.response.debug', startWithTrailers, 'http.response.debug', 'http.response.push'],
      ends: 'in the body, before trailers',
    },
    { section: 'other protocols', steps: ['websocket.accept'], refused: 'before the response' },
    { section: 'received messages', steps: ['http.disconnect'], refused: 'before the response' },
  ],
  'http receive': [
    {
      section: 'Request',
      steps: [{ type: 'http.request', more_body: true }, 'http.request'],
      ends: 'request complete',
    },
    {
      section: 'Request: nothing after the last',
      steps: ['http.request', 'http.request'],
      refused: 'request complete',
    },
    {
      section: 'Disconnect: repeats',
      steps: ['http.request', 'http.disconnect', 'http.disconnect'],
      ends: 'disconnected',
    },
    {
      section: 'Disconnect: in the body',
      steps: [{ type: 'http.request', more_body: true }, 'http.disconnect'],
      ends: 'disconnected',
    },
    { section: 'Disconnect: is the last', steps: ['http.disconnect', 'http.request'], refused: 'disconnected' },
  ],
  'websocket send': [
    { section: 'Accept', steps: ['websocket.accept', 'websocket.send', 'websocket.close'], ends: 'closed' },
    { section: 'Accept: must come before Send', steps: ['websocket.send'], refused: 'connecting' },
    { section: 'Accept: once', steps: ['websocket.accept', 'websocket.accept'], refused: 'open' },
    { section: 'Close: refuses before Accept', steps: ['websocket.close'], ends: 'closed' },
    {
      section: 'Close: is the last',
      steps: ['websocket.accept', 'websocket.close', 'websocket.send'],
      refused: 'closed',
    },
    { section: 'Denial Response', steps: [denial, { type: denialBody, more_body: true }, denialBody], ends: 'closed' },
    { section: 'Denial Response: not after Accept', steps: ['websocket.accept', denial], refused: 'open' },
    {
      section: 'Denial Response: no Accept after it',
      steps: [denial, 'websocket.accept'],
      refused: 'in the denial response',
    },
    { section: 'Denial Response: body after start', steps: [denialBody], refused: 'connecting' },
  ],
  'websocket receive': [
    {
      section: 'Connect',
      steps: ['websocket.connect', 'websocket.receive', 'websocket.disconnect'],
      ends: 'disconnected',
    },
    { section: 'Connect: comes first', steps: ['websocket.receive'], refused: 'before the connect' },
    { section: 'Connect: once', steps: ['websocket.connect', 'websocket.connect'], refused: 'connected' },
    {
      section: 'Disconnect: repeats',
      steps: ['websocket.connect', 'websocket.disconnect', 'websocket.disconnect'],
      ends: 'disconnected',
    },
    {
      section: 'Disconnect: is the last',
      steps: ['websocket.connect', 'websocket.disconnect', 'websocket.receive'],
      refused: 'disconnected',
    },
  ],
  'lifespan send': [
    {
      section: 'Startup Complete',
      steps: ['lifespan.startup.complete', 'lifespan.shutdown.complete'],
      ends: 'stopped',
    },
    {
      section: 'Startup Complete: once',
      steps: ['lifespan.startup.complete', 'lifespan.startup.complete'],
      refused: 'started',
    },
    {
      section: 'Startup Failed: is the last',
      steps: ['lifespan.startup.failed', 'lifespan.shutdown.complete'],
      refused: 'failed',
    },
    { section: 'Shutdown Failed', steps: ['lifespan.startup.complete', 'lifespan.shutdown.failed'], ends: 'stopped' },
    { section: 'Shutdown Complete: after start-up', steps: ['lifespan.shutdown.complete'], refused: 'starting' },
  ],
  'lifespan receive': [
    { section: 'Startup, Shutdown', steps: ['lifespan.startup', 'lifespan.shutdown'], ends: 'shut down' },
    { section: 'Startup: comes first', steps: ['lifespan.shutdown'], refused: 'before start-up' },
    { section: 'Startup: once', steps: ['lifespan.startup', 'lifespan.startup'], refused: 'started up' },
    {
      section: 'Shutdown: is the last',
      steps: ['lifespan.startup', 'lifespan.shutdown', 'lifespan.shutdown'],
      refused: 'shut down',
    },
  ],
}

const eventAt = (step: Step): string =>
  eventOf((typeof step === 'string' ? { type: step } : step) as unknown as Message)

/** Walks through a sequence; returns where it ends, or what was thrown. */
function walk(order: Order, direction: Direction, steps: readonly Step[]): unknown {
  try {
    return steps.reduce<string>((state, step) => nextState(order, direction, state, eventAt(step)), order.initial)
  } catch (error) {
    return error
  }
}

for (const [key, list] of Object.entries(cases)) {
  const [protocol, direction] = key.split(' ') as [Protocol, Direction]
  test(`orders: ${key}`, async (t) => {
    for (const { section, steps, refused, ends } of list) {
      const result = walk(orders[protocol][direction], direction, steps)
      if (refused === undefined) t.equal(result, ends, section)
      else t.match(result, { code: 'STELLINE_PROTOCOL_VIOLATION', message: `the state is "${refused}"` }, section)
    }
  })
}

test('orders: every state that an event leads to has a row', async (t) => {
  for (const { receive, send } of Object.values(orders)) {
    for (const { initial, table } of [receive, send]) {
      t.ok(initial in table)
      for (const row of Object.values(table)) for (const next of Object.values(row)) t.ok(next in table, next)
    }
  }
})

test('nextState: says what the state allows', async (t) => {
  t.throws(() => nextState(orders.websocket.receive, 'receive', 'connected', 'websocket.connect'), {
    message:
      'Cannot receive "websocket.connect": the state is "connected", expected "websocket.receive" or "websocket.disconnect"',
    side: 'server',
  })
})

test('nextState: takes nothing from the prototype chain', async (t) => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    t.throws(() => nextState(orders.http.send, 'send', 'in the body', name), { code: 'STELLINE_PROTOCOL_VIOLATION' })
    t.throws(() => nextState(orders.http.send, 'send', name, 'http.response.body'), {
      code: 'STELLINE_PROTOCOL_VIOLATION',
    })
  }
})
