import { test } from 'tap'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { Send } from '../../../lib/spec/app.ts'
import { answer, app, gate } from './raw-apps.ts'

const error = new Error('own')

/** An app that sends something and then fails. */
const failingAfter = (before: (send: Send) => Promise<void>) =>
  app({
    async http(_scope, _receive, send) {
      await before(send)
      throw error
    },
  })

const nothing = async (): Promise<void> => {}
const start = (send: Send): Promise<void> => send({ type: 'http.response.start', status: 200 })
const errorPage = (send: Send): Promise<void> => answer(send, { status: 500, body: 'sorry' })

/** How far an app may get before it fails at once. */
const failures: ReadonlyArray<readonly [when: string, before: (send: Send) => Promise<void>]> = [
  ['before its answer', nothing],
  ['right after its start', start],
  ['right after an error page', errorPage],
]

for (const [when, before] of failures) {
  test(`TestClient: an app that fails ${when} rejects the request`, async (t) => {
    await using client = await TestClient.open(failingAfter(before))
    await t.rejects(client.get('/'), error)
  })
}

test('TestClient: an app that fails later rejects the reading of the body', async (t) => {
  const { opened, open } = gate()
  const failing = failingAfter(async (send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'half', more_body: true })
    await opened
  })
  await using client = await TestClient.open(failing)
  const response = await client.get('/', { headers: { te: 'trailers' } })
  open()
  await t.rejects(response.text(), error)
  await t.rejects(response.trailers(), error)
})

test('TestClient: an app that fails before its trailers rejects them', async (t) => {
  const { opened, open } = gate()
  const failing = failingAfter(async (send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'all' })
    await opened
  })
  await using client = await TestClient.open(failing)
  const response = await client.get('/', { headers: { te: 'trailers' } })
  t.equal(await response.text(), 'all')
  open()
  await t.rejects(response.trailers(), error)
})

test('TestClient: an app that fails after its answer rejects the reading that comes later', async (t) => {
  const { opened, open } = gate()
  const failing = failingAfter(async (send) => {
    await answer(send, { body: 'all' })
    await opened
  })
  await using client = await TestClient.open(failing)
  const response = await client.get('/')
  open()
  await opened
  await new Promise(setImmediate)
  await t.rejects(response.text(), error)
})

test('TestClient.close: rejects with an error that the test has not seen', async (t) => {
  const { opened, open } = gate()
  const failing = failingAfter(async (send) => {
    await answer(send, { body: 'all' })
    await opened
  })
  const client = await TestClient.open(failing)
  t.equal(await (await client.get('/')).text(), 'all')
  open()
  await t.rejects(client.close(), error)
})

test('TestClient.close: rejects with all errors that the test has not seen', async (t) => {
  const { opened, open } = gate()
  const failing = failingAfter(async (send) => {
    await answer(send)
    await opened
  })
  const client = await TestClient.open(failing)
  await Promise.all([client.get('/a'), client.get('/b')])
  open()
  await t.rejects(client.close(), { name: 'AggregateError', errors: [error, error] })
})

test('TestClient: an app that throws at once rejects the request', async (t) => {
  const throwing = (): Promise<void> => {
    throw error
  }
  await using client = await TestClient.open(throwing, { lint: false })
  await t.rejects(client.get('/'), error)
})

test('TestClient: an app that throws null has failed, too', async (t) => {
  await using client = await TestClient.open(async () => Promise.reject(null), { lint: false })
  const reason = await client.get('/').then(
    () => 'resolved',
    (thrown: unknown) => thrown,
  )
  t.equal(reason, null)
})

test('TestClient: without raising, an app that fails before its body gives a 500', async (t) => {
  for (const before of [nothing, start]) {
    await using client = await TestClient.open(failingAfter(before), { raiseServerErrors: false })
    const response = await client.get('/')
    t.equal(response.status, 500)
    t.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    t.equal(await response.text(), 'Internal Server Error')
  }
})

test('TestClient: without raising, an app that fails in its answer cuts the body', async (t) => {
  const inBody = failingAfter(async (send) => {
    await start(send)
    await send({ type: 'http.response.body', body: 'half', more_body: true })
  })
  await using client = await TestClient.open(inBody, { raiseServerErrors: false })
  await t.rejects(client.get('/'), { code: 'STELLINE_RESPONSE_CUT' })
  const { opened, open } = gate()
  const failing = failingAfter((send) => start(send).then(() => opened))
  await using later = await TestClient.open(failing, { raiseServerErrors: false })
  const started = await later.get('/')
  open()
  await t.rejects(started.text(), { code: 'STELLINE_RESPONSE_CUT' })
})

test('TestClient: without raising, what an app does after its answer is its own affair', async (t) => {
  const client = await TestClient.open(failingAfter(errorPage), { raiseServerErrors: false })
  const response = await client.get('/')
  t.equal(response.status, 500)
  t.equal(await response.text(), 'sorry')
  await t.resolves(client.close())
})

/** Apps that break the contract; the client keeps it even without lint. */
const breaches: ReadonlyArray<readonly [what: string, messages: readonly unknown[], message: RegExp]> = [
  [
    'returns without an answer',
    [],
    /Cannot return from the app: the state of its answer to GET \/ is "before the response"/,
  ],
  ['returns in its answer', [{ type: 'http.response.start', status: 200 }], /is "in the body"/],
  ['sends a body first', [{ type: 'http.response.body' }], /the state is "before the response"/],
  ['sends a bad value', [{ type: 'http.response.start', status: '200' }], /status is "200"/],
  ['sends a message of the server', [{ type: 'http.disconnect' }], /Cannot send "http.disconnect"/],
  ['sends what is not offered', [{ type: 'http.response.start', status: 200, trailers: true }], /does not offer/],
  ['sends a bad field', [{ type: 'http.response.start', status: 200, headers: [['a', 'b\n']] }], /headers is/],
  [
    'sends more than announced',
    [
      { type: 'http.response.start', status: 200, headers: [['content-length', '1']] },
      { type: 'http.response.body', body: 'ab' },
    ],
    /the body has 2 bytes in all, expected 1/,
  ],
  [
    'sends less than announced',
    [
      { type: 'http.response.start', status: 200, headers: [['content-length', '3']] },
      { type: 'http.response.body', body: 'ab' },
    ],
    /the body has 2 bytes in all, expected 3/,
  ],
]

for (const [what, messages, message] of breaches) {
  test(`TestClient: without lint, an app that ${what} breaks the contract all the same`, async (t) => {
    const breaking = app({
      async http(_scope, _receive, send) {
        for (const sent of messages) await send(sent as Parameters<Send>[0])
      },
    })
    await using client = await TestClient.open(breaking, { lint: false })
    await t.rejects(client.get('/'), { code: 'STELLINE_PROTOCOL_VIOLATION', message })
  })
}

test('TestClient: with lint, an app that swallows its breach is caught', async (t) => {
  const careless = app({
    async http(_scope, _receive, send) {
      await send({ type: 'http.response.body' }).catch(() => {})
      await answer(send)
    },
  })
  await using client = await TestClient.open(careless)
  await t.rejects(client.get('/'), { code: 'STELLINE_PROTOCOL_VIOLATION' })
})
