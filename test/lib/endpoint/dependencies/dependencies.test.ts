import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'tap'
import { z } from 'zod'
import { contract } from '../../../../lib/endpoint/contract/contract.ts'
import { contractEndpoint } from '../../../../lib/endpoint/contract/contract-endpoint.ts'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { planDependencies } from '../../../../lib/endpoint/dependencies/dependency-plan.ts'
import type { Dependency } from '../../../../lib/endpoint/dependencies/dependency.ts'
import { securityScopes, withScopes } from '../../../../lib/endpoint/dependencies/scopes.ts'
import { reachableDependencies } from '../../../../lib/endpoint/dependencies/reachable.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { JSONResponse } from '../../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../../lib/response/plain-text-response.ts'
import { StreamingResponse } from '../../../../lib/response/streaming-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { Router } from '../../../../routing/router.ts'

/** A dependency that notes in a list what happens to it. */
function noting(
  name: string,
  notes: string[],
  needs: Record<string, Dependency> = {},
  options = {},
): Dependency<string> {
  return depends(
    needs,
    async function* () {
      notes.push(`${name} begins`)
      try {
        yield name
      } catch (error) {
        notes.push(`${name} sees ${(error as Error).message}`)
        throw error
      }
      notes.push(`${name} ends`)
    },
    { name, ...options },
  )
}

async function answerOf(app: Application, path = '/'): Promise<{ status: number; text: string }> {
  await using client = await TestClient.open(app)
  const response = await client.get(path)
  return { status: response.status, text: await response.text() }
}

// ---- values

test('depends: a value is made once per request and shared by all who need it', async (t) => {
  let made = 0
  const count = depends(() => ++made)
  const one = depends({ count }, ({ count: value }) => value)
  const two = depends({ count }, async ({ count: value }) => value)
  const app = new Application()
  app.get('/', { dependencies: { one, two, count } }, ({ one: a, two: b, count: c }) => [a, b, c])

  await using client = await TestClient.open(app)

  t.strictSame(await (await client.get('/')).json(), [1, 1, 1])
  t.strictSame(await (await client.get('/')).json(), [2, 2, 2])
})

test('depends: with cache false each that needs it has its own', async (t) => {
  let made = 0
  const count = depends(() => ++made, { cache: false })
  const one = depends({ count }, ({ count: value }) => value)
  const app = new Application()
  app.get('/', { dependencies: { one, count } }, ({ one: a, count: b }) => [a, b])

  t.strictSame((await answerOf(app)).text, '[1,2]')
})

class Clock {
  readonly path: string
  constructor({ request }: { request: { path: string } }) {
    this.path = request.path
  }
}

/** What can stand for a value, and the value. */
const forms: readonly (readonly [what: string, dependency: Dependency, value: unknown])[] = [
  ['a function', depends(() => 'made'), 'made'],
  ['an async function', depends(async () => Promise.resolve('later')), 'later'],
  [
    'a generator function',
    depends(function* () {
      yield 'yielded'
    }),
    'yielded',
  ],
  [
    'an async generator function',
    depends(async function* () {
      yield 'yielded later'
    }),
    'yielded later',
  ],
  ['a class', depends(Clock), { path: '/' }],
  [
    'a class with needs',
    depends(
      { one: depends(1) },
      class Two {
        readonly two: number
        constructor({ one }: { one: number }) {
          this.two = one + 1
        }
      },
    ),
    { two: 2 },
  ],
  ['an object', depends({ size: 10 }), { size: 10 }],
  ['a string', depends('text'), 'text'],
  ['null', depends(null), null],
]

for (const [what, dependency, value] of forms) {
  test(`depends: ${what} makes a value`, async (t) => {
    const app = new Application()
    app.get('/', { dependencies: { it: dependency } }, ({ it }) => ({ it }))
    t.strictSame(JSON.parse((await answerOf(app)).text), { it: value })
  })
}

test('depends: a function gets the connection, the parameters of the path, and what it needs', async (t) => {
  const all = depends({ one: depends(1) }, (input) => [
    input.one,
    input.params['id'],
    input.request === input.connection,
    input.request.method,
  ])
  const app = new Application()
  app.get('/{id:int}', { dependencies: { all } }, (input) => input.all)
  t.strictSame((await answerOf(app, '/7')).text, '[1,7,true,"GET"]')
})

