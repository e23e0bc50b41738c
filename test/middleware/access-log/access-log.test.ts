import { spawnSync } from 'node:child_process'
import { test } from 'tap'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { StreamingResponse } from '../../../lib/response/streaming-response.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import { eventLoopTurns } from '../../../lib/testing/event-loop.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { accessLog } from '../../../middleware/access-log/access-log.ts'
import type { AccessLogOptions } from '../../../middleware/access-log/access-log.ts'
import type { AccessEntry } from '../../../middleware/access-log/access-entry.ts'
import { combinedFormat, jsonFormat } from '../../../middleware/access-log/formats.ts'
import { authentication } from '../../../middleware/authentication/authentication.ts'
import { requestId } from '../../../middleware/request-id/request-id.ts'
import { Application } from '../../../routing/application.ts'
import { httpScope, receiveNothing, recorder } from '../../support/messages.ts'

const timeMs = Date.UTC(2026, 10, 1, 3, 4, 5)

const entry: AccessEntry = {
  timeMs,
  client: '192.0.2.1',
  protocol: 'http',
  method: 'GET',
  target: '/a?b=c',
  httpVersion: '1.1',
  status: 200,
  bytes: 12,
  durationMs: 1.23456,
  referer: null,
  userAgent: 'curl/8',
  requestId: 'r1',
  user: 'ada',
}

function site(options: AccessLogOptions): Application {
  const app = new Application({
    middleware: [
      accessLog(options),
      requestId({ generate: () => 'r1' }),
      authentication({
        backends: [{ authenticate: ({ headers }) => (headers.has('x-user') ? { user: { name: 'ada' } } : null) }],
      }),
    ],
  })
  app.get('/', () => new PlainTextResponse('hällo'))
  app.get('/stream', () => new StreamingResponse(['abc', Buffer.from('de')]))
  app.get('/fail', () => {
    throw new Error('failed')
  })
  app.websocket('/socket', async (websocket) => {
    await websocket.accept()
    await websocket.sendText('ä')
    await websocket.sendBytes(Buffer.from('abc'))
  })
  app.websocket('/closed', (websocket) => websocket.close())
  app.websocket('/denied', (websocket) => websocket.deny(new PlainTextResponse('no', { status: 401 })))
  return app
}

/** Makes an app that collects what it logs. */
function collecting(options: AccessLogOptions = {}): { app: Application; entries: AccessEntry[] } {
  const entries: AccessEntry[] = []
  const times = [timeMs, timeMs + 5]
  const now = (): number => times.shift() ?? timeMs
  return { app: site({ logger: { info: (logged) => void entries.push(logged) }, now, ...options }), entries }
}

test('accessLog: logs what was asked and what was answered', async (t) => {
  const { app, entries } = collecting()
  await using client = await TestClient.open(app, { client: ['192.0.2.1', 1] })
  await (await client.get('/?a=%20', { headers: { referer: 'http://a/', 'user-agent': 'u', 'x-user': '1' } })).text()
  t.strictSame(entries, [
    {
      timeMs,
      client: '192.0.2.1',
      protocol: 'http',
      method: 'GET',
      target: '/?a=%20',
      httpVersion: '1.1',
      status: 200,
      bytes: 6,
      durationMs: 5,
      referer: 'http://a/',
      userAgent: 'u',
      requestId: 'r1',
      user: 'ada',
    },
  ])
})

for (const [path, status, bytes] of [
  ['/', 200, 6],
  ['/stream', 200, 5],
  ['/nothing', 404, 9],
] as const) {
  test(`accessLog: ${path} has ${bytes} bytes and status ${status}`, async (t) => {
    const { app, entries } = collecting()
    await using client = await TestClient.open(app)
    await (await client.get(path)).bytes()
    await eventLoopTurns(2)
    t.match(entries, [{ status, bytes, user: null }])
  })
}

test('accessLog: a request that fails is logged with what was answered until then', async (t) => {
  const { app, entries } = collecting()
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  t.equal((await client.get('/fail')).status, 500)
  t.match(entries, [{ target: '/fail', status: 0 }])
})

test('accessLog: an app that throws at once, or sends no fields, is logged, too', async (t) => {
  const entries: AccessEntry[] = []
  const logger = { info: (logged: AccessEntry) => void entries.push(logged) }
  const failing: ASGIApp = () => {
    throw new Error('at once')
  }
  t.throws(() => accessLog({ logger })(failing)(httpScope({ client: null }), receiveNothing, recorder().send))
  const empty: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 204 })
    await send({ type: 'http.response.body' })
    await send({ type: 'http.response.trailers' })
  }
  await accessLog({ logger })(empty)(httpScope({ raw_path: '/%61' }), receiveNothing, recorder().send)
  t.match(entries, [
    { status: 0, client: null },
    { status: 204, bytes: 0, target: '/%61' },
  ])
})

