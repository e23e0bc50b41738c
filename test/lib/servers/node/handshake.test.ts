import { test } from 'tap'
import type { WebSocketScope } from '../../../../lib/spec/scope.ts'
import { gate, get, handshake, http, paths, post, reply, serving, unlinted, websocket } from '../serving.ts'
import { frame, opcodes } from '../../../support/websocket-frame.ts'

/** Accepts, and stays until the peer leaves. */
const accepting = websocket(async (_scope, receive, send) => {
  await receive()
  await send({ type: 'websocket.accept' })
  while ((await receive()).type !== 'websocket.disconnect') continue
})

test('serve(): a handshake is answered as RFC 6455 says', async (t) => {
  const { open } = await serving(t, accepting)

  const head = await (await open()).send(handshake()).until('\r\n\r\n')

  t.match(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  t.match(head, /\r\nUpgrade: websocket\r\n/i)
  t.match(head, /\r\nConnection: Upgrade\r\n/i)
  // The example of RFC 6455 §1.3.
  t.match(head, /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i)
  t.match(head, /\r\ndate: [^\r]+ GMT\r\n/)
})

test('serve(): the scope of a WebSocket', async (t) => {
  const scopes: WebSocketScope[] = []
  const app = websocket(async (scope, _receive, send) => {
    scopes.push(scope)
    await send({ type: 'websocket.close' })
  })
  const { ask, server } = await serving(t, app, { rootPath: '/api' })

  await ask(handshake('/a%20b?c=%41', 'Sec-WebSocket-Protocol: one, two', 'sec-websocket-protocol: three'))

  const { headers, client, extensions, ...rest } = scopes[0]!
  t.same(rest, {
    type: 'websocket',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    scheme: 'ws',
    path: '/api/a b',
    raw_path: '/api/a%20b',
    query_string: 'c=%41',
    root_path: '/api',
    server: ['127.0.0.1', server.port],
    subprotocols: ['one', 'two', 'three'],
    state: {},
  })
  t.equal(client![0], '127.0.0.1')
  t.same([...headers][0], ['host', 'example.org'])
  t.same(Object.keys(extensions), ['server.shutdown.signal', 'websocket.http.response'])
})

const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
const upgrade = ['connection: Upgrade', 'upgrade: websocket'] as const

/** Handshakes that no app may see. Source: RFC 6455 §4.2.1 and §4.4. */
const refusals: ReadonlyArray<readonly [what: string, request: string, status: number, fields: object]> = [
  ['no version', get('/', ...upgrade, key), 426, { 'sec-websocket-version': '13', upgrade: 'websocket' }],
  ['another version', get('/', ...upgrade, key, 'sec-websocket-version: 8'), 426, { 'sec-websocket-version': '13' }],
  ['no key', get('/', ...upgrade, 'sec-websocket-version: 13'), 400, {}],
  ['a short key', get('/', ...upgrade, 'sec-websocket-version: 13', 'sec-websocket-key: abc'), 400, {}],
  ['two keys', handshake('/', key), 400, {}],
  ['another method', handshake().replace('GET', 'PUT'), 405, { allow: 'GET' }],
  ['a body', handshake('/', 'content-length: 3') + 'abc', 400, {}],
  ['a body in chunks', `${handshake('/', 'transfer-encoding: chunked')}0\r\n\r\n`, 400, {}],
  ['an empty subprotocol', handshake('/', 'sec-websocket-protocol: a,,b'), 400, {}],
  ['a subprotocol twice', handshake('/', 'sec-websocket-protocol: a, a'), 400, {}],
  ['a subprotocol that is no token', handshake('/', 'sec-websocket-protocol: a b'), 400, {}],
  ['a target that does not decode', handshake('/%zz'), 400, {}],
  ['two hosts', handshake('/', 'host: b'), 400, {}],
]
for (const [what, request, status, fields] of refusals) {
  test(`serve(): a handshake with ${what} is answered with ${status}`, async (t) => {
    const { open, log, records } = await serving(
      t,
      websocket(async () => {
        throw new Error('called')
      }),
      { headers: [['x-a', '1']] },
    )
    const wire = (await open()).send(request)

    const answer = await wire.answer()

    t.equal(answer.status, status)
    t.match(answer.headers, { ...fields, 'x-a': '1', date: / GMT$/, connection: 'close' })
    t.ok(await wire.closed)
    t.same(log, [])
    t.match(records, [{ protocol: 'http', status }])
  })
}

test('rule 59: a long list of subprotocols takes no time to refuse', async (t) => {
  const { ask } = await serving(t, accepting)
  const started = performance.now()

  const { status } = await ask(handshake('/', `sec-websocket-protocol: a${' '.repeat(15_000)}b`))

  t.equal(status, 400)
  t.ok(performance.now() - started < 20_000)
})

test('rule 59: too many header fields are refused with 431', async (t) => {
  const { ask } = await serving(t, accepting)
  const fields = Array.from({ length: 200 }, (_, at) => `x-${at}: a`)

  t.equal((await ask(handshake('/', ...fields))).status, 431)
})

// ---- accept

test('websocket.accept: the subprotocol and the headers', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    const headers = (function* (): Generator<readonly [string, string]> {
      yield ['x-a', 'caf\xe9']
      yield ['set-cookie', 'a=1']
      yield ['set-cookie', 'b=2']
      yield ['sec-websocket-accept', 'mine']
      yield ['connection', 'close']
    })()
    await send({ type: 'websocket.accept', subprotocol: 'two', headers })
    await receive()
  })
  const { open } = await serving(t, app, { serverHeader: 'stelline' })

  const { headers } = await (await open()).send(handshake('/', 'sec-websocket-protocol: one, two')).answer()

  t.match(headers, {
    'sec-websocket-protocol': 'two',
    'x-a': 'caf\xe9',
    'set-cookie': 'a=1, b=2',
    'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    connection: 'Upgrade',
    server: 'stelline',
  })
})

