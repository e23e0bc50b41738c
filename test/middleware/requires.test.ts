import { test } from 'tap'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { Route } from '../../routing/route.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import type { WebSocket } from '../../lib/request/websocket.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import type { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { authentication } from '../../middleware/authentication/authentication.ts'
import type { AuthenticationBackend } from '../../middleware/authentication/backend.ts'
import { requires } from '../../middleware/requires.ts'
import type { RequiresOptions } from '../../middleware/requires.ts'

/** Takes name and scopes from a field of the test. */
const backend: AuthenticationBackend = {
  authenticate: ({ headers }) => {
    const [name, ...scopes] = headers.get('x-test-user')?.split(' ') ?? []
    return name === undefined ? null : { user: { name }, scopes }
  },
}
const asking: AuthenticationBackend = { ...backend, challenge: 'Test' }

const endpoint = (): PlainTextResponse => new PlainTextResponse('in')
const talk = async (websocket: WebSocket): Promise<void> => {
  await websocket.accept()
  await websocket.sendText('in')
}

function site(scopes?: string | readonly string[], options?: RequiresOptions, by = asking): Application {
  const middleware = [requires(scopes, options)]
  return new Application({
    middleware: [authentication({ backends: [by] })],
    routes: [
      new Route('/', endpoint, { middleware, methods: ['GET', 'POST'] }),
      new Route('/login', () => new PlainTextResponse('login'), { name: 'login' }),
      new WebSocketRoute('/socket', talk, { middleware }),
      new Mount('/area', [new Route('/{rest:path}', endpoint)], { middleware }),
    ],
  })
}

// Starlette 1.9 test_authentication_required, test_websocket_authentication_required: the scopes must all be there.
const cases: readonly (readonly [wanted: string | string[] | undefined, user: string | null, status: number])[] = [
  [undefined, null, 401],
  [undefined, 'ada', 200],
  [[], 'ada', 200],
  ['admin', null, 401],
  ['admin', 'ada', 403],
  ['admin', 'ada admin', 200],
  [['admin', 'write'], 'ada admin', 403],
  [['admin', 'write'], 'ada write other admin', 200],
  ['constructor', 'ada', 403],
]

for (const [wanted, user, status] of cases) {
  const name = `requires: ${JSON.stringify(wanted ?? null)} of ${user ?? 'nobody'} gives ${status}`
  const headers = user === null ? {} : { 'x-test-user': user }

  test(`${name} for a request, also in a mount`, async (t) => {
    await using client = await TestClient.open(site(wanted))
    for (const path of ['/', '/area/a/b']) {
      const response = await client.get(path, { headers })
      t.equal(response.status, status)
      t.equal(response.headers.get('www-authenticate'), status === 401 ? 'Test' : null)
    }
  })

  test(`${name} for a WebSocket`, async (t) => {
    await using client = await TestClient.open(site(wanted))
    const opened = await client.websocket('/socket', { headers }).catch((error: unknown) => error as WebSocketDenied)
    if ('response' in opened) t.equal(opened.response.status, status)
    else {
      t.equal(status, 200)
      t.equal(await opened.receiveText(), 'in')
      await opened.close()
    }
  })
}

test('requires: without a way to show credentials nobody is asked for them', async (t) => {
  await using client = await TestClient.open(site('admin', {}, backend))
  const response = await client.get('/')
  t.strictSame([response.status, response.headers.get('www-authenticate')], [403, null])
})

test('requires: the status can be chosen, for example to hide that there is anything', async (t) => {
  await using client = await TestClient.open(site('admin', { status: 404 }))
  t.equal((await client.get('/')).status, 404)
  t.equal((await client.get('/', { headers: { 'x-test-user': 'ada' } })).status, 404)
})

// Starlette 1.9 test_authentication_redirect: 303, with next.
for (const redirect of ['login', '/login']) {
  test(`requires: sends requests to ${redirect}, with the path that was asked for`, async (t) => {
    await using client = await TestClient.open(site('admin', { redirect }), { followRedirects: false })
    const response = await client.get('/?a=1&b=ä')
    const base = redirect === 'login' ? 'http://testserver/login' : '/login'
    t.strictSame(
      [response.status, response.headers.get('location')],
      [303, `${base}?next=${encodeURIComponent('/?a=1&b=%C3%A4')}`],
    )
  })
}

test('requires: adds to the query of the login page', async (t) => {
  await using client = await TestClient.open(site('admin', { redirect: '/login?lang=de' }), { followRedirects: false })
  t.equal((await client.get('/')).headers.get('location'), '/login?lang=de&next=%2F')
})

test('rule 15: what stands in next cannot lead to another host', async (t) => {
  await using client = await TestClient.open(site('admin', { redirect: '/login' }), { followRedirects: false })
  for (const path of ['/area//evil.example', '/area/%5Cevil.example']) {
    const { searchParams } = new URL((await client.get(path)).headers.get('location')!, 'http://testserver')
    t.match(searchParams.get('next'), /^\/area\//)
  }
  const guarded = authentication({ backends: [backend] })(requires([], { redirect: '/login' })(site().asgi))
  await using outer = await TestClient.open(guarded, { followRedirects: false })
  const { searchParams } = new URL(
    (await outer.get('http://testserver//evil.example/')).headers.get('location')!,
    'http://a',
  )
  t.equal(searchParams.get('next'), '/evil.example/')
})

test('requires: a WebSocket is refused where a request is sent elsewhere', async (t) => {
  await using client = await TestClient.open(site('admin', { redirect: '/login' }))
  const denied = (await client.websocket('/socket').catch((error: unknown) => error)) as WebSocketDenied
  t.equal(denied.response.status, 401)
})

test('requires: the handlers of the app answer a refusal', async (t) => {
  const app = new Application({
    middleware: [authentication({ backends: [backend] })],
    routes: [new Route('/', endpoint, { middleware: [requires('admin')] })],
    exceptionHandlers: [exceptionHandler(403, () => new PlainTextResponse('mine', { status: 403 }))],
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), 'mine')
})

test('requires: guards a whole application', async (t) => {
  const app = new Application({
    middleware: [authentication({ backends: [asking] }), requires('admin')],
    routes: [new Route('/', endpoint)],
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  t.strictSame([response.status, await response.text()], [401, 'Unauthorized'])
  t.equal((await client.get('/', { headers: { 'x-test-user': 'ada admin' } })).status, 200)
})

test('requires: without authentication() it says what is missing', async (t) => {
  const app = new Application({ routes: [new Route('/', endpoint, { middleware: [requires()] })] })
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: /^Cannot read "auth": the connection has passed no authentication\(\)/ })
})

// Starlette 1.9 test_invalid_decorator_usage: wrong use is said at once.
for (const [scopes, options, message] of [
  ['', {}, 'Cannot require "": expected names of scopes'],
  [['a', 1], {}, 'Cannot require ["a", 1]: expected names of scopes'],
  ['a', { status: 99 }, 'Cannot refuse with status 99: expected an integer from 200 to 999'],
] as const) {
  test(`requires: ${message}`, (t) => {
    t.throws(() => requires(scopes as string, options), { name: 'TypeError', message })
    t.end()
  })
}