for (const [path, status, bytes] of [
  ['/socket', 101, 5],
  ['/closed', 403, 0],
  ['/denied', 401, 2],
] as const) {
  test(`accessLog: the WebSocket ${path} is logged at its end with ${status}`, async (t) => {
    const { app, entries } = collecting()
    await using client = await TestClient.open(app)
    const socket = await client.websocket(path).catch(() => null)
    await socket?.close()
    await eventLoopTurns(10)
    t.match(entries, [{ protocol: 'websocket', method: 'GET', status, bytes }])
  })
}

test('accessLog: what is skipped is not logged', async (t) => {
  const { app, entries } = collecting({ skip: ({ target }) => target === '/' })
  await using client = await TestClient.open(app)
  await client.get('/')
  t.strictSame(entries, [])
})

test('accessLog: writes lines in a format', async (t) => {
  for (const [format, pattern] of [
    ['combined', /^testclient - - \[\d\d\/\w{3}\/\d{4}:[\d:]{8} \+0000\] "GET \/ HTTP\/1.1" 200 6 "-" "testclient"\n$/],
    ['json', /^\{"time":"[^"]+","client":"testclient",.*"durationMs":[\d.]+\}\n$/],
    [({ status }: AccessEntry) => `status ${status}`, /^status 200\n$/],
  ] as const) {
    const lines: string[] = []
    await using client = await TestClient.open(site({ format, write: (line) => lines.push(line) }))
    await (await client.get('/')).text()
    await eventLoopTurns(2)
    t.match(lines[0], pattern)
    t.equal(lines.length, 1)
  }
})

test('accessLog: the default is the standard output; pino is used where it is asked for', (t) => {
  const program = `
    import { accessLog } from './middleware/access-log/access-log.ts'
    const scope = { type: 'http', method: 'GET', path: '/x', query_string: '', headers: [], http_version: '1.1', client: null }
    const app = async (scope, receive, send) => send({ type: 'http.response.start', status: 204 })
    await accessLog()(app)(scope, null, async () => {})
    await accessLog({ format: 'pino' })(app)(scope, null, async () => {})
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', '--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: new URL('../../../', import.meta.url),
    env: { PATH: process.env['PATH'] },
  })
  t.match(stdout, /^- - - \[[^\]]+\] "GET \/x HTTP\/1\.1" 204 0 "-" "-"$/m, stderr)
  t.match(stdout, /^\{"level":30,.*"status":204,.*"msg":"GET \/x 204"\}$/m)
  t.end()
})

test('accessLog: refuses a format that there is not', (t) => {
  t.throws(() => accessLog({ format: 'xml' as 'json' }), {
    message: 'Cannot log requests as "xml": expected "combined", "json", "pino" or a function',
  })
  t.end()
})

test('accessLog: the lifespan passes', async (t) => {
  const { app, entries } = collecting()
  await using client = await TestClient.open(app)
  t.strictSame([client.state, entries], [{}, []])
})

test('combinedFormat: is that of Apache', (t) => {
  t.equal(
    combinedFormat({ ...entry, referer: 'http://a/' }),
    '192.0.2.1 - ada [01/Nov/2026:03:04:05 +0000] "GET /a?b=c HTTP/1.1" 200 12 "http://a/" "curl/8"',
  )
  t.equal(
    combinedFormat({ ...entry, client: null, user: '', status: 0, userAgent: null }),
    '- - - [01/Nov/2026:03:04:05 +0000] "GET /a?b=c HTTP/1.1" - 12 "-" "-"',
  )
  t.end()
})

const nasty = 'a" \\ \x1b[31m\r\n127.0.0.1 - \u2028 ä'

test('rule 25, CVE-2020-7694: no text of a client ends a line, a quotation or a column, nor speaks to a terminal', (t) => {
  const line = combinedFormat({ ...entry, target: nasty, referer: nasty, userAgent: nasty, user: nasty, method: nasty })
  t.match(line, /^[ -~]+$/)
  t.equal(line.split('"').length, 7)
  t.equal(line.split(' ')[2], 'a\\x22\\x20\\x5c\\x20\\x1b[31m\\x0d\\x0a127.0.0.1\\x20-\\x20\\u{2028}\\x20\\xe4')
  const json = jsonFormat({ ...entry, target: nasty })
  t.match(json, /^[ -~]+$/)
  t.equal((JSON.parse(json) as AccessEntry).target, nasty)
  t.end()
})

test('jsonFormat: has every value by its name', (t) => {
  const { timeMs: _timeMs, ...rest } = entry
  t.strictSame(JSON.parse(jsonFormat(entry)), { time: '2026-11-01T03:04:05.000Z', ...rest, durationMs: 1.235 })
  t.end()
})
