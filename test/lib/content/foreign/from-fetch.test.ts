import { Hono } from 'hono'
import { test } from 'tap'
import { fromFetch } from '../../../../lib/content/foreign/from-fetch.ts'
import type { FetchFunction, FromFetchOptions } from '../../../../lib/content/foreign/from-fetch.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { ClientDisconnected } from '../../../../lib/spec/violations.ts'
import { AppDriver } from '../../../../lib/testing/app-driver.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { httpScope, lifespanScope } from '../../../../lib/testing/scopes.ts'
import type { HTTPScopeParts } from '../../../../lib/testing/scopes.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { receiveNothing } from '../../../support/messages.ts'
import { gate, get, serving } from '../../servers/serving.ts'

function mounted(handler: FetchFunction | { fetch: FetchFunction }, options: FromFetchOptions = {}): Application {
  return new Application({ routes: [new Mount('/legacy', fromFetch(handler, options))] })
}

function drive(handler: FetchFunction, parts: HTTPScopeParts = {}): AppDriver {
  return new AppDriver(lint(fromFetch(handler)), httpScope(parts), { timeoutMs: 10_000 })
}

const urlOf = (request: Request): Response => new Response(request.url)

test('fromFetch: needs a handler', async (t) => {
  for (const wrong of [null, 7, {}] as unknown as FetchFunction[]) {
    t.throws(() => fromFetch(wrong), {
      name: 'TypeError',
      message:
        /^Cannot make an app of .*: expected a function \(request\) => Response or an object with such a function/,
    })
  }
})

test('fromFetch: a mounted Hono app answers', async (t) => {
  const hono = new Hono()
  hono.get('/', (c) => c.text('home'))
  hono.get('/users/:id', (c) => c.json({ id: c.req.param('id'), query: c.req.query('q') }))
  hono.post('/json', async (c) => c.json({ got: await c.req.json<unknown>() }, 201))
  hono.get('/cookies', (c) => {
    c.header('set-cookie', 'a=1', { append: true })
    c.header('set-cookie', 'b=2', { append: true })
    return c.body(null, 204)
  })
  hono.get('/redirect', (c) => c.redirect('/elsewhere'))
  await using client = await TestClient.open(mounted(hono), { followRedirects: false })

  t.equal(await (await client.get('/legacy/')).text(), 'home')
  t.strictSame(await (await client.get('/legacy/users/7?q=x')).json(), { id: '7', query: 'x' })
  t.match(await client.post('/legacy/json', { json: { a: 1 } }), { status: 201 })
  t.strictSame((await client.get('/legacy/cookies')).headers.getAll('set-cookie'), ['a=1', 'b=2'])
  t.equal((await client.get('/legacy/redirect')).status, 302)
  t.equal((await client.get('/legacy/nowhere')).status, 404)
  t.equal((await client.head('/legacy/')).status, 200)
})

/** What is requested of a handler that is mounted at "/legacy", and the URL that it sees without and with the mount. */
const urls: readonly (readonly [path: string, stripped: string, whole: string])[] = [
  ['/legacy/', 'http://testserver/', 'http://testserver/legacy/'],
  ['/legacy/a%20b?c=%2F#d', 'http://testserver/a%20b?c=%2F', 'http://testserver/legacy/a%20b?c=%2F'],
  ['/legacy//there', 'http://testserver//there', 'http://testserver/legacy//there'],
  ['/legacy/a%2Fb', 'http://testserver/a%2Fb', 'http://testserver/legacy/a%2Fb'],
  ['/legacy/%25%32', 'http://testserver/%25%32', 'http://testserver/legacy/%25%32'],
]

for (const [path, stripped, whole] of urls) {
  test(`fromFetch: the URL of ${path}`, async (t) => {
    await using below = await TestClient.open(mounted(urlOf))
    await using all = await TestClient.open(mounted(urlOf, { stripRootPath: false }))
    t.equal(await (await below.get(path)).text(), stripped)
    t.equal(await (await all.get(path)).text(), whole)
  })
}

for (const path of ['/legacy/../x', '/legacy/a/%2e%2E/b', '/legacy/./x', '/legacy/a\\b']) {
  test(`fromFetch: ${path} cannot be the path of a URL`, async (t) => {
    for (const stripRootPath of [true, false]) {
      await using client = await TestClient.open(mounted(urlOf, { stripRootPath }))
      const response = await client.get(path)
      t.equal(response.status, 400)
      t.equal(await response.text(), 'Invalid path')
    }
  })
}