test('websocket.accept: dateHeader false leaves out the date', async (t) => {
  const { open } = await serving(t, accepting, { dateHeader: false })

  t.equal((await (await open()).send(handshake()).answer()).headers['date'], undefined)
})

test('websocket.accept: without a subprotocol none is chosen', async (t) => {
  const { open } = await serving(t, accepting)

  const { headers } = await (await open()).send(handshake('/', 'sec-websocket-protocol: one')).answer()

  t.equal(headers['sec-websocket-protocol'], undefined)
})

const badAccepts: ReadonlyArray<readonly [what: string, message: object]> = [
  ['a subprotocol that was not offered', { subprotocol: 'three' }],
  ['a subprotocol that is no token', { subprotocol: 'a b' }],
  ['a header with a line break', { headers: [['x-a', 'b\r\nc: d']] }],
  ['a header without a name', { headers: [['', 'b']] }],
]
for (const [what, message] of badAccepts) {
  test(`websocket.accept: ${what} is refused: 500`, async (t) => {
    const app = websocket(async (_scope, receive, send) => {
      await receive()
      await send({ type: 'websocket.accept', ...message } as never)
    })
    const { ask, log } = await serving(t, unlinted(app))

    t.equal((await ask(handshake('/', 'sec-websocket-protocol: one, two'))).status, 500)
    t.match(log, [/^The app failed: WebSocket "\/": Cannot send "websocket\.accept"/])
  })
}

test('websocket.accept: may follow one that was refused', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept', subprotocol: 'three' }).catch(() => send({ type: 'websocket.accept' }))
    await receive()
  })
  const { open } = await serving(t, unlinted(app))

  t.equal((await (await open()).send(handshake()).answer()).status, 101)
})

