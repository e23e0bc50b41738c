import { test } from 'tap'
import type { Send } from '../../../../lib/spec/app.ts'
import type { HTTPScope } from '../../../../lib/spec/scope.ts'
import { bodyOf, echo, gate, get, http, post, reply, serving } from '../serving.ts'
import type { Serving } from '../serving.ts'
import type { Wire } from '../../../support/wire.ts'

function signalOf({ extensions }: HTTPScope): AbortSignal {
  return extensions['http.disconnect.signal']!.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Sends until that fails, and returns the failure. */
async function failureOf(send: Send): Promise<unknown> {
  for (;;) {
    try {
      await send({ type: 'http.response.body', body: 'x'.repeat(10_000), more_body: true })
    } catch (error) {
      return error
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Where a client leaves, and how. */
const departures: ReadonlyArray<readonly [how: string, leave: (wire: Wire) => void]> = [
  ['in order', (wire) => wire[Symbol.dispose]()],
  ['with a reset', (wire) => wire.reset()],
]

for (const [how, leave] of departures) {
  test(`disconnect: a client that leaves ${how} while the app works: signal and receive() tell`, async (t) => {
    const called = gate()
    const seen = gate<unknown>()
    const app = http(async (scope, receive) => {
      const types = [(await receive()).type]
      called.open()
      await aborted(signalOf(scope))
      types.push((await receive()).type, (await receive()).type)
      seen.open(types)
    })
    const { open, log } = await serving(t, app)
    const wire = (await open()).send(get())

    await called.opened
    leave(wire)

    t.same(await seen.opened, ['http.request', 'http.disconnect', 'http.disconnect'])
    t.same(log, [])
  })

  test(`disconnect: a client that leaves ${how} while the app waits in receive()`, async (t) => {
    const called = gate()
    const seen = gate<string>()
    const app = http(async (_scope, receive) => {
      await receive()
      called.open()
      seen.open((await receive()).type)
    })
    const { open, log } = await serving(t, app)
    const wire = (await open()).send(get())

    await called.opened
    leave(wire)

    t.equal(await seen.opened, 'http.disconnect')
    t.same(log, [])
  })

  test(`disconnect: a client that leaves ${how} within its body`, async (t) => {
    const called = gate()
    const seen = gate<unknown>()
    const app = http(async (scope, receive) => {
      await receive()
      called.open()
      const { complete } = await bodyOf(receive)
      seen.open([complete, signalOf(scope).aborted])
    })
    const { open, log } = await serving(t, app)
    const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc')

    await called.opened
    leave(wire)

    t.same(await seen.opened, [false, true])
    t.same(log, [])
  })

  test(`disconnect: a client that leaves ${how} within the answer: send() throws, and nobody is blamed`, async (t) => {
    const seen = gate<unknown>()
    const app = http(async (scope, _receive, send) => {
      await send({ type: 'http.response.start', status: 200 })
      const failure = await failureOf(send)
      seen.open([failure, signalOf(scope).aborted])
      throw failure
    })
    const served = await serving(t, app)
    const wire = (await served.open()).send(get())

    await wire.until('\r\n\r\n')
    leave(wire)

    t.match(await seen.opened, [{ name: 'ClientDisconnected', code: 'EPIPE' }, true])
    await served.server.close()
    t.same(served.log, [])
  })
}

test('disconnect: send() waits for a slow client, and throws when that leaves', async (t) => {
  const seen = gate<unknown>()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    seen.open(
      await send({ type: 'http.response.body', body: 'x'.repeat(50_000_000), more_body: true }).catch(
        (e: unknown) => e,
      ),
    )
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  await wire.until('\r\n\r\n')
  wire.socket.pause()
  wire.reset()

  t.match(await seen.opened, { name: 'ClientDisconnected' })
})

test('disconnect: after the answer is complete it is none', async (t) => {
  const seen = gate<AbortSignal>()
  const app = http(async (scope, _receive, send) => {
    await reply(send, 'done')
    seen.open(signalOf(scope))
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get())

  await wire.answer()
  wire.reset()
  await server.close()

  t.equal((await seen.opened).aborted, false)
})

test('disconnect: a signal that is first looked at afterwards is aborted', async (t) => {
  const seen = gate<unknown>()
  const called = gate()
  const app = http(async (scope, receive) => {
    await receive()
    called.open()
    await receive()
    seen.open(signalOf(scope).reason)
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  await called.opened
  wire.reset()

  t.match(await seen.opened, { name: 'AbortError', message: 'The client has disconnected' })
})

test('disconnect: the signal is made once', async (t) => {
  const { ask } = await serving(
    t,
    http(async (scope, _receive, send) => reply(send, String(signalOf(scope) === signalOf({ ...scope })))),
  )

  t.equal((await ask(get())).body, 'true')
})

/** What an app throws on its way out, and whether it is to blame. */
const farewells: ReadonlyArray<readonly [what: string, error: (signal: AbortSignal) => unknown, blamed: boolean]> = [
  ['the reason of the signal', (signal) => signal.reason, false],
  ['an error that the reason caused', (signal) => new Error('aborted', { cause: signal.reason }), false],
  ['an error of its own', () => new Error('own'), true],
  ['nothing at all', () => undefined, false],
]
for (const [what, error, blamed] of farewells) {
  test(`disconnect: an app that then throws ${what} is ${blamed ? '' : 'not '}blamed`, async (t) => {
    const called = gate()
    const app = http(async (scope) => {
      called.open()
      await aborted(signalOf(scope))
      throw error(signalOf(scope))
    })
    const { open, log, server } = await serving(t, app)
    const wire = (await open()).send(get())

    await called.opened
    wire.reset()
    await server.close()

    t.same(log, blamed ? ['The app failed: GET "/": own'] : [])
  })
}

test('disconnect: sends that nobody awaits do not end the process', async (t) => {
  const called = gate()
  const done = gate()
  const app = http(async (scope, _receive, send) => {
    void send({ type: 'http.response.start', status: 200 })
    void send({ type: 'http.response.body', body: 'a', more_body: true })
    called.open()
    await aborted(signalOf(scope))
    for (let i = 0; i < 3; i++) void send({ type: 'http.response.body', body: 'b', more_body: true })
    done.open()
  })
  const { open, ask } = await serving(t, app)
  const wire = (await open()).send(get())

  await called.opened
  wire.reset()
  await done.opened

  t.equal((await (await open()).send(get()).until('a\r\n')).includes('200 OK'), true)
  t.ok(ask)
})

test('disconnect: messages that break the contract and that nobody awaits do not end the process', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    void send({ type: 'http.response.body' })
    void send({ type: 'nonsense' } as never)
    await reply(send, 'fine')
    void send({ type: 'http.response.body' })
  })
  const { ask } = await serving(t, { asgi: app, unlinted: true } as never)

  t.equal((await ask(get())).body, 'fine')
})

test('disconnect: many clients that leave at once leave nothing behind', async (t) => {
  const app = http(async (_scope, receive) => {
    await bodyOf(receive)
    await receive()
  })
  const served: Serving = await serving(t, app)
  const wires = await Promise.all(Array.from({ length: 50 }, () => served.open()))

  for (const [at, wire] of wires.entries()) wire.send(at % 2 === 0 ? get() : post('abc').slice(0, -1))
  for (const wire of wires) wire.reset()
  await served.server.close()

  t.equal(served.server.connections, 0)
  t.same(served.log, [])
})

test('disconnect: the server answers others all the while', async (t) => {
  const { open, ask } = await serving(t, echo)
  const wire = (await open()).send(post('abc').slice(0, -1))

  const before = await ask(post('a'))
  wire.reset()
  const after = await ask(post('b'))

  t.same([before.body, after.body], ['a', 'b'])
})
