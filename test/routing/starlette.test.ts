import { test } from 'tap'
import type { Test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { HTTPEndpoint } from '../../lib/endpoint/http-endpoint.ts'
import { WebSocketEndpoint } from '../../lib/endpoint/websocket-endpoint.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { WebSocketException } from '../../lib/exceptions/websocket-exception.ts'
import type { Request } from '../../lib/request/request.ts'
import { WebSocket } from '../../lib/request/websocket.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp, Middleware } from '../../lib/spec/app.ts'
import { httpScope, webSocketScope } from '../../lib/testing/scopes.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'
import { Host } from '../../routing/host.ts'
import { Mount } from '../../routing/mount.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
import { Route } from '../../routing/route.ts'
import { routePath } from '../../routing/route-path.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { tagging } from '../support/tagging.ts'

/*
 * What Starlette 1.3 does in its applications (1.1), exceptions (1.2), routing (1.3) and class endpoints (1.8), a row for
 * each fact. "Other:" begins what is done in another way here, with the reason. Hosts and class endpoints for WebSockets
 * have tables of their own, host.test.ts and websocket-endpoint.test.ts; lifespans are in application-lifespan.test.ts.
 */

const says =
  (text: string): (() => PlainTextResponse) =>
  () =>
    new PlainTextResponse(text)

const failing = (error: unknown) => (): never => {
  throw error
}

/** Returns status and text of one request. */
async function get(app: { readonly asgi: ASGIApp }, path = '/', method = 'GET'): Promise<[number | null, string]> {
  const { status, text } = await outcomeOf(app, httpScope({ path, method }))
  return [status, text]
}

const home = new Route('/', says('home'), { name: 'home' })

class Users extends HTTPEndpoint {
  get(request: Request<{ name?: string }>): PlainTextResponse {
    return new PlainTextResponse(`Hello, ${request.pathParams.name ?? 'world'}!`)
  }
}

type Fact = readonly [section: string, fact: string, shown: (t: Test) => void | Promise<void>]

const applications: readonly Fact[] = [
  [
    '1.1',
    'the constructor takes routes, middleware, handlers, a lifespan and debug',
    async (t) => {
      const app = new Application({
        debug: false,
        routes: [home],
        middleware: [tagging('a')],
        exceptionHandlers: [exceptionHandler(404, says('none'))],
        lifespan: async () => ({ a: 1 }),
      })
      t.strictSame(await get(app), [200, 'home'])
    },
  ],
  [
    '1.1',
    'the order is unforeseen errors, middleware in the order of the list, handlers, router',
    async (t) => {
      const app = new Application({
        middleware: [tagging('first'), tagging('second')],
        routes: [new Route('/', failing(1))],
      })
      const { status, headers } = await outcomeOf(app, httpScope())
      t.strictSame([status, headers.get('x-tag')], [500, 'second, first'])
    },
  ],
  [
    '1.1',
    'the stack is built on the first call, the lifespan included, and once',
    async (t) => {
      let made = 0
      const counted: Middleware = (app) => (made++, app)
      const app = new Application({ middleware: [counted] })
      t.equal(made, 0)
      const client = await TestClient.open(app)
      t.equal(made, 1)
      await client.get('/')
      await client.close()
      t.equal(made, 1)
    },
  ],
  [
    '1.1',
    'middleware that is added becomes the outermost; after the start it is an error',
    async (t) => {
      const app = new Application({ routes: [home], middleware: [tagging('listed')] }).addMiddleware(tagging('added'))
      t.equal((await outcomeOf(app, httpScope())).headers.get('x-tag'), 'listed, added')
      t.throws(() => app.addMiddleware(tagging('late')), /the application has started/)
    },
  ],
  [
    '1.1',
    'a middleware may be made by a function of options',
    async (t) => {
      const app = new Application({ middleware: [tagging('option')], routes: [home] })
      t.equal((await outcomeOf(app, httpScope())).headers.get('x-tag'), 'option')
    },
  ],
  [
    '1.1',
    'handlers for 500 and the class of all errors answer unforeseen errors only',
    async (t) => {
      const app = new Application({
        routes: [new Route('/', failing(new Error('boom'))), new Route('/http', failing(new HTTPException(409)))],
        exceptionHandlers: [exceptionHandler(500, () => new PlainTextResponse('sorry', { status: 500 }))],
      })
      t.strictSame(await get(app), [500, 'sorry'])
      t.strictSame(await get(app, '/http'), [409, 'Conflict'])
    },
  ],
  [
    '1.1',
    'scope.app is set on every call, and a mounted application overwrites it',
    async (t) => {
      const inner: Application = new Application().get('/', (request) => new JSONResponse(request.app === inner))
      t.strictSame(await get(new Application({ routes: [new Mount('/in', inner)] }), '/in/'), [200, 'true'])
    },
  ],
  [
    '1.1',
    'Other: there is no app.state, but the state that the lifespan yields, which is typed',
    async (t) => {
      t.notOk('state' in new Application())
    },
  ],
  [
    '1.1',
    'routes, WebSocket routes, mounts and hosts can be added, and URLs be built',
    async (t) => {
      const app = new Application()
        .route('/r', says('route'), { methods: ['GET'], name: 'r' })
        .websocket('/w', async (websocket) => websocket.close())
        .mount('/m', [home])
        .host('other.example', [home])
      t.equal(app.routes.length, 4)
      t.equal(app.urlPathFor('r'), '/r')
      t.strictSame(await get(app, '/m/'), [200, 'home'])
    },
  ],
  [
    '1.1',
    'debug may be set before the stack is built',
    async (t) => {
      const app = new Application({ routes: [new Route('/', failing(new Error('shown')))] })
      app.debug = true
      t.match(await get(app), [500, /Error: shown/])
    },
  ],
]

const exceptions: readonly Fact[] = [
  [
    '1.2',
    'an HTTPException is answered with its detail as text, the phrase by default, and its headers',
    async (t) => {
      const app = new Application({
        routes: [new Route('/', failing(new HTTPException(406, { headers: { 'x-a': 'b' } })))],
      })
      const { status, text, headers } = await outcomeOf(app, httpScope())
      t.strictSame([status, text, headers.get('x-a')], [406, 'Not Acceptable', 'b'])
    },
  ],
  [
    '1.2',
    '204 and 304 have no body and keep their headers',
    async (t) => {
      for (const status of [204, 304]) {
        const app = new Application({
          routes: [new Route('/', failing(new HTTPException(status, { headers: { 'x-a': 'b' } })))],
        })
        const outcome = await outcomeOf(app, httpScope())
        t.strictSame([outcome.status, outcome.text, outcome.headers.get('x-a')], [status, '', 'b'])
      }
    },
  ],
  [
    '1.2',
    'a handler is found by status first, then by the nearest class',
    async (t) => {
      class Special extends RangeError {}
      const app = new Application({
        routes: [new Route('/http', failing(new HTTPException(405))), new Route('/special', failing(new Special()))],
        exceptionHandlers: [
          exceptionHandler(HTTPException, says('class')),
          exceptionHandler(405, says('status')),
          exceptionHandler(RangeError, says('range')),
        ],
      })
      t.equal((await get(app, '/http'))[1], 'status')
      t.equal((await get(app, '/special'))[1], 'range')
    },
  ],
  [
    '1.2',
    'a handler that comes after the start is an error that says so',
    async (t) => {
      const app = new Application({
        routes: [
          new Route('/', {
            asgi: async (_scope, _receive, send) => {
              await send({ type: 'http.response.start', status: 200 })
              throw new HTTPException(406)
            },
          }),
        ],
      })
      t.match((await outcomeOf(app, httpScope())).error, { code: 'STELLINE_RESPONSE_STARTED' })
    },
  ],
  [
    '1.2',
    'the endpoint and the handler share the Request',
    async (t) => {
      let endpoint: unknown
      const app = new Application({
        exceptionHandlers: [exceptionHandler(409, (request) => new JSONResponse(request === endpoint))],
      }).get('/', (request) => {
        endpoint = request
        throw new HTTPException(409)
      })
      t.equal((await get(app))[1], 'true')
    },
  ],
  [
    '1.2',
    'errors in a mounted router and in middleware of a route find the nearest handler',
    async (t) => {
      const refusing: Middleware = () => failing(new HTTPException(403))
      const app = new Application({
        routes: [
          new Mount('/m', [new Route('/', failing(new HTTPException(403)))], {
            exceptionHandlers: [exceptionHandler(403, says('mount'))],
          }),
          new Route('/r', says(''), { middleware: [refusing] }),
        ],
        exceptionHandlers: [exceptionHandler(403, says('app'))],
      })
      t.equal((await get(app, '/m/'))[1], 'mount')
      t.equal((await get(app, '/r'))[1], 'app')
    },
  ],
  [
    '1.2',
    'a WebSocketException closes with its code and reason',
    async (t) => {
      const app = new Application().websocket('/', async (websocket) => {
        await websocket.accept()
        throw new WebSocketException(1013, 'later')
      })
      await using client = await TestClient.open(app)
      await using websocket = await client.websocket('/')
      t.strictSame(await websocket.closed, { code: 1013, reason: 'later' })
    },
  ],
  [
    '1.2',
    'an HTTPException before the accept refuses the handshake; a handler may answer with a response, or close itself',
    async (t) => {
      const app = new Application({
        exceptionHandlers: [
          exceptionHandler(RangeError, async (connection) => {
            if (connection instanceof WebSocket) await connection.close(4000, 'range')
          }),
        ],
      })
      app.websocket('/http', failing(new HTTPException(401)))
      app.websocket('/range', async (websocket) => {
        await websocket.accept()
        throw new RangeError()
      })
      await using client = await TestClient.open(app)
      await t.rejects(client.websocket('/http'), { message: /answered 401/ })
      await using websocket = await client.websocket('/range')
      t.strictSame(await websocket.closed, { code: 4000, reason: 'range' })
    },
  ],
  [
    '1.2',
    'the texts of exceptions',
    async (t) => {
      t.equal(new HTTPException(404).message, '404: Not Found')
      t.equal(new WebSocketException(1013, 'reason').message, '1013: reason')
    },
  ],
  [
    '1.2',
    "Other: an HTTPException of the application's middleware is answered as such, not with 500",
    async (t) => {
      const refusing: Middleware = () => async () => failing(new HTTPException(403))()
      t.strictSame(await get(new Application({ middleware: [refusing] })), [403, 'Forbidden'])
    },
  ],
]

const routing: readonly Fact[] = [
  [
    '1.3',
    'a path starts with "/"',
    (t) => {
      t.throws(() => new Route('x', says('')), { message: 'Cannot add route "x": path does not start with "/"' })
    },
  ],
  [
    '1.3',
    'a function takes GET, an app every method; GET brings HEAD, and names are upper-cased',
    (t) => {
      t.strictSame(home.methods, ['GET', 'HEAD'])
      t.equal(new Route('/', new Router()).methods, null)
      t.strictSame(new Route('/', says(''), { methods: ['post', 'get'] }).methods, ['POST', 'GET', 'HEAD'])
    },
  ],
  [
    '1.3',
    'Other: a class takes the methods that it has, so that a later route may have the others',
    (t) => {
      t.strictSame(new Route('/', Users).methods, ['GET', 'HEAD'])
    },
  ],
  [
    '1.3',
    'the first full match wins; a partial one only when there is no full one',
    async (t) => {
      const router = new Router().get('/x', says('first')).get('/{a}', says('second')).post('/{a}', says('post'))
      t.equal((await get(router, '/x'))[1], 'first')
      t.equal((await get(router, '/x', 'POST'))[1], 'post')
      t.equal((await get(router, '/x', 'PUT'))[0], 405)
    },
  ],
  [
    '1.3',
    '405 has allow, in an application and outside of one',
    async (t) => {
      for (const app of [new Application({ routes: [home] }), new Router({ routes: [home] }), home]) {
        const { status, headers, text } = await outcomeOf(app, httpScope({ method: 'POST' }))
        t.strictSame([status, headers.get('allow'), text], [405, 'GET, HEAD', 'Method Not Allowed'])
      }
    },
  ],
  [
    '1.3',
    '404 is a text; a WebSocket without a route is closed',
    async (t) => {
      t.strictSame(await get(new Router(), '/x'), [404, 'Not Found'])
      t.strictSame(await new AppDriver(home, webSocketScope()).next(), { type: 'websocket.close' })
    },
  ],
  [
    '1.3',
    'Other: the slash redirect is a relative 307, so that no proxy and no client can turn it elsewhere',
    async (t) => {
      const { status, headers } = await outcomeOf(
        new Router().get('/x/', says('')),
        httpScope({ path: '/x', raw_path: '/x', query_string: 'a=1' }),
      )
      t.strictSame([status, headers.get('location')], [307, './x/?a=1'])
      t.equal((await get(new Router({ redirectSlashes: false }).get('/x/', says('')), '/x'))[0], 404)
    },
  ],
  [
    '1.3',
    'a default app takes the place of 404',
    async (t) => {
      t.strictSame(await get(new Router({ fallback: new PlainTextResponse('default') }), '/x'), [200, 'default'])
    },
  ],
  [
    '1.3',
    'a mount takes what is below its path, "" and "/" everything',
    async (t) => {
      const router = new Router({ routes: [new Mount('/x', [home])] })
      t.strictSame(
        [(await get(router, '/x'))[0], (await get(router, '/x/'))[0], (await get(router, '/xyz'))[0]],
        [307, 200, 404],
      )
      for (const path of ['', '/']) t.equal((await get(new Router({ routes: [new Mount(path, [home])] })))[0], 200)
    },
  ],
  [
    '1.3',
    'a mount grows the root path, keeps path and the first root path, and joins the parameters',
    async (t) => {
      const inner = new Route('/{b}', ({ scope, pathParams }) => {
        return new JSONResponse([scope.root_path, scope.path, scope.app_root_path, { ...pathParams }])
      })
      const router = new Router({ routes: [new Mount('/{a}', [inner])] })
      t.equal((await get(router, '/x/y'))[1], '["/x","/x/y","",{"a":"x","b":"y"}]')
    },
  ],
  [
    '1.3',
    'the root path is stripped only where a segment ends',
    (t) => {
      const below = (path: string): string => routePath(httpScope({ path, root_path: '/root' }))
      t.strictSame([below('/rooted'), below('/root/x'), below('/root')], ['/rooted', '/x', ''])
    },
  ],
  [
    '1.3',
    'middleware of routes, mounts and routers runs when they match, the first outermost; URLs see through it',
    async (t) => {
      const layers = { middleware: [tagging('outer'), tagging('inner')] }
      const inner = [new Route('/y', says('y'), { name: 'y' })]
      const router = new Router({
        routes: [new Route('/r', says('r'), layers), new Mount('/m', inner, { name: 'm', ...layers }), home],
      })
      const tags = async (path: string) => (await outcomeOf(router, httpScope({ path }))).headers.get('x-tag')
      t.strictSame([await tags('/r'), await tags('/m/y'), await tags('/')], ['inner, outer', 'inner, outer', null])
      t.equal(router.urlPathFor('m:y'), '/m/y')
      t.equal(
        (await outcomeOf(new Router({ routes: [home], ...layers }), httpScope())).headers.get('x-tag'),
        'inner, outer',
      )
    },
  ],
  [
    '1.3',
    'a host has patterns without regard to ports, gives parameters, and makes URLs with its port',
    async (t) => {
      const tenant = new Route('/', ({ pathParams }) => new JSONResponse(pathParams), { name: 'home' })
      const router = new Router({ routes: [new Host('{tenant}.example.org:3600', [tenant], { name: 't' })] })
      const { text } = await outcomeOf(router, httpScope({ headers: [['host', 'acme.example.org']] }))
      t.equal(text, '{"tenant":"acme"}')
      t.equal(router.resolveURL('t:home', { tenant: 'acme' }).host, 'acme.example.org:3600')
    },
  ],
  [
    '1.3',
    'parameters of URLs must match exactly',
    (t) => {
      const router = new Router().get('/u/{id:int}', says(''), { name: 'u' })
      t.equal(router.urlPathFor('u', { id: 1 }), '/u/1')
      for (const params of [{}, { id: 1, b: 2 }, { b: 1 }])
        t.throws(() => router.urlPathFor('u', params), { name: 'NoMatchFound' })
    },
  ],
  [
    '1.3',
    'names nest as mount:child; an unnamed mount passes them on; the function names the route',
    (t) => {
      function users(): PlainTextResponse {
        return new PlainTextResponse('')
      }
      const router = new Router({
        routes: [new Mount('/a', [new Route('/', users)], { name: 'a' }), new Mount('/b', [home])],
      })
      t.strictSame(
        [router.urlPathFor('a:users'), router.urlPathFor('home'), router.urlPathFor('a', { path: 'x' })],
        ['/a/', '/b/', '/a/x'],
      )
      t.equal(new Route('/', Users).name, 'Users')
    },
  ],
  [
    '1.3',
    'absolute URLs have the root path of the server and, for WebSocket routes, ws or wss',
    async (t) => {
      const app = new Application()
        .get('/x', ({ ...request }) => new JSONResponse(request), { name: 'x' })
        .websocket('/w', async (websocket) => websocket.close(), { name: 'w' })
        .get('/', (request) => new JSONResponse([request.urlFor('x').href, request.urlFor('w').href]))
      const { text } = await outcomeOf(
        app,
        httpScope({ path: '/r/', root_path: '/r', scheme: 'https', headers: [['host', 'a']] }),
      )
      t.equal(text, '["https://a/r/x","wss://a/r/w"]')
    },
  ],
  [
    '1.3',
    'the converters str, path, int, float and uuid, both ways',
    (t) => {
      const both = (path: string, text: string): unknown => {
        const pattern = new PathPattern(path)
        const params = pattern.match(text)
        return params === null ? null : pattern.format(params)
      }
      t.strictSame(
        ['/a b', '/', '/a/b'].map((text) => both('/{v}', text)),
        ['/a%20b', null, null],
      )
      t.strictSame(
        ['/', '/a/b'].map((text) => both('/{v:path}', text)),
        ['/', '/a/b'],
      )
      t.strictSame(
        ['/007', '/-1', '/1.5'].map((text) => both('/{v:int}', text)),
        ['/7', null, null],
      )
      t.strictSame(
        ['/1.50', '/2', '/1e3'].map((text) => both('/{v:float}', text)),
        ['/1.5', '/2', null],
      )
      const dashed = '/ec38df32-ceda-4cfa-9b4a-1aeb94ad551a'
      t.strictSame(
        [dashed, dashed.replaceAll('-', '')].map((text) => both('/{v:uuid}', text)),
        [dashed, dashed],
      )
    },
  ],
  [
    '1.3',
    "Other: converters of one's own are given to a pattern, not registered for the whole program",
    (t) => {
      const year = { regex: /[0-9]{4}/, convert: Number, format: String }
      const path = PathPattern.using({ year })
      t.strictSame({ ...path('/{y:year}').match('/2024') }, { y: 2024 })
      t.throws(() => new PathPattern('/{y:year}'), /unknown converter "year"/)
    },
  ],
  [
    '1.3',
    'a name that occurs twice is an error that lists it',
    (t) => {
      t.throws(() => new Route('/{id}/{b}/{id}', says('')), /the name "id" occurs more than once/)
    },
  ],
  [
    '1.3',
    'characters with a meaning to expressions are text, and text may stand around parameters',
    (t) => {
      t.strictSame({ ...new PathPattern('/{name}:disable').match('/a:disable') }, { name: 'a' })
      t.strictSame({ ...new PathPattern('/x({id:int})').match('/x(7)') }, { id: 7 })
      t.equal(new PathPattern('/a.b').match('/aXb'), null)
    },
  ],
  [
    '1.3',
    'matching is on the decoded path, so that %2F acts as "/"',
    async (t) => {
      await using client = await TestClient.open(new Router().get('/a/b', says('decoded')))
      t.equal(await (await client.get('/a%2Fb')).text(), 'decoded')
    },
  ],
  [
    '1.3',
    'endpoints may be functions, async or not, bound functions, objects that are apps, and classes',
    async (t) => {
      const endpoints = [says('x'), async () => says('x')(), says('x').bind(null), new PlainTextResponse('x')]
      for (const endpoint of endpoints) t.strictSame(await get(new Route('/', endpoint)), [200, 'x'])
      t.strictSame(await get(new Route('/', Users)), [200, 'Hello, world!'])
    },
  ],
  [
    '1.3',
    'a WebSocket does not match an HTTP route, nor the other way round',
    async (t) => {
      t.strictSame(await new AppDriver(home, webSocketScope()).next(), { type: 'websocket.close' })
      t.equal((await get(new WebSocketRoute('/', () => {})))[0], 404)
    },
  ],
  [
    '1.3',
    'a route that is added after its app was mounted is live',
    async (t) => {
      const inner = new Router()
      const outer = new Router({ routes: [new Mount('/in', inner)] })
      t.equal((await get(outer, '/in/x'))[0], 404)
      inner.get('/x', says('x'))
      t.equal((await get(outer, '/in/x'))[0], 200)
    },
  ],
  [
    '1.3',
    'Other: in place of reprs the table can be read as rows, and printed by "stelline routes"',
    (t) => {
      t.match(home.listing(), { kind: 'http', path: '/', name: 'home', methods: ['GET', 'HEAD'] })
    },
  ],
  [
    '1.3',
    'Other: the lifespans of mounted applications run',
    async (t) => {
      let started = false
      const inner = new Application({ lifespan: async () => void (started = true) })
      const client = await TestClient.open(new Application({ routes: [new Mount('/in', inner)] }))
      await client.close()
      t.ok(started)
    },
  ],
]

const classEndpoints: readonly Fact[] = [
  [
    '1.8',
    'a class is dispatched by its method, gets the parameters, and answers HEAD by get',
    async (t) => {
      const route = new Route('/{name}', Users)
      t.strictSame(await get(route, '/tea'), [200, 'Hello, tea!'])
      t.equal((await get(route, '/tea', 'HEAD'))[0], 200)
    },
  ],
  [
    '1.8',
    'a WebSocket endpoint accepts by default, gets what is sent, and is told of the end',
    async (t) => {
      const ends: number[] = []
      class Echo extends WebSocketEndpoint<string> {
        override readonly encoding = 'text'
        override onReceive(websocket: WebSocket, data: string): Promise<void> {
          return data === 'fail' ? Promise.reject(new Error('failed')) : websocket.sendText(data)
        }
        override onDisconnect(_websocket: WebSocket, code: number): void {
          ends.push(code)
        }
      }
      const client = await TestClient.open(new WebSocketRoute('/', Echo), { raiseServerErrors: false })
      const left = await client.websocket('/')
      await left.sendText('a')
      t.equal(await left.receiveText(), 'a')
      await left.close(4001)
      const failed = await client.websocket('/')
      await failed.sendText('fail')
      await failed.closed
      const binary = await client.websocket('/')
      await binary.sendBytes(new Uint8Array(1))
      t.equal((await binary.closed).code, 1003)
      await client.close().catch(() => {})
      t.strictSame(ends, [4001, 1011, 1003])
    },
  ],
  [
    '1.8',
    'what it does not have is 405 with allow, and nothing but verbs can be asked for',
    async (t) => {
      for (const method of ['POST', 'CONSTRUCTOR', '__PROTO__']) {
        const { status, headers } = await outcomeOf(Users, httpScope({ method }))
        t.strictSame([status, headers.get('allow')], [405, 'GET, HEAD'])
      }
    },
  ],
]

for (const [section, fact, shown] of [...applications, ...exceptions, ...routing, ...classEndpoints]) {
  test(`${section}: ${fact}`, async (t) => {
    await shown(t)
  })
}
