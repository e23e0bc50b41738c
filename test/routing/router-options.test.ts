import { test } from 'tap'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { Application } from '../../routing/application.ts'
import { Host } from '../../routing/host.ts'
import { Mount } from '../../routing/mount.ts'
import { Route } from '../../routing/route.ts'
import { RouteTable } from '../../routing/route-table.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'
import { outcomeOf } from '../support/outcome-of.ts'

const says = (text: string) => () => new PlainTextResponse(text)

test('Router: answers OPTIONS by option, with the methods of the path', async (t) => {
  const router = new Router({ answerOptions: true }).get('/x', says('x')).post('/x', says('x')).put('/{a}', says('a'))
  await using client = await TestClient.open(router)
  const response = await client.options('/x')
  t.equal(response.status, 204)
  t.equal(response.headers.get('allow'), 'GET, HEAD, POST, PUT, OPTIONS')
  t.equal((await client.options('/none/at/all')).status, 404)
})

test('Router: lists OPTIONS in a 405 when it answers them', async (t) => {
  await using client = await TestClient.open(new Router({ answerOptions: true }).get('/x', says('x')))
  t.equal((await client.delete('/x')).headers.get('allow'), 'GET, HEAD, OPTIONS')
})

test('Router: leaves OPTIONS to a route that has them, and without the option to nobody', async (t) => {
  await using own = await TestClient.open(new Router({ answerOptions: true }).options('/x', says('own')))
  t.equal(await (await own.options('/x')).text(), 'own')
  await using none = await TestClient.open(new Router().get('/x', says('x')))
  t.equal((await none.options('/x')).status, 405)
})

test('Router: its fallback answers what no route matches, with the state of its lifespan', async (t) => {
  const fallback = new Application({ lifespan: async () => ({ from: 'fallback' }) })
    .get('/{any:path}', (request) => new JSONResponse({ ...request.state }))
    .websocket('/{any:path}', async (websocket) => {
      await websocket.accept()
      await websocket.sendText('fallback')
    })
  const app = new Application({ fallback, lifespan: async () => ({ own: 1 }) })
    .get('/x', says('x'))
    .get('/y/', says('y'))
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/other')).json(), { own: 1, from: 'fallback' })
  t.equal(await (await client.get('/x')).text(), 'x')
  t.equal((await client.post('/x')).status, 405)
  t.equal((await client.get('/y', { followRedirects: false })).status, 307)
  await using websocket = await client.websocket('/socket')
  t.equal(await websocket.receiveText(), 'fallback')
})

test('Router: a fallback that is no app is refused', async (t) => {
  t.throws(() => new Router({ fallback: {} as never }), /Cannot use an object without "asgi" as an app/)
})

test('Router: has a method for QUERY, for several methods, for mounts and for hosts', async (t) => {
  const router = new Router()
    .query('/search', async (request) => new PlainTextResponse(`query ${await request.text()}`))
    .route('/both', says('both'), { methods: ['PUT', 'PATCH'] })
    .mount('/m', [new Route('/', says('mount'))])
    .host('other.example', [new Route('/', says('host'))])
  await using client = await TestClient.open(router)
  t.equal(await (await client.request('QUERY', '/search', { body: 'tea' })).text(), 'query tea')
  t.equal(await (await client.patch('/both')).text(), 'both')
  t.equal((await client.get('/both')).headers.get('allow'), 'PUT, PATCH')
  t.equal(await (await client.get('/m/')).text(), 'mount')
  t.equal((await outcomeOf(router, httpScope({ headers: [['host', 'other.example']] }))).text, 'host')
})

for (const method of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'get']) {
  test(`Router: the method ${method} is data, and answered with 405`, async (t) => {
    // Not linted: a server would have refused a method in lower case.
    const driver = new AppDriver(new Router().get('/', says('')), httpScope({ method }))
    t.match(await driver.next(), { status: 405 })
  })
}

/** What is an app alone, and what it answers at /x. */
const apps = {
  Route: new Route('/x', says('x')),
  Mount: new Mount('', [new Route('/x', says('x'))]),
  Host: new Host('testserver', [new Route('/x', says('x'))]),
  Router: new Router().get('/x', says('x')),
  RouteTable: new RouteTable({ routes: [new Route('/x', says('x'))] }),
  Application: new Application().get('/x', says('x')),
}

