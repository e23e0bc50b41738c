import { test } from 'tap'
import type { Send } from '../../../lib/spec/app.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { eventLoopTurns } from '../../../lib/testing/event-loop.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { answer, answering, app, gate, readBody } from './raw-apps.ts'

const part = (body: string | Uint8Array) => ({ type: 'http.response.body', body, more_body: true }) as const
const start = { type: 'http.response.start', status: 200 } as const

/** Sends parts of a body for as long as it is let. */
async function sendForEver(send: Send, chunk: Uint8Array): Promise<never> {
  await send(start)
  for (;;) await send(part(chunk))
}

const text = (bytes: Uint8Array | undefined | void): string => new TextDecoder().decode(bytes ?? new Uint8Array(0))

test('TestResponse: gives chunks as they come, while the request is still being sent', async (t) => {
  const echo = app({
    async http(_scope, receive, send) {
      await send(start)
      for (;;) {
        const message = await receive()
        if (message.type !== 'http.request' || !message.more_body) break
        await send(part(message.body!))
      }
      await send({ type: 'http.response.body' })
    },
  })
  const second = gate()
  async function* body(): AsyncGenerator<string> {
    yield 'one'
    await second.opened
    yield 'two'
  }
  await using client = await TestClient.open(echo)
  const response = await client.post('/', { body: body() })
  const chunks = response[Symbol.asyncIterator]()
  t.equal(text((await chunks.next()).value), 'one')
  second.open()
  t.equal(text((await chunks.next()).value), 'two')
  t.ok((await chunks.next()).done)
})

test('TestResponse: gives chunks that the app may use again', async (t) => {
  const shared = new Uint8Array([0x61])
  const reusing = app({
    async http(_scope, _receive, send) {
      await send(start)
      await send(part(shared))
      shared[0] = 0x62
      await send({ type: 'http.response.body', body: shared })
    },
  })
  await using client = await TestClient.open(reusing)
  t.equal(await (await client.get('/')).text(), 'ab')
})

test('TestResponse: gives the whole body as often as asked', async (t) => {
  await using client = await TestClient.open(answering({ body: '{"a":1}' }))
  const response = await client.get('/')
  t.strictSame(await response.bytes(), new Uint8Array(Buffer.from('{"a":1}')))
  t.equal(await response.text(), '{"a":1}')
  t.strictSame(await response.json(), { a: 1 })
})

test('TestResponse: gives the body either whole or in chunks', async (t) => {
  await using client = await TestClient.open(answering({ body: 'a' }))
  const iterated = await client.get('/')
  for await (const chunk of iterated) t.equal(text(chunk), 'a')
  await t.rejects(iterated.bytes(), /Cannot read the body whole: it was read in chunks/)
  await t.rejects(iterated[Symbol.asyncIterator]().next(), /Cannot read the body in chunks: it was read before/)
  const whole = await client.get('/')
  await whole.text()
  await t.rejects(whole[Symbol.asyncIterator]().next(), /Cannot read the body in chunks: it was read before/)
})

test('TestResponse.json: says what came instead of JSON', async (t) => {
  const page = answering({ status: 404, headers: [['content-type', 'text/html']], body: '<h1>' })
  await using client = await TestClient.open(page)
  await t.rejects((await client.get('/a')).json(), {
    name: 'SyntaxError',
    message: 'Cannot parse the body as JSON: http://testserver/a answered 404 with text/html: <h1>',
  })
  await using plain = await TestClient.open(answering({}))
  await t.rejects((await plain.get('/')).json(), /with no content-type/)
})

test('TestResponse.trailers: come after the chunks', async (t) => {
  const trailing = app({
    async http(_scope, _receive, send) {
      await send({ ...start, trailers: true })
      await send({ type: 'http.response.body', body: 'a' })
      await eventLoopTurns(2)
      await send({ type: 'http.response.trailers', headers: [['x', '1']] })
    },
  })
  await using client = await TestClient.open(trailing)
  const response = await client.get('/', { headers: { te: 'trailers' } })
  for await (const chunk of response) t.equal(text(chunk), 'a')
  t.equal((await response.trailers()).get('x'), '1')
})

