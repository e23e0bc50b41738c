import { once } from 'node:events'
import { test } from 'tap'
import { WebSocket as WebSocketClient } from 'ws'
import { serve } from '../../lib/servers/node/serve.ts'
import { EventSourceResponse } from '../../lib/response/event-source-response.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { accessLog } from '../../middleware/access-log/access-log.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { compression } from '../../middleware/compression/compression.ts'
import { cors } from '../../middleware/cors/cors.ts'
import { conditional } from '../../middleware/conditional.ts'
import { requestId } from '../../middleware/request-id/request-id.ts'
import { sessions } from '../../middleware/sessions/sessions.ts'
import { timeout } from '../../middleware/timeout.ts'
import { tracing } from '../../middleware/tracing.ts'
import { Application } from '../../routing/application.ts'
import { Wire } from '../support/wire.ts'

const content = Array.from({ length: 500 }, (_, index) => ({ index }))

/** All together, on a socket. */
function site(timeoutMs = 60_000): ASGIApp {
  const app = new Application({
    middleware: [
      tracing(),
      accessLog({ write: () => {} }),
      requestId(),
      compression(),
      conditional(),
      sessions({ keys: 'a key of at least thirty-two bytes' }),
      bodyLimit({ maxBytes: 10 }),
      timeout({ timeoutMs }),
    ],
  })
  app.get('/data', () => new JSONResponse(content))
  app.get('/events', () => new EventSourceResponse(['one', 'two']))
  app.get('/slow', async ({ signal }) => {
    await once(signal, 'abort')
    throw signal.reason
  })
  app.post('/echo', async (request) => new PlainTextResponse(await request.text()))
  app.get('/visits', ({ session }) => {
    session.set('visits', Number(session.get('visits') ?? 0) + 1)
    return new JSONResponse(session)
  })
  app.websocket('/socket', async (websocket) => {
    websocket.session.set('socket', true)
    await websocket.accept()
  })
  return lint(app)
}

for (const [accept, encoding] of [
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['identity', null],
] as const) {
  test(`compression: a client on a socket reads ${accept}, and has it the next time`, async (t) => {
    await using server = await serve(site(), { port: 0 })
    const headers = { 'accept-encoding': accept }

    const first = await fetch(`${server.url}/data`, { headers })
    const body: unknown = await first.json()
    const etag = first.headers.get('etag')!
    const second = await fetch(`${server.url}/data`, { headers: { ...headers, 'if-none-match': etag } })

    t.equal(first.headers.get('content-encoding'), encoding)
    t.strictSame(body, content)
    t.strictSame([second.status, await second.text()], [304, ''])
  })
}

test('compression: events arrive on a socket', async (t) => {
  await using server = await serve(site(), { port: 0 })
  const response = await fetch(`${server.url}/events`, { headers: { 'accept-encoding': 'gzip' } })
  t.equal(response.headers.get('content-encoding'), 'gzip')
  t.equal(await response.text(), 'data: one\n\ndata: two\n\n')
})

test('cors: a preflight on a socket is answered, also one that asks for a private network', async (t) => {
  for (const [allowPrivateNetwork, status, allowed] of [
    [true, 200, 'true'],
    [false, 400, undefined],
  ] as const) {
    const app = new Application({
      middleware: [cors({ allowOrigins: ['https://public.example'], allowPrivateNetwork })],
    })
    app.get('/', () => new PlainTextResponse('printer'))
    await using server = await serve(lint(app), { port: 0 })
    using wire = await Wire.to(server.url)
    wire.send(
      'OPTIONS / HTTP/1.1\r\nhost: printer.local\r\norigin: https://public.example\r\n',
      'access-control-request-method: GET\r\naccess-control-request-private-network: true\r\n\r\n',
    )
    const { status: got, headers } = await wire.answer()
    t.strictSame(
      [got, headers['access-control-allow-private-network'], headers['access-control-allow-origin'], headers['vary']],
      [status, allowed, 'https://public.example', 'Origin'],
    )
  }
})

for (const [path, status] of [
  ['/', 200],
  ['/bug', 500],
  ['/late', 504],
  ['/nothing', 404],
] as const) {
  test(`cors: a client on a socket gets a ${status} that a page of an allowed origin can read`, async (t) => {
    const origin = 'https://app.example'
    const app = new Application({ middleware: [cors({ allowOrigins: [origin] }), timeout({ timeoutMs: 100 })] })
    app.get('/', () => new PlainTextResponse('read'))
    app.get('/bug', () => {
      throw new TypeError('bug')
    })
    app.get('/late', async ({ signal }) => {
      await once(signal, 'abort')
      return new PlainTextResponse('late')
    })
    await using server = await serve(lint(app), { port: 0, log: { info() {}, warn() {}, error() {} } })
    const response = await fetch(server.url + path, { headers: { origin } })
    t.strictSame(
      [response.status, response.headers.get('access-control-allow-origin'), response.headers.get('vary')],
      [status, origin, 'Origin'],
    )
  })
}

test('timeout: a client on a socket gets 504, and the endpoint stops', async (t) => {
  await using server = await serve(site(100), { port: 0 })
  t.equal((await fetch(`${server.url}/slow`)).status, 504)
})

test('bodyLimit: a client on a socket gets 413, announced or not', async (t) => {
  await using server = await serve(site(), { port: 0 })
  const chunks = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 3; index++) controller.enqueue(Buffer.from('abcdef'))
      controller.close()
    },
  })
  const announced = await fetch(`${server.url}/echo`, { method: 'POST', body: 'a'.repeat(11) })
  const streamed = await fetch(`${server.url}/echo`, { method: 'POST', body: chunks, duplex: 'half' })
  t.strictSame([announced.status, streamed.status], [413, 413])
  t.equal(announced.headers.get('connection'), 'close')
})

test('sessions: go from answer to request, and with the accept of a WebSocket', async (t) => {
  await using server = await serve(site(), { port: 0 })
  const first = await fetch(`${server.url}/visits`)
  const cookie = first.headers.get('set-cookie')!.split(';')[0]!
  const second = await fetch(`${server.url}/visits`, { headers: { cookie } })
  t.strictSame(await second.json(), { visits: 2 })

  const socket = new WebSocketClient(`${server.url}/socket`.replace('http', 'ws'), { headers: { cookie } })
  const [response] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string[]> }]
  socket.close()
  const [accepted] = response.headers['set-cookie']!
  const third = await fetch(`${server.url}/visits`, { headers: { cookie: accepted!.split(';')[0]! } })
  t.strictSame(await third.json(), { visits: 2, socket: true })
})
