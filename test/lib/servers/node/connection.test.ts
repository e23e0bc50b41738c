import { Socket } from 'node:net'
import { test } from 'tap'
import { Connection } from '../../../../lib/servers/node/connection.ts'
import {
  bodyOf,
  echo,
  eventually,
  gate,
  get,
  handshake,
  http,
  paths,
  post,
  reply,
  serving,
  unlinted,
} from '../serving.ts'
import type { Gate } from '../serving.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import type { HTTPScope } from '../../../../lib/spec/scope.ts'

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

test('keepAliveTimeoutMs below a second: no time is announced, since it counts whole seconds', async (t) => {
  const { ask } = await serving(t, paths, { keepAliveTimeoutMs: 999 })

  const { headers } = await ask(get())

  t.same([headers['connection'], headers['keep-alive']], ['keep-alive', undefined])
})

/** Apps that answer a POST, and whether they look at its body. */
const posted: ReadonlyArray<readonly [what: string, app: ASGIApp]> = [
  ['reads the body', echo],
  ['does not read the body', http(async (_scope, _receive, send) => reply(send, 'unread'))],
]
/** Bodies of known and of unknown length, and of none. */
const postedBodies: ReadonlyArray<readonly [what: string, request: string, body: string]> = [
  ['a length', post('a'.repeat(3000)), 'a'.repeat(3000)],
  ['chunks', `${get('/', 'transfer-encoding: chunked').replace('GET', 'POST')}3\r\nabc\r\n0\r\n\r\n`, 'abc'],
  ['length 0', post(''), ''],
]
for (const [who, app] of posted) {
  for (const [what, request, body] of postedBodies) {
    const expected = app === echo ? body : 'unread'

    test(`serve(): POSTs with ${what} follow each other on one connection to an app that ${who}`, async (t) => {
      const { open } = await serving(t, app)
      const wire = await open()

      for (let i = 0; i < 20; i++) t.equal((await wire.send(request).answer()).body, expected)
    })

    test(`pipelining: POSTs with ${what} to an app that ${who} are all answered`, async (t) => {
      const { open } = await serving(t, app)
      const wire = (await open()).send(request.repeat(50))

      for (let i = 0; i < 50; i++) t.equal((await wire.answer()).body, expected)
    })
  }

  test(`serve(): POSTs whose bodies come late follow each other to an app that ${who}`, async (t) => {
    const { open } = await serving(t, app)
    const wire = await open()
    const request = post('abc')

    for (let i = 0; i < 10; i++) {
      await wire.flush(request.slice(0, -3))
      await wire.flush('a')
      const answer = wire.answer()
      await wire.flush('bc')
      t.equal((await answer).body, app === echo ? 'abc' : 'unread')
    }
  })
}

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
  await eventually(() => server.connections === 0)
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

test('pipelining: a client that was not read for a while is read again', async (t) => {
  const { app, ...control } = held()
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/a').repeat(5000))

  await control.called('/a')
  control.let('/a')
  let answers = 0
  for (; answers < 5000; answers++) if ((await wire.answer()).body !== '/a') break
  await wire.flush(get('/a').slice(0, 10))
  const last = wire.answer()
  await wire.flush(get('/a').slice(10))

  t.equal(answers, 5000)
  t.equal((await last).body, '/a')
})

test('Connection: is closed after so many looks in a row at which it was idle', (t) => {
  const socket = new Socket()
  let bytesRead = 0
  Object.defineProperty(socket, 'bytesRead', { get: () => bytesRead })
  const connection = new Connection(socket, { client: null, server: null })
  const occupant = { drain() {}, peerEnded() {}, refuse() {} }
  const look = (times: number): boolean => {
    for (let i = 0; i < times; i++) connection.lookIfIdle({ silent: 3, vacant: 99 })
    return connection.closing
  }

  const unused = look(10)
  connection.requests = 1
  connection.occupant = occupant
  const occupied = look(10)
  connection.release()
  const idle = look(2)
  bytesRead = 1
  const afterBytes = look(3)
  connection.occupant = occupant
  const busyAgain = look(1)
  connection.release()
  const idleAgain = look(2)

  t.same([unused, occupied, idle, afterBytes, busyAgain, idleAgain], [false, false, false, false, false, false])
  t.equal(look(1), true)
  t.end()
})

