import { connect } from 'node:net'
import { test } from 'tap'
import { serve } from '../../../../lib/servers/node/serve.ts'
import { bodyOf, gate, get, handshake, http, paths, post, reply, serving, websocket } from '../serving.ts'
import { closeOf, frame, opcodes } from '../../../support/websocket-frame.ts'
import { Wire } from '../../../support/wire.ts'

/** An app that says when it was called and answers when it is let. */
function held(pieces: readonly string[] = ['done']): {
  app: ReturnType<typeof http>
  called: Promise<void>
  let(): void
} {
  const called = gate()
  const answer = gate()
  const app = http(async (_scope, _receive, send) => {
    if (pieces.length > 1) {
      await send({ type: 'http.response.start', status: 200 })
      await send({ type: 'http.response.body', body: pieces[0]!, more_body: true })
    }
    called.open()
    await answer.opened
    if (pieces.length > 1) await send({ type: 'http.response.body', body: pieces[1]! })
    else await reply(send, pieces[0]!)
  })
  return { app, called: called.opened, let: () => answer.open() }
}

test('close(): idle connections are closed at once, and new ones refused', async (t) => {
  const { open, server } = await serving(t, paths)
  const [silent, idle] = [await open(), await open()]
  await idle.send(get()).answer()

  await server.close()

  t.ok(await silent.closed)
  t.ok(await idle.closed)
  t.equal(server.connections, 0)
  await t.rejects(open(), { code: 'ECONNREFUSED' })
})

test('close(): a request whose head is not complete is not waited for', async (t) => {
  const { open, server } = await serving(t, paths)
  const wire = (await open()).send('GET / HT')
  await wire.flush('TP/1.1\r\n')

  await server.close()

  t.equal(await wire.rest(), '')
})

test('close(): a busy request is answered with connection: close', async (t) => {
  const { app, called, ...control } = held()
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get())

  await called
  const closed = server.close()
  control.let()
  const answer = await wire.answer()

  t.same([answer.body, answer.headers['connection']], ['done', 'close'])
  t.ok(await wire.closed)
  await closed
})

test('close(): an answer whose head is out ends in order, then its connection closes', async (t) => {
  const { app, called, ...control } = held(['a', 'b'])
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get())

  await called
  const closed = server.close()
  control.let()

  t.equal((await wire.answer()).body, 'ab')
  t.ok(await wire.closed)
  await closed
})

test('close(): requests that wait in the pipeline are left', async (t) => {
  const { app, called, ...control } = held()
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get(), get(), get())

  await called
  const closed = server.close()
  control.let()
  const answer = await wire.answer()

  t.equal(answer.headers['connection'], 'close')
  t.equal(await wire.rest(), '')
  await closed
})

test('close(): requests and handshakes that arrive during the last answer are left', async (t) => {
  const called = [gate(), gate()]
  const end = gate()
  const app = http(async ({ path }, _receive, send) => {
    called[Number(path.slice(1))]!.open()
    await end.opened
    await reply(send, 'done')
  })
  const { open, server } = await serving(t, app)
  const [first, second] = [(await open()).send(get('/0')), (await open()).send(get('/1'))]

  for (const { opened } of called) await opened
  const closed = server.close()
  await first.flush(get())
  await second.flush(handshake())
  end.open()

  t.equal((await first.answer()).body, 'done')
  t.equal((await second.answer()).body, 'done')
  t.equal((await first.rest()) + (await second.rest()), '')
  await closed
})

