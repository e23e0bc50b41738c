import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../lib/testing/scopes.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { Mount } from '../../routing/mount.ts'
import type { Routable } from '../../routing/routable.ts'
import { Route } from '../../routing/route.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'

/** A route that answers with a text. */
const route = (path: string, text: string, methods: string[] = ['GET']): Route =>
  new Route(path, () => new PlainTextResponse(text), { methods, name: text })

const fetchText = async (router: Router, method: string, path: string): Promise<[number, string]> => {
  await using client = await TestClient.open(router)
  const response = await client.request(method, path, { followRedirects: false })
  return [response.status, await response.text()]
}

/** Routes in order, a request, and the answer. */
const choices: readonly (readonly [
  what: string,
  routes: readonly Routable[],
  method: string,
  path: string,
  answer: [number, string],
])[] = [
  ['the first of two that match', [route('/{a}', 'first'), route('/{b}', 'second')], 'GET', '/x', [200, 'first']],
  [
    'a parameter declared before a text',
    [route('/users/{id}', 'param'), route('/users/me', 'me')],
    'GET',
    '/users/me',
    [200, 'param'],
  ],
  [
    'a text declared before a parameter',
    [route('/users/me', 'me'), route('/users/{id}', 'param')],
    'GET',
    '/users/me',
    [200, 'me'],
  ],
  ['a later one with the method', [route('/x', 'get'), route('/x', 'post', ['POST'])], 'POST', '/x', [200, 'post']],
  [
    'a later, wider one with the method',
    [route('/x', 'get'), route('/{a}', 'post', ['POST'])],
    'POST',
    '/x',
    [200, 'post'],
  ],
  [
    'an earlier mount',
    [new Mount('/x', [route('/y', 'mounted')]), route('/x/y', 'plain')],
    'GET',
    '/x/y',
    [200, 'mounted'],
  ],
  [
    'an earlier mount that answers 404',
    [new Mount('/x', [route('/y', 'mounted')]), route('/x/z', 'plain')],
    'GET',
    '/x/z',
    [404, 'Not Found'],
  ],
  [
    'a mount at the root behind',
    [route('/x', 'plain'), new Mount('', [route('/y', 'mounted')])],
    'GET',
    '/y',
    [200, 'mounted'],
  ],
  ['nothing', [route('/x', 'plain')], 'GET', '/y', [404, 'Not Found']],
  [
    'nothing for a method',
    [route('/x', 'get'), route('/x', 'put', ['PUT'])],
    'POST',
    '/x',
    [405, 'Method Not Allowed'],
  ],
]

for (const [what, routes, method, path, answer] of choices) {
  test(`Router: chooses ${what}`, async (t) => {
    t.strictSame(await fetchText(new Router({ routes }), method, path), answer)
  })
}

test('Router: lists the methods of every route of the path in a 405', async (t) => {
  await using client = await TestClient.open(
    new Router({ routes: [route('/x', 'a'), route('/{p}', 'b', ['PUT', 'GET']), route('/x', 'c', ['DELETE'])] }),
  )
  const response = await client.post('/x')
  t.equal(response.status, 405)
  t.equal(response.headers.get('allow'), 'GET, HEAD, PUT, DELETE')
})

test('Router: has a method for each common method', async (t) => {
  const router = new Router()
    .get('/x', () => new PlainTextResponse('get'))
    .post('/x', () => new PlainTextResponse('post'))
    .put('/x', () => new PlainTextResponse('put'))
    .patch('/x', () => new PlainTextResponse('patch'))
    .delete('/x', () => new PlainTextResponse('delete'))
    .options('/x', () => new PlainTextResponse('options'), { name: 'choices' })
  await using client = await TestClient.open(router)
  for (const method of ['get', 'post', 'put', 'patch', 'delete', 'options']) {
    t.equal(await (await client.request(method, '/x')).text(), method)
  }
  t.equal((await client.head('/x')).status, 200)
  t.equal(router.urlPathFor('choices'), '/x')
})

test('Router: a route that is added later is live', async (t) => {
  const inner = new Router({ routes: [route('/a', 'a')] })
  await using client = await TestClient.open(new Router({ routes: [new Mount('/in', inner)] }))
  t.equal((await client.get('/in/b')).status, 404)
  inner.add(route('/b', 'b'))
  t.equal(await (await client.get('/in/b')).text(), 'b')
  t.equal(inner.routes.length, 2)
})

