import { test } from 'tap'
import { bodyOf, echo, gate, get, http, paths, post, reply, serving } from '../serving.ts'
import type { Gate } from '../serving.ts'

/** An app that answers with the path when the test lets it, and what it was called for. */
function held(): {
  app: ReturnType<typeof http>
  calls: string[]
  called: (path: string) => Promise<void>
  let: (path: string) => void
} {
  const gates = new Map<string, { called: Gate; answer: Gate }>()
  const of = (path: string): { called: Gate; answer: Gate } => {
    const known = gates.get(path) ?? { called: gate(), answer: gate() }
    gates.set(path, known)
    return known
  }
  const calls: string[] = []
  const app = http(async ({ path }, _receive, send) => {
    calls.push(path)
    of(path).called.open()
    await of(path).answer.opened
    await reply(send, path)
  })
  return { app, calls, called: (path) => of(path).called.opened, let: (path) => of(path).answer.open() }
}

test('serve(): a connection is kept for the next request', async (t) => {
  const { open } = await serving(t, paths)
  const wire = await open()

  const first = await wire.send(get('/a')).answer()
  const second = await wire.send(get('/b')).answer()

  t.same([first.body, second.body], ['/a', '/b'])
  t.match(first.headers, { connection: 'keep-alive', 'keep-alive': 'timeout=5' })
})

test('keepAliveTimeoutMs Infinity: no time is announced', async (t) => {
  const { ask } = await serving(t, paths, { keepAliveTimeoutMs: Infinity })

  const { headers } = await ask(get())

  t.same([headers['connection'], headers['keep-alive']], ['keep-alive', undefined])
})

const closing: ReadonlyArray<readonly [what: string, request: string, headers: Array<[string, string]>]> = [
  ['the client asks for it', get('/', 'connection: close'), []],
  ['the client asks for it, among others', get('/', 'connection: TE, Close'), []],
  ['the app asks for it', get(), [['connection', 'close']]],
  ['the app asks for it, among others', get(), [['connection', 'x-a, Close']]],
]
for (const [what, request, headers] of closing) {
  for (const streamed of [false, true]) {
    test(`serve(): closes after a ${streamed ? 'streamed' : 'whole'} answer when ${what}`, async (t) => {
      const app = http(async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status: 200, headers })
        if (streamed) await send({ type: 'http.response.body', body: 'a', more_body: true })
        await send({ type: 'http.response.body', body: 'b' })
      })
      const { open } = await serving(t, app)
      const wire = (await open()).send(request)

      const answer = await wire.answer()

      t.equal(answer.headers['connection'], 'close')
      t.ok(await wire.closed)
    })
  }
}

test("serve(): the app's connection field does not name what is not its own", async (t) => {
  const { ask } = await serving(
    t,
    http(async (_scope, _receive, send) => reply(send, '', [['connection', 'upgrade, closed']])),
  )

  t.equal((await ask(get())).headers['connection'], 'keep-alive')
})

test('serve(): what follows a request with connection: close is not looked at', async (t) => {
  const { app, calls, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a', 'connection: close'), get('/b'))

  await control.called('/a')
  control.let('/a')
  const all = await wire.rest()

  t.match(all, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\/a$/)
  t.same(calls, ['/a'])
})

// ---- pipelining

test('pipelining: requests are answered in order, one app call at a time', async (t) => {
  let running = 0
  let most = 0
  const app = http(async ({ path }, _receive, send) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    await reply(send, path)
  })
  const { open } = await serving(t, app)
  const wanted = Array.from({ length: 100 }, (_, at) => `/${at}`)
  const wire = (await open()).send(wanted.map((path) => get(path)).join(''))

  const answers: string[] = []
  for (const _ of wanted) answers.push((await wire.answer()).body)

  t.same(answers, wanted)
  t.equal(most, 1)
})

test('pipelining: requests with bodies, read and unread', async (t) => {
  const app = http(async ({ path }, receive, send) => {
    await reply(send, path === '/unread' ? 'unread' : (await bodyOf(receive)).text)
  })
  const { open } = await serving(t, app)
  const unread = post('never seen').replace('POST /', 'POST /unread')
  const wire = (await open()).send(post('a'), unread, post('b'), unread, unread, post('c'))

  const answers: string[] = []
  for (let i = 0; i < 6; i++) answers.push((await wire.answer()).body)

  t.same(answers, ['a', 'unread', 'b', 'unread', 'unread', 'c'])
})

test('pipelining: streamed answers do not mix', async (t) => {
  const app = http(async ({ path }, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    for (let i = 0; i < 3; i++) await send({ type: 'http.response.body', body: path, more_body: true })
    await send({ type: 'http.response.body' })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), get('/b'))

  t.same([(await wire.answer()).body, (await wire.answer()).body], ['/a/a/a', '/b/b/b'])
})

test('pipelining: garbage behind a request is answered with 400 after the request', async (t) => {
  const { app, ...control } = held()
  const { open, info } = await serving(t, app)
  const wire = (await open()).send(get('/a'), 'garbage\r\n\r\n')

  await control.called('/a')
  control.let('/a')
  const first = await wire.answer()
  const second = await wire.answer()

  t.same([first.status, first.body], [200, '/a'])
  t.same([second.status, second.headers['connection']], [400, 'close'])
  t.ok(await wire.closed)
  t.match(info, [/^Refused what 127\.0\.0\.1,\d+ sent: 400 \(HPE_/])
})

test('pipelining: garbage behind several requests is answered last', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send(get('/a'), get('/b'), 'garbage\r\n\r\n')

  const answers = [await wire.answer(), await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ status, body }) => [status, body]),
    [
      [200, '/a'],
      [200, '/b'],
      [400, 'Bad Request'],
    ],
  )
})

