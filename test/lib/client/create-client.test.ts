import { test } from 'tap'
import { z } from 'zod'
import { createClient } from '../../../lib/client/create-client.ts'
import type { ClientOptions } from '../../../lib/client/create-client.ts'
import { HandshakeRefused } from '../../../lib/client/handshake-refused.ts'
import { InvalidAnswer } from '../../../lib/client/invalid-answer.ts'
import { UnexpectedAnswer } from '../../../lib/client/unexpected-answer.ts'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { websocketContract } from '../../../lib/endpoint/contract/websocket-contract.ts'
import { WebSocketDisconnect } from '../../../lib/exceptions/websocket-disconnect.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'
import { PathPattern } from '../../../routing/path-pattern.ts'
import { app, contracts, left } from './shop.ts'

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  )
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

test('client: sends a JSON body, and tells answers apart by their status', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const created = await client.create({ body: { name: 'tea' } })
  const missing = await client.items.get({ params: { id: 10 } })

  t.strictSame([created.status, created.data], [201, { id: 7, name: 'tea' }])
  t.equal(created.headers.get('content-type'), 'application/json')
  t.type(created.response, Response)
  t.strictSame([missing.status, missing.data], [404, { reason: 'gone' }])
})

test('client: a request against the contract is a 422 with every error', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const answer = await client.create({ body: { name: '' } })

  t.equal(answer.status, 422)
  t.match(answer.data, { title: 'Unprocessable Content', errors: [{ in: 'body', path: ['name'], code: 'too_small' }] })
})

test('client.ok: gives the content of a success', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  t.strictSame(await client.create.ok({ body: { name: 'tea' } }), { id: 7, name: 'tea' })
  t.equal(await client.items.remove.ok({ params: { id: 1 } }), undefined)
  t.equal(await client.items.head.ok({ params: { id: 1 } }), undefined)
  t.equal(await client.text.ok(), 'a,b')
})

test('client.ok: throws for every other status, with what was answered', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const missing = await thrownBy(client.items.get.ok({ params: { id: 10 } }))
  const refused = await thrownBy(client.create.ok({ body: { name: '' } }))

  if (!(missing instanceof UnexpectedAnswer) || !(refused instanceof UnexpectedAnswer)) return t.fail('it was taken')
  t.match(missing, {
    code: 'STELLINE_UNEXPECTED_ANSWER',
    message: 'Cannot use the answer to GET /items/{id:int}: its status is 404, expected a success',
    status: 404,
    data: { reason: 'gone' },
    problem: null,
  })
  t.equal(missing.headers, missing.response.headers)
  t.match(refused.problem, { status: 422, errors: [{ in: 'body' }] })
  return t.end()
})

test('client: a status that is not declared is thrown', async (t) => {
  const other = new Application()
  other.get('/', () => new Response('broken', { status: 502, headers: { 'content-type': 'text/plain' } }))
  await using tests = await TestClient.open(other)
  const client = createClient(
    { get: contract('GET', '/', { responses: { 200: z.string(), 404: null } }) },
    { app: tests },
  )

  const error = await thrownBy(client.get())

  t.match(error, {
    name: 'UnexpectedAnswer',
    message: 'Cannot use the answer to GET /: its status is 502, expected one that the contract declares: 200, 404',
    data: 'broken',
    problem: null,
  })
})

test('client: sends parameters, query, headers and cookies as text', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const { status, data } = await client.echo({
    params: { part: 'a/b?c'.replace('/', '+'), rest: 'x/ü y' },
    query: { page: 2, tags: ['hot', 'a&b'], since: new Date(0), big: 12345678901234567890n, sold: null },
    headers: { 'x-token': 't', userName: 'ada', 'x-more': 1 },
    cookies: { theme: 'dark; blue' },
  })

  t.equal(status, 200)
  t.strictSame(data, {
    params: { part: 'a+b?c', rest: 'x/ü y' },
    query: { page: 2, tags: ['hot', 'a&b'], since: '1970-01-01T00:00:00.000Z', big: '12345678901234567890' },
    headers: { 'x-token': 't', userName: 'ada' },
    cookies: { theme: 'dark; blue' },
  })
})

