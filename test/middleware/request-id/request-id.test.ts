import { test } from 'tap'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { WebSocketDenied } from '../../../lib/testing/websocket-denied.ts'
import { requestId, requestIdOf } from '../../../middleware/request-id/request-id.ts'
import type { RequestIdOptions } from '../../../middleware/request-id/request-id.ts'
import { Application } from '../../../routing/application.ts'

function site(options?: RequestIdOptions): Application {
  const app = new Application({ middleware: [requestId(options)] })
  app.get('/', (request) => new PlainTextResponse(requestIdOf(request)))
  app.get('/other', () => new PlainTextResponse('', { headers: { 'x-request-id': 'other', 'x-more': '1' } }))
  app.websocket('/', (websocket) => websocket.accept())
  app.websocket('/deny', (websocket) => websocket.deny(new PlainTextResponse('no', { status: 400 })))
  return app
}

test('requestId: names each request, and tells the client', async (t) => {
  await using client = await TestClient.open(site())
  const [one, other] = [await client.get('/'), await client.get('/')]
  t.match(await one.text(), /^[\da-f]{8}-[\da-f-]{27}$/)
  t.equal(one.headers.get('x-request-id'), await one.text())
  t.not(await one.text(), await other.text())
})

// What comes from outside goes into logs and fields: rule 25.
for (const [incoming, trusted] of [
  ['abc-1.2:3', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['', false],
  ['a b', false],
  ['a"b', false],
  ['ä', false],
  ['a, b', false],
] as const) {
  test(`rule 25: takes over ${JSON.stringify(incoming.slice(0, 9))}… of ${incoming.length}: ${trusted}`, async (t) => {
    await using client = await TestClient.open(site({ trustIncoming: true, generate: () => 'mine' }))
    const response = await client.get('/', { headers: { 'x-request-id': incoming } })
    t.equal(await response.text(), trusted ? incoming : 'mine')
  })
}

test('requestId: takes over nothing by default', async (t) => {
  await using client = await TestClient.open(site({ generate: () => 'mine', header: 'X-Trace' }))
  const response = await client.get('/', { headers: { 'x-trace': 'theirs' } })
  t.strictSame([await response.text(), response.headers.get('x-trace')], ['mine', 'mine'])
})

test('requestId: the name of another app is not passed on', async (t) => {
  await using client = await TestClient.open(site({ generate: () => 'mine' }))
  const { headers } = await client.get('/other')
  t.strictSame([headers.getAll('x-request-id'), headers.get('x-more')], [['mine'], '1'])
})

test('requestId: WebSockets have a name, refused ones too', async (t) => {
  await using client = await TestClient.open(site({ generate: () => 'mine' }))
  await using socket = await client.websocket('/')
  t.equal(socket.headers.get('x-request-id'), 'mine')
  const denied = (await client.websocket('/deny').catch((error: unknown) => error)) as WebSocketDenied
  t.equal(denied.response.headers.get('x-request-id'), 'mine')
})

test('requestIdOf: is null without requestId()', async (t) => {
  const app = new Application()
  app.get('/', (request) => new PlainTextResponse(String(requestIdOf(request))))
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), 'null')
})

test('requestId: refuses a field and an id that are none', async (t) => {
  t.throws(() => requestId({ header: 'a b' }), {
    message: 'Cannot name requests in "a b": expected the name of a field',
  })
  for (const id of ['', 'a\nb', 1]) {
    await using client = await TestClient.open(site({ generate: () => id as string }))
    await t.rejects(client.get('/'), { message: /^Cannot name a request .*: expected a value for a field$/ })
  }
})
