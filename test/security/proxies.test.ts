import { once } from 'node:events'
import { test } from 'tap'
import WebSocketClient from 'ws'
import { Application, JSONResponse, PlainTextResponse } from 'stelline'
import type { Request, WebSocket } from 'stelline'
import { proxyHeaders, rateLimit } from 'stelline/middleware'
import type { ProxyHeadersOptions } from 'stelline/middleware'
import { serve } from 'stelline/servers'
import { lint } from 'stelline/testing'
import { bestMs } from '../support/best-time.ts'
import { httpScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { Wire } from '../support/wire.ts'

/*
 * What has gone wrong with proxies and addresses in other frameworks, each with the identifier of its advisory.
 */

const silent = { info() {}, warn() {}, error() {} }
const facts = ({ client, url }: Request | WebSocket): readonly unknown[] => [client?.host, url.href]

function appWith(options: ProxyHeadersOptions): Application {
  const app = new Application({ middleware: [proxyHeaders(options)] })
  app.get('/{path:path}', (request) => new JSONResponse(facts(request)))
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendJson(facts(websocket))
  })
  return app
}

/** What a client that connects from 127.0.0.1 says of itself. */
const claims = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-prefix': '/evil',
}
const every = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-prefix'] as const

/** Returns the client and the URL that an app on a socket sees. */
async function seen(options: ProxyHeadersOptions, fields: Readonly<Record<string, string>>): Promise<unknown> {
  await using server = await serve(lint(appWith(options)), { port: 0, log: silent })
  using wire = await Wire.to(server.url)
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  wire.send(`GET /a HTTP/1.1\r\nhost: app.example\r\n${lines.join('')}\r\n`)
  return JSON.parse((await wire.answer()).body)
}

test('JS 21, CVE-2026-3635, GHSA-444r-cwp2-x5xf: on a socket, a peer that is not trusted is not believed a word', async (t) => {
  t.strictSame(await seen({ trusted: ['10.0.0.0/8'], headers: every }, claims), ['127.0.0.1', 'http://app.example/a'])
  const forwarded = { forwarded: 'for=6.6.6.6;proto=https;host=evil.example' }
  t.strictSame(await seen({ trusted: ['10.0.0.0/8'], headers: ['forwarded'] }, forwarded), [
    '127.0.0.1',
    'http://app.example/a',
  ])
})

test('JS 21, CVE-2026-3635, GHSA-444r-cwp2-x5xf: on a socket, a peer that is trusted by its address is believed', async (t) => {
  t.strictSame(await seen({ trusted: ['127.0.0.1'], headers: every }, claims), [
    '6.6.6.6',
    'https://evil.example/evil/a',
  ])
})

for (const [trusted, client, scheme] of [
  ['10.0.0.0/8', '127.0.0.1', 'ws'],
  ['127.0.0.0/8', '6.6.6.6', 'wss'],
] as const) {
  test(`JS 21, CVE-2026-3635: a WebSocket over a socket comes from ${client} where ${trusted} is trusted`, async (t) => {
    await using server = await serve(lint(appWith({ trusted: [trusted] })), { port: 0, log: silent })
    const socket = new WebSocketClient(server.url.replace('http', 'ws'), {
      headers: { ...claims, host: 'app.example' },
    })
    const [message] = (await once(socket, 'message')) as [Buffer]
    socket.terminate()
    t.strictSame(JSON.parse(message.toString()), [client, `${scheme}://app.example/`])
  })
}

for (const trusted of [1, true, ['1'], [1], () => true, ['loopback']] as unknown[]) {
  test(`JS 21, CVE-2026-16732, GHSA-3m5p-2c4r-xxw2: ${String(trusted)} is no address, and trusts nobody`, async (t) => {
    t.throws(() => proxyHeaders({ trusted: trusted as string[] }), { name: 'TypeError', message: /^Cannot / })
  })
}

test('JS 22, hono 41adbf56: on a socket, what a client wrote to the left of its address does not count', async (t) => {
  const fields = { 'x-forwarded-for': '6.6.6.6, 192.0.2.7, 10.1.2.3' }
  t.match(await seen({ trusted: ['127.0.0.1', '10.0.0.0/8'] }, fields), ['192.0.2.7'])
  t.match(await seen({ trusted: ['127.0.0.1'] }, fields), ['10.1.2.3'])
})

test('JS 23, h3 rc27: a field that the proxy does not set is not read, so that the client cannot win with it', async (t) => {
  t.strictSame(await seen({ trusted: ['127.0.0.1'] }, claims), ['6.6.6.6', 'https://app.example/a'])
  t.throws(() => proxyHeaders({ trusted: ['127.0.0.1'], headers: ['forwarded', 'x-forwarded-for'] }), TypeError)
})