test('client: sends a form urlencoded, and with a file as multipart', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const form = await client.form.ok({ form: { name: 'tea', tags: ['a', 'b'] } })
  const upload = await client.upload.ok({ form: { title: 'Tea', photo: new File(['leaf'], 'tea.txt') } })

  t.strictSame(form, { name: 'tea', tags: ['a', 'b'] })
  t.strictSame(upload, { title: 'Tea', name: 'tea.txt', text: 'leaf' })
})

test('client: reads events, with their types and ids or without', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests, validateAnswers: true })

  const items = await collected(await client.events.ok())
  const events = await collected((await client.events.ok()).events())

  t.strictSame(items, [
    { id: 1, name: 'tea' },
    { id: 2, name: 'milk' },
  ])
  t.strictSame(
    events.map(({ event, id }) => [event, id]),
    [
      ['message', ''],
      ['new', 'b'],
    ],
  )
})

test('client: reads JSON lines', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const answer = await client.lines()

  t.strictSame(await collected(answer.data), [
    { id: 1, name: 'tea' },
    { id: 2, name: 'milk' },
  ])
})

test('client: leaving a stream tells the app', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const numbers: number[] = []
  for await (const number of await client.endless.ok()) if (numbers.push(number) > 2) break
  await tests.close()

  t.strictSame(numbers, [0, 1, 2])
  t.strictSame(left.splice(0), ['endless'])
})

test('client: a stream that is left while it waits for its app ends at once', async (t) => {
  const changes = contract('GET', '/changes', { responses: { 200: { schema: z.number(), stream: 'json-lines' } } })
  const quiet = new Application()
  quiet.add(changes, async function* ({ request }) {
    yield 1
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
  })
  await using tests = await TestClient.open(quiet)
  const client = createClient({ changes }, { app: tests })

  const items = (await client.changes.ok())[Symbol.asyncIterator]()
  t.strictSame(await items.next(), { done: false, value: 1 })
  await new Promise(setImmediate)

  // It hangs, and the test times out, when leaving waits for the next item.
  t.strictSame(await items.return?.(), { done: true, value: undefined })
})

test('client: a signal ends a stream with its reason', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })
  const controller = new AbortController()
  const reason = new Error('enough')

  const read = async (): Promise<void> => {
    for await (const number of await client.endless.ok({ signal: controller.signal })) {
      if (number === 2) controller.abort(reason)
    }
  }

  t.equal(await thrownBy(read()), reason)
  left.splice(0)
})

test('client: follows redirects unless the contract declares them', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const moved = await client.move()
  const followed = await client.follow()

  t.strictSame([moved.status, moved.headers.get('location')], [303, '/target'])
  t.strictSame([followed.status, followed.data], [200, 'arrived'])
})

test('createClient: its fields go with every request, those of a call over them', async (t) => {
  await using tests = await TestClient.open(app)
  let calls = 0
  const fixed = createClient(contracts, { app: tests, headers: { authorization: 'Bearer a' } })
  const pairs = createClient(contracts, { app: tests, headers: [['authorization', 'Bearer b']] })
  const asked = createClient(contracts, { app: tests, headers: async () => ({ authorization: `Bearer ${++calls}` }) })

  const seen = [await fixed.whoami.ok(), await pairs.whoami.ok(), await asked.whoami.ok(), await asked.whoami.ok()]
  const own = await fixed.whoami.ok({ headers: { authorization: 'Bearer own' } })

  t.strictSame(seen, ['Bearer a', 'Bearer b', 'Bearer 1', 'Bearer 2'])
  t.equal(own, 'Bearer own')
})

