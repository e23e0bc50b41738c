import { test } from 'tap'
import { HTTPExchange } from '../../../lib/servers/http-exchange.ts'
import { DisconnectSignal } from '../../../lib/servers/signals.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Receive, Send } from '../../../lib/spec/app.ts'
import type { ReceiveMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope } from '../../support/messages.ts'
import { quiet, RecordingTransport, settings } from './recording-transport.ts'

type App = (receive: Receive, send: Send) => Promise<void>

/** An exchange over a recording transport, with the app called. */
function run(app: App, hasBody = false) {
  const transport = new RecordingTransport()
  const shared = settings()
  const events: string[] = []
  const signal = new DisconnectSignal()
  const observer = {
    responseEnded: () => void events.push('response ended'),
    appEnded: () => void events.push('app ended'),
  }
  const exchange = new HTTPExchange({ scope: httpScope(), transport, observer, settings: shared, signal, hasBody })
  exchange.run((_scope, receive, send) => app(receive, send))
  return { exchange, transport, events, signal, lines: shared.lines }
}

const forever = new Promise<never>(() => {})
const start = { type: 'http.response.start', status: 200 } as const
const body = (text: string, more = false) => ({ type: 'http.response.body', body: text, more_body: more }) as const
const chunk = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const boom = new Error('boom')

test('HTTPExchange: an answer ends before its app', async (t) => {
  const { events, transport } = run(async (_receive, send) => {
    await send(start)
    await send(body('a'))
  })
  await quiet()
  t.strictSame(transport.names, ['respond'])
  t.strictSame(events, ['response ended', 'app ended'])
})

test('HTTPExchange: an app that returns the shared promise has returned at once', async (t) => {
  const { events } = run((_receive, send) => {
    void send(start)
    return send(body('a'))
  })
  t.strictSame(events, ['response ended', 'app ended'])
})

test('HTTPExchange: an app that returns the shared promise without an answer gets a 500', async (t) => {
  const { events, transport, lines } = run(() => settled)
  t.match(transport.calls, [['respond', 500]])
  t.strictSame(events, ['response ended', 'app ended'])
  t.match(lines, [[/^The app returned without completing its answer: GET "\/"$/]])
})

test('HTTPExchange: the scope is that of the request', async (t) => {
  t.equal(run(() => settled).exchange.scope.type, 'http')
})

test('HTTPExchange: a failure before the head is answered with 500, one after it cuts', async (t) => {
  for (const [sent, names] of [
    [[start], ['respond']],
    [
      [start, body('a', true)],
      ['start', 'write', 'abort'],
    ],
  ] as const) {
    const { events, transport, lines } = run(async (_receive, send) => {
      for (const message of sent) await send(message)
      throw boom
    })
    await quiet()
    t.strictSame(transport.names, names)
    t.strictSame(events, ['response ended', 'app ended'])
    t.strictSame(lines, [['The app failed: GET "/"', boom]])
  }
})

test('HTTPExchange: an app that throws at once, without a promise, has failed', async (t) => {
  const { events, transport, lines } = run(() => {
    throw boom
  })
  t.match(transport.calls, [['respond', 500]])
  t.strictSame(events, ['response ended', 'app ended'])
  t.strictSame(lines, [['The app failed: GET "/"', boom]])
})

test('HTTPExchange: a failure after the answer is logged and harms nobody', async (t) => {
  const { transport, lines } = run(async (_receive, send) => {
    await send(start)
    await send(body('a'))
    throw boom
  })
  await quiet()
  t.strictSame(transport.names, ['respond'])
  t.strictSame(lines, [['The app failed: GET "/"', boom]])
})

test('HTTPExchange: an app that throws a ClientDisconnected while its client is there has failed', async (t) => {
  const { transport, lines } = run(() => Promise.reject(new ClientDisconnected()))
  await quiet()
  t.match(transport.calls, [['respond', 500]])
  t.equal(lines.length, 1)
})

test('HTTPExchange: a request without a body is read as one empty message', async (t) => {
  const { exchange, transport } = run(() => forever)
  t.strictSame(await exchange.receive(), { type: 'http.request', body: new Uint8Array(0), more_body: false })
  t.strictSame(transport.calls, [])
})

test('HTTPExchange: the body flows only when the app asks for it', async (t) => {
  const { exchange, transport } = run(() => forever, true)
  t.strictSame(transport.calls, [])
  const first = exchange.receive()
  const second = exchange.receive()
  t.strictSame(transport.names, ['readBody'])
  exchange.bodyChunk(chunk('a'), false)
  exchange.bodyChunk(chunk('b'), true)
  t.strictSame(await first, { type: 'http.request', body: chunk('a'), more_body: true })
  t.strictSame(await second, { type: 'http.request', body: chunk('b'), more_body: false })
})

test('HTTPExchange: a body that runs ahead of the app is held back', async (t) => {
  const { exchange, transport } = run(() => forever, true)
  void exchange.receive()
  exchange.bodyChunk(new Uint8Array(1), false)
  exchange.bodyChunk(new Uint8Array(65_537), false)
  await exchange.receive()
  t.strictSame(transport.names, ['readBody', 'pause', 'resume'])
})

test('HTTPExchange: after the answer receive() repeats the disconnect, and reads no body', async (t) => {
  const { exchange, transport } = run(async (_receive, send) => {
    await send(start)
    await send(body(''))
  }, true)
  await quiet()
  t.strictSame(await exchange.receive(), { type: 'http.disconnect' })
  t.strictSame(await exchange.receive(), { type: 'http.disconnect' })
  t.strictSame(transport.names, ['respond'])
})