/** Paths, and where they are redirected to from the routes below; `null` when they are not. */
const redirects: readonly (readonly [target: string, location: string | null])[] = [
  ['/plain/', '../plain'],
  ['/plain//', '../../plain'],
  ['/slash', './slash/'],
  ['/slash?a=1&b=%20', './slash/?a=1&b=%20'],
  ['/slash/', null],
  ['/other/', null],
  ['/', null],
  ['//', null],
  ['/deep/er', './er/'],
  ['/deep/er/x/', '../x'],
  ['/mount', './mount/'],
  ['/post', './post/'],
  ['/any/evil.example/', '../evil.example'],
  ['/any/a:b/', '../a:b'],
  ['/param/javascript:alert(1)', './javascript:alert(1)/'],
  ['/param/%E2%82%AC', './%E2%82%AC/'],
  ['/param/a%5Cb', './a%5Cb/'],
  ['/plain%2F', './plain'],
  ['/deep%2Fer', './deep%2Fer/'],
]

const slashes = new Router({
  routes: [
    route('/plain', 'plain'),
    route('/slash/', 'slash'),
    route('/deep/er/', 'deep'),
    route('/deep/er/x', 'deeper'),
    route('/post/', 'post', ['POST']),
    route('/any/{a}', 'any'),
    route('/param/{a}/', 'param'),
    new Mount('/mount', [route('/', 'mounted')]),
  ],
})

for (const [target, location] of redirects) {
  test(`Router: ${target} is redirected to ${location}`, async (t) => {
    await using client = await TestClient.open(slashes)
    const response = await client.get(target, { followRedirects: false })
    t.equal(response.headers.get('location'), location)
    if (location !== null) t.equal(response.status, 307)
  })
}

test('Router: a redirect keeps the method and the body', async (t) => {
  const router = new Router().post('/post/', async (request) => new PlainTextResponse(await request.text()))
  await using client = await TestClient.open(router)
  const response = await client.post('/post?x=1', { body: 'kept' })
  t.equal(await response.text(), 'kept')
  t.equal(response.url, 'http://testserver/post/?x=1')
})

/** Hostile paths as an app may see them, and the target of the redirect: always relative to the last segment. */
const hostile: readonly (readonly [path: string, rawPath: string | null, location: string])[] = [
  ['//evil.example', '//evil.example', './evil.example/'],
  ['//evil.example', null, './evil.example/'],
  ['//evil.example/', '//evil.example/', '../evil.example'],
  ['//evil.example/', null, '../evil.example'],
  ['/\\evil.example', '/\\evil.example', './%5Cevil.example/'],
  ['/\\evil.example', null, './%5Cevil.example/'],
  ['/https://evil.example/', '/https://evil.example/', '../evil.example'],
  ['/javascript:x', '/javascript:x', './javascript:x/'],
  ['/..', null, './../'],
  ['/a\r\nset-cookie: x', '/a%0D%0Aset-cookie:%20x', './a%0D%0Aset-cookie:%20x/'],
  ['/a\r\nset-cookie: x', null, './a%0D%0Aset-cookie:%20x/'],
  ['/é', '/\xc3\xa9', './%C3%A9/'],
  ['/é', null, './%C3%A9/'],
]

for (const [path, raw, location] of hostile) {
  test(`Router: ${JSON.stringify(path)} is redirected to ${location}`, async (t) => {
    const present = path.endsWith('/') ? route('/{p:path}e', 'without') : route('/{p:path}/', 'with')
    const driver = new AppDriver(new Router({ routes: [present] }), httpScope({ path, raw_path: raw }))
    const start = (await driver.next()) as { headers: Iterable<readonly [string, string]> }
    t.equal(new Map(start.headers).get('location'), location)
    t.equal(new URL(location, 'http://site.example//x/y/').host, 'site.example')
  })
}

test('Router: redirects only when asked to', async (t) => {
  const router = new Router({ routes: [route('/plain', 'plain')], redirectSlashes: false })
  t.strictSame(await fetchText(router, 'GET', '/plain/'), [404, 'Not Found'])
})

