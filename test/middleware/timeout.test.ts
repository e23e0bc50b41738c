import { test } from 'tap'
import type { Request } from '../../lib/request/request.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { StreamingResponse } from '../../lib/response/streaming-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { eventLoopTurns } from '../../lib/testing/event-loop.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { timeout } from '../../middleware/timeout.ts'
import type { TimeoutOptions } from '../../middleware/timeout.ts'
import { Application } from '../../routing/application.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { receiveNothing, recorder } from '../support/messages.ts'

function slowApp(options: Partial<TimeoutOptions> = {}): {
  app: Application
  clock: ManualClock
  logged: unknown[]
  entered: Promise<Request>
  leave: (error?: Error) => void
} {
  const clock = new ManualClock()
  const logged: unknown[] = []
  let enter = (_request: Request): void => {}
  let leave = (_error?: Error): void => {}
  const entered = new Promise<Request>((resolve) => (enter = resolve))
  const left = new Promise<Error | undefined>((resolve) => (leave = resolve))
  const app = new Application({
    middleware: [timeout({ timeoutMs: 1000, clock, ...options })],
    tasks: { log: { error: (_message: string, error: unknown) => void logged.push(error) } },
  })
  app.get('/fast', () => new PlainTextResponse('fast'))
  app.get('/slow', async (request) => {
    enter(request)
    const error = await left
    if (error !== undefined) throw error
    return new PlainTextResponse('slow')
  })
  return { app, clock, logged, entered, leave: (error) => leave(error) }
}

test('timeout: an answer in time passes, and leaves no timer', async (t) => {
  const { app, clock } = slowApp()
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/fast')).text(), 'fast')
  t.equal(clock.size, 0)
})

for (const [status, text] of [
  [504, 'Gateway Timeout'],
  [503, 'Service Unavailable'],
] as const) {
  test(`timeout: answers ${status} when the time is over, and aborts the signal`, async (t) => {
    const { app, clock, entered, leave } = slowApp({ status })
    await using client = await TestClient.open(app)
    const answer = client.get('/slow')
    const { signal } = await entered
    t.equal(signal.aborted, false)
    clock.pass(1000)
    t.strictSame([(await answer).status, await (await answer).text()], [status, text])
    t.match(signal.reason, { name: 'TimeoutError' })
    leave()
  })
}

test('timeout: a signal that is looked at only afterwards is aborted, too', async (t) => {
  const { app, clock, entered, leave } = slowApp()
  await using client = await TestClient.open(app)
  const answer = client.get('/slow')
  const request = await entered
  clock.pass(1000)
  await answer
  t.equal(request.signal.aborted, true)
  t.equal(request.scope.extensions['http.disconnect.signal']!.signal, request.signal)
  leave()
})

test('timeout: the signal is aborted when the client leaves, too', async (t) => {
  const { app, entered, leave } = slowApp()
  await using client = await TestClient.open(app)
  const leaving = new AbortController()
  const answer = client.get('/slow', { signal: leaving.signal }).catch((error: unknown) => error)
  const { signal } = await entered
  leaving.abort()
  await answer
  await eventLoopTurns(5)
  t.equal(signal.aborted, true)
  leave()
})

test('timeout: what the app sends too late reaches nobody, and is no error', async (t) => {
  const { app, clock, logged, entered, leave } = slowApp()
  await using client = await TestClient.open(app)
  const answer = client.get('/slow')
  await entered
  clock.pass(1000)
  t.equal((await answer).status, 504)
  leave()
  await eventLoopTurns(5)
  t.strictSame(logged, [])
})

test('timeout: an error that comes too late goes to the log of the tasks', async (t) => {
  const { app, clock, logged, entered, leave } = slowApp()
  const error = new Error('late')
  {
    await using client = await TestClient.open(app)
    const answer = client.get('/slow')
    await entered
    clock.pass(1000)
    t.equal((await answer).status, 504)
    leave(error)
  }
  t.ok(logged.includes(error))
})