test('pipelining: a malformed body of a waiting request is its 400', async (t) => {
  const { app, calls, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), 'POST /b HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')

  await control.called('/a')
  control.let('/a')
  const answers = [await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ status }) => status),
    [200, 400],
  )
  t.same(calls, ['/a'])
})

test('pipelining: a refused target closes the connection, and what follows is not looked at', async (t) => {
  const { app, calls, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), get('/%zz'), get('/b'))

  await control.called('/a')
  control.let('/a')
  const answers = [await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ status }) => status),
    [200, 400],
  )
  t.equal(await wire.rest(), '')
  t.same(calls, ['/a'])
})

test('pipelining: a missing host closes the connection, and what follows is not looked at', async (t) => {
  const { app, calls, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), 'GET /b HTTP/1.1\r\n\r\n', get('/c'))

  await control.called('/a')
  control.let('/a')
  const answers = [await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ status }) => status),
    [200, 400],
  )
  t.equal(await wire.rest(), '')
  t.same(calls, ['/a'])
})

test('pipelining: waiting requests die with their client', async (t) => {
  const { app, calls, ...control } = held()
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get('/a'), get('/b'))

  await control.called('/a')
  wire.reset()
  await gone(server)
  control.let('/a')
  await server.close()

  t.same(calls, ['/a'])
})

test('pipelining: waiting requests die with a connection that is cut', async (t) => {
  const calls: string[] = []
  const failed = gate()
  const app = http(async ({ path }, _receive, send) => {
    calls.push(path)
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await failed.opened
    throw new Error('failed')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'), get('/b'))

  await wire.until('a\r\n')
  failed.open()

  t.equal(await wire.rest(), '')
  t.same(calls, ['/a'])
})

test('pipelining: a client that sends no end of requests is not read further', async (t) => {
  const { app, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a'))
  const batch = Buffer.from(get('/b').repeat(20_000))

  await control.called('/a')
  let taken = 0
  while (await Promise.race([wire.flush(batch), pause(200).then(() => false)])) taken += batch.length

  t.ok(taken < 50_000_000, `${taken} bytes were taken`)
})

test('pipelining: requests behind the last one of a connection are not kept', async (t) => {
  const { app, ...control } = held()
  const { open } = await serving(t, app, { maxRequestsPerConnection: 1 })
  const wire = (await open()).send(get('/a'))
  await control.called('/a')
  const before = process.memoryUsage().heapUsed

  for (let i = 0; i < 20; i++) await wire.flush(get('/b').repeat(10_000))
  const grown = process.memoryUsage().heapUsed - before
  control.let('/a')
  const answer = await wire.answer()

  t.equal(answer.body, '/a')
  t.ok(grown < 60_000_000, `${grown} bytes were kept`)
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Resolves when the server has no connections any more. */
async function gone(server: { connections: number }): Promise<void> {
  while (server.connections > 0) await new Promise((resolve) => setImmediate(resolve))
}

// ---- clients that end their side

test('half-closed: a client that ends its side gets its answer', async (t) => {
  const { app, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a')).finish()

  await control.called('/a')
  control.let('/a')
  const answer = await wire.answer()

  t.equal(answer.body, '/a')
  t.ok(await wire.closed)
})

test('half-closed: pipelined requests are all answered', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send(get('/a'), get('/b'), get('/c')).finish()

  const answers = [await wire.answer(), await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ body }) => body),
    ['/a', '/b', '/c'],
  )
  t.ok(await wire.closed)
})

test('half-closed: a body that was sent is read whole', async (t) => {
  const { open } = await serving(t, echo)
  const body = 'a'.repeat(1_000_000)

  const answer = await (await open()).send(post(body)).finish().answer()

  t.equal(answer.body, body)
})

test('half-closed: the app is told, in case that the client has left', async (t) => {
  const told = gate<string[]>()
  const app = http(async ({ extensions }, receive, send) => {
    const { signal } = extensions['http.disconnect.signal']!
    const types = [(await receive()).type, (await receive()).type, String(signal.aborted)]
    told.open(types)
    await reply(send, 'still here')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get()).finish()

  t.same(await told.opened, ['http.request', 'http.disconnect', 'true'])
  t.equal((await wire.answer()).body, 'still here')
})

test('half-closed: a request that waited is told as it starts', async (t) => {
  const { open } = await serving(
    t,
    http(async ({ extensions }, receive, send) => {
      const { signal } = extensions['http.disconnect.signal']!
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await reply(send, `${(await bodyOf(receive)).text} ${(await receive()).type}`)
    }),
  )
  const wire = (await open()).send(post('a'), post('b')).finish()

  t.same([(await wire.answer()).body, (await wire.answer()).body], ['a http.disconnect', 'b http.disconnect'])
})

test('half-closed: an app that ends on being told is not blamed', async (t) => {
  const app = http(async (_scope, receive) => {
    await receive()
    await receive()
  })
  const { open, log, records } = await serving(t, app)
  const wire = (await open()).send(get()).finish()

  t.equal(await wire.rest().catch(() => ''), '')
  t.same(log, [])
  t.match(records, [{ status: 0, bytesSent: 0 }])
})

test('half-closed: nothing sent, nothing answered', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).finish()

  t.equal(await wire.rest(), '')
})

test('half-closed: an idle connection is closed', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send(get())

  await wire.answer()
  wire.finish()

  t.ok(await wire.closed)
})