test('Router: matches below the root path only where a segment ends', async (t) => {
  const router = new Router({ routes: [route('/x', 'x'), route('/apix/x', 'apix')] })
  const scopes = { '/api/x': 'x', '/apix/x': 'apix', '/x': 'x' }
  for (const [path, text] of Object.entries(scopes)) {
    const driver = new AppDriver(router, httpScope({ path, root_path: '/api' }))
    await driver.next()
    t.match(await driver.next(), { body: text }, path)
  }
})

test('Router: the root path alone is redirected to its slash', async (t) => {
  const driver = new AppDriver(
    new Router({ routes: [route('/', 'x')] }),
    httpScope({ path: '/api', root_path: '/api' }),
  )
  const start = (await driver.next()) as { status: number; headers: Iterable<readonly [string, string]> }
  t.equal(start.status, 307)
  t.equal(new Map(start.headers).get('location'), './api/')
})

test('Router: OPTIONS for the whole server is no path', async (t) => {
  const router = new Router({
    routes: [route('/{p:path}', 'x', ['OPTIONS']), new Mount('', [route('/{p:path}', 'y')])],
  })
  const driver = new AppDriver(router, httpScope({ method: 'OPTIONS', path: '*', raw_path: '*' }))
  t.match(await driver.next(), { status: 404 })
})

test('Router: HTTP and WebSocket routes of one path do not get in the way of each other', async (t) => {
  const router = new Router({
    routes: [
      new WebSocketRoute('/x', async (websocket) => {
        await websocket.accept()
        await websocket.sendText('socket')
      }),
      route('/x', 'http'),
    ],
  })
  await using client = await TestClient.open(router)
  await using websocket = await client.websocket('/x')
  t.equal(await websocket.receiveText(), 'socket')
  t.equal(await (await client.get('/x')).text(), 'http')
})

test('Router: refuses a WebSocket that no route matches', async (t) => {
  await using client = await TestClient.open(new Router({ routes: [route('/x', 'http')] }))
  const denied: WebSocketDenied = await client.websocket('/x').then(
    () => t.fail('accepted') as never,
    (error: WebSocketDenied) => error,
  )
  t.type(denied, WebSocketDenied)
  t.equal(denied.response.status, 403)
})

test('Router: sends nothing but a close to a WebSocket that no route matches', async (t) => {
  const driver = new AppDriver(new Router(), webSocketScope())
  t.strictSame(await driver.next(), { type: 'websocket.close' })
})

test('Router: throws on a scope that it does not know', async (t) => {
  const driver = new AppDriver(new Router(), { ...lifespanScope(), type: 'webtransport' } as never)
  await t.rejects(driver.finished, {
    message: 'Cannot run a router on a scope of type "webtransport": expected a type of the contract',
  })
})

const tagging: Middleware = (app) => (scope, receive, send) =>
  app(scope, receive, (message) =>
    message.type === 'http.response.start' ? send({ ...message, headers: [['x-tag', 'router']] }) : send(message),
  )

test('Router: its middleware runs for everything that it answers', async (t) => {
  await using client = await TestClient.open(new Router({ routes: [route('/x', 'x')], middleware: [tagging] }))
  t.equal((await client.get('/x')).headers.get('x-tag'), 'router')
  t.equal((await client.get('/y')).headers.get('x-tag'), 'router')
})

test('Router: has exception handlers of its own', async (t) => {
  const router = new Router({
    exceptionHandlers: [
      exceptionHandler(RangeError, (_request, error) => new PlainTextResponse(error.message, { status: 400 })),
    ],
  }).get('/', () => {
    throw new RangeError('too far')
  })
  t.strictSame(await fetchText(router, 'GET', '/'), [400, 'too far'])
})

test('Router: makes the path of a named route', async (t) => {
  const router = new Router({ routes: [route('/a', 'a'), route('/users/{id:int}', 'user')] })
  t.equal(router.urlPathFor('user', { id: 3 }), '/users/3')
  t.equal(router.urlPathFor('a'), '/a')
})

test('Router: says which path it cannot make', async (t) => {
  const router = new Router({ routes: [route('/users/{id:int}', 'user')] })
  t.throws(() => router.urlPathFor('user', { id: 1, page: 2 }), {
    name: 'NoMatchFound',
    code: 'STELLINE_NO_MATCH_FOUND',
    message: 'Cannot make a URL: the route "user" takes the parameter "id", but was given the parameters "id", "page"',
  })
  t.throws(() => router.urlPathFor('user', { id: 'x' }), /Cannot format "x" as int/)
})
