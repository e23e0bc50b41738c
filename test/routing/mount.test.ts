import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp, Middleware } from '../../lib/spec/app.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
import type { Routable, RoutedScope } from '../../routing/routable.ts'
import { Route } from '../../routing/route.ts'
import { Router } from '../../routing/router.ts'

/** An app that answers with what routing wrote onto the scope. */
const inspect: ASGIApp = (scope, receive, send) => {
  const { path, root_path, app_root_path, path_params } = scope as RoutedScope
  return new JSONResponse({ path, root_path, app_root_path, params: path_params }).respond(scope, receive, send)
}

const text = (body: string) => () => new PlainTextResponse(body)

/** The path of a mount, a request, and what the app in it sees; a status when it is not reached. */
const scopes: readonly (readonly [mount: string, path: string, seen: object | number])[] = [
  ['/x', '/x/', { path: '/x/', root_path: '/x', app_root_path: '', params: {} }],
  ['/x', '/x/y/z', { path: '/x/y/z', root_path: '/x', app_root_path: '', params: {} }],
  ['/x/', '/x/y', { path: '/x/y', root_path: '/x', app_root_path: '', params: {} }],
  ['/x', '/xyz', 404],
  ['/x', '/x', 307],
  ['', '/y', { path: '/y', root_path: '', app_root_path: '', params: {} }],
  ['/', '/y', { path: '/y', root_path: '', app_root_path: '', params: {} }],
  [
    '/{org}',
    '/acme%20inc/y',
    { path: '/acme inc/y', root_path: '/acme inc', app_root_path: '', params: { org: 'acme inc' } },
  ],
  ['/{id:int}', '/x/y', 404],
]

for (const [mount, path, seen] of scopes) {
  test(`Mount: at ${JSON.stringify(mount)}, ${path} gives ${JSON.stringify(seen)}`, async (t) => {
    await using client = await TestClient.open(new Router({ routes: [new Mount(mount, inspect)] }))
    const response = await client.get(path, { followRedirects: false })
    t.strictSame(typeof seen === 'number' ? response.status : await response.json(), seen)
  })
}

test('Mount: a list of routes answers slashes and OPTIONS as the router that it was added to, a router as itself', async (t) => {
  const routes = () => [new Route('/y', text('y')), new Mount('/deep', [new Route('/z', text('z'))])]
  const options = { redirectSlashes: false, answerOptions: true }
  const own = () => new Router({ routes: routes() })
  const given = new Router({ ...options, routes: [new Mount('/x', routes()), new Mount('/own', own())] })
  const added = new Router(options).mount('/x', routes()).mount('/own', own())
  const answersOf = async (app: Router): Promise<readonly (readonly [slash: number, options: number])[]> => {
    await using client = await TestClient.open(app, { followRedirects: false })
    const paths = ['/x/y', '/x/deep/z', '/own/y']
    const answer = async (path: string): Promise<readonly [number, number]> => [
      (await client.get(`${path}/`)).status,
      (await client.options(path)).status,
    ]
    return await Promise.all(paths.map(answer))
  }
  const expected = [
    [404, 204],
    [404, 204],
    [307, 405],
  ]
  t.strictSame(await answersOf(given), expected)
  t.strictSame(await answersOf(added), expected)
})

test('Mount: alone it is an app', async (t) => {
  await using client = await TestClient.open(new Mount('/x', [new Route('/y', text('y'))]))
  t.equal(await (await client.get('/x/y')).text(), 'y')
  t.equal((await client.get('/y')).status, 404)
})

test('Mount: in a mount, root paths add up and the one of the server is kept', async (t) => {
  const router = new Router({ routes: [new Mount('/a/{x:int}', [new Mount('/{y}', inspect)])] })
  await using client = await TestClient.open(router, { rootPath: '/root' })
  t.strictSame(await (await client.get('/a/1/b/c')).json(), {
    path: '/root/a/1/b/c',
    root_path: '/root/a/1/b',
    app_root_path: '/root',
    params: { x: 1, y: 'b' },
  })
})

test('Mount: an inner parameter wins over an outer one of the same name', async (t) => {
  const router = new Router({
    routes: [new Mount('/{id}', [new Route('/{id:int}', (request) => new JSONResponse(request.pathParams))])],
  })
  await using client = await TestClient.open(router)
  t.strictSame(await (await client.get('/a/7')).json(), { id: 7 })
})

test('Mount: redirects within it hold under its path', async (t) => {
  const router = new Router({ routes: [new Mount('/x', [new Route('/y/', text('y'))])] })
  await using client = await TestClient.open(router)
  const response = await client.get('/x/y')
  t.equal(response.url, 'http://testserver/x/y/')
  t.equal(await response.text(), 'y')
})

test('Mount: takes a pattern with converters of its own', async (t) => {
  const year = { regex: /[0-9]{4}/, convert: Number, format: String }
  const router = new Router({ routes: [new Mount(new PathPattern('/{y:year}', { year }), inspect)] })
  await using client = await TestClient.open(router)
  t.match(await (await client.get('/2024/x')).json(), { params: { y: 2024 } })
})

const tagging =
  (tag: string): Middleware =>
  (app) =>
  (scope, receive, send) =>
    app(scope, receive, (message) =>
      message.type === 'http.response.start'
        ? send({ ...message, headers: [...(message.headers ?? []), [`x-${tag}`, 'true']] })
        : send(message),
    )