test('TestClient: the app waits while too much is unread', async (t) => {
  let sent = 0
  const flooding = app({
    async http(_scope, _receive, send) {
      await send(start)
      for (; sent < 5; sent++) await send(part('1234'))
      await send({ type: 'http.response.body' })
    },
  })
  await using client = await TestClient.open(flooding, { unreadLimitBytes: 10 })
  const response = await client.get('/')
  await eventLoopTurns(5)
  t.equal(sent, 2)
  t.equal((await response.text()).length, 20)
  t.equal(sent, 5)
})

test('TestClient: a test that reads nothing does not keep the app from its end', async (t) => {
  let ended = false
  const large = app({
    async http(_scope, _receive, send) {
      await send(start)
      await send(part('x'.repeat(100)))
      await send(part('y'.repeat(100)))
      await answerRest(send)
      ended = true
    },
  })
  const answerRest = (send: Send): Promise<void> => send({ type: 'http.response.body', body: 'z' })
  const client = await TestClient.open(large, { unreadLimitBytes: 10 })
  const response = await client.get('/')
  await client.close()
  t.ok(ended)
  await t.rejects(response.text(), {
    code: 'STELLINE_RESPONSE_CUT',
    message: 'Cannot read the body: the client was closed before it was read',
  })
})

test('TestClient: a complete body can be read after the client was closed', async (t) => {
  const client = await TestClient.open(answering({ body: 'x'.repeat(100) }), { unreadLimitBytes: 10 })
  const response = await client.get('/')
  await client.close()
  t.equal((await response.text()).length, 100)
})

test('TestResponse.disconnect: the app learns of it on every way', async (t) => {
  const seen: unknown[] = []
  const watching = app({
    async http({ extensions }, receive, send) {
      await send(start)
      await send(part('first'))
      await readBody(receive)
      const { signal } = extensions['http.disconnect.signal']!
      seen.push(signal.aborted, (await receive()).type, signal.aborted, (await receive()).type)
      await send(part('second')).catch((error: unknown) => seen.push(error))
    },
  })
  const client = await TestClient.open(watching)
  const response = await client.get('/')
  const reading = response.text()
  response.disconnect()
  response.disconnect()
  await t.rejects(reading, {
    code: 'STELLINE_RESPONSE_CUT',
    message: 'Cannot read the body: the test has disconnected',
  })
  await client.close()
  t.match(seen, [false, 'http.disconnect', true, 'http.disconnect', { code: 'EPIPE' }])
})

test('TestResponse.disconnect: the error of a send that waits may leave the app', async (t) => {
  const flooding = app({ http: async (_scope, _receive, send) => sendForEver(send, new Uint8Array(100)) })
  const client = await TestClient.open(flooding, { unreadLimitBytes: 10 })
  const response = await client.get('/')
  response.disconnect()
  await t.rejects(response.bytes())
  await t.resolves(client.close())
})

test('TestResponse: leaving the loop disconnects', async (t) => {
  const flooding = app({ http: async (_scope, _receive, send) => sendForEver(send, new Uint8Array([0x61])) })
  const client = await TestClient.open(flooding, { unreadLimitBytes: 10 })
  for await (const chunk of await client.get('/')) {
    t.equal(text(chunk), 'a')
    break
  }
  await t.resolves(client.close())
})

test('TestResponse.disconnect: a failure of the app that has another reason is not lost', async (t) => {
  const failing = app({
    async http(_scope, receive, send) {
      await send(start)
      await readBody(receive)
      await receive()
      throw new Error('cleaning up')
    },
  })
  const client = await TestClient.open(failing)
  ;(await client.get('/')).disconnect()
  await t.rejects(client.close(), { message: 'cleaning up' })
})

test('TestClient: an error of a client that is gone counts when the client is there', async (t) => {
  const pretending = app({ http: async () => Promise.reject(new ClientDisconnected()) })
  await using client = await TestClient.open(pretending)
  await t.rejects(client.get('/'), { code: 'EPIPE' })
})

test('TestClient: a signal leaves before the answer', async (t) => {
  const controller = new AbortController()
  const received: string[] = []
  const waiting = app({
    async http(_scope, receive) {
      await readBody(receive)
      controller.abort(new Error('enough'))
      received.push((await receive()).type)
    },
  })
  const client = await TestClient.open(waiting)
  await t.rejects(client.get('/', { signal: controller.signal }), { message: 'enough' })
  await t.rejects(client.get('/', { signal: controller.signal }), { message: 'enough' })
  await client.close()
  t.strictSame(received, ['http.disconnect'])
})