test('fromFetch: the authority of the URL is a plain host, whatever the client claims', async (t) => {
  const driver = drive(urlOf, { headers: [['host', 'evil.example/@x']], server: ['127.0.0.1', 8000] })
  await driver.next()
  t.match(await driver.next(), { body: Buffer.from('http://127.0.0.1:8000/') })
})

test('fromFetch: gives every field of the request but those of its connection', async (t) => {
  const driver = drive(
    (request) => {
      t.strictSame(
        [...request.headers],
        [
          ['accept', 'a, b'],
          ['host', 'x'],
        ],
      )
      return new Response()
    },
    {
      headers: [
        ['host', 'x'],
        ['accept', 'a'],
        ['connection', 'close'],
        ['accept', 'b'],
        ['te', 'trailers'],
      ],
    },
  )
  await t.resolves(driver.finished)
})

test('fromFetch: gives the env, and awaits what is handed to waitUntil', async (t) => {
  const work = gate()
  const later = gate()
  const handler = (
    _request: Request,
    env: unknown,
    context: { waitUntil(work: Promise<unknown>): void; passThroughOnException(): void },
  ) => {
    context.passThroughOnException()
    context.waitUntil(work.opened.then(() => context.waitUntil(later.opened)))
    return Response.json(env)
  }
  const driver = new AppDriver(fromFetch(handler, { env: { KEY: 1 } }), httpScope(), { timeoutMs: 10_000 })
  await driver.next()
  t.match(await driver.next(), { body: Buffer.from('{"KEY":1}') })
  let over = false
  void driver.finished.then(() => (over = true))
  await driver.next()
  work.open()
  await driver.expectNothing()
  t.equal(over, false)
  later.open()
  await t.resolves(driver.finished)
})

test('fromFetch: work that fails before it is awaited ends no process, and fails the call', async (t) => {
  const late = gate()
  const handler = (_request: Request, _env: unknown, context: { waitUntil(work: Promise<unknown>): void }) => {
    context.waitUntil(late.opened)
    context.waitUntil(Promise.reject(new Error('first')))
    context.waitUntil(Promise.reject(new Error('second')))
    return new Response('x')
  }
  const driver = new AppDriver(lint(fromFetch(handler)), httpScope(), { timeoutMs: 10_000 })
  while (((await driver.next()) as { more_body?: boolean | null }).more_body !== false);
  await driver.expectNothing()
  late.open()
  await t.rejects(driver.finished, { errors: [{ message: 'first' }, { message: 'second' }] })
})

test('fromFetch: one work that fails is the failure of the call', async (t) => {
  const handler = (_request: Request, _env: unknown, context: { waitUntil(work: unknown): void }) => {
    context.waitUntil(Promise.reject(new Error('alone')))
    context.waitUntil('no promise')
    return new Response(null)
  }
  await t.rejects(drive(handler).finished, { message: 'alone' })
})

test('fromFetch: the work of a handler that fails ends no process', async (t) => {
  const handler = (_request: Request, _env: unknown, context: { waitUntil(work: Promise<unknown>): void }): never => {
    context.waitUntil(Promise.reject(new Error('work')))
    throw new Error('handler')
  }
  const driver = drive(handler)
  await t.rejects(driver.finished, { message: 'handler' })
  await new Promise((resolve) => setImmediate(resolve))
})

test('fromFetch: work goes on to its end when the client has left', async (t) => {
  const work = gate()
  const handler = (_request: Request, _env: unknown, context: { waitUntil(work: Promise<unknown>): void }) => {
    context.waitUntil(work.opened)
    return new Response(null)
  }
  const left = new ClientDisconnected('The client has left')
  let over = false
  const call = fromFetch(handler)(httpScope(), receiveNothing, () => Promise.reject(left)).catch(
    (error: unknown) => error,
  )
  void call.then(() => (over = true))
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(over, false)
  work.open()
  t.equal(await call, left)
})

test('fromFetch: a body is received as it is read, and no faster', async (t) => {
  const go = gate()
  const driver = drive(
    async (request) => {
      await go.opened
      return new Response(await request.text())
    },
    { method: 'POST', headers: [['content-length', '6']] },
  )
  await driver.expectNothing()
  go.open()
  driver.deliver({ type: 'http.request', body: Buffer.from('one'), more_body: true })
  driver.deliver({ type: 'http.request', more_body: true })
  driver.deliver({ type: 'http.request', body: Buffer.from('two') })
  await driver.next()

  t.match(await driver.next(), { body: Buffer.from('onetwo') })
})