test('Mount: its middleware runs for what is below it', async (t) => {
  const routes = [
    new Mount('/x', [new Route('/y', text('y'))], { middleware: [tagging('mount')] }),
    new Route('/z', text('z')),
  ]
  await using client = await TestClient.open(new Router({ routes }))
  t.ok((await client.get('/x/y')).headers.has('x-mount'))
  t.ok((await client.get('/x/unknown')).headers.has('x-mount'))
  t.notOk((await client.get('/z')).headers.has('x-mount'))
})

test('Mount: its middleware sees answers where endpoints throw', async (t) => {
  const forbidden = () => {
    throw new HTTPException(403)
  }
  const seen: string[] = []
  const watching: Middleware = (app) => async (scope, receive, send) => {
    try {
      await app(scope, receive, send)
      seen.push('answered')
    } catch (error) {
      seen.push('failed')
      throw error
    }
  }
  const app = new Application({
    routes: [new Mount('/x', [new Route('/y', forbidden)], { middleware: [watching, tagging('mount')] })],
    middleware: [tagging('app')],
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/x/y')
  t.equal(response.status, 403)
  t.ok(response.headers.has('x-mount'))
  t.ok(response.headers.has('x-app'))
  t.strictSame(seen, ['answered'])
})

test('Mount: its exception handlers are nearer than those of the application', async (t) => {
  const failing = (error: Error) => () => {
    throw error
  }
  const routes = () => [
    new Route('/range', failing(new RangeError('r'))),
    new Route('/type', failing(new TypeError('t'))),
  ]
  const app = new Application({
    routes: [
      new Mount('/x', routes(), { exceptionHandlers: [exceptionHandler(RangeError, text('mount'))] }),
      new Mount('/y', routes()),
    ],
    exceptionHandlers: [
      exceptionHandler(RangeError, text('app: range')),
      exceptionHandler(TypeError, text('app: type')),
    ],
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/x/range')).text(), 'mount')
  t.equal(await (await client.get('/x/type')).text(), 'app: type')
  t.equal(await (await client.get('/y/range')).text(), 'app: range')
})

test('Mount: its exception handlers answer a 404 within it', async (t) => {
  const app = new Application({
    routes: [new Mount('/x', [], { exceptionHandlers: [exceptionHandler(404, text('not in the mount'))] })],
    exceptionHandlers: [exceptionHandler(404, text('not in the app'))],
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/x/y')).text(), 'not in the mount')
  t.equal(await (await client.get('/y')).text(), 'not in the app')
})

test('Mount: the app in it takes WebSockets', async (t) => {
  const inner = new Router().websocket('/echo/{word}', async (websocket) => {
    await websocket.accept()
    await websocket.sendText(websocket.pathParams.word)
  })
  await using client = await TestClient.open(new Router({ routes: [new Mount('/ws', inner)] }))
  await using websocket = await client.websocket('/ws/echo/hi')
  t.equal(await websocket.receiveText(), 'hi')
})

const children = () => [
  new Route('/', text('list'), { name: 'list' }),
  new Route('/{id:int}', text('one'), { name: 'one' }),
]

/** Mounts with names, what is asked for, and the path. */
const urls: readonly (readonly [
  mount: Routable & Pick<Mount, 'pattern'>,
  name: string,
  params: Record<string, unknown>,
  path: string | null,
])[] = [
  [new Mount('/users', children(), { name: 'users' }), 'users:list', {}, '/users/'],
  [new Mount('/users', children(), { name: 'users' }), 'users:one', { id: 3 }, '/users/3'],
  [new Mount('/users', children(), { name: 'users' }), 'one', { id: 3 }, null],
  [new Mount('/users', children(), { name: 'users' }), 'users', { path: '/a b.css' }, '/users/a%20b.css'],
  [new Mount('/users', children(), { name: 'users' }), 'users', {}, null],
  [new Mount('/users', children(), { name: 'users' }), 'users', { path: '', id: 3 }, null],
  [new Mount('/users', children()), 'one', { id: 3 }, '/users/3'],
  [new Mount('', children()), 'one', { id: 3 }, '/3'],
  [new Mount('/{org}', children(), { name: 'o' }), 'o:one', { org: 'a b', id: 3 }, '/a%20b/3'],
  [new Mount('/{org}', children(), { name: 'o' }), 'o:one', { id: 3 }, null],
  [new Mount('/{org}', children(), { name: 'o' }), 'o', { org: 'x', path: 'y/z' }, '/x/y/z'],
  [new Mount('/static', inspect, { name: 'static' }), 'static', { path: 'a.css' }, '/static/a.css'],
  [new Mount('/static', inspect, { name: 'static' }), 'static:x', {}, null],
  [new Mount('/a', [new Mount('/b', children(), { name: 'b' })], { name: 'a' }), 'a:b:one', { id: 1 }, '/a/b/1'],
  [new Mount('/a', new Application({ routes: children() }), { name: 'a' }), 'a:one', { id: 1 }, '/a/1'],
  [new Mount('/a', children(), { name: 'a', middleware: [tagging('x')] }), 'a:one', { id: 1 }, '/a/1'],
]

for (const [mount, name, params, path] of urls) {
  test(`Mount: at ${JSON.stringify(mount.pattern.source)} the path of ${name} ${JSON.stringify(params)} is ${path}`, async (t) => {
    t.equal(mount.urlPath(name, params)?.path ?? null, path)
  })
}

test('Mount: refuses a path without a slash and a target that is no app', async (t) => {
  t.throws(() => new Mount('x', inspect), { message: 'Cannot use "x" as a path: it does not start with "/"' })
  t.throws(() => new Mount('/x', {} as never), /Cannot use an object without "asgi" as the app at "\/x"/)
})