test('websocket.accept: frames that came before it are received after it', async (t) => {
  const called = gate()
  const accept = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    called.open()
    await accept.opened
    await send({ type: 'websocket.accept' })
    const { type, ...message } = await receive()
    await send({ type: 'websocket.send', text: JSON.stringify([type, message]) })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(handshake(), frame({ opcode: opcodes.text, payload: 'early' }).subarray(0, 3))

  await called.opened
  await wire.flush(frame({ opcode: opcodes.text, payload: 'early' }).subarray(3))
  accept.open()
  const { status } = await wire.answer()
  const { payload } = await wire.frame()

  t.equal(status, 101)
  t.equal(String(payload), '["websocket.receive",{"text":"early"}]')
})

test('websocket.accept: a client that floods before it is held back, and heard afterwards', async (t) => {
  const accept = gate()
  const called = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    called.open()
    await accept.opened
    await send({ type: 'websocket.accept' })
    let size = 0
    while (size < 40_000_000) {
      const message = await receive()
      if (message.type !== 'websocket.receive') break
      size += message.bytes!.length
    }
    await send({ type: 'websocket.send', text: String(size) })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(handshake())
  const flood = frame({ opcode: opcodes.bytes, payload: Buffer.alloc(1_000_000) })

  await called.opened
  for (let i = 0; i < 40; i++) wire.socket.write(flood)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const taken = wire.socket.bytesWritten - wire.socket.writableLength
  accept.open()
  await wire.answer()

  t.ok(taken < 20_000_000, `${taken} bytes were taken`)
  t.equal(String((await wire.frame()).payload), '40000000')
})

// Rule 60: handshakes that are abandoned.
for (const [how, reset] of [
  ['in order', false],
  ['with a reset', true],
] as const) {
  test(`rule 60: a client that leaves ${how} before the accept`, async (t) => {
    const called = gate()
    const seen = gate<unknown>()
    const app = websocket(async (_scope, receive, send) => {
      await receive()
      called.open()
      const message = await receive()
      seen.open([message, await send({ type: 'websocket.accept' }).catch((error: Error) => error.name)])
    })
    const { open, server, log, records } = await serving(t, app)
    const wire = (await open()).send(handshake())

    await called.opened
    if (reset) wire.reset()
    else wire.finish()

    t.same(await seen.opened, [{ type: 'websocket.disconnect', code: 1006, reason: '' }, 'ClientDisconnected'])
    await server.close()
    t.same(log, [])
    t.match(records, [{ protocol: 'websocket', status: 0 }])
  })
}

// ---- refusals

test('websocket.close before the accept: 403', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.close', code: 4000, reason: 'no' })
    seen.open(await receive())
  })
  const { open, records } = await serving(t, app)
  const wire = (await open()).send(handshake())

  const answer = await wire.answer()

  t.same([answer.status, answer.body, answer.headers['connection']], [403, 'Forbidden', 'close'])
  t.ok(await wire.closed)
  t.match(await seen.opened, { type: 'websocket.disconnect', code: 1006 })
  t.match(records, [{ protocol: 'websocket', status: 403 }])
})

const failures: ReadonlyArray<readonly [what: string, app: ReturnType<typeof websocket>, log: RegExp]> = [
  ['returns', websocket(async () => {}), /^The app returned without accepting or refusing: WebSocket "\/"$/],
  [
    'throws',
    websocket(async () => {
      throw new Error('boom')
    }),
    /boom$/,
  ],
  [
    'throws at once',
    websocket(() => {
      throw new Error('boom')
    }),
    /boom$/,
  ],
  [
    'sends',
    websocket((_scope, _receive, send) => send({ type: 'websocket.send', text: 'a' })),
    /the state is "connecting"/,
  ],
  [
    'begins to deny',
    websocket((_scope, _receive, send) => send({ type: 'websocket.http.response.start', status: 401 })),
    /without accepting or refusing/,
  ],
  [
    'denies with a status that is none',
    websocket((_scope, _receive, send) => send({ type: 'websocket.http.response.start', status: 1700 })),
    /status is 1700/,
  ],
]
for (const [what, app, log] of failures) {
  test(`serve(): an app that ${what} before the accept: 500`, async (t) => {
    const served = await serving(t, unlinted(app))
    const wire = (await served.open()).send(handshake())

    const { status, body } = await wire.answer()

    t.same([status, body], [500, 'Internal Server Error'])
    t.ok(await wire.closed)
    t.match(served.log, [log])
  })
}