test('depends: on a request there is no WebSocket', async (t) => {
  const app = new Application()
  const wrong = depends(({ websocket }) => websocket)
  app.get('/', { dependencies: { wrong } }, () => null)
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: /^Cannot give a WebSocket to a dependency of a request/ })
})

test('depends: status, fields and cookies that a dependency wants go into the answer', async (t) => {
  const wanting = depends(({ response }) => {
    response.status = 202
    response.headers.set('x-left', '3')
    response.setCookie('seen', 'yes')
    response.deleteCookie('old')
  })
  const app = new Application()
  app.get('/', { dependencies: [wanting] }, () => ({ ok: true }))
  await using client = await TestClient.open(app)

  const response = await client.get('/')

  t.equal(response.status, 202)
  t.equal(response.headers.get('x-left'), '3')
  t.match(response.headers.getAll('set-cookie'), [/^seen=yes; /, /^old=; /])
  t.strictSame(await response.json(), { ok: true })
})

test('depends: a dependency may have schemas for parts of the request; its errors stand beside the others', async (t) => {
  let ran = 0
  const page = depends({ query: z.object({ page: z.number() }) }, ({ query }) => ++ran && query.page)
  const user = depends({ page, headers: z.object({ xUser: z.string() }) }, ({ page: at, headers }) => [
    at,
    headers.xUser,
  ])
  const app = new Application()
  app.post('/', { body: z.object({ a: z.number() }), dependencies: { user } }, ({ user: found, body }) => [found, body])
  await using client = await TestClient.open(app)

  const good = await client.post('/?page=2', { json: { a: 1 }, headers: { 'x-user': 'ann' } })
  const bad = await client.post('/?page=x', { json: {} })

  t.strictSame(await good.json(), [[2, 'ann'], { a: 1 }])
  t.equal(bad.status, 422)
  const { errors } = (await bad.json()) as { errors: { in: string; path: string[] }[] }
  t.strictSame(
    errors.map(({ in: part, path }) => [part, ...path]),
    [
      ['query', 'page'],
      ['body', 'a'],
    ],
  )
  t.equal(ran, 1)
})

test('depends: the schemas of a dependency may take their time; it does not run before', async (t) => {
  const free = z.string().refine((name) => Promise.resolve(name !== 'taken'), 'is taken')
  const name = depends({ query: z.object({ name: free }) }, ({ query }) => query.name)
  const app = new Application()
  app.get('/', { dependencies: { name } }, ({ name: given }) => given)
  t.strictSame(await answerOf(app, '/?name=ann'), { status: 200, text: '"ann"' })
  t.match(await answerOf(app, '/?name=taken'), { status: 422, text: /"message":"is taken"/ })
})

test('depends: dependencies run before the body is read, security first', async (t) => {
  const notes: string[] = []
  const deny = depends(() => {
    throw new HTTPException(403)
  })
  const app = new Application()
  const shape = { body: z.object({}), dependencies: [noting('later', notes)], security: [deny] }
  app.post('/', shape, () => null)
  await using client = await TestClient.open(app)

  const response = await client.post('/', { body: '{', headers: { 'content-type': 'application/json' } })

  t.equal(response.status, 403)
  t.strictSame(notes, [])
})

// ---- ends

test('depends: a generator goes on after the response, the last one first', async (t) => {
  const notes: string[] = []
  const one = noting('one', notes)
  const two = noting('two', notes, { one })
  const app = new Application()
  app.get('/', { dependencies: { two } }, () => {
    notes.push('endpoint')
    return new StreamingResponse(
      (async function* () {
        yield 'a'
        notes.push('sent')
      })(),
    )
  })
  await answerOf(app)
  t.strictSame(notes, ['one begins', 'two begins', 'endpoint', 'sent', 'two ends', 'one ends'])
})

test('depends: with the cleanup before-response a generator goes on before the response', async (t) => {
  const notes: string[] = []
  const one = noting('one', notes)
  const two = noting('two', notes, { one }, { cleanup: 'before-response' })
  const app = new Application()
  app.get('/', { dependencies: { two } }, () => {
    return new StreamingResponse(
      (async function* () {
        notes.push('sending')
        yield 'a'
      })(),
    )
  })
  await answerOf(app)
  t.strictSame(notes, ['one begins', 'two begins', 'two ends', 'sending', 'one ends'])
})

test('depends: what fails before the response replaces it', async (t) => {
  const commit = depends(
    function* () {
      yield
      throw new HTTPException(409, { detail: 'conflict' })
    },
    { cleanup: 'before-response' },
  )
  const app = new Application()
  app.get('/', { dependencies: [commit] }, () => ({ ok: true }))
  t.strictSame(await answerOf(app), { status: 409, text: 'conflict' })
})