test('Connection: is closed after so many looks in a row without a request, whatever has come', (t) => {
  const socket = new Socket()
  let bytesRead = 0
  Object.defineProperty(socket, 'bytesRead', { get: () => bytesRead++ })
  const connection = new Connection(socket, { client: null, server: null })
  const look = (times: number): boolean => {
    for (let i = 0; i < times; i++) connection.lookIfIdle({ silent: 1, vacant: 3 })
    return connection.closing
  }

  const unused = look(10)
  connection.requests = 1
  const vacant = look(3)
  connection.requests = 2
  const afterRequest = look(3)
  connection.newest = { complete: false }
  const bodyToCome = look(10)
  connection.newest = { complete: true }
  const vacantAgain = look(2)

  t.same([unused, vacant, afterRequest, bodyToCome, vacantAgain], [false, false, false, false, false])
  t.equal(look(1), true)
  t.end()
})

test('a streamed answer says for how long the connection is kept, or that it closes', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [] })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: 'b' })
  })
  const { ask } = await serving(t, app, { keepAliveTimeoutMs: 7_900 })

  const kept = await ask(get())
  const last = await ask(get('/', 'connection: close'))

  t.same([kept.headers['connection'], kept.headers['keep-alive']], ['keep-alive', 'timeout=7'])
  t.same([last.headers['connection'], last.headers['keep-alive']], ['close', undefined])
  t.equal(kept.body, 'ab')
})

test('Connection: is read no further from the 16th waiting request to the last one', (t) => {
  const socket = new Socket()
  const connection = new Connection(socket, { client: null, server: null })
  // node:http itself reads on after each answer, except under this flag of its own.
  const isHeld = (): boolean => socket.isPaused() && Reflect.get(socket, '_paused') === true
  let started = 0
  connection.occupant = { drain() {}, peerEnded() {}, refuse() {} }

  for (let i = 0; i < 15; i++) connection.enqueue(() => started++)
  const before = isHeld()
  connection.enqueue(() => started++)
  const full = isHeld()
  for (let i = 0; i < 15; i++) connection.release()
  const nearlyEmpty = isHeld()
  connection.release()

  t.same([before, full, nearlyEmpty, isHeld()], [false, true, true, false])
  t.equal(Reflect.get(socket, '_paused'), false)
  t.equal(started, 16)
  t.end()
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
  // The rule of lint() that nothing can be sent after a disconnect does not know this case.
  const { open } = await serving(t, unlinted(app))
  const wire = (await open()).send(get()).finish()

  t.same(await told.opened, ['http.request', 'http.disconnect', 'true'])
  t.equal((await wire.answer()).body, 'still here')
})

test('half-closed: a request that waited is told as it starts', async (t) => {
  const app = http(async ({ extensions }, receive, send) => {
    const { signal } = extensions['http.disconnect.signal']!
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await reply(send, `${(await bodyOf(receive)).text} ${(await receive()).type}`)
  })
  const { open } = await serving(t, unlinted(app))
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

for (const [what, behind] of [
  ['a handshake', handshake('/b')],
  ['an upgrade to another protocol', get('/b', 'connection: upgrade', 'upgrade: h2c')],
] as const) {
  test(`half-closed: ${what} behind a request dies with its client, and the request is answered`, async (t) => {
    const calls: string[] = []
    const app: ASGIApp = async (scope, _receive, send) => {
      if (scope.type === 'lifespan') return
      calls.push(scope.path)
      // Aborts as the client ends its side.
      const { signal } = (scope as HTTPScope).extensions['http.disconnect.signal']!
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await reply(send, scope.path)
    }
    const { open, server } = await serving(t, app)
    const wire = (await open()).send(get('/a'), behind).finish()

    t.equal((await wire.answer()).body, '/a')
    t.equal(await wire.rest(), '')
    t.same(calls, ['/a'])
    await server.close()
  })
}
