import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { serverTiming, timingsOf } from '../../middleware/server-timing.ts'
import type { ServerTimingOptions, Timings } from '../../middleware/server-timing.ts'
import { Application } from '../../routing/application.ts'

async function told(
  options: ServerTimingOptions | undefined,
  work: (times: Timings) => unknown,
): Promise<string | null> {
  let nowMs = 0
  const app = new Application({ middleware: [serverTiming({ now: () => (nowMs += 1.234), ...options })] })
  app.get('/', async (request) => {
    await work(timingsOf(request))
    return new PlainTextResponse('')
  })
  await using client = await TestClient.open(app)
  return (await client.get('/')).headers.get('server-timing')
}

test('serverTiming: tells the whole time', async (t) => {
  t.equal(await told({}, () => {}), 'total;dur=1.23')
})

test('serverTiming: tells what was noted, in turn', async (t) => {
  const value = await told({ total: false }, (times) => {
    times.add('db', 12.3456)
    times.add('cache', 0, 'say "hit"\\\u{1f30d}')
  })
  t.equal(value, 'db;dur=12.35, cache;desc="say \\"hit\\"\\\\??";dur=0')
})

test('serverTiming: measures work, of now and of later, done and failed', async (t) => {
  const value = await told({ total: false }, async (times) => {
    t.equal(
      times.measure('a', () => 1),
      1,
    )
    t.equal(await times.measure('b', async () => 2), 2)
    t.throws(() =>
      times.measure('c', () => {
        throw new Error('c')
      }),
    )
    await t.rejects(times.measure('d', () => Promise.reject(new Error('d'))))
  })
  t.equal(value, 'a;dur=1.23, b;dur=1.23, c;dur=1.23, d;dur=1.23')
})

test('serverTiming: says nothing when there is nothing to tell', async (t) => {
  t.equal(await told({ total: false }, () => {}), null)
})

test('serverTiming: goes by the clock of the platform by default', async (t) => {
  const app = serverTiming()(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 204 })
    await send({ type: 'http.response.body' })
  })
  await using client = await TestClient.open(app, { lifespan: 'off' })
  t.match((await client.get('/')).headers.get('server-timing'), /^total;dur=\d+(\.\d+)?$/)
})

test('serverTiming: refuses a name that is none', async (t) => {
  await t.rejects(
    told({}, (times) => times.add('a b', 1)),
    { message: 'Cannot note the time of "a b": expected a token' },
  )
})

test('timingsOf: without serverTiming() and for WebSockets times go nowhere', async (t) => {
  const app = new Application({ middleware: [serverTiming()] })
  app.websocket('/', async (websocket) => {
    timingsOf(websocket).add('a', 1)
    await websocket.accept()
    await websocket.sendText(timingsOf(websocket).measure('b', () => 'done'))
  })
  await using client = await TestClient.open(app)
  await using socket = await client.websocket('/')
  t.equal(await socket.receiveText(), 'done')
})