test('depends: what fails after the response changes nothing of it, and is reported', async (t) => {
  const release = depends(function* () {
    yield
    throw new HTTPException(409, { detail: 'too late' })
  })
  const app = new Application()
  app.get('/', { dependencies: [release] }, () => ({ ok: true }))
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { code: 'STELLINE_RESPONSE_STARTED', cause: { status: 409 } })

  await using forgiving = await TestClient.open(app, { raiseServerErrors: false })
  t.strictSame(await (await forgiving.get('/')).json(), { ok: true })
})

test('depends: a storage of the asynchronous context that a dependency enters is seen by whoever runs within it', async (t) => {
  const storage = new AsyncLocalStorage<string>()
  const entering = depends(() => storage.enterWith('entered'))
  const seeing = depends({ entering }, () => storage.getStore())
  const app = new Application()
  app.get('/', { dependencies: { seeing } }, async ({ seeing: seen }) => {
    await Promise.resolve()
    return [seen, storage.getStore()]
  })
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/')).json(), ['entered', 'entered'])
})

test('depends: what an endpoint throws is thrown into its dependencies, which may throw another error', async (t) => {
  const notes: string[] = []
  const outer = noting('outer', notes)
  const translating = depends({ outer }, function* () {
    try {
      yield
    } catch (error) {
      throw new HTTPException(404, { detail: `no ${(error as Error).message}` })
    }
  })
  const app = new Application()
  app.get('/', { dependencies: [translating] }, () => {
    throw new Error('tea')
  })
  t.strictSame(await answerOf(app), { status: 404, text: 'no tea' })
  t.strictSame(notes, ['outer begins', 'outer sees 404: no tea'])
})

test('depends: a dependency that swallows an error does not undo it', async (t) => {
  const notes: string[] = []
  const outer = noting('outer', notes)
  const swallowing = depends({ outer }, function* () {
    try {
      yield
    } catch {
      notes.push('swallowed')
    }
  })
  const app = new Application()
  app.get('/', { dependencies: [swallowing] }, async () => {
    throw new HTTPException(418)
  })
  t.equal((await answerOf(app)).status, 418)
  t.strictSame(notes, ['outer begins', 'swallowed', 'outer sees 418'])
})

test('depends: wrong parts, and dependencies that fail, end those that have begun', async (t) => {
  const notes: string[] = []
  const one = noting('one', notes)
  const app = new Application()
  app.get('/parts', { dependencies: { one }, query: z.object({ page: z.number() }) }, () => null)
  const failing = depends({ one }, async () => {
    throw new HTTPException(401, { detail: 'who?' })
  })
  app.get('/dependency', { dependencies: { failing } }, () => null)

  t.equal((await answerOf(app, '/parts')).status, 422)
  t.match(notes.splice(0), ['one begins', /^one sees The request does not fulfil/])
  t.equal((await answerOf(app, '/dependency')).status, 401)
  t.strictSame(notes, ['one begins', 'one sees 401: who?'])
})

test('depends: a stream that fails is seen by the dependencies', async (t) => {
  const notes: string[] = []
  const app = new Application()
  app.get(
    '/',
    { dependencies: [noting('one', notes)], responses: { 200: { stream: 'json-lines' } } },
    async function* () {
      yield 1
      throw new Error('broken')
    },
  )
  await using client = await TestClient.open(app)
  const error: unknown = await client
    .get('/')
    .then((response) => response.text())
    .catch((thrown: unknown) => thrown)
  t.type(error, Error)
  t.strictSame(notes, ['one begins', 'one sees broken'])
})

/** Generators that do not yield once. */
const misbehaving: readonly (readonly [what: string, dependency: Dependency, message: RegExp])[] = [
  [
    'yields nothing',
    depends(function* idle() {} as () => Generator<number, void, void>),
    /"idle": it returned without "yield"$/,
  ],
  [
    'yields twice',
    depends(async function* twice() {
      yield 1
      yield 2
    }),
    /"twice": it yields more than once$/,
  ],
]

for (const [what, dependency, message] of misbehaving) {
  test(`depends: a generator that ${what} is an error`, async (t) => {
    const app = new Application()
    app.get('/', { dependencies: [dependency] }, () => null)
    await using client = await TestClient.open(app)
    await t.rejects(
      client.get('/').then((response) => response.text()),
      { message },
    )
  })
}