for (const [name, app] of Object.entries(apps)) {
  test(`${name}: alone it is an app`, async (t) => {
    await using client = await TestClient.open(app)
    t.equal(await (await client.get('/x')).text(), 'x')
    t.equal((await client.get('/y')).status, 404)
    t.equal((await client.post('/x')).status, 405)
    await t.rejects(client.websocket('/x'), WebSocketDenied)
  })
}

test('WebSocketRoute: alone it is an app', async (t) => {
  const route = new WebSocketRoute('/x', async (websocket) => {
    await websocket.accept()
    await websocket.sendText('x')
  })
  await using client = await TestClient.open(route)
  await using websocket = await client.websocket('/x')
  t.equal(await websocket.receiveText(), 'x')
  t.equal((await client.get('/x')).status, 404)
})

const table = new Router({
  routes: [
    new Route('/', says(''), { name: 'home' }),
    new Route('/users/{id:int}', says(''), { name: 'user' }),
    new Mount('/admin/{section}', [new Route('/staff', says(''), { name: 'staff' })], { name: 'admin' }),
  ],
})

/** Names and parameters that no route has, and what is said. */
const unknown: readonly (readonly [name: string, params: Record<string, unknown>, message: string])[] = [
  ['usr', {}, 'no route has the name "usr"; near it are "user"'],
  ['staff', {}, 'no route has the name "staff"; near it are "admin:staff"'],
  ['x:user', {}, 'no route has the name "x:user"; near it are "user"'],
  ['entirely-different', {}, 'no route has the name "entirely-different"'],
  ['user', {}, 'the route "user" takes the parameter "id", but was given no parameters'],
  ['home', { id: 1 }, 'the route "home" takes no parameters, but was given the parameter "id"'],
  ['admin', {}, 'the route "admin" takes the parameters "section", "path", but was given no parameters'],
  ['admin:staff', {}, 'the route "admin:staff" takes the parameter "section", but was given no parameters'],
]

for (const [name, params, message] of unknown) {
  test(`NoMatchFound: of ${name} says that ${message}`, async (t) => {
    t.throws(() => table.urlPathFor(name, params), { message: `Cannot make a URL: ${message}` })
  })
}

test('Router: a WebSocket route has a ws URL, also for a request, and the other way round', async (t) => {
  const app = new Application()
    .get('/', (request) => new PlainTextResponse(request.urlFor('chat').href), { name: 'home' })
    .websocket(
      '/chat',
      async (websocket) => {
        await websocket.accept()
        await websocket.sendText(websocket.urlFor('home').href)
      },
      { name: 'chat' },
    )
  await using client = await TestClient.open(app, { baseUrl: 'https://example.org' })
  t.equal(await (await client.get('/')).text(), 'wss://example.org/chat')
  await using websocket = await client.websocket('/chat')
  t.equal(await websocket.receiveText(), 'https://example.org/')
})

test('Router: 1,000 routes build quickly', async (t) => {
  const startMs = performance.now()
  const routes = Array.from({ length: 1000 }, (_, number) => new Route(`/r${number}/{id:int}/x`, says('')))
  const router = new Router({ routes })
  t.equal((await outcomeOf(router, httpScope({ path: '/r999/1/x' }))).status, 200)
  t.ok(performance.now() - startMs < 5000)
})

test('Router: lists routables of another make by the name of their class', async (t) => {
  class Elsewhere {
    readonly literalPath: string | null = null
    readonly shape: null = null
    readonly asgi = new PlainTextResponse('').asgi
    match(): null {
      return null
    }
    mayMatch(): boolean {
      return true
    }
    enter(): ASGIApp {
      return this.asgi
    }
    urlPath(): null {
      return null
    }
  }
  const row = { name: null, methods: null, params: [], routes: null }
  t.strictSame(new Router({ routes: [new Elsewhere()] }).listing(), [{ kind: 'Elsewhere', path: '*', ...row }])
})