test('client: talks over a WebSocket', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests, validateAnswers: true })

  await using chat = await client.chat({ params: { room: 'tea' }, query: { name: 'Ada' } })
  await chat.send({ text: 'Hello' })
  const heard = await chat.receive()
  await chat.send({ text: 'Bye' })
  const more: unknown[] = []
  for await (const message of chat) {
    more.push(message)
    await chat.close(1000, 'enough')
  }

  t.equal(chat.subprotocol, null)
  t.strictSame(
    [heard, ...more],
    [
      { from: 'Ada', text: 'Hello' },
      { from: 'Ada', text: 'Bye' },
    ],
  )
  t.strictSame(await chat.closed, { code: 1000, reason: 'enough' })
  t.type(await thrownBy(chat.send({ text: 'again' })), WebSocketDisconnect)
})

test('client: a WebSocket that is refused says with which status', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests })

  const error = await thrownBy(client.chat({ params: { room: 'closed' }, query: { name: 'a secret' } }))

  if (!(error instanceof HandshakeRefused)) return t.fail('it was opened')
  t.equal(error.message, 'Cannot open the WebSocket /rooms/closed: the server answered 403')
  t.strictSame([error.code, error.status], ['STELLINE_HANDSHAKE_REFUSED', 403])
  return t.end()
})

test('client: an error of the app behind a WebSocket is thrown as it is', async (t) => {
  const other = new Application()
  other.websocket('/', () => {
    throw new RangeError('broken')
  })
  await using tests = await TestClient.open(other)
  const client = createClient({ chat: websocketContract('/', {}) }, { app: tests })

  t.match(await thrownBy(client.chat()), { name: 'RangeError', message: 'broken' })
})

test('client: a message that is not what the contract says is refused', async (t) => {
  const other = new Application()
  other.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendBytes(Buffer.from('{"n":1}'))
    await websocket.sendText('{"n":"x"}')
    await websocket.sendText('no')
  })
  await using tests = await TestClient.open(other)
  const socket = websocketContract('/', { send: z.object({ n: z.number() }) })
  const client = createClient(
    { checked: socket, bare: websocketContract('/', {}) },
    { app: tests, validateAnswers: true },
  )

  await using checked = await client.checked()
  await using bare = await client.bare()

  t.strictSame(await checked.receive(), { n: 1 })
  t.match(await thrownBy(checked.receive()), { name: 'InvalidAnswer', message: /^Cannot use a message of \/: .* n: / })
  t.strictSame([await bare.receive(), await bare.receive()], [{ n: 1 }, { n: 'x' }])
  const read = async (): Promise<void> => {
    for await (const _ of bare) t.fail('it was given')
  }
  t.match(await thrownBy(read()), { name: 'InvalidAnswer', message: 'Cannot use a message of /: it is not valid JSON' })
})

test('createClient: calls an app by its fetch', async (t) => {
  const client = createClient(contracts, { app })

  const created = await client.create({ body: { name: 'tea' }, signal: AbortSignal.timeout(60_000) })
  const refused = await thrownBy(client.chat({ params: { room: 'tea' }, query: { name: 'Ada' } }))

  t.equal(created.status, 201)
  t.match(refused, { name: 'TypeError', message: /the fetch of an app has none, expected a test client/ })
  await app.fetch.close()
})

test("createClient: converters of one's own write parameters", async (t) => {
  const even = { regex: /[0-9]+/, convert: Number, format: (value: number) => String(value * 2) }
  const byEven = contract('GET', '/even/{n:even}', {})
  const other = new Application()
  other.get(new PathPattern('/even/{n:even}', { even }), byEven, ({ params }) => params)
  await using tests = await TestClient.open(other)
  const client = createClient({ byEven }, { app: tests, converters: { even } })

  t.strictSame(await client.byEven.ok({ params: { n: 4 } }), { n: 8 })
})

