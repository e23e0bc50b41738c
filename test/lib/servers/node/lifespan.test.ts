import { test } from 'tap'
import { serve } from '../../../../lib/servers/node/serve.ts'
import type { ASGIApp, Receive, Send } from '../../../../lib/spec/app.ts'
import type { LifespanScope } from '../../../../lib/spec/scope.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { gate, get, handshake, paths, reply, serving, unlinted } from '../serving.ts'
import { Wire } from '../../../support/wire.ts'

const boom = new Error('boom')

type LifespanApp = (scope: LifespanScope, receive: Receive, send: Send) => Promise<void>

/** An app with a lifespan, that answers requests as another app does. */
function withLifespan(lifespan: LifespanApp, app: ASGIApp = paths): ASGIApp {
  return (scope, receive, send) =>
    scope.type === 'lifespan' ? lifespan(scope, receive, send) : app(scope, receive, send)
}

/** A lifespan that starts and stops in order, and notes what it does. */
function orderly(steps: string[] = [], state: Record<string, unknown> = {}): LifespanApp {
  return async (scope, receive, send) => {
    await receive()
    steps.push('starts')
    Object.assign(scope.state, state)
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    steps.push('stops')
    await send({ type: 'lifespan.shutdown.complete' })
  }
}

/** A log that can be read. */
function notes(): {
  log: { info(): void; warn: typeof console.warn; error: typeof console.error }
  lines: unknown[][]
} {
  const lines: unknown[][] = []
  const note = (...args: unknown[]): void => void lines.push(args)
  return { log: { info() {}, warn: note, error: note }, lines }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = await serve(paths, { port: 0, lifespan: 'off' })
  await server.close()
  return server.port!
}

/** Tells whether nobody listens on a port. */
async function isRefused(port: number): Promise<boolean> {
  return Wire.to(`http://127.0.0.1:${port}`).then(
    (wire) => {
      wire[Symbol.dispose]()
      return false
    },
    (error: { code?: string }) => error.code === 'ECONNREFUSED',
  )
}

/** Ways to fail at start-up: the mode, the app, and the error. */
const failedStarts: ReadonlyArray<
  readonly [what: string, mode: 'auto' | 'on', app: LifespanApp, message: string, cause: unknown]
> = [
  [
    'says so',
    'auto',
    (_scope, _receive, send) => send({ type: 'lifespan.startup.failed', message: 'no database' }),
    'The app failed at start-up: no database',
    undefined,
  ],
  [
    'says so without a reason',
    'auto',
    (_scope, _receive, send) => send({ type: 'lifespan.startup.failed' }),
    'The app failed at start-up',
    undefined,
  ],
  ['throws in mode on', 'on', () => Promise.reject(boom), 'The app failed at start-up: the app failed', boom],
  [
    'returns in mode on',
    'on',
    () => Promise.resolve(),
    'The app failed at start-up: the app returned without answering "lifespan.startup"',
    undefined,
  ],
]
for (const [what, lifespan, app, message, cause] of failedStarts) {
  test(`serve(): an app that ${what} at start-up ends it with the reason, and nothing listens`, async (t) => {
    const port = await freePort()

    const error: unknown = await serve(withLifespan(app), { port, lifespan }).catch((failure: unknown) => failure)

    t.match(error, { name: 'LifespanFailed', code: 'STELLINE_LIFESPAN_FAILED', phase: 'start-up', message })
    t.equal((error as Error).cause, cause)
    t.ok(await isRefused(port))
  })
}

test('serve(): nothing listens before the start-up is complete', async (t) => {
  const port = await freePort()
  const asked = gate()
  const ready = gate()
  const app: LifespanApp = async (_scope, receive, send) => {
    await receive()
    asked.open()
    await ready.opened
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    await send({ type: 'lifespan.shutdown.complete' })
  }
  const starting = serve(lint(withLifespan(app)), { port, lifespan: 'on' })

  await asked.opened
  const before = await isRefused(port)
  ready.open()
  const server = await starting
  const after = await isRefused(port)
  await server.close()

  t.same([before, after], [true, false])
})

/** How apps without a lifespan behave. */
const without: ReadonlyArray<readonly [what: string, app: LifespanApp]> = [
  ['throws', () => Promise.reject(new Error('Cannot serve a scope of type "lifespan"'))],
  [
    'throws at once',
    () => {
      throw new Error('Cannot serve a scope of type "lifespan"')
    },
  ],
  ['returns', () => Promise.resolve()],
]
for (const [what, app] of without) {
  test(`serve(): an app that ${what} on the lifespan scope is served without`, async (t) => {
    const { server, ask, log } = await serving(t, unlinted(withLifespan(app)), { lifespan: 'auto' })

    t.equal((await ask(get('/a'))).body, '/a')
    await server.close()
    t.same(log, [])
  })
}

test('serve(): in mode off the app does not see a lifespan', async (t) => {
  const { server, ask } = await serving(
    t,
    withLifespan(async () => void t.fail('called')),
    { lifespan: 'off' },
  )

  t.equal((await ask(get('/a'))).body, '/a')
  await server.close()
})

test('serve(): each request has a shallow copy of the state', async (t) => {
  const shared = { count: 0 }
  const app: ASGIApp = async (scope, _receive, send) => {
    const state = scope.state as { shared: typeof shared; own?: string }
    state.shared.count++
    const seen = JSON.stringify(state)
    state.own = 'of this request'
    await reply(send, seen)
  }
  const { open } = await serving(t, withLifespan(orderly([], { shared }), app), { lifespan: 'on' })
  const wire = await open()

  t.equal((await wire.send(get()).answer()).body, '{"shared":{"count":1}}')
  t.equal((await wire.send(get()).answer()).body, '{"shared":{"count":2}}')
  t.same(shared, { count: 2 })
})

