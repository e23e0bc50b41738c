import { test } from 'tap'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { answer, answering, app } from './raw-apps.ts'

/** An app with a lifespan that notes what happens. */
function noting(notes: string[]): ASGIApp {
  return app({
    async lifespan({ state }, receive, send) {
      await receive()
      state['database'] = { open: true }
      notes.push('start')
      await send({ type: 'lifespan.startup.complete' })
      await receive()
      notes.push('stop')
      await send({ type: 'lifespan.shutdown.complete' })
    },
    async http({ state }, _receive, send) {
      notes.push(Object.keys(state).join())
      state['own'] = true
      await answer(send)
    },
  })
}

test('TestClient: runs the lifespan around the requests', async (t) => {
  const notes: string[] = []
  {
    await using client = await TestClient.open(noting(notes), { state: { given: 1 }, lifespan: 'on' })
    t.match(client.state, { given: 1, database: { open: true } })
    await client.get('/')
    await client.get('/')
  }
  t.strictSame(notes, ['start', 'given,database', 'given,database', 'stop'])
})

test('TestClient: leaves the lifespan out when it is off', async (t) => {
  const notes: string[] = []
  await using client = await TestClient.open(noting(notes), { lifespan: 'off', state: { given: 1 } })
  await client.get('/')
  t.strictSame(notes, ['given'])
})

test('TestClient: goes on with an app that has no lifespan, unless it is on', async (t) => {
  await using client = await TestClient.open(answering({}))
  t.equal((await client.get('/')).status, 200)
  await t.rejects(TestClient.open(answering({}), { lifespan: 'on' }), { message: 'The app does not know "lifespan"' })
  const silent = app({ async lifespan() {} })
  await t.resolves((await TestClient.open(silent)).close())
  await t.rejects(TestClient.open(silent, { lifespan: 'on' }), { code: 'STELLINE_LIFESPAN_FAILED' })
})

test('TestClient.open: rejects with the reason that the app reports', async (t) => {
  const failing = app({
    async lifespan(_scope, receive, send) {
      await receive()
      await send({ type: 'lifespan.startup.failed', message: 'no database' })
    },
  })
  await t.rejects(TestClient.open(failing), { code: 'STELLINE_LIFESPAN_FAILED', message: /no database/ })
})

test('TestClient.open: rejects with the error that the app throws after its report', async (t) => {
  const error = new Error('no database')
  const failing = app({
    async lifespan(_scope, receive, send) {
      await receive()
      await send({ type: 'lifespan.startup.failed', message: error.stack! })
      throw error
    },
  })
  await t.rejects(TestClient.open(failing), error)
})

test('TestClient.open: does not wait for ever for an app that has failed', async (t) => {
  const stuck = app({
    async lifespan(_scope, receive, send) {
      await receive()
      await send({ type: 'lifespan.startup.failed', message: 'stuck' })
      await receive()
    },
  })
  await t.rejects(TestClient.open(stuck, { closeTimeoutMs: 1 }), /stuck/)
})

/** Lifespans that fail after start-up, and what `close` says. */
const failures: ReadonlyArray<readonly [what: string, after: Parameters<typeof app>[0]['lifespan'], error: RegExp]> = [
  [
    'reports a failure',
    async (_scope, receive, send) => {
      await receive()
      await send({ type: 'lifespan.shutdown.failed', message: 'still busy' })
    },
    /still busy/,
  ],
  [
    'throws at shutdown',
    async (_scope, receive) => {
      await receive()
      throw new Error('at shutdown')
    },
    /at shutdown/,
  ],
  [
    'throws after shutdown',
    async (_scope, receive, send) => {
      await receive()
      await send({ type: 'lifespan.shutdown.complete' })
      throw new Error('after shutdown')
    },
    /after shutdown/,
  ],
  [
    'throws while it serves',
    async () => {
      throw new Error('while serving')
    },
    /while serving/,
  ],
  [
    'swallows a breach of the contract',
    async (_scope, receive, send) => {
      await send({ type: 'lifespan.shutdown.complete' }).catch(() => {})
      await receive()
      await send({ type: 'lifespan.shutdown.complete' })
    },
    /was not received/,
  ],
]

for (const [what, after, error] of failures) {
  test(`TestClient.close: rejects when the lifespan ${what}`, async (t) => {
    const failing = app({
      async lifespan(scope, receive, send) {
        await receive()
        await send({ type: 'lifespan.startup.complete' })
        await after!(scope, receive, send)
      },
    })
    const client = await TestClient.open(failing)
    await t.rejects(client.close(), error)
  })
}

test('TestClient.close: does it once', async (t) => {
  const notes: string[] = []
  const client = await TestClient.open(noting(notes))
  t.equal(client.close(), client.close())
  await client.close()
  t.strictSame(notes, ['start', 'stop'])
})

test('TestClient.close: ends the use of the client', async (t) => {
  const client = await TestClient.open(answering({}))
  await client.close()
  await t.rejects(client.get('/'), { message: 'Cannot request GET /: the client is closed' })
  await t.rejects(client.websocket('/'), { message: 'Cannot open WebSocket /: the client is closed' })
})