// ---- building

test('planDependencies: finds circles, with the way round', async (t) => {
  const a: Dependency = depends(
    () => ({ b }),
    () => 1,
    { name: 'a' },
  )
  const b: Dependency = depends(
    () => ({ c }),
    () => 1,
    { name: 'b' },
  )
  const c: Dependency = depends({ a }, () => 1, { name: 'c' })
  const app = new Application()
  t.throws(() => app.get('/', { dependencies: { a } }, () => null), {
    message: 'Cannot build the dependencies: "a" needs "b" needs "c" needs "a"; expected no circle',
  })
})

test('planDependencies: calls functions without a name what they are asked for as', async (t) => {
  const one: Dependency = depends(
    () => ({ two }),
    () => 1,
  )
  const two: Dependency = depends({ one }, () => 1)
  t.throws(() => planDependencies([{ name: 'user', dependency: one }]), {
    message: 'Cannot build the dependencies: "user" needs "two" needs "user"; expected no circle',
  })
  t.throws(() => planDependencies([{ name: null, dependency: one }]), { message: /: "anonymous" needs "two" needs/ })
})

test('planDependencies: refuses what outlives what it needs', async (t) => {
  const inner = depends(() => 1, { name: 'inner', cleanup: 'before-response' })
  const outer = depends(
    { inner },
    function* () {
      yield 1
    },
    { name: 'outer' },
  )
  t.throws(() => planDependencies([{ name: null, dependency: outer }]), {
    message: /"outer" lives until after the response and needs "inner"/,
  })
})

test('depends: refuses what cannot be needed', async (t) => {
  t.throws(() => depends({ wrong: 1 } as never, () => 1), { message: /needs "wrong": it is 1, expected what depends/ })
  t.throws(() => depends({ query: depends(1) } as never, () => 1), {
    message: /needs "query".*expected a Standard Schema/,
  })
  t.throws(() => depends({ request: depends(1) }, () => 1), { message: /gets that without asking$/ })
  t.throws(() => depends(null as never, () => 1), { message: /needs null/ })
  t.throws(() => depends(() => 1, { cleanup: 'never' } as never), { message: /cleanup is "never"/ })
  t.throws(() => depends(() => 1, 'no' as never), { message: /the options are "no"/ })
  t.throws(() => depends(() => 1, null as never), { message: /the options are null, expected an object/ })
  t.throws(() => depends(() => 1, { cached: false } as never), {
    message: 'Cannot make a dependency: "cached" is none of its options, expected cache, cleanup, name',
  })
})

// ---- overrides

test('overrides: replace a dependency wherever it is needed, until they are taken away', async (t) => {
  const database = depends(() => 'real', { name: 'database' })
  const user = depends({ database }, ({ database: from }) => `user of ${from}`)
  const app = new Application({ dependencies: [database] })
  app.get('/', { dependencies: { user } }, ({ user: found }) => ({ found }))

  app.overrides.set(database, () => 'fake')
  t.equal((await answerOf(app)).text, '{"found":"user of fake"}')
  app.overrides.set(
    database,
    depends(async () => 'other'),
  )
  t.equal((await answerOf(app)).text, '{"found":"user of other"}')
  app.overrides.clear()
  t.equal((await answerOf(app)).text, '{"found":"user of real"}')
})

test('overrides: one that needs what it replaces is a circle', async (t) => {
  const database = depends(() => 1, { name: 'database' })
  const app = new Application()
  app.get('/', { dependencies: { database } }, () => null)
  app.overrides.set(
    database,
    depends({ database }, () => 2),
  )
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: /"database" needs "database"; expected no circle/ })
})

test('overrides: a value that is none is refused', async (t) => {
  const database = depends(() => 1, { name: 'database' })
  const app = new Application()
  app.get('/', { dependencies: { database } }, () => null)
  app.overrides.set(database, 1 as never)
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: /^Cannot override the dependency "database" with 1/ })
})

// ---- layers

test('dependencies of an application, a router and an endpoint share their values and end together', async (t) => {
  const notes: string[] = []
  const shared = noting('shared', notes)
  const inner = noting('inner', notes, { shared })
  const app = new Application({ dependencies: [shared] })
  const router = new Router({ dependencies: [inner] })
  router.get('/', { dependencies: { shared, inner } }, ({ shared: one, inner: two }) => {
    notes.push(`endpoint with ${one} and ${two}`)
    return null
  })
  app.mount('/mounted', router)

  t.equal((await answerOf(app, '/mounted/')).status, 200)
  t.strictSame(notes, ['shared begins', 'inner begins', 'endpoint with shared and inner', 'inner ends', 'shared ends'])
})

