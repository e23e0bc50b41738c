import { test } from 'tap'
import { endpointApp } from '../../lib/endpoint/endpoint-app.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ResponseOptions } from '../../lib/response/response.ts'
import { StreamingResponse } from '../../lib/response/streaming-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import type { TestResponse } from '../../lib/testing/test-response.ts'
import { conditional } from '../../middleware/conditional.ts'
import type { ConditionalOptions } from '../../middleware/conditional.ts'
import { recorder, receiveNothing, httpScope } from '../support/messages.ts'
import { settled } from '../../lib/spec/app.ts'

const text = (options?: ResponseOptions, body = 'hello'): ASGIApp =>
  endpointApp(() => new PlainTextResponse(body, options))

async function ask(
  app: ASGIApp,
  headers: Record<string, string> = {},
  { method = 'GET', ...options }: ConditionalOptions & { method?: string } = {},
): Promise<TestResponse> {
  await using client = await TestClient.open(conditional(options)(app))
  const response = await client.request(method, '/', { headers })
  await response.bytes()
  return response
}

const tag = '"qvTGHdzF6KLavt4PO0gs2a6pQ00"'

test('conditional: a whole body gets a tag of its bytes', async (t) => {
  const response = await ask(text())
  t.strictSame([response.status, response.headers.get('etag'), await response.text()], [200, tag, 'hello'])
  t.equal((await ask(endpointApp(() => new PlainTextResponse(Buffer.from('hello'))))).headers.get('etag'), tag)
  t.not((await ask(text({}, 'other'))).headers.get('etag'), tag)
})

// RFC 9110 §13.1.2 and §13.2.2.
for (const [headers, status] of [
  [{ 'if-none-match': tag }, 304],
  [{ 'if-none-match': `W/${tag}` }, 304],
  [{ 'if-none-match': `"x", ${tag}` }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-none-match': '"x"' }, 200],
  [{ 'if-match': tag }, 200],
  [{ 'if-match': '"x"' }, 412],
] as const) {
  for (const method of ['GET', 'HEAD']) {
    test(`conditional: ${method} with ${JSON.stringify(headers)} is answered with ${status}`, async (t) => {
      const response = await ask(text(), headers, { method })
      t.equal(response.status, status)
      if (status !== 200) t.equal(await response.text(), '')
    })
  }
}

test('conditional: a 304 keeps what does not describe a body', async (t) => {
  const headers = {
    'cache-control': 'max-age=1',
    'content-location': '/a',
    date: 'Sat, 21 Nov 2026 00:00:00 GMT',
    expires: '0',
    vary: 'Cookie',
    'set-cookie': 'a=b',
    'content-language': 'de',
    'access-control-allow-origin': '*',
  }
  const response = await ask(text({ headers }), { 'if-none-match': tag })
  t.strictSame([...response.headers.keys()].toSorted(), [
    'access-control-allow-origin',
    'cache-control',
    'content-location',
    'date',
    'etag',
    'expires',
    'set-cookie',
    'vary',
  ])
})

test('conditional: a tag or date of the app counts', async (t) => {
  t.equal((await ask(text({ headers: { etag: '"mine"' } }), { 'if-none-match': '"mine"' })).status, 304)
  const dated = text({ headers: { 'last-modified': 'Sat, 21 Nov 2026 00:00:00 GMT', etag: '"a"' } })
  t.equal((await ask(dated, { 'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT' })).status, 304)
  t.equal((await ask(dated, { 'if-modified-since': 'Fri, 20 Nov 2026 00:00:00 GMT' })).status, 200)
})

test('conditional: a stream has no tag of ours, and is cut off when the client has it', async (t) => {
  const stream = (headers: Record<string, string>): ASGIApp =>
    endpointApp(() => new StreamingResponse(['a', 'b', 'c'], { mediaType: 'text/plain', headers }))
  const plain = await ask(stream({}), { 'if-none-match': '*' })
  t.strictSame([plain.status, plain.headers.get('etag'), await plain.text()], [200, null, 'abc'])
  const known = await ask(stream({ etag: '"v1"' }), { 'if-none-match': '"v1"' })
  t.strictSame([known.status, await known.text()], [304, ''])
  t.equal(await (await ask(stream({ etag: '"v2"' }), { 'if-none-match': '"v1"' })).text(), 'abc')
})

test('conditional: an answer to HEAD without its body has no tag', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-length', '5']] })
    await send({ type: 'http.response.body' })
  }
  t.equal((await ask(app, {}, { method: 'HEAD' })).headers.get('etag'), null)
})

for (const [name, app, method, options] of [
  ['POST', text(), 'POST', {}],
  ['another status', text({ status: 201 }), 'GET', {}],
  ['no-store', text({ headers: { 'cache-control': 'private, No-Store' } }), 'GET', {}],
  ['a body above the limit', text(), 'GET', { maxBytes: 4 }],
  ['an empty body', text({}, ''), 'GET', {}],
] as const) {
  test(`conditional: leaves alone ${name}`, async (t) => {
    const response = await ask(app, { 'if-none-match': '*' }, { method, ...options })
    t.strictSame([response.headers.get('etag'), response.status === 304], [null, false])
  })
}

test('conditional: early hints, a second head and an answer without fields pass', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.early_hint', links: [] })
    await send({ type: 'http.response.start', status: 500 })
    await send({ type: 'http.response.body', body: 'x' })
  }
  const { send, sent } = recorder()
  await conditional()(app)(httpScope(), receiveNothing, send)
  t.strictSame(
    sent.map((message) => ('status' in message ? message.status : message.type)),
    ['http.response.early_hint', 500, 'http.response.body'],
  )
})

test('conditional: waits for nothing where the server waits for nothing', async (t) => {
  const calls: Promise<void>[] = []
  const app: ASGIApp = (_scope, _receive, send) => {
    calls.push(send({ type: 'http.response.start', status: 200 }), send({ type: 'http.response.body', body: 'a' }))
    return settled
  }
  await conditional()(app)(httpScope(), receiveNothing, recorder().send)
  t.ok(calls.every((call) => call === settled))
  await conditional()(app)(httpScope(), receiveNothing, async () => {})
  await Promise.all(calls)
})

test('conditional: WebSockets pass', async (t) => {
  let seen = ''
  const app = conditional()(async (scope, receive, send) => {
    seen = scope.type
    await receive()
    await send({ type: 'websocket.close' })
  })
  await using client = await TestClient.open(app, { lifespan: 'off' })
  await client.websocket('/').catch(() => {})
  t.equal(seen, 'websocket')
})

test('rule 36: conditional refuses a limit that is none', (t) => {
  t.throws(() => conditional({ maxBytes: Number.NaN }), {
    message: 'Cannot make tags: maxBytes is NaN, expected a number of bytes',
  })
  t.end()
})