test('timeout: outside an application an error that comes too late is dropped', async (t) => {
  const clock = new ManualClock()
  let fail = (_error: Error): void => {}
  const app: ASGIApp = () => new Promise((_resolve, reject) => (fail = reject))
  const { send, sent } = recorder()
  const done = timeout({ timeoutMs: 5, clock })(app)(httpScope(), receiveNothing, send)
  clock.pass(5)
  await done
  fail(new Error('late'))
  await eventLoopTurns(2)
  t.match(sent[0], { status: 504 })
})

test('timeout: where the server offers no signal there is that of the time', async (t) => {
  const clock = new ManualClock()
  const signals: AbortSignal[] = []
  const app: ASGIApp = (scope) => {
    signals.push((scope as HTTPScope).extensions['http.disconnect.signal']!.signal)
    return new Promise(() => {})
  }
  const done = timeout({ timeoutMs: 5, clock })(app)(httpScope({ extensions: {} }), receiveNothing, recorder().send)
  t.equal(signals[0]!.aborted, false)
  clock.pass(5)
  await done
  t.equal(signals[0]!.aborted, true)
})

test('timeout: an answer that has begun may take any time', async (t) => {
  const clock = new ManualClock()
  let end = (): void => {}
  const app = new Application({ middleware: [timeout({ timeoutMs: 1000, clock })] })
  app.get('/', () => {
    return new StreamingResponse(
      (async function* () {
        yield 'one '
        await new Promise<void>((resolve) => (end = resolve))
        yield 'two'
      })(),
    )
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  clock.pass(10_000)
  end()
  t.equal(await response.text(), 'one two')
})

test('timeout: a timer that runs although it was cleared changes nothing', async (t) => {
  let ring = (): void => {}
  const clock = { setTimeout: (callback: () => void) => (ring = callback), clearTimeout: () => {} }
  const { app, entered, leave } = slowApp({ clock })
  await using client = await TestClient.open(app)
  const answer = client.get('/slow')
  const { signal } = await entered
  leave()
  const response = await answer
  ring()
  t.strictSame([response.status, await response.text(), signal.aborted], [200, 'slow', false])
})

test('timeout: an error of the app in time is the error of the app', async (t) => {
  const app = timeout({ timeoutMs: 1000 })(() => {
    throw new Error('at once')
  })
  await using client = await TestClient.open(app, { lifespan: 'off' })
  await t.rejects(client.get('/'), { message: 'at once' })
})

test('timeout: WebSockets have no time', async (t) => {
  const clock = new ManualClock()
  const app = new Application({ middleware: [timeout({ timeoutMs: 1000, clock })] })
  app.websocket('/', (websocket) => websocket.accept())
  await using client = await TestClient.open(app)
  await using socket = await client.websocket('/')
  t.equal(clock.size, 0)
  t.ok(socket)
})

test('timeout: by default the platform tells the time', async (t) => {
  const app = timeout({ timeoutMs: 1 })(() => new Promise(() => {}))
  await using client = await TestClient.open(app, { lifespan: 'off' })
  t.equal((await client.get('/')).status, 504)
})

for (const [options, message] of [
  [{ timeoutMs: 0 }, 'Cannot limit the time: timeoutMs is 0, expected milliseconds above 0'],
  [{ timeoutMs: '1s' }, 'Cannot limit the time: timeoutMs is "1s", expected milliseconds above 0'],
  [{ timeoutMs: Infinity }, 'Cannot limit the time: timeoutMs is Infinity, expected milliseconds above 0'],
  [{ timeoutMs: 1, status: 500 }, 'Cannot limit the time: the status is 500, expected 503 or 504'],
] as const) {
  test(`timeout: ${message}`, (t) => {
    t.throws(() => timeout(options as unknown as TimeoutOptions), { name: 'RangeError', message })
    t.end()
  })
}