for (const character of ['\t', '\n', '\r', '\0', ' ', '%0a', '%0D', '%09', '%00']) {
  test(`JS 23, h3 rc27: no host and no prefix with ${JSON.stringify(character)} is taken over`, async (t) => {
    const scope = httpScope({
      path: '/a',
      raw_path: '/a',
      headers: [
        ['host', 'app.example'],
        ['x-forwarded-host', `evil${character}.example`],
        ['x-forwarded-prefix', `/e${character}vil`],
      ],
    })
    // A server refuses some of these fields; here one is careless.
    const { headers, server } = scope
    await proxyHeaders({ trusted: ['*'], headers: ['x-forwarded-host', 'x-forwarded-prefix'] })(async () => {})(
      scope,
      async () => ({ type: 'http.disconnect' }),
      async () => {},
    )
    t.match(scope, { headers, server, root_path: '', path: '/a', raw_path: '/a' })
  })
}

const loopbacks = ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:FFFF:127.0.0.1']
for (const address of loopbacks) {
  test(`JS 31, hono 48fa2233: ${address} is 127.0.0.1`, async (t) => {
    const scope = httpScope({ client: [address, 1], headers: [['x-forwarded-for', '6.6.6.6']] })
    const { text } = await outcomeOf(appWith({ trusted: ['127.0.0.1'] }), scope)
    t.match(JSON.parse(text), ['6.6.6.6'])
  })
}

for (const address of ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '2001:db8:0000::0001', '2001:DB8::0:1']) {
  test(`JS 31, CVE-2026-47674: ${address} is 2001:db8::1, however it is written`, async (t) => {
    const scope = httpScope({ client: [address, 1], headers: [['x-forwarded-for', '6.6.6.6']] })
    const { text } = await outcomeOf(appWith({ trusted: ['2001:db8::1'] }), scope)
    t.match(JSON.parse(text), ['6.6.6.6'])
  })
}

for (const address of ['127.0.0.257', '256.0.0.1', '127.0.0.1.1', '0177.0.0.1', '2130706433', '127.1', '127.0.0.1 ']) {
  test(`JS 31, GHSA-r354-f388-2fhh: ${JSON.stringify(address)} is no address of anybody who is trusted`, async (t) => {
    const scope = httpScope({ client: [address, 1], headers: [['x-forwarded-for', '6.6.6.6']] })
    const { text } = await outcomeOf(appWith({ trusted: ['0.0.0.0/0', '::/0'] }), scope)
    t.match(JSON.parse(text), [address])
  })
}

for (const rule of ['256.0.0.1', '10.0.0.0/33', '10.0.0.1/8', '::1/129', '::g', '10.0.0.0/-1', '10.0.0.0/8/8', '']) {
  test(`JS 31, GHSA-r354-f388-2fhh: the rule ${JSON.stringify(rule)} is refused when it is made`, async (t) => {
    t.throws(() => proxyHeaders({ trusted: [rule] }), { name: 'TypeError', message: /^Cannot use / })
  })
}

test('JS 31, CVE-2026-47674: a client has one limit, however its address is written', async (t) => {
  const app = rateLimit({ limit: 1 })(new PlainTextResponse('').asgi)
  const statuses: Array<number | null> = []
  for (const address of ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201']) {
    statuses.push((await outcomeOf(app, httpScope({ client: [address, 1] }))).status)
  }
  t.strictSame(statuses, [200, 429, 200, 429, 429])
})

test('JS 11, oak 17.1.6, CVE-2025-25200: forwarded fields as long as a head may be are read in linear time', async (t) => {
  const headers = [
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-prefix',
    'x-forwarded-proto',
  ] as const
  for (const part of [' ,', 'a ', '\t', ',', 'https ,', 'for="', '::', '/a']) {
    const value = part.repeat(50_000)
    for (const name of headers) {
      const app = proxyHeaders({ trusted: ['*'], headers: [name] })(async () => {})
      const call = (): unknown =>
        app(
          httpScope({ headers: [[name, value]] }),
          async () => ({ type: 'http.disconnect' }),
          async () => {},
        )
      t.ok(bestMs(call) < 1000, `${name} ${JSON.stringify(part)}`)
    }
  }
})

test('CVE-2015-0219: on a socket, a field with underscores is not taken for the one with hyphens', async (t) => {
  t.match(await seen({ trusted: ['127.0.0.1'] }, { x_forwarded_for: '6.6.6.6', 'x-forwarded_proto': 'https' }), [
    '127.0.0.1',
    'http://app.example/a',
  ])
})