test('TestClient: a signal leaves in the answer', async (t) => {
  const controller = new AbortController()
  const flooding = app({ http: async (_scope, _receive, send) => sendForEver(send, new Uint8Array(100)) })
  const client = await TestClient.open(flooding, { unreadLimitBytes: 10 })
  const response = await client.get('/', { signal: controller.signal })
  controller.abort(new Error('enough'))
  await t.rejects(response.text(), { message: 'enough' })
  await t.resolves(client.close())
})

test('TestClient: a signal that aborts after the end does nothing', async (t) => {
  const controller = new AbortController()
  await using client = await TestClient.open(answering({ body: 'x' }))
  const response = await client.get('/', { signal: controller.signal })
  await eventLoopTurns(1)
  controller.abort()
  t.equal(await response.text(), 'x')
})

test('TestClient: a failure of the app after the test has left is not lost', async (t) => {
  const controller = new AbortController()
  const failing = app({
    async http(_scope, receive) {
      await readBody(receive)
      controller.abort(new Error('enough'))
      throw new Error('late')
    },
  })
  const client = await TestClient.open(failing)
  await t.rejects(client.get('/', { signal: controller.signal }), { message: 'enough' })
  await t.rejects(client.close(), { message: 'late' })
})

test('TestClient: an error of the body leaves and rejects the request', async (t) => {
  const received: string[] = []
  const reading = app({
    async http(_scope, receive) {
      for (;;) {
        const { type } = await receive()
        received.push(type)
        if (type === 'http.disconnect') return
      }
    },
  })
  async function* broken(): AsyncGenerator<string> {
    yield 'a'
    throw new Error('disk')
  }
  await using client = await TestClient.open(reading)
  await t.rejects(client.post('/', { body: broken() }), { message: 'disk' })
  t.strictSame(received, ['http.request', 'http.disconnect'])
})

test('TestClient: after a complete answer the app receives a disconnect, and the body is given back', async (t) => {
  const received: string[] = []
  let returned = false
  async function* body(): AsyncGenerator<string> {
    try {
      yield 'a'
      yield 'b'
    } finally {
      returned = true
    }
  }
  const quick = app({
    async http(_scope, receive, send) {
      received.push((await receive()).type)
      const pending = receive()
      await answer(send)
      await pending
      received.push((await receive()).type)
    },
  })
  await using client = await TestClient.open(quick)
  await client.post('/', { body: body() })
  t.strictSame(received, ['http.request', 'http.disconnect'])
  t.ok(returned)
})

test('TestClient: receive waits after the body until the answer is complete', async (t) => {
  const order: string[] = []
  const waiting = app({
    async http(_scope, receive, send) {
      await readBody(receive)
      const disconnected = receive().then(({ type }) => order.push(type))
      await send(start)
      order.push('start')
      await send({ type: 'http.response.body' })
      await disconnected
    },
  })
  await using client = await TestClient.open(waiting)
  await client.get('/')
  t.strictSame(order, ['start', 'http.disconnect'])
})

test('TestClient.close: tells streams by a signal that the server stops', async (t) => {
  const stream = app({
    async http({ extensions }, _receive, send) {
      const { signal } = extensions['server.shutdown.signal']!
      await send(start)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await send({ type: 'http.response.body', body: 'bye' })
    },
  })
  const client = await TestClient.open(stream)
  const reading = (await client.get('/')).text()
  await client.close()
  t.equal(await reading, 'bye')
})

test('TestClient.close: leaves calls that do not end by themselves', async (t) => {
  const received: string[] = []
  const waiting = app({
    async http(_scope, receive) {
      await readBody(receive)
      received.push((await receive()).type)
    },
  })
  const client = await TestClient.open(waiting, { closeTimeoutMs: 1 })
  const pending = client.get('/')
  const closed = client.close()
  await t.rejects(pending, /The client was closed before the app had answered/)
  await t.resolves(closed)
  t.strictSame(received, ['http.disconnect'])
})

test('TestClient.close: names the calls that never end', async (t) => {
  const stuck = app({ http: () => new Promise(() => {}), websocket: () => new Promise(() => {}) })
  const client = await TestClient.open(stuck, { closeTimeoutMs: 1 })
  client.get('/a').catch(() => {})
  client.websocket('/b').catch(() => {})
  await t.rejects(client.close(), {
    errors: [
      { message: 'Cannot end GET /a: the app has not returned' },
      { message: 'Cannot end WebSocket /b: the app has not returned' },
    ],
  })
})