/** Requests with and without a body. */
const bodies: readonly (readonly [parts: HTTPScopeParts, hasBody: boolean])[] = [
  [{ method: 'GET', headers: [['content-length', '1']] }, false],
  [{ method: 'POST' }, false],
  [{ method: 'POST', headers: [['content-length', '0']] }, false],
  [{ method: 'POST', headers: [['content-length', '1']] }, true],
  [{ method: 'DELETE', headers: [['transfer-encoding', 'chunked']] }, true],
  [{ method: 'POST', http_version: '2' }, true],
]

for (const [parts, hasBody] of bodies) {
  test(`fromFetch: ${JSON.stringify(parts)} has ${hasBody ? 'a' : 'no'} body`, async (t) => {
    const driver = drive((request) => {
      t.equal(request.body !== null, hasBody)
      return new Response(null)
    }, parts)
    await t.resolves(driver.finished)
  })
}

test('fromFetch: a client that leaves within its body fails the reading of it', async (t) => {
  const app = fromFetch(async (request) => {
    await t.rejects(request.text(), { name: 'AbortError', message: 'The client has disconnected' })
    return new Response()
  })
  const scope = httpScope({ method: 'POST', headers: [['content-length', '6']] })
  const driver = new AppDriver(app, scope, { timeoutMs: 10_000 })
  driver.deliver({ type: 'http.request', body: Buffer.from('on'), more_body: true })
  driver.deliver({ type: 'http.disconnect' })
  await driver.finished
})

test('fromFetch: when the client leaves, the signal aborts and the body of the answer is cancelled', async (t) => {
  const started = gate()
  const aborted = gate()
  const cancelled = gate()
  const { open } = await serving(
    t,
    fromFetch((request) => {
      request.signal.addEventListener('abort', () => aborted.open())
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('x'))
          started.open()
        },
        cancel: () => cancelled.open(),
      })
      return new Response(body)
    }),
  )
  const wire = (await open()).send(get())
  await started.opened
  await wire.until('x')
  wire.reset()

  await aborted.opened
  await t.resolves(cancelled.opened)
})

test('fromFetch: an answer is made at the pace of its reader', async (t) => {
  let pulled = 0
  const body = (): ReadableStream =>
    new ReadableStream({
      pull(controller) {
        if (++pulled > 100) controller.close()
        else controller.enqueue(Buffer.alloc(10_000))
      },
    })
  await using client = await TestClient.open(
    fromFetch(() => new Response(body())),
    { lifespan: 'off', unreadLimitBytes: 20_000 },
  )
  const response = await client.get('/')
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.ok(pulled < 10)

  t.equal((await response.bytes()).length, 1_000_000)
})

for (const [what, handler, message] of [
  [
    'throws',
    () => {
      throw new Error('mine')
    },
    /^mine$/,
  ],
  ['rejects', () => Promise.reject(new Error('mine')), /^mine$/],
  [
    'returns no Response',
    () => 'text' as unknown as Response,
    /^Cannot answer "\/": the Fetch handler returned "text", expected a Response$/,
  ],
  ['returns Response.error()', () => Response.error(), /^Cannot respond with Response\.error\(\)/],
] as readonly (readonly [string, FetchFunction, RegExp])[]) {
  test(`fromFetch: a handler that ${what} fails the call`, async (t) => {
    await t.rejects(drive(handler).finished, { message })
  })
}

test('fromFetch: methods that Request does not take get 501, by the handlers of the application', async (t) => {
  const app = new Application({
    routes: [new Mount('/legacy', fromFetch(urlOf))],
    exceptionHandlers: new Map([
      [
        501,
        (_request: unknown, error: unknown) => new Response(String(error instanceof HTTPException), { status: 501 }),
      ],
    ]) as never,
  })
  await using client = await TestClient.open(app)
  const response = await client.request('TRACE', '/legacy/')

  t.equal(response.status, 501)
  t.equal(await response.text(), 'true')
})

test('fromFetch: outside an application a refusal is plain', async (t) => {
  const driver = drive(urlOf, { method: 'TRACE' })
  t.match(await driver.next(), { status: 501 })
  await driver.next()
})

test('fromFetch: WebSockets are refused', async (t) => {
  await using client = await TestClient.open(mounted(urlOf))
  await t.rejects(client.websocket('/legacy/'), { name: 'WebSocketDenied', response: { status: 403 } })
})

test('fromFetch: knows no lifespan', async (t) => {
  t.throws(
    () =>
      fromFetch(urlOf)(
        lifespanScope(),
        async () => ({ type: 'lifespan.startup' }),
        async () => {},
      ),
    {
      message: /^Cannot run a Fetch handler on a scope of type "lifespan"/,
    },
  )
})