test('websocket.http.response: a denial with status, headers and body', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.http.response.start', status: 401, headers: [['x-a', 'caf\xe9']] })
    await send({ type: 'websocket.http.response.body', body: 'no' })
  })
  const { open, records } = await serving(t, app)
  const wire = (await open()).send(handshake())

  const answer = await wire.answer()

  t.same([answer.status, answer.body], [401, 'no'])
  t.match(answer.headers, { 'x-a': 'caf\xe9', 'content-length': '2', connection: 'close', date: / GMT$/ })
  t.ok(await wire.closed)
  t.match(records, [{ status: 401, bytesSent: 2 }])
})

test('websocket.http.response: a denial in several pieces', async (t) => {
  const app = websocket(async (_scope, _receive, send) => {
    await send({ type: 'websocket.http.response.start', status: 503 })
    for (const body of ['a', '', 'b']) await send({ type: 'websocket.http.response.body', body, more_body: true })
    await send({ type: 'websocket.http.response.body' })
  })
  const { open } = await serving(t, app, { dateHeader: false })
  const wire = (await open()).send(handshake())

  const { status, body, headers } = await wire.answer()

  t.same([status, body, headers['date']], [503, 'ab', undefined])
  t.ok(await wire.closed)
})

test('websocket.http.response: a denial that is begun and not ended is cut', async (t) => {
  const app = websocket(async (_scope, _receive, send) => {
    await send({ type: 'websocket.http.response.start', status: 503 })
    await send({ type: 'websocket.http.response.body', body: 'a', more_body: true })
  })
  const { ask, log } = await serving(t, unlinted(app))

  await t.rejects(ask(handshake()), /The connection ended/)
  t.match(log, [/without accepting or refusing/])
})

test('websocket.http.response: a message that breaks the order changes nothing', async (t) => {
  const refused: string[] = []
  const app = websocket(async (_scope, _receive, send) => {
    const attempt = (message: object): Promise<unknown> =>
      send(message as never).catch((error: Error) => refused.push(error.name))
    await send({ type: 'websocket.http.response.start', status: 401 })
    await attempt({ type: 'websocket.http.response.start', status: 402 })
    await attempt({ type: 'websocket.accept' })
    await attempt({ type: 'websocket.http.response.body', body: 7 })
    await send({ type: 'websocket.http.response.body', body: 'no' })
    await attempt({ type: 'websocket.http.response.body', body: 'no' })
  })
  const { ask } = await serving(t, unlinted(app))

  const { status, body } = await ask(handshake())

  t.same([status, body, refused.length], [401, 'no', 4])
})

test('websocket.http.response: a slow client holds the app back, and its leaving is told', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.http.response.start', status: 401 })
    const sending = send({ type: 'websocket.http.response.body', body: Buffer.alloc(50_000_000), more_body: true })
    seen.open(await sending.catch((error: Error) => error.name))
  })
  const { open, log, server } = await serving(t, app)
  const wire = (await open()).send(handshake())

  await wire.until('\r\n\r\n')
  wire.reset()

  t.equal(await seen.opened, 'ClientDisconnected')
  await server.close()
  t.same(log, [])
})

test('websocket.http.response: a big denial arrives whole', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.http.response.start', status: 401 })
    await send({ type: 'websocket.http.response.body', body: Buffer.alloc(5_000_000), more_body: true })
    await send({ type: 'websocket.http.response.body', body: 'end' })
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(handshake())).body.length, 5_000_003)
})

// ---- upgrades that are not wanted