test('dependencies of a router guard whatever it leads to', async (t) => {
  const guard = depends(() => {
    throw new HTTPException(401)
  })
  const app = new Application({
    routes: [new Mount('/app', { asgi: new PlainTextResponse('secret').asgi }, { dependencies: [guard] })],
  })
  const router = new Router({ dependencies: [guard] })
  router.get('/plain', () => new JSONResponse({ secret: true }))
  app.include(router, { prefix: '/included' })
  app.get('/route', () => new PlainTextResponse('secret'), { dependencies: [guard] })
  app.get('/open', () => new PlainTextResponse('open'))

  for (const path of ['/app/', '/included/plain', '/route']) t.equal((await answerOf(app, path)).status, 401, path)
  t.equal((await answerOf(app, '/open')).status, 200)
})

test('dependencies of an application see the errors of plain endpoints', async (t) => {
  const notes: string[] = []
  const app = new Application({ dependencies: [noting('one', notes)] })
  app.get('/', () => {
    throw new HTTPException(400, { detail: 'no' })
  })
  t.equal((await answerOf(app)).status, 400)
  t.strictSame(notes, ['one begins', 'one sees 400: no'])
  notes.splice(0)
  t.equal((await answerOf(app, '/missing')).status, 404)
  t.strictSame(notes, ['one begins', 'one sees 404: Not Found'])
})

test('dependencies of an application may have schemas', async (t) => {
  const page = depends({ query: z.object({ page: z.number() }) }, ({ query }) => query.page)
  const app = new Application({ dependencies: [page] })
  app.get('/', () => new PlainTextResponse('ok'))
  t.equal((await answerOf(app, '/?page=x')).status, 422)
  t.equal((await answerOf(app, '/?page=1')).status, 200)
})

test('DependencyLayer: refuses what is no dependency, and what ends before the response', async (t) => {
  t.throws(() => new Application({ dependencies: [1 as never] }), {
    message: /^Cannot add the dependency 1 to a router/,
  })
  const early = depends(() => 1, { name: 'early', cleanup: 'before-response' })
  t.throws(() => new Router({ dependencies: [early] }), { message: /"early" to a router: it ends before the response/ })
  t.throws(() => new Router({ dependencies: { early } as never }), {
    message: /to a router: expected a list; they only/,
  })
})

test('DependencyLayer: refuses what reads the body, which would be gone for the endpoint', async (t) => {
  const body = depends({ body: z.object({}) }, () => 1, { name: 'whole' })
  const form = depends({ form: z.object({}) }, () => 1)
  const message = /^Cannot add the dependency "whole" to a router: it reads the body.*expected it in a contract$/
  t.throws(() => new Application({ dependencies: [depends({ inner: body }, () => 1)] }), { message })
  t.throws(() => new Router({ dependencies: [form] }), { message: /it reads the body/ })
})

// ---- WebSockets

