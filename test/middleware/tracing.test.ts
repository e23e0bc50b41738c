import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import type { Test } from 'tap'
import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { settled } from '../../lib/spec/app.ts'
import type { Middleware, Send } from '../../lib/spec/app.ts'
import { eventLoopTurns } from '../../lib/testing/event-loop.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { csrf } from '../../middleware/csrf.ts'
import { requestId } from '../../middleware/request-id/request-id.ts'
import { traced, tracing } from '../../middleware/tracing.ts'
import type { TracedCall, TracedMiddleware } from '../../middleware/tracing.ts'
import { Application } from '../../routing/application.ts'
import { httpScope, receiveNothing, recorder } from '../support/messages.ts'

type Event = readonly [name: string, message: TracedCall & TracedMiddleware & { error?: unknown }]

/** Collects the events of a channel until the test ends. */
function listening(t: Test, channel: string): Event[] {
  const events: Event[] = []
  const handlers = Object.fromEntries(
    (['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const).map((name) => [
      name,
      (message: unknown) => void events.push([name, message as Event[1]]),
    ]),
  )
  const tracer = tracingChannel(channel)
  tracer.subscribe(handlers as never)
  t.teardown(() => tracer.unsubscribe(handlers as never))
  return events
}

const names = (events: readonly Event[]): string[] => events.map(([name]) => name)

function site(): Application {
  const app = new Application({ middleware: [tracing(), traced('ids', requestId({ generate: () => 'r1' }))] })
  app.get('/items/{id:int}', () => new PlainTextResponse('item', { status: 202 }))
  app.get('/fail', () => {
    throw new Error('failed')
  })
  app.websocket('/socket', (websocket) => websocket.accept())
  app.websocket('/closed', (websocket) => websocket.close())
  app.websocket('/denied', (websocket) => websocket.deny(new PlainTextResponse('no', { status: 401 })))
  return app
}

test('tracing: a request is published with what was found out about it', async (t) => {
  const events = listening(t, 'stelline.request')
  await using client = await TestClient.open(site())
  await (await client.get('/items/7')).text()
  await eventLoopTurns(2)
  t.strictSame(names(events), ['start', 'end', 'asyncStart', 'asyncEnd'])
  const [, message] = events[3]!
  t.equal(events[0]![1], message)
  t.strictSame([message.status, message.scope.path, message.scope.request_id], [202, '/items/7', 'r1'])
  t.strictSame({ ...message.scope.path_params }, { id: 7 })
  t.ok(message.scope.route)
})

test('tracing: an error is published', async (t) => {
  const events = listening(t, 'stelline.request')
  await using client = await TestClient.open(site(), { raiseServerErrors: false })
  await client.get('/fail')
  t.ok(names(events).includes('error'))
  t.match(events.find(([name]) => name === 'error')![1].error, { message: 'failed' })
})

for (const [path, status] of [
  ['/socket', 101],
  ['/closed', 403],
  ['/denied', 401],
] as const) {
  test(`tracing: the WebSocket ${path} is published with status ${status}`, async (t) => {
    const events = listening(t, 'stelline.websocket')
    const requests = listening(t, 'stelline.request')
    await using client = await TestClient.open(site())
    const socket = await client.websocket(path).catch(() => null)
    await socket?.close()
    await eventLoopTurns(10)
    t.strictSame(names(events), ['start', 'end', 'asyncStart', 'asyncEnd'])
    t.equal(events[3]![1].status, status)
    t.strictSame(requests, [])
  })
}

test('tracing: publishes a request of an app that is no Application', async (t) => {
  const events = listening(t, 'stelline.request')
  const { send, sent } = recorder()
  await tracing()(new PlainTextResponse('made by hand', { status: 203 }).asgi)(httpScope(), receiveNothing, send)
  t.strictSame(names(events), ['start', 'end', 'asyncStart', 'asyncEnd'])
  t.strictSame([events[3]![1].status, sent.length], [203, 2])
})

test('tracing: within another one, a call is published once', async (t) => {
  const events = listening(t, 'stelline.request')
  const app = tracing()(tracing()(new PlainTextResponse('').asgi))
  await app(httpScope(), receiveNothing, recorder().send)
  t.strictSame(names(events), ['start', 'end', 'asyncStart', 'asyncEnd'])
})

test('tracing: an accepted WebSocket that is closed keeps its status', async (t) => {
  const events = listening(t, 'stelline.websocket')
  const app = new Application({ middleware: [tracing()] })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.close()
  })
  await using client = await TestClient.open(app)
  await (
    await client.websocket('/')
  ).closed
  await eventLoopTurns(5)
  t.equal(events.at(-1)![1].status, 101)
})

test('traced: a middleware is published with what lies within it', async (t) => {
  const events = listening(t, 'stelline.middleware')
  await using client = await TestClient.open(site())
  const response = await client.get('/items/7')
  await response.text()
  await eventLoopTurns(2)
  t.equal(response.headers.get('x-request-id'), 'r1')
  t.strictSame(names(events), ['start', 'end', 'asyncStart', 'asyncEnd'])
  t.strictSame([events[0]![1].name, events[0]![1].scope.path], ['ids', '/items/7'])
})

test('tracing: does nothing while nobody listens', async (t) => {
  let seen: Send | null = null
  const app = tracing()((_scope, _receive, send) => {
    seen = send
    return settled
  })
  const { send } = recorder()
  t.equal(app(httpScope(), receiveNothing, send), settled)
  t.equal(seen, send)
  t.equal(traced('a', () => () => settled)(() => settled)(httpScope(), receiveNothing, send), settled)
})

