import { test } from 'tap'
import { depends } from '../../../lib/endpoint/dependencies/depends.ts'
import type { EndingScope } from '../../../lib/request/call-end.ts'
import type { ChunkSource } from '../../../lib/response/chunk-source.ts'
import { abandon } from '../../../lib/response/abandon.ts'
import { serve } from '../../../lib/servers/index.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'
import { Router } from '../../../routing/router.ts'

/** Something that happens when it is told to. */
class Step {
  happen!: () => void
  readonly happened = new Promise<void>((resolve) => (this.happen = resolve))
}

/** An application with a stream of rows that waits within its second query, and the notes of what happened. */
function rows(stream: 'json-lines' | 'events') {
  const notes: string[] = []
  const asked = new Step()
  const answered = new Step()
  const released = new Step()
  const database = depends(async function* () {
    try {
      yield 'database'
    } finally {
      notes.push('released')
      released.happen()
    }
  })
  const router = new Router({ dependencies: [database] })
  router.get('/', { responses: { 200: { stream } }, dependencies: { database } }, async function* () {
    try {
      yield 'row'
      asked.happen()
      await answered.happened
      notes.push('queried')
      yield 'row'
    } finally {
      notes.push('closed')
    }
  })
  const app = new Application()
  app.include(router)
  return { app, notes, asked, answered, released }
}

for (const stream of ['json-lines', 'events'] as const) {
  test(`a client that leaves ${stream}: a dependency is released when the generator that uses it has ended`, async (t) => {
    const { app, notes, asked, answered, released } = rows(stream)
    await using client = await TestClient.open(app)
    const leaving = new AbortController()

    const response = await client.get('/', { signal: leaving.signal })
    await asked.happened
    leaving.abort()
    await new Promise((resolve) => setTimeout(resolve, 20))
    t.strictSame(notes, [])
    answered.happen()
    await released.happened

    t.equal(response.status, 200)
    t.strictSame(notes, ['queried', 'closed', 'released'])
  })
}

test('a server that shuts down: a dependency is released when the generator of its events has ended', async (t) => {
  const { app, notes, asked, answered } = rows('events')
  const server = await serve(app, { port: 0 })
  const text = fetch(server.url).then((response) => response.text())

  await asked.happened
  const closing = server.close()
  t.match(await text, 'data: "row"')
  t.strictSame(notes, [])
  answered.happen()
  await closing

  t.strictSame(notes, ['queried', 'closed', 'released'])
})

test('a generator that waits for ever keeps its dependencies for no longer than a test client waits', async (t) => {
  const { app, notes, asked } = rows('events')
  const client = await TestClient.open(app)
  const text = client.get('/').then((response) => response.text())

  await asked.happened
  const closed = client.close()

  await t.rejects(text, { code: 'STELLINE_RESPONSE_CUT' })
  await t.resolves(closed)
  t.strictSame(notes, ['released'])
})

test('abandon: that a source cannot be cancelled is nothing to wait for', async (t) => {
  const source: ChunkSource = {
    waits: true,
    next: () => new Promise(() => {}),
    cancel: () => Promise.reject(new Error('no')),
  }
  const scope: EndingScope = {}

  abandon(source, scope)

  await t.resolves(scope.goes_on as Promise<unknown>)
})
