import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { Application } from '../../routing/application.ts'
import { receivingBody, recorder } from '../support/messages.ts'

const echo = new Application({ middleware: [bodyLimit({ maxBytes: 10 })] })
echo.post('/', async (request) => new PlainTextResponse(await request.bytes()))
echo.post('/deaf', () => new PlainTextResponse('not read'))
echo.post('/stubborn', async (request) => {
  await request.bytes().catch(() => {})
  return new PlainTextResponse('read')
})
echo.get('/', () => new PlainTextResponse('got'))

async function* pieces(count: number): AsyncGenerator<string, void, undefined> {
  for (let index = 0; index < count; index++) yield 'abcd'
}

// Rule 35: what has arrived is counted, whatever is announced, and the answer of the app does not count then.
for (const [path, body, status] of [
  ['/', 'a'.repeat(10), 200],
  ['/', 'a'.repeat(11), 413],
  ['/deaf', 'a'.repeat(11), 413],
  ['/', pieces(2), 200],
  ['/', pieces(3), 413],
  ['/stubborn', pieces(3), 413],
] as const) {
  test(`rule 35: ${typeof body === 'string' ? `${body.length} announced bytes` : 'a stream'} for ${path} gives ${status}`, async (t) => {
    await using client = await TestClient.open(echo)
    const response = await client.post(path, { body })
    t.equal(response.status, status)
  })
}

test('bodyLimit: a request without a body passes', async (t) => {
  await using client = await TestClient.open(echo)
  t.equal(await (await client.get('/')).text(), 'got')
})

test('bodyLimit: an app that takes messages by itself is refused what is too much', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await receive().catch(() => {})
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'mine' })
  }
  const { send, sent } = recorder()
  await bodyLimit({ maxBytes: 5 })(app)(httpScope({ method: 'POST' }), receivingBody('abcd', 'abcd'), send)
  t.match(sent, [{ status: 413 }, { body: 'Content Too Large' }])
  t.equal(sent.length, 2)
  const [start] = sent
  t.ok(
    start?.type === 'http.response.start' && [...start.headers!].some((field) => field.join() === 'connection,close'),
  )
})

test('bodyLimit: an answer that has begun is not replaced, and a disconnect is counted for nothing', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await receive()
    await receive().catch(() => {})
    await send({ type: 'http.response.body', body: 'mine' })
    await receive()
  }
  const { send, sent } = recorder()
  const messages = [
    { type: 'http.request', more_body: true },
    { type: 'http.request', body: Buffer.from('abcdef'), more_body: true },
    { type: 'http.disconnect' },
  ] as const
  let index = 0
  await bodyLimit({ maxBytes: 5 })(app)(httpScope({ method: 'POST' }), async () => messages[index++]!, send)
  t.match(sent, [{ status: 200 }, { body: 'mine' }])
})

test('bodyLimit: WebSockets and the lifespan pass', async (t) => {
  const app = new Application({ middleware: [bodyLimit({ maxBytes: 0 })] })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendText(await websocket.receiveText())
  })
  await using client = await TestClient.open(app)
  await using socket = await client.websocket('/')
  await socket.sendText('long enough')
  t.equal(await socket.receiveText(), 'long enough')
})

for (const maxBytes of ['1mb', Number.NaN, -1, undefined]) {
  test(`rule 36: bodyLimit refuses ${String(maxBytes)}`, (t) => {
    t.throws(() => bodyLimit({ maxBytes: maxBytes as number }), {
      name: 'RangeError',
      message: /^Cannot limit bodies: maxBytes is .*, expected a number of bytes$/,
    })
    t.end()
  })
}