test('tracing: one listener of one event is enough', async (t) => {
  let heard = 0
  const listener = (): void => void heard++
  subscribe('tracing:stelline.request:error', listener)
  t.teardown(() => unsubscribe('tracing:stelline.request:error', listener))
  await using client = await TestClient.open(site(), { raiseServerErrors: false })
  await client.get('/fail')
  t.equal(heard, 1)
})

test('traced: refuses a name that is none', (t) => {
  t.throws(() => traced('', tracing()), { message: 'Cannot trace a middleware as "": expected a name' })
  t.end()
})

/** Two layers of middleware, and an application within another one. */
function plainSite(): Application {
  const inner = new Application({ middleware: [csrf()] })
  inner.get('/', () => new PlainTextResponse('inner'))
  const app = new Application({
    middleware: [requestId({ generate: () => 'r1' }), (next) => (scope, receive, send) => next(scope, receive, send)],
  })
  app.get('/', () => new PlainTextResponse('hello', { status: 203 }))
  app.get('/fail', () => {
    throw new Error('failed')
  })
  app.websocket('/socket', (websocket) => websocket.accept())
  app.mount('/inner', inner)
  return app
}

test('Application: publishes each request once to whoever subscribes, mounted applications included', async (t) => {
  const events = listening(t, 'stelline.request')
  await using client = await TestClient.open(plainSite())
  await (await client.get('/')).text()
  await (await client.get('/inner/')).text()
  await eventLoopTurns(2)
  const once = ['start', 'end', 'asyncStart', 'asyncEnd']
  t.strictSame(names(events), [...once, ...once])
  t.strictSame([events[3]![1].status, events[7]![1].status], [203, 200])
  t.equal(events[3]![1].scope.request_id, 'r1')
})

test('Application: publishes the error that its outermost layer has answered', async (t) => {
  const events = listening(t, 'stelline.request')
  await using client = await TestClient.open(plainSite(), { raiseServerErrors: false })
  await client.get('/fail')
  await eventLoopTurns(2)
  const [, message] = events.find(([name]) => name === 'error')!
  t.match(message, { status: 500, error: { message: 'failed' } })
})

test('Application: publishes each WebSocket to whoever subscribes', async (t) => {
  const events = listening(t, 'stelline.websocket')
  await using client = await TestClient.open(plainSite())
  await (await client.websocket('/socket')).close()
  await eventLoopTurns(10)
  t.strictSame([names(events), events[3]![1].status], [['start', 'end', 'asyncStart', 'asyncEnd'], 101])
})

test('Application: publishes the work of its middleware under their names, those of mounts included', async (t) => {
  const events = listening(t, 'stelline.middleware')
  await using client = await TestClient.open(plainSite())
  await (await client.get('/inner/')).text()
  await eventLoopTurns(2)
  const began = events.filter(([name]) => name === 'start').map(([, { name }]) => name)
  t.strictSame(began, ['requestId', 'middleware', 'csrf'])
})

test('Application: a middleware with a name of its own is published under that one only', async (t) => {
  const events = listening(t, 'stelline.middleware')
  const app = new Application({ middleware: [traced('guard', csrf())] })
  app.get('/', () => new PlainTextResponse('hello'))
  await using client = await TestClient.open(app)
  await (await client.get('/')).text()
  t.strictSame(
    events.filter(([name]) => name === 'start').map(([, { name }]) => name),
    ['guard'],
  )
})

test('Application: a context that a subscriber binds reaches the endpoint', async (t) => {
  const spans = new AsyncLocalStorage<string>()
  const { start } = tracingChannel<string, TracedCall>('stelline.request')
  start.bindStore(spans, (call) => call.scope.path)
  t.teardown(() => start.unbindStore(spans))
  const app = new Application()
  app.get('/spans', () => new PlainTextResponse(spans.getStore()))
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/spans')).text(), '/spans')
})

test('Application: while nobody subscribes nothing is made for a call', async (t) => {
  const scope = httpScope()
  const sends: Send[] = []
  const note: Middleware = (next) => (given, receive, send) => {
    sends.push(send)
    return next(given, receive, send)
  }
  const plain = new Application({ middleware: [note, note] })
  plain.get('/', () => new PlainTextResponse('hello'))
  await plain.asgi(scope, receiveNothing, recorder().send)
  t.equal(sends[0], sends[1])
  t.notOk('traced' in scope)
})

test('traced: an error of the middleware is published and goes on', async (t) => {
  const events = listening(t, 'stelline.middleware')
  const app = traced('broken', () => () => {
    throw new Error('broken')
  })(() => settled)
  await t.rejects(app(httpScope(), receiveNothing, recorder().send), { message: 'broken' })
  t.ok(names(events).includes('error'))
})

test('tracing and traced: a lifespan is not published', async (t) => {
  const events = [...listening(t, 'stelline.request'), ...listening(t, 'stelline.middleware')]
  const app = tracing()(traced('none', (next) => next)(() => settled))
  t.equal(
    app(
      { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: {} },
      receiveNothing,
      recorder().send,
    ),
    settled,
  )
  t.strictSame(events, [])
})

test('tracing: who subscribes while a call is in a stack hears of the next one', async (t) => {
  let events: Event[] | null = null
  const late: Middleware = (app) => (scope, receive, send) => {
    if (scope.type === 'http') events ??= listening(t, 'stelline.middleware')
    return app(scope, receive, send)
  }
  const app = new Application({ middleware: [late, csrf()] }).get('/', () => new PlainTextResponse(''))
  await using client = await TestClient.open(app)

  await client.get('/')
  t.strictSame(names(events!), [])
  await client.get('/')
  t.strictSame(
    events!.filter(([name]) => name === 'start').map(([, message]) => message.name),
    ['late', 'csrf'],
  )
})
