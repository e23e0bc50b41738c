import { test } from 'tap'
import { bodyOf, eventually, gate, get, handshake, http, paths, post, reply, serving } from '../serving.ts'
import type { Wire } from '../../../support/wire.ts'

/** A GET request of a number of bytes in all. */
function sized(bytes: number): string {
  const empty = get('/', 'x-a: ')
  return get('/', `x-a: ${'a'.repeat(bytes - empty.length)}`)
}

test('maxHeaderBytes: a head within it is served, one above answered with 431', async (t) => {
  const { ask, open } = await serving(t, paths, { maxHeaderBytes: 2000 })

  t.equal((await ask(sized(1900))).status, 200)
  const wire = (await open()).send(sized(2100))
  const answer = await wire.answer()
  t.same([answer.status, answer.headers['connection']], [431, 'close'])
  t.ok(await wire.closed)
})

test('maxHeaderBytes: a long target counts, too', async (t) => {
  const { ask } = await serving(t, paths, { maxHeaderBytes: 2000 })

  t.equal((await ask(get(`/${'a'.repeat(3000)}`))).status, 431)
})

test('maxHeaderBytes: trailers of a request count, too', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await bodyOf(receive)
    await reply(send, '')
  })
  const { ask } = await serving(t, app, { maxHeaderBytes: 2000 })
  const head = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'

  t.equal((await ask(`${head}0\r\nx-a: ${'a'.repeat(3000)}\r\n\r\n`)).status, 431)
})

test('maxHeaderBytes: the default is 16 KiB', async (t) => {
  const { ask } = await serving(t, paths)

  t.equal((await ask(sized(16_000))).status, 200)
  t.equal((await ask(sized(17_000))).status, 431)
})

test('maxHeaderBytes Infinity: no bound', async (t) => {
  const { ask } = await serving(t, paths, { maxHeaderBytes: Infinity })

  t.equal((await ask(sized(500_000))).status, 200)
})

test('maxHeaderCount: as many fields are served, one more is answered with 431', async (t) => {
  const { ask } = await serving(t, paths, { maxHeaderCount: 10 })
  const fields = Array.from({ length: 10 }, (_, at) => `x-${at}: a`)

  t.equal((await ask(get('/', ...fields.slice(1)))).status, 200)
  t.equal((await ask(get('/', ...fields))).status, 431)
})

test('maxHeaderCount Infinity: no bound, and no field is lost', async (t) => {
  const app = http(async ({ headers }, _receive, send) => reply(send, String([...headers].length)))
  const { ask } = await serving(t, app, { maxHeaderCount: Infinity, maxHeaderBytes: 1_000_000 })
  const fields = Array.from({ length: 5000 }, (_, at) => `x-${at}: a`)

  t.equal((await ask(get('/', ...fields))).body, '5001')
})

test('serve(): chunk extensions are bounded', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await bodyOf(receive)
    await reply(send, '')
  })
  const { ask } = await serving(t, app)
  const head = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'

  t.equal((await ask(`${head}1;${'a'.repeat(20_000)}\r\na\r\n0\r\n\r\n`)).status, 413)
})

// Rule 67: slow clients.

test('headersTimeoutMs: a head that does not come in time is answered with 408', async (t) => {
  const { open } = await serving(t, paths, { headersTimeoutMs: 30 })
  const wire = (await open()).send('GET / HT')

  const answer = await wire.answer()

  t.same([answer.status, answer.headers['connection']], [408, 'close'])
  t.ok(await wire.closed)
})

test('headersTimeoutMs: a head that comes byte by byte is answered with 408, too', async (t) => {
  const { open } = await serving(t, paths, { headersTimeoutMs: 50 })
  const wire = (await open()).send('GET / HTTP/1.1\r\nx-a: ')
  const drip = setInterval(() => wire.send('a'), 5)
  t.teardown(() => clearInterval(drip))

  t.equal((await wire.answer()).status, 408)
})

test('headersTimeoutMs: the next request of a connection has its own time', async (t) => {
  const { open } = await serving(t, paths, { headersTimeoutMs: 1000 })
  const wire = (await open()).send(get())
  await wire.answer()

  await wire.flush('GET / HT')

  t.equal((await wire.answer()).status, 408)
})

test('headersTimeoutMs: a client that says nothing is left without a word', async (t) => {
  const { open } = await serving(t, paths, { headersTimeoutMs: 30 })

  t.equal(await (await open()).rest(), '')
})

test('headersTimeoutMs: half a head behind a request is answered after it', async (t) => {
  const answer = gate()
  const app = http(async ({ path }, _receive, send) => {
    await answer.opened
    await reply(send, path)
  })
  const { open, info } = await serving(t, app, { headersTimeoutMs: 1000 })
  const wire = (await open()).send(get('/a'), 'GET / HT')

  await eventually(() => info.length > 0)
  answer.open()

  t.same([(await wire.answer()).body, (await wire.answer()).status], ['/a', 408])
})