/** What cannot be a client, and what is said about it. */
const refusedOptions: readonly (readonly [what: string, contracts: unknown, options: unknown, message: RegExp])[] = [
  ['no server', {}, {}, /^Cannot make a client: expected "baseUrl" or "app" among the options$/],
  [
    'an app that is none',
    {},
    { app: {} },
    /^Cannot make a client for an object of class Object: expected a TestClient, or an app with a fetch$/,
  ],
  ['a base URL of another scheme', {}, { baseUrl: 'ftp://a' }, /the base URL "ftp:\/\/a": expected http or https/],
  ['a base URL with a query', {}, { baseUrl: 'http://a?b' }, /without a query$/],
  ['no contracts', null, { baseUrl: '' }, /^Cannot make a client of the contracts: it is null, expected/],
  ['a list', [], { baseUrl: '' }, /^Cannot make a client of the contracts/],
  [
    'what is no contract',
    { a: { b: 1 } },
    { baseUrl: '' },
    /^Cannot make a client of "a\.b": it is 1, expected a contract/,
  ],
  [
    'a contract without a path',
    { a: contract({}) },
    { baseUrl: '' },
    /^Cannot make a client of "a": the contract has no method/,
  ],
  ['an unknown converter', { a: contract('GET', '/{b:c}', {}) }, { baseUrl: '' }, /its converter "c" is not known/],
]

for (const [what, table, options, message] of refusedOptions) {
  test(`createClient: refuses ${what}`, async (t) => {
    t.throws(() => createClient(table as Record<string, never>, options as ClientOptions), {
      name: 'TypeError',
      message,
    })
  })
}

/** Calls that cannot be sent, and what is said about them. */
const refusedCalls: readonly (readonly [
  what: string,
  call: (client: AnyClient) => Promise<unknown>,
  message: RegExp,
])[] = [
  [
    'without a parameter',
    (client) => client.get(),
    /^Cannot call "\/a\/\{id\}\/\{n:int\}": the parameter "id" is missing/,
  ],
  ['with an empty parameter', (client) => client.get({ params: { id: '', n: 1 } }), /Cannot format "" as str/],
  [
    'with a slash in a parameter',
    (client) => client.get({ params: { id: 'a/b', n: 1 } }),
    /Cannot format "a\/b" as str/,
  ],
  ['with a wrong number', (client) => client.get({ params: { id: 'a', n: -1 } }), /Cannot format -1 as int/],
  [
    'with a dot segment',
    (client) => client.get({ params: { id: '..', n: 1 } }),
    /clients resolve the segments "." and ".." away/,
  ],
  [
    'with an object in the query',
    (client) => client.list({ query: { a: {} } }),
    /^Cannot send "a" of the query: it is an object/,
  ],
  [
    'with a query that is none',
    (client) => client.list({ query: 'a' }),
    /^Cannot send "a" as the query: expected an object/,
  ],
  ['with a body without JSON', (client) => client.list({ body: () => 1 }), /as JSON: it has no form there$/],
  ['with an object in a form', (client) => client.list({ form: { f: new Blob(['x']), a: {} } }), /"a" of the form/],
]

type AnyClient = Readonly<Record<'get' | 'list', (input?: unknown) => Promise<unknown>>>

for (const [what, call, message] of refusedCalls) {
  test(`client: refuses a call ${what}`, async (t) => {
    const table = { get: contract('GET', '/a/{id}/{n:int}', {}), list: contract('GET', '/a', {}) }
    const client = createClient(table, { baseUrl: '', fetch: () => Promise.reject(new Error('it was sent')) })

    t.match(await thrownBy(call(client as unknown as AnyClient)), { name: 'TypeError', message })
  })
}

test('InvalidAnswer: names what is wrong where', async (t) => {
  t.equal(
    InvalidAnswer.of('an item', [{ message: 'a', path: ['x', { key: 0 }] }, { message: 'b' }]).message,
    'Cannot use an item: it does not fulfil the contract: x.0: a; b',
  )
})