test('close(): a body that is arriving is read to its end', async (t) => {
  const called = gate()
  const app = http(async (_scope, receive, send) => {
    await receive()
    called.open()
    await reply(send, (await bodyOf(receive)).text)
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(post('abcdef').slice(0, -3))

  await called.opened
  const closed = server.close()
  wire.send('def')

  t.equal((await wire.answer()).body, 'def')
  await closed
})

test('close(): a body that breaks off is refused also now', async (t) => {
  const called = gate()
  const app = http(async (_scope, receive) => {
    await receive()
    called.open()
    await bodyOf(receive)
  })
  const { open, server } = await serving(t, app, { shutdownTimeoutMs: Infinity })
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n')

  await called.opened
  const closed = server.close()
  wire.send('zz\r\n')

  t.equal((await wire.answer()).status, 400)
  await closed
})

test('close(): a body that is slow is timed out also now', async (t) => {
  const called = gate()
  const app = http(async (_scope, receive) => {
    await receive()
    called.open()
    await bodyOf(receive)
  })
  const { open, server } = await serving(t, app, { shutdownTimeoutMs: Infinity, requestTimeoutMs: 1000 })
  const wire = (await open()).send(post('abc').slice(0, -1))

  await called.opened
  const closed = server.close()

  t.equal((await wire.answer()).status, 408)
  await closed
})

test('close(): a body that nobody reads any more is not waited for', async (t) => {
  const app = http(async (_scope, _receive, send) => reply(send, 'early'))
  const { open, server } = await serving(t, app, { shutdownTimeoutMs: Infinity })
  const wire = (await open()).send(post('abc').slice(0, -1))

  await wire.answer()
  await server.close()

  t.ok(await wire.closed)
})

test('close(): an answer that a slow client is still reading is not cut', async (t) => {
  const sent = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    void send({ type: 'http.response.body', body: Buffer.alloc(20_000_000), more_body: true })
    void send({ type: 'http.response.body', body: 'end' })
    sent.open()
  })
  const { open, server } = await serving(t, app, { shutdownTimeoutMs: Infinity })
  const wire = await open()
  wire.socket.pause()
  wire.send(get())

  await sent.opened
  const closed = server.close()
  wire.socket.resume()

  t.equal((await wire.answer()).body.length, 20_000_003)
  await closed
})

test('close(): a whole answer that a slow client is still reading is not cut', async (t) => {
  const sent = gate()
  const app = http(async (_scope, _receive, send) => {
    await reply(send, Buffer.alloc(20_000_000))
    sent.open()
  })
  const { open, server } = await serving(t, app, { shutdownTimeoutMs: Infinity })
  const wire = await open()
  wire.socket.pause()
  wire.send(get())

  await sent.opened
  const closed = server.close()
  wire.socket.resume()

  t.equal((await wire.answer()).body.length, 20_000_000)
  await closed
})

test('close(): app calls that go on after their answer are waited for', async (t) => {
  const end = gate()
  const app = http(async (_scope, _receive, send) => {
    await reply(send, 'done')
    await end.opened
  })
  const { ask, server } = await serving(t, app)
  await ask(get())
  const steps: string[] = []

  const closed = server.close().then(() => steps.push('closed'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  steps.push('end')
  end.open()
  await closed

  t.same(steps, ['end', 'closed'])
})

// ---- WebSockets

test('close(): 1012 to both sides of a WebSocket', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    const message = await receive()
    const error = await send({ type: 'websocket.send', text: 'late' }).catch((e: Error) => e.name)
    seen.open([message, error])
  })
  const { open, server, log } = await serving(t, app)
  const wire = (await open()).send(handshake())
  await wire.answer()

  const closed = server.close()
  const close = await wire.frame()
  wire.send(frame({ opcode: opcodes.close, payload: close.payload }))
  await closed

  t.same(closeOf(close), { code: 1012, reason: 'The server is shutting down' })
  t.same(await seen.opened, [
    { type: 'websocket.disconnect', code: 1012, reason: 'The server is shutting down' },
    'ClientDisconnected',
  ])
  t.same(log, [])
})

test('close(): a handshake that waits for the app is answered with 503, and the app told 1012', async (t) => {
  const called = gate()
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive) => {
    await receive()
    called.open()
    seen.open(await receive())
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(handshake())

  await called.opened
  const closed = server.close()

  t.equal((await wire.answer()).status, 503)
  t.match(await seen.opened, { type: 'websocket.disconnect', code: 1012 })
  await closed
})

test('close(): a denial that has begun goes on', async (t) => {
  const called = gate()
  const end = gate()
  const app = websocket(async (_scope, _receive, send) => {
    await send({ type: 'websocket.http.response.start', status: 401 })
    await send({ type: 'websocket.http.response.body', body: 'a', more_body: true })
    called.open()
    await end.opened
    await send({ type: 'websocket.http.response.body', body: 'b' })
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(handshake())

  await called.opened
  const closed = server.close()
  end.open()

  t.equal((await wire.answer()).body, 'ab')
  await closed
})

test('close(): a WebSocket that is closing already is not closed twice', async (t) => {
  const ended = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await send({ type: 'websocket.close', code: 4000 })
    ended.open()
  })
  const { open, server } = await serving(t, app, { websocket: { closeTimeoutMs: 50 } })
  const wire = (await open()).send(handshake())
  await wire.answer()

  await ended.opened
  const closed = server.close()

  t.match(closeOf(await wire.frame()), { code: 4000 })
  t.equal(await wire.rest(), '')
  await closed
})