const other = ['connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'] as const

/** Requests that ask for something that the server does not speak: they are served as what they are otherwise. */
const upgrades: ReadonlyArray<readonly [what: string, request: string, body: string]> = [
  ['h2c', get('/', ...other), ''],
  ['h2c with a body', post('abc', ...other), 'abc'],
  ['h2c with a big body', post('a'.repeat(300_000), ...other), 'a'.repeat(300_000)],
  [
    'h2c with a body in chunks',
    get('/', ...other, 'transfer-encoding: chunked').replace('GET', 'POST') + '3\r\nabc\r\n0\r\n\r\n',
    'abc',
  ],
  ['several', get('/', 'connection: Upgrade', 'upgrade: foo, websocket'), ''],
  ['through connection twice', get('/', 'connection: keep-alive', 'connection: upgrade', 'upgrade: foo'), ''],
  ['through proxy-connection', get('/', 'proxy-connection: Upgrade', 'upgrade: foo'), ''],
  ['websocket in HTTP/1.0', handshake('/', 'connection: keep-alive').replace('HTTP/1.1', 'HTTP/1.0'), ''],
]
const echoing = http(async (_scope, receive, send) => {
  const chunks: Uint8Array[] = []
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request') return
    chunks.push(message.body!)
    if (!message.more_body) return reply(send, Buffer.concat(chunks))
  }
})
for (const [what, request, body] of upgrades) {
  test(`serve(): a request to upgrade to ${what} is served without, and the connection kept`, async (t) => {
    const { open } = await serving(t, echoing)
    const wire = await open()

    const first = await wire.send(request).answer()
    const second = await wire.send(request).answer()
    const third = await wire.send(post('next')).answer()

    t.same([first.status, first.body, second.body, third.body], [200, body, body, 'next'])
  })
}

test('serve(): upgrades that are not wanted leave nothing behind on their connection', async (t) => {
  const warned = t.capture(process, 'emitWarning')
  const { open } = await serving(t, paths)
  const wire = await open()

  for (let i = 0; i < 50; i++) await wire.send(get('/', ...other)).answer()

  t.same(warned(), [])
})

test('serve(): an upgrade that is not wanted waits for its turn', async (t) => {
  const answer = gate()
  const called = gate()
  const app = http(async ({ path }, _receive, send) => {
    called.open()
    await answer.opened
    await reply(send, path)
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), get('/b', ...other), get('/c'))

  await called.opened
  answer.open()

  t.same([(await wire.answer()).body, (await wire.answer()).body, (await wire.answer()).body], ['/a', '/b', '/c'])
})

test('serve(): a handshake waits for its turn', async (t) => {
  const answer = gate()
  const called = gate()
  const { open } = await serving(t, async (scope, receive, send) => {
    if (scope.type !== 'http') return accepting(scope, receive, send)
    called.open()
    await answer.opened
    return reply(send, 'first')
  })
  const wire = (await open()).send(get(), handshake(), frame({ opcode: opcodes.ping, payload: 'a' }))

  await called.opened
  answer.open()
  const first = await wire.answer()
  const second = await wire.answer()
  const pong = await wire.frame()

  t.same([first.body, second.status, pong.opcode], ['first', 101, opcodes.pong])
})

test('serve(): a handshake behind a request that never ends dies with its client', async (t) => {
  const called = gate()
  const told = gate()
  const app = http(async (_scope, receive) => {
    await receive()
    called.open()
    await receive()
    told.open()
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get(), handshake())

  await called.opened
  wire.reset()
  await told.opened
  await server.close()

  t.equal(server.connections, 0)
})

test('serve(): what follows a last request is not looked at, be it a handshake', async (t) => {
  const { open } = await serving(t, paths, { maxRequestsPerConnection: 1 })
  const wire = (await open()).send(get('/a'), handshake())

  t.equal((await wire.answer()).body, '/a')
  t.equal(await wire.rest(), '')
})