test('depends: works on WebSockets, and ends with them', async (t) => {
  const notes: string[] = []
  const one = noting('one', notes)
  const socket = depends({ one }, ({ websocket, connection }) => websocket === connection)
  const app = new Application()
  app.websocket('/', { dependencies: { socket } }, async ({ websocket, socket: is }) => {
    await websocket.accept()
    await websocket.send({ is })
    notes.push('endpoint')
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/')
  t.strictSame(await peer.receiveJson(), { is: true })
  await client.close()
  t.strictSame(notes, ['one begins', 'endpoint', 'one ends'])
})

test('depends: what reads a body cannot be needed by a WebSocket', async (t) => {
  const json = depends({ body: z.object({}) }, () => 1, { name: 'json' })
  const form = depends({ inner: depends({ form: z.object({}) }, () => 1, { name: 'form' }) }, () => 1)
  const app = new Application()
  t.throws(() => app.websocket('/', { dependencies: { json } }, () => {}), {
    message:
      'Cannot make an endpoint for WebSockets with the dependency "json": it reads the body, which a WebSocket does not have',
  })
  t.throws(() => app.websocket('/', { security: [form] }, () => {}), { message: /the dependency "form": it reads/ })
})

test('depends: an override that reads a body fails on a WebSocket with words', async (t) => {
  const plain = depends(() => 1)
  const app = new Application()
  app.websocket('/', { dependencies: { plain } }, async ({ websocket }) => websocket.accept())
  app.overrides.set(
    plain,
    depends({ body: z.object({}) }, () => 1),
  )
  await using client = await TestClient.open(app)
  await t.rejects(client.websocket('/'), { message: /^Cannot read a body: a WebSocket has none/ })
})

test('dependencies of an application run before WebSockets, too', async (t) => {
  const notes: string[] = []
  const page = depends({ query: z.object({ page: z.number() }) }, ({ query, websocket }) => [
    query.page,
    websocket.url.pathname,
  ])
  const seen = depends({ page, one: noting('one', notes) }, ({ page: found }) => void notes.push(found.join()))
  const app = new Application({ dependencies: [seen] })
  app.websocket('/', {}, async ({ websocket }) => {
    await websocket.accept()
    await websocket.send(1)
  })
  const client = await TestClient.open(app)
  t.equal(await (await client.websocket('/?page=2')).receiveJson(), 1)
  await client.close()
  await using other = await TestClient.open(app)
  t.match(await other.websocket('/?page=x').catch((error: unknown) => error), { response: { status: 403 } })
  t.match(notes, ['one begins', '2,/', 'one ends', 'one begins', /^one sees The request does not fulfil/])
})

test('depends: what fails at the end of a WebSocket is reported, and closes what is still open', async (t) => {
  const failing = depends(function* () {
    yield
    throw new Error('cannot release')
  })
  const app = new Application()
  app.websocket('/', { dependencies: [failing] }, async ({ websocket }) => websocket.accept())
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  const peer = await client.websocket('/')
  t.match(await peer.receive().catch((error: unknown) => error), { closeCode: 1011 })
})

test('depends: the generators of a WebSocket see why its endpoint has ended', async (t) => {
  const notes: string[] = []
  const app = new Application()
  app.websocket('/', { dependencies: [noting('one', notes)] }, async ({ websocket }) => {
    await websocket.accept()
    await websocket.receive()
  })
  const client = await TestClient.open(app)
  const peer = await client.websocket('/')
  await peer.close(4000)
  await client.close()
  t.match(notes, ['one begins', /^one sees .*4000/])
})

test('depends: what fails on a WebSocket refuses the handshake', async (t) => {
  const wrong = depends(({ request }) => request)
  const guard = depends(() => {
    throw new HTTPException(401, { detail: 'who?' })
  })
  const app = new Application()
  app.websocket('/guard', { dependencies: { guard } }, async ({ websocket }) => websocket.accept())
  app.websocket('/wrong', { dependencies: { wrong } }, async ({ websocket }) => websocket.accept())
  await using client = await TestClient.open(app)
  const denied: unknown = await client.websocket('/guard').catch((error: unknown) => error)
  t.match(denied, { response: { status: 401 } })
  await t.rejects(client.websocket('/wrong'), { message: /^Cannot give a request to a dependency of a WebSocket/ })
})

// ---- for documents

test('withScopes: refuses what are no scopes, and what is no dependency', async (t) => {
  const one = depends(() => 1)
  t.throws(() => withScopes(one, 'items:read' as never), {
    message: 'Cannot ask for the scopes "items:read": expected a list of names',
  })
  t.throws(() => withScopes(one, ['items read']), { message: /^Cannot ask for the scope "items read": expected char/ })
  t.throws(() => withScopes(1 as never, []), { message: /^Cannot ask for scopes of 1: expected what depends/ })
})

test('reachableDependencies: finds everything that is needed, with its scopes', async (t) => {
  const inner = depends({ securityScopes }, () => 1, { name: 'inner' })
  const outer = depends({ inner, same: inner }, () => 1, { name: 'outer' })
  const found = reachableDependencies([withScopes(outer, ['a']), withScopes(inner, ['b'])])
  t.strictSame(
    found.map(({ dependency, scopes }) => [dependency.name, scopes]),
    [
      ['outer', ['a']],
      ['inner', ['a', 'b']],
      ['securityScopes', ['a', 'b']],
    ],
  )
})

test('contractEndpoint: synchronous dependencies are not waited for', async (t) => {
  const one = depends(() => 1)
  const two = depends({ one }, ({ one: value }) => value + 1)
  const endpoint = contractEndpoint(contract({ dependencies: { two } }), ({ two: value }) => new JSONResponse(value))
  t.type(endpoint({ scope: {}, pathParams: {} } as never), JSONResponse)
})