test('requestTimeoutMs: a body that does not come in time is answered with 408, and the app told', async (t) => {
  const seen = gate<boolean>()
  const app = http(async (_scope, receive) => seen.open((await bodyOf(receive)).complete))
  const { open, log } = await serving(t, app, { requestTimeoutMs: 1000 })
  const wire = (await open()).send(post('abc').slice(0, -1))

  const answer = await wire.answer()

  t.same([answer.status, answer.headers['connection']], [408, 'close'])
  t.equal(await seen.opened, false)
  t.same(log, [])
})

test('requestTimeoutMs: also of the last request of a connection', async (t) => {
  const app = http(async (_scope, receive) => void (await bodyOf(receive)))
  const { ask } = await serving(t, app, { requestTimeoutMs: 40, maxRequestsPerConnection: 1 })

  t.equal((await ask(post('abc').slice(0, -1))).status, 408)
})

test('requestTimeoutMs: an answer may take longer', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await reply(send, 'slow')
  })
  const { ask } = await serving(t, app, { requestTimeoutMs: 1000, headersTimeoutMs: 1000 })

  t.equal((await ask(get())).body, 'slow')
})

test('headersTimeoutMs, requestTimeoutMs Infinity: no bound', async (t) => {
  const { open } = await serving(t, paths, { headersTimeoutMs: Infinity, requestTimeoutMs: Infinity })
  const wire = (await open()).send('GET /a HT')

  await new Promise((resolve) => setTimeout(resolve, 60))

  t.equal((await wire.send('TP/1.1\r\nhost: a\r\n\r\n').answer()).body, '/a')
})

test('keepAliveTimeoutMs: an idle connection is closed, and a busy one not', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await new Promise((resolve) => setTimeout(resolve, 1200))
    await reply(send, 'slow')
  })
  const { open } = await serving(t, app, { keepAliveTimeoutMs: 20 })
  const [busy, again] = [(await open()).send(get()), (await open()).send(get())]

  const first = await again.answer()
  again.send(get())

  t.same([(await busy.answer()).body, first.body, (await again.answer()).body], ['slow', 'slow', 'slow'])
  t.ok(await busy.closed)
})

test('keepAliveTimeoutMs: a connection is kept for that time after each answer, and closed soon after it', async (t) => {
  const { open } = await serving(t, paths, { keepAliveTimeoutMs: 400 })
  const wire = await open()

  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.equal((await wire.send(get('/a')).answer()).body, '/a')
  }
  const answeredAt = performance.now()
  t.ok(await wire.closed)
  const kept = performance.now() - answeredAt
  t.ok(kept >= 400, `closed after ${kept} ms`)
  t.ok(kept < 10_000, `closed after ${kept} ms`)
})

test('keepAliveTimeoutMs: a request on its way keeps the connection open', async (t) => {
  const { open } = await serving(t, paths, { keepAliveTimeoutMs: 200 })
  const wire = await open()
  await wire.send(get('/a')).answer()

  for (const piece of get('/b').match(/[^]{1,6}/g)!) {
    await wire.flush(piece)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }

  t.equal((await wire.answer()).body, '/b')
})

test('keepAliveTimeoutMs: empty lines, which may stand before a request, do not keep a connection for ever', async (t) => {
  const { open } = await serving(t, paths, { keepAliveTimeoutMs: 200, headersTimeoutMs: 300 })
  const wire = await open()
  await wire.send(get('/a')).answer()

  const drip = setInterval(() => void wire.flush('\r\n').catch(() => {}), 50)
  t.teardown(() => clearInterval(drip))

  t.ok(await wire.closed)
})

test('keepAliveTimeoutMs: does not count before the first request', async (t) => {
  const { open } = await serving(t, paths, { keepAliveTimeoutMs: 20 })
  const wire = await open()

  await new Promise((resolve) => setTimeout(resolve, 200))

  t.equal((await wire.send(get('/a')).answer()).body, '/a')
})

test('maxRequestsPerConnection: the last answer says so and the connection closes', async (t) => {
  const { open } = await serving(t, paths, { maxRequestsPerConnection: 2 })
  const wire = await open()

  const first = await wire.send(get()).answer()
  const second = await wire.send(get()).answer()

  t.same([first.headers['connection'], second.headers['connection']], ['keep-alive', 'close'])
  t.ok(await wire.closed)
})

test('maxRequestsPerConnection: pipelined requests beyond it are not served', async (t) => {
  const called: string[] = []
  const app = http(async ({ path }, _receive, send) => {
    called.push(path)
    await reply(send, path)
  })
  const { open } = await serving(t, app, { maxRequestsPerConnection: 2 })
  const wire = (await open()).send(get('/a'), get('/b'), get('/c'), get('/d'))

  t.same([(await wire.answer()).body, (await wire.answer()).body], ['/a', '/b'])
  t.equal(await wire.rest(), '')
  t.ok(await wire.closed)
  t.same(called, ['/a', '/b'])
})

