import fc from 'fast-check'
import { test } from 'tap'
import { settled } from '../../../../lib/spec/app.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import type { Extensions } from '../../../../lib/spec/extensions.ts'
import type { ReceiveMessage, SendMessage } from '../../../../lib/spec/messages.ts'
import type { Protocol, Scope } from '../../../../lib/spec/scope.ts'
import { eventOf, nextState, orders } from '../../../../lib/spec/transitions.ts'
import { ProtocolViolation } from '../../../../lib/spec/violations.ts'
import type { Direction } from '../../../../lib/spec/violations.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../../../lib/testing/scopes.ts'

const file = { read: async () => ({ bytesRead: 0 }) }

const extensions: Extensions = {
  'http.response.debug': {},
  'http.response.early_hint': {},
  'http.response.pathsend': {},
  'http.response.push': {},
  'http.response.trailers': {},
  'http.response.zerocopysend': {},
  'websocket.http.response': {},
}

const scopes: Readonly<Record<Protocol, Scope>> = {
  http: httpScope({ extensions }),
  websocket: webSocketScope({ extensions }),
  lifespan: lifespanScope(),
}

/** Every kind of message that an app can send, with values that are in order. */
const sendable: readonly SendMessage[] = [
  { type: 'http.response.start', status: 200 },
  { type: 'http.response.start', status: 200, trailers: true },
  { type: 'http.response.body' },
  { type: 'http.response.body', more_body: true },
  { type: 'http.response.trailers' },
  { type: 'http.response.trailers', more_trailers: true },
  { type: 'http.response.early_hint', links: [] },
  { type: 'http.response.pathsend', path: '/a' },
  { type: 'http.response.zerocopysend', file },
  { type: 'http.response.zerocopysend', file, more_body: true },
  { type: 'http.response.push', path: '/', headers: [] },
  { type: 'http.response.debug', info: {} },
  { type: 'websocket.accept' },
  { type: 'websocket.send', text: '' },
  { type: 'websocket.close' },
  { type: 'websocket.http.response.start', status: 403 },
  { type: 'websocket.http.response.body' },
  { type: 'websocket.http.response.body', more_body: true },
  { type: 'lifespan.startup.complete' },
  { type: 'lifespan.startup.failed' },
  { type: 'lifespan.shutdown.complete' },
  { type: 'lifespan.shutdown.failed' },
]

/** Every kind of message that a server can give. */
const receivable: readonly ReceiveMessage[] = [
  { type: 'http.request' },
  { type: 'http.request', more_body: true },
  { type: 'http.disconnect' },
  { type: 'websocket.connect' },
  { type: 'websocket.receive', text: '' },
  { type: 'websocket.disconnect', code: 1000 },
  { type: 'lifespan.startup' },
  { type: 'lifespan.shutdown' },
]

/** What an app has sent before it receives, so that the rules between the directions hold. */
const sentBefore: Readonly<Record<Protocol, readonly SendMessage[]>> = {
  http: [],
  websocket: [{ type: 'websocket.accept' }],
  lifespan: [{ type: 'lifespan.startup.complete' }],
}

/** Where the table ends a sequence: at its end, or at the first message that it refuses. */
function acceptedByTable(
  protocol: Protocol,
  direction: Direction,
  messages: ReadonlyArray<SendMessage | ReceiveMessage>,
): number {
  const order = orders[protocol][direction]
  let state = order.initial
  for (const [index, message] of messages.entries()) {
    try {
      state = nextState(order, direction, state, eventOf(message))
    } catch {
      return index
    }
  }
  return messages.length
}

/** Calls an app inside lint on a server that gives these messages. */
async function call(app: ASGIApp, scope: Scope, received: readonly ReceiveMessage[]): Promise<unknown> {
  const queue = [...received]
  const linted = lint(app)
  return linted(
    scope,
    async () => queue.shift()!,
    () => settled,
  ).catch((error: unknown) => error)
}

const protocol = fc.constantFrom<Protocol>('http', 'websocket', 'lifespan')
const seed = { seed: 7, numRuns: 1000 }

/** Prefers the messages of the protocol, so that long sequences in order are tried, too. */
const sequenceOf = <M extends { type: string }>(messages: readonly M[], own: Protocol) =>
  fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...messages.filter(({ type }) => type.startsWith(own))) },
      { weight: 1, arbitrary: fc.constantFrom(...messages) },
    ),
    { maxLength: 8 },
  )

test('lint: agrees with nextState on every sequence that an app sends', async (t) => {
  const cases = protocol.chain((own) => fc.tuple(fc.constant(own), sequenceOf(sendable, own)))
  await fc.assert(
    fc.asyncProperty(cases, async ([own, messages]) => {
      let accepted = 0
      const app: ASGIApp = async (_scope, receive, send) => {
        if (own === 'lifespan') await receive()
        for (const message of messages) {
          await send(message)
          accepted++
          if (message.type === 'lifespan.startup.complete') await receive()
        }
      }
      const error = await call(app, scopes[own], [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }])
      const expected = acceptedByTable(own, 'send', messages)
      return accepted === expected && (expected === messages.length || error instanceof ProtocolViolation)
    }),
    seed,
  )
  t.pass()
})

test('lint: agrees with nextState on every sequence that a server gives', async (t) => {
  const cases = protocol.chain((own) => fc.tuple(fc.constant(own), sequenceOf(receivable, own)))
  await fc.assert(
    fc.asyncProperty(cases, async ([own, messages]) => {
      let accepted = 0
      const app: ASGIApp = async (_scope, receive, send) => {
        for (const message of sentBefore[own]) await send(message)
        for (const _ of messages) {
          await receive()
          accepted++
        }
      }
      await call(app, scopes[own], messages)
      return accepted === acceptedByTable(own, 'receive', messages)
    }),
    seed,
  )
  t.pass()
})