test('serve(): WebSockets have the state, too', async (t) => {
  const seen = gate<unknown>()
  const app: ASGIApp = async (scope, receive, send) => {
    await receive()
    seen.open(scope.state)
    await send({ type: 'websocket.close' })
  }
  const { ask } = await serving(t, withLifespan(orderly([], { a: 1 }), app), { lifespan: 'on' })

  await ask(handshake())

  t.same(await seen.opened, { a: 1 })
})

test('close(): the shutdown comes after the last connection has closed', async (t) => {
  const steps: string[] = []
  const streaming = gate()
  const rest = gate()
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    streaming.open()
    await rest.opened
    await send({ type: 'http.response.body', body: 'b' })
    steps.push('answered')
  }
  const { server, open } = await serving(t, withLifespan(orderly(steps), app), { lifespan: 'on' })
  const wire = (await open()).send(get())
  const idle = await open()

  await streaming.opened
  const closed = server.close()
  const idleEnded = await idle.closed
  const stepsSoFar = [...steps]
  rest.open()
  const { body } = await wire.answer()
  await closed

  t.ok(idleEnded)
  t.same(stepsSoFar, ['starts'])
  t.equal(body, 'ab')
  t.same(steps, ['starts', 'answered', 'stops'])
  t.equal(server.connections, 0)
})

test('close(): shutdown.failed rejects with its reason, and everything is closed', async (t) => {
  const app: LifespanApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    await send({ type: 'lifespan.shutdown.failed', message: 'the queue is not empty' })
  }
  const { server, open, log } = await serving(t, withLifespan(app), { lifespan: 'on' })
  const wire = await open()
  const failed = {
    name: 'LifespanFailed',
    phase: 'shutdown',
    message: 'The app failed at shutdown: the queue is not empty',
  }

  await t.rejects(server.close(), failed)

  await t.rejects(server.closed, failed)
  await t.rejects(server.close({ force: true }), failed)
  t.ok(await wire.closed)
  t.ok(await isRefused(server.port!))
  t.same(log, [])
})

test('close(): an app that throws at shutdown rejects with its error as the cause', async (t) => {
  const app: LifespanApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    throw boom
  }
  const { server } = await serving(t, withLifespan(app), { lifespan: 'on' })

  await t.rejects(server.close(), { name: 'LifespanFailed', phase: 'shutdown', cause: boom })
})

test('close(): an app that throws after shutdown.complete is logged', async (t) => {
  const { log, lines } = notes()
  const logged = gate()
  const app: LifespanApp = async (scope, receive, send) => {
    await orderly()(scope, receive, send)
    throw boom
  }
  const error = (...args: unknown[]): void => {
    lines.push(args)
    logged.open()
  }
  const server = await serve(withLifespan(app), { port: 0, lifespan: 'on', log: { ...log, error } })

  await server.close()
  await logged.opened

  t.same(lines, [['The app failed after its shutdown', boom]])
})

/** Lifespans that end although nobody has asked them to. */
const early: ReadonlyArray<readonly [what: string, end: () => Promise<void>, log: readonly string[]]> = [
  ['returns', () => Promise.resolve(), []],
  ['throws', () => Promise.reject(boom), ['The lifespan of the app failed while it served: boom']],
]
for (const [what, end, log] of early) {
  test(`serve(): an app whose lifespan ${what} early is served on, and closes in order`, async (t) => {
    const app: LifespanApp = async (_scope, receive, send) => {
      await receive()
      await send({ type: 'lifespan.startup.complete' })
      await end()
    }
    const served = await serving(t, unlinted(withLifespan(app)), { lifespan: 'on' })

    t.equal((await served.ask(get('/a'))).body, '/a')
    await served.server.close()
    t.same(served.log, log)
  })
}

test('serve(): several servers of one app each have a lifespan and a state of their own', async (t) => {
  const steps: string[] = []
  let started = 0
  const lifespan: LifespanApp = async (scope, receive, send) => {
    const name = `server ${++started}`
    await receive()
    scope.state['name'] = name
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    steps.push(`${name} stops`)
    await send({ type: 'lifespan.shutdown.complete' })
  }
  const app = withLifespan(lifespan, async ({ state }, _receive, send) => reply(send, (state as { name: string }).name))
  const first = await serving(t, app, { lifespan: 'on' })
  const second = await serving(t, app, { lifespan: 'on' })

  t.equal((await first.ask(get())).body, 'server 1')
  await first.server.close()
  const stepsOfFirst = [...steps]
  t.equal((await second.ask(get())).body, 'server 2')
  await second.server.close()

  t.same(stepsOfFirst, ['server 1 stops'])
  t.same(steps, ['server 1 stops', 'server 2 stops'])
})

test('close(): called twice, the app is shut down once', async (t) => {
  const steps: string[] = []
  const { server } = await serving(t, withLifespan(orderly(steps)), { lifespan: 'on' })

  await Promise.all([server.close(), server.close(), server.closed])

  t.same(steps, ['starts', 'stops'])
})

test('close({ force: true }): the app is shut down nevertheless', async (t) => {
  const steps: string[] = []
  const called = gate()
  const app: ASGIApp = () => {
    called.open()
    return new Promise(() => {})
  }
  const { server, open } = await serving(t, withLifespan(orderly(steps), app), { lifespan: 'on' })
  ;(await open()).send(get())

  await called.opened
  await server.close({ force: true })

  t.same(steps, ['starts', 'stops'])
})