test('maxConnections: as many are served, one more is closed at once', async (t) => {
  const { open, server } = await serving(t, paths, { maxConnections: 2 })
  const [first, second] = [await open(), await open()]
  await first.send(get()).answer()
  await second.send(get()).answer()

  const third = await open()

  t.equal(await third.rest().catch(() => ''), '')
  t.equal(server.connections, 2)
  first.finish()
  await first.closed
  t.equal((await (await open()).send(get('/again')).answer()).body, '/again')
})

test('maxConcurrentRequests: as many run, one more is answered with 503 and retry-after', async (t) => {
  const calls = [gate(), gate()]
  const end = gate()
  let count = 0
  const app = http(async (_scope, _receive, send) => {
    calls[count++]!.open()
    await end.opened
    await reply(send, 'done')
  })
  const { open, ask } = await serving(t, app, { maxConcurrentRequests: 2, headers: [['x-a', '1']] })
  const wires: Wire[] = [(await open()).send(get()), (await open()).send(get())]
  for (const { opened } of calls) await opened

  const refused = await ask(get())
  const alsoRefused = await ask(handshake())
  end.open()

  t.same([refused.status, refused.body], [503, 'Service Unavailable'])
  t.match(refused.headers, { 'retry-after': '1', connection: 'close', 'x-a': '1' })
  t.same([alsoRefused.status, alsoRefused.headers['retry-after']], [503, '1'])
  for (const wire of wires) t.equal((await wire.answer()).body, 'done')
})

test('maxConcurrentRequests: every call gives its place back, however it ends', async (t) => {
  const endings: ReadonlyArray<(send: Parameters<ReturnType<typeof http>>[2]) => Promise<void>> = [
    (send) => reply(send, ''),
    () => Promise.reject(new Error('boom')),
    () => {
      throw new Error('boom')
    },
    () => Promise.resolve(),
    async (send) => {
      await send({ type: 'http.response.start', status: 200 })
      await send({ type: 'http.response.body', body: 'a', more_body: true })
      throw new Error('boom')
    },
  ]
  const app = http((scope, _receive, send) =>
    scope.path === '/last' ? reply(send, 'last') : endings[Number(scope.query_string)]!(send),
  )
  const { open, ask, server } = await serving(t, { asgi: app, unlinted: true } as never, { maxConcurrentRequests: 1 })

  for (const at of endings.keys()) {
    await (await open()).send(get(`/?${at}`, 'connection: close')).rest()
  }
  const gone = (await open()).send(post('abc').slice(0, -1))
  gone.reset()
  await eventually(() => server.connections === 0)
  const refused = (await open()).send(handshake('/%zz'))
  await refused.rest()

  t.equal((await ask(get('/last'))).body, 'last')
})

test('maxConcurrentRequests: WebSockets count until they end', async (t) => {
  const ended = gate()
  const { open, ask } = await serving(
    t,
    async (scope, receive, send) => {
      if (scope.type === 'http') return reply(send, 'http')
      await receive()
      await send({ type: 'websocket.accept' })
      await receive()
      setImmediate(() => ended.open())
    },
    { maxConcurrentRequests: 1 },
  )
  const wire = (await open()).send(handshake())
  await wire.answer()

  const refused = await ask(get())
  wire.reset()
  await ended.opened

  t.equal(refused.status, 503)
  t.equal((await ask(get())).body, 'http')
})

const badLimits: ReadonlyArray<readonly [options: object, message: RegExp]> = [
  [{ maxHeaderBytes: 0 }, /^Cannot serve with maxHeaderBytes 0: expected a whole number from 1/],
  [{ maxHeaderCount: -1 }, /maxHeaderCount -1/],
  [{ headersTimeoutMs: Number.NaN }, /headersTimeoutMs NaN/],
  [{ requestTimeoutMs: '5s' }, /requestTimeoutMs "5s"/],
  [{ keepAliveTimeoutMs: 0.5 }, /keepAliveTimeoutMs 0.5/],
  [{ shutdownTimeoutMs: 2 ** 31 }, /shutdownTimeoutMs 2147483648: expected a whole number from 1 to 2147483647/],
  [{ maxConnections: 1.5 }, /maxConnections 1.5/],
  [{ websocket: { maxMessageBytes: 0 } }, /maxMessageBytes 0/],
  [{ websocket: { pingIntervalMs: -Infinity } }, /pingIntervalMs -Infinity/],
  [{ port: 65_536 }, /^Cannot serve on port 65536: expected a whole number from 0 to 65535$/],
  [{ port: 'http' }, /port "http"/],
]
for (const [options, message] of badLimits) {
  test(`serve(): ${JSON.stringify(options)} is refused before the app starts`, async (t) => {
    let called = false
    const app = (): Promise<void> => {
      called = true
      return Promise.resolve()
    }

    await t.rejects(serving(t, app, { lifespan: 'on', ...options }), { name: 'RangeError', message })
    t.equal(called, false)
  })
}

test('requestTimeoutMs: may be shorter than the default of headersTimeoutMs', async (t) => {
  const { ask } = await serving(t, paths, { requestTimeoutMs: 1000 })

  t.equal((await ask(get('/a'))).body, '/a')
})