test('HTTPExchange: whoever waits in receive() when the answer is complete gets the disconnect', async (t) => {
  const { exchange } = run(() => forever)
  await exchange.receive()
  const waiting = exchange.receive()
  await exchange.send(start)
  await exchange.send(body(''))
  t.strictSame(await waiting, { type: 'http.disconnect' })
})

test('HTTPExchange: a client that leaves is told by signal, receive() and send()', async (t) => {
  const { exchange, events, signal } = run(() => forever)
  await exchange.receive()
  const waiting = exchange.receive()
  exchange.disconnect()
  exchange.disconnect()
  t.strictSame(await waiting, { type: 'http.disconnect' })
  t.equal(signal.signal.aborted, true)
  await t.rejects(exchange.send(start), { name: 'ClientDisconnected' })
  t.strictSame(events, ['response ended'])
})

test('HTTPExchange: a disconnect after the answer aborts no signal', async (t) => {
  const { exchange, signal } = run(async (_receive, send) => {
    await send(start)
    await send(body(''))
  })
  await quiet()
  exchange.disconnect()
  t.equal(signal.signal.aborted, false)
})

/** How an app ends because its client has left: that is no failure. */
const farewells: ReadonlyArray<
  readonly [what: string, leave: (receive: Receive, send: Send, signal: DisconnectSignal) => Promise<void>]
> = [
  ['throws what send() threw', (_receive, send) => send(start)],
  ['returns', () => settled],
  ['throws the reason of the signal', (_receive, _send, { signal }) => Promise.reject(signal.reason as Error)],
  [
    'throws an error made of it',
    (_receive, _send, { signal }) => Promise.reject(new Error('aborted', { cause: signal.reason })),
  ],
]
for (const [what, leave] of farewells) {
  for (const half of [false, true]) {
    if (half && what.startsWith('throws what send')) continue
    test(`HTTPExchange: an app that ${what} when its client has ${half ? 'ended its side' : 'left'} has not failed`, async (t) => {
      let go!: () => void
      const gone = new Promise<void>((resolve) => {
        go = resolve
      })
      const { exchange, transport, events, lines, signal } = run(async (receive, send) => {
        await gone
        await leave(receive, send, signal)
      })
      if (half) exchange.peerEnded()
      else exchange.disconnect()
      go()
      await quiet()
      t.strictSame(lines, [])
      t.strictSame(transport.names, half ? ['abort'] : [])
      t.strictSame(events, ['response ended', 'app ended'])
    })
  }
}

test('HTTPExchange: another failure after the client left is logged', async (t) => {
  const { exchange, lines } = run(async (receive) => {
    await receive()
    await receive()
    throw boom
  })
  exchange.disconnect()
  await quiet()
  t.strictSame(lines, [['The app failed: GET "/"', boom]])
})

test('HTTPExchange: a client that ended its side is told to the app, which may still answer', async (t) => {
  const received: ReceiveMessage[] = []
  const { exchange, transport, signal, lines } = run(async (receive, send) => {
    received.push(await receive(), await receive())
    await send(start)
    await send(body('a'))
  })
  await quiet()
  exchange.peerEnded()
  await quiet()
  t.equal(signal.signal.aborted, true)
  t.match(received, [{ type: 'http.request' }, { type: 'http.disconnect' }])
  t.strictSame([transport.names, lines], [['respond'], []])
})

test('HTTPExchange: a body that is still on its way comes before the disconnect', async (t) => {
  const { exchange } = run(() => forever, true)
  const first = exchange.receive()
  exchange.peerEnded()
  exchange.bodyChunk(chunk('a'), true)
  t.match(await first, { type: 'http.request', more_body: false })
  t.strictSame(await exchange.receive(), { type: 'http.disconnect' })
})

test('HTTPExchange: the end of the side of a client that has its answer is nothing', async (t) => {
  const { exchange, signal } = run(async (_receive, send) => {
    await send(start)
    await send(body(''))
  })
  await quiet()
  exchange.peerEnded()
  t.equal(signal.signal.aborted, false)
})

test('HTTPExchange: refuse() answers in place of the app, which sees a disconnect', async (t) => {
  const { exchange, transport, events, signal, lines } = run(async (receive, send) => {
    await receive()
    await send(start)
  }, true)
  exchange.refuse(400, 'Bad Request')
  await quiet()
  t.match(transport.calls, [['readBody'], ['respond', 400, Array, true, 'Bad Request', 11]])
  t.strictSame(events, ['response ended', 'app ended'])
  t.strictSame([signal.signal.aborted, lines], [true, []])
})

test('HTTPExchange: refuse() cuts when a head is on the wire', async (t) => {
  const { exchange, transport } = run(() => forever)
  await exchange.send(start)
  await exchange.send(body('a', true))
  exchange.refuse(400, 'Bad Request')
  t.strictSame(transport.names, ['start', 'write', 'abort'])
  await t.rejects(exchange.send(body('b')), { name: 'ClientDisconnected' })
})

test('HTTPExchange: refuse() after the answer is nothing', async (t) => {
  const { exchange, transport } = run(async (_receive, send) => {
    await send(start)
    await send(body(''))
  })
  await quiet()
  exchange.refuse(400, 'Bad Request')
  t.strictSame(transport.names, ['respond'])
})

test('HTTPExchange: a send that nobody waits for is abandoned in silence', async (t) => {
  const { exchange, transport } = run(() => forever)
  await exchange.send(start)
  transport.keepsUp = false
  void exchange.send(body('a', true))
  exchange.disconnect()
  await quiet()
  t.strictSame(transport.names, ['start', 'write'])
})
