import { test } from 'tap'
import { startMounted } from '../../../lib/lifetime/nested-lifespan.ts'
import type { MountedApp } from '../../../lib/lifetime/nested-lifespan.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'

const mounted = (app: ASGIApp): MountedApp => ({ app, key: Symbol('state') })

/** An app that notes its lifespan. */
const noting =
  (name: string, notes: string[], failure: { startup?: Error; shutdown?: Error } = {}): ASGIApp =>
  async (scope, receive, send) => {
    await receive()
    notes.push(`start ${name}`)
    if (failure.startup !== undefined) {
      await send({ type: 'lifespan.startup.failed', message: failure.startup.message })
      throw failure.startup
    }
    Object.assign(scope.state, { name })
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    notes.push(`stop ${name}`)
    if (failure.shutdown !== undefined) throw failure.shutdown
    await send({ type: 'lifespan.shutdown.complete' })
  }

test('startMounted: starts in order, keeps the states apart, and stops in the opposite order', async (t) => {
  const notes: string[] = []
  const apps = [mounted(noting('a', notes)), mounted(noting('b', notes))]
  const running = await startMounted(apps)
  t.strictSame(notes, ['start a', 'start b'])
  const state = running.state as Record<symbol, unknown>
  t.strictSame(
    apps.map(({ key }) => state[key]),
    [{ name: 'a' }, { name: 'b' }],
  )
  await running.stop()
  t.strictSame(notes, ['start a', 'start b', 'stop b', 'stop a'])
})

test('startMounted: an app that is mounted twice starts once', async (t) => {
  const notes: string[] = []
  const app = noting('a', notes)
  const apps = [mounted(app), mounted(app)]
  const running = await startMounted(apps)
  const state = running.state as Record<symbol, unknown>
  t.strictSame(
    apps.map(({ key }) => state[key]),
    [{ name: 'a' }, { name: 'a' }],
  )
  await running.stop()
  t.strictSame(notes, ['start a', 'stop a'])
})

/** Apps that do not know lifespans. */
const ignorant: Readonly<Record<string, ASGIApp>> = {
  'throws at once': () => {
    throw new TypeError('unknown scope')
  },
  rejects: async () => {
    throw new TypeError('unknown scope')
  },
  returns: async () => {},
  'answers as if to HTTP': (_scope, _receive, send) => send({ type: 'http.response.start', status: 200 }),
  'reads as if a body came': async (_scope, receive) => {
    for (;;) if ((await receive()).type === 'http.disconnect') return
  },
}

for (const [what, app] of Object.entries(ignorant)) {
  test(`startMounted: leaves an app alone that ${what}`, async (t) => {
    const running = await startMounted([mounted(app)])
    await t.resolves(running.stop())
  })
}

test('startMounted: throws the error of a start-up that failed, after stopping what had started', async (t) => {
  const notes: string[] = []
  const startup = new Error('no database')
  const apps = [mounted(noting('a', notes)), mounted(noting('b', notes, { startup })), mounted(noting('c', notes))]
  await t.rejects(startMounted(apps), startup)
  t.strictSame(notes, ['start a', 'start b', 'stop a'])
})

test('startMounted: throws the report of a start-up that failed without an error', async (t) => {
  const app: ASGIApp = (_scope, _receive, send) => send({ type: 'lifespan.startup.failed', message: 'reported' })
  await t.rejects(startMounted([mounted(app)]), { message: 'reported' })
  const silent: ASGIApp = (_scope, _receive, send) => send({ type: 'lifespan.startup.failed' })
  await t.rejects(startMounted([mounted(silent)]), { message: 'A mounted application failed' })
})

test('startMounted: stops every app though one fails, and throws what it threw', async (t) => {
  const notes: string[] = []
  const shutdown = new Error('stuck')
  const running = await startMounted([mounted(noting('a', notes)), mounted(noting('b', notes, { shutdown }))])
  await t.rejects(running.stop(), shutdown)
  t.ok(notes.includes('stop a'))
})

test('startMounted: throws all that several apps threw when they were stopped', async (t) => {
  const [first, second] = [new Error('first'), new Error('second')]
  const running = await startMounted([
    mounted(noting('a', [], { shutdown: first })),
    mounted(noting('b', [], { shutdown: second })),
  ])
  const error: unknown = await running.stop().catch((reason: unknown) => reason)
  t.type(error, AggregateError)
  t.strictSame((error as AggregateError).errors, [second, first])
})

test('startMounted: throws the report of a shutdown that failed without an error', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    await send({ type: 'lifespan.shutdown.failed', message: 'reported' })
  }
  const running = await startMounted([mounted(app)])
  await t.rejects(running.stop(), { message: 'reported' })
})

test('startMounted: an app that ended while it served fails to stop', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.complete' })
    throw new Error('died')
  }
  const running = await startMounted([mounted(app)])
  await t.rejects(running.stop(), { message: 'died' })
})