// ---- time is up

test('shutdownTimeoutMs: what is left is cut, and the log says how much', async (t) => {
  const called = gate()
  const never = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    called.open()
    await new Promise(() => {})
  })
  const { open, server, log } = await serving(t, never, { shutdownTimeoutMs: 30 })
  const wire = (await open()).send(get())

  await called.opened
  await server.close()

  await wire.closed
  t.same(log, ['Cut 1 connections and left 1 app calls that had not ended'])
  t.equal(server.connections, 0)
})

test('shutdownTimeoutMs: an app that never returns is left behind', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await reply(send, 'done')
    await new Promise(() => {})
  })
  const { ask, server, log } = await serving(t, app, { shutdownTimeoutMs: 30 })

  await ask(get())
  await server.close()

  t.same(log, ['Cut 0 connections and left 1 app calls that had not ended'])
})

test('shutdownTimeoutMs: a client that never reads is cut', async (t) => {
  const stalled = gate()
  const ended = gate<unknown>()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    const sending = send({ type: 'http.response.body', body: Buffer.alloc(100_000_000), more_body: true })
    stalled.open()
    ended.open(await sending.catch((error: Error) => error.name))
  })
  const { open, server, log } = await serving(t, app, { shutdownTimeoutMs: 50 })
  const wire = await open()
  wire.socket.pause()
  wire.send(get())

  await stalled.opened
  await server.close()

  t.equal(await ended.opened, 'ClientDisconnected')
  t.match(log, [/^Cut 1 connections/])
})

test('close({ force: true }): cuts at once', async (t) => {
  const { app, called } = held()
  const { open, server, log } = await serving(t, app, { shutdownTimeoutMs: Infinity })
  const wire = (await open()).send(get())

  await called
  const first = server.close()
  const second = server.close({ force: true })
  await Promise.all([first, second, server.closed])

  await wire.closed
  t.same(log, ['Cut 1 connections and left 1 app calls that had not ended'])
})

test('close({ force: true }): with nothing open says nothing', async (t) => {
  const { server, log } = await serving(t, paths)

  await server.close({ force: true })
  await server.close()

  t.same(log, [])
})

// ---- the end of it all

test('close(): the lifespan ends last, and the app may still answer before', async (t) => {
  const steps: string[] = []
  const called = gate()
  const answer = gate()
  const { open, server } = await serving(
    t,
    async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        await receive()
        await send({ type: 'lifespan.startup.complete' })
        await receive()
        steps.push('lifespan ends')
        return send({ type: 'lifespan.shutdown.complete' })
      }
      called.open()
      await answer.opened
      await reply(send, 'done')
      steps.push('answered')
    },
    { lifespan: 'on' },
  )
  const wire = (await open()).send(get())

  await called.opened
  const closed = server.close()
  answer.open()
  await wire.answer()
  await closed

  t.same(steps, ['answered', 'lifespan ends'])
})

test('await using: closes the server', async (t) => {
  let url: string
  {
    await using server = await serve(paths, { port: 0, lifespan: 'off' })
    url = server.url
    t.equal((await (await Wire.to(url)).send(get('/a')).answer()).body, '/a')
  }

  await t.rejects(Wire.to(url), { code: 'ECONNREFUSED' })
})

test('serve(): several servers in one process do not know of each other', async (t) => {
  const first = await serving(t, paths)
  const second = await serving(t, paths, { headers: [['x-server', 'second']] })
  const [one, two] = [await first.open(), await second.open()]
  await one.send(get()).answer()
  await two.send(get()).answer()

  await first.server.close()
  const answer = await two.send(get('/still')).answer()

  t.ok(await one.closed)
  t.same([answer.body, answer.headers['x-server']], ['/still', 'second'])
})

test('close(): connections that come and go meanwhile do no harm', async (t) => {
  const { app, called, ...control } = held()
  const { open, server } = await serving(t, app)
  const wires = await Promise.all([open(), open(), open()])
  wires[0].send(get())

  await called
  wires[1].reset()
  const closed = server.close()
  wires[2].reset()
  const late = connect(server.port!, '127.0.0.1')
  late.on('error', () => {})
  control.let()
  await closed

  t.equal((await wires[0].answer()).body, 'done')
})
