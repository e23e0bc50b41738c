import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { health } from '../../middleware/health.ts'
import type { HealthOptions } from '../../middleware/health.ts'
import { Application } from '../../routing/application.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { httpScope, receiveNothing, recorder } from '../support/messages.ts'

function site(options?: HealthOptions): Application {
  const app = new Application({ middleware: [health(options)] })
  app.get('/', () => new PlainTextResponse('app'))
  app.post('/livez', () => new PlainTextResponse('posted'))
  return app
}

test('health: tells that the process lives, and that it is ready', async (t) => {
  await using client = await TestClient.open(site())
  for (const path of ['/livez', '/readyz']) {
    const response = await client.get(path)
    t.strictSame([response.status, await response.json()], [200, { status: 'ok', checks: {} }])
    t.equal(response.headers.get('cache-control'), 'no-store')
    t.equal((await client.head(path)).status, 200)
  }
  t.equal(await (await client.get('/')).text(), 'app')
  t.equal(await (await client.post('/livez')).text(), 'posted')
})

test('health: is not ready when a check fails, and lives nevertheless', async (t) => {
  const failures: unknown[] = []
  const checks = {
    good: () => {},
    late: async () => {},
    bad: () => {
      throw new Error('secret reason')
    },
    worse: () => Promise.reject(new Error('later')),
  }
  await using client = await TestClient.open(site({ checks, onFailure: (name, error) => failures.push([name, error]) }))
  const response = await client.get('/readyz')
  t.strictSame(
    [response.status, await response.json()],
    [503, { status: 'failing', checks: { good: true, late: true, bad: false, worse: false } }],
  )
  t.match(failures, [
    ['bad', { message: 'secret reason' }],
    ['worse', { message: 'later' }],
  ])
  t.equal((await client.get('/livez')).status, 200)
})

test('health: a check that takes too long has failed, and is told to stop', async (t) => {
  const clock = new ManualClock()
  let enter = (_signal: AbortSignal): void => {}
  const entered = new Promise<AbortSignal>((resolve) => (enter = resolve))
  const slow = (given: AbortSignal): Promise<never> => {
    enter(given)
    return new Promise(() => {})
  }
  await using client = await TestClient.open(site({ checks: { slow }, timeoutMs: 100, clock }))
  const answer = client.get('/readyz')
  const signal = await entered
  clock.pass(100)
  t.equal((await answer).status, 503)
  t.equal(signal.aborted, true)
})

test('health: is not ready while the server stops', async (t) => {
  const { send, sent } = recorder()
  const extensions = { 'server.shutdown.signal': { signal: AbortSignal.abort() } }
  await health()(() => Promise.reject(new Error('not for the app')))(
    httpScope({ path: '/readyz', extensions }),
    receiveNothing,
    send,
  )
  t.match(sent[0], { status: 503 })
  t.match(sent[1], { body: '{"status":"failing","checks":{"server":false}}' })
})

test('health: paths can be chosen, below the root of the app', async (t) => {
  await using client = await TestClient.open(site({ livePath: '/up', readyPath: null, checks: { a: () => {} } }), {
    rootPath: '/api',
  })
  t.strictSame([(await client.get('/up')).status, (await client.get('/readyz')).status], [200, 404])
})

test('health: goes by the clock of the platform by default', async (t) => {
  await using client = await TestClient.open(
    site({ checks: { a: () => {}, b: () => new Promise(() => {}) }, timeoutMs: 1 }),
  )
  t.match(await (await client.get('/readyz')).json(), { checks: { b: false } })
})

test('health: refuses a set-up that cannot work', (t) => {
  t.throws(() => health({ livePath: 'live' }), {
    message: 'Cannot tell the health at "live": expected a path that starts with "/"',
  })
  // Timers of the platform take no more than 31 bits: a longer one would ring at once.
  for (const timeoutMs of [0, Number.NaN, Infinity, 2 ** 31]) {
    t.throws(() => health({ timeoutMs }), {
      name: 'RangeError',
      message: `Cannot check the health: timeoutMs is ${timeoutMs}, expected milliseconds from above 0 to below 2 ** 31`,
    })
  }
  t.end()
})
