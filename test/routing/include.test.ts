import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'
import { Include } from '../../routing/include.ts'
import { Mount } from '../../routing/mount.ts'
import { Route } from '../../routing/route.ts'
import { Router } from '../../routing/router.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { tagging } from '../support/tagging.ts'

const says = (text: string) => () => new PlainTextResponse(text)

/** A router with a route of each kind. */
const users = (): Router =>
  new Router()
    .get('/', says('list'), { name: 'list' })
    .get('/{id:int}', (request) => new JSONResponse({ ...request.pathParams, root: request.scope.root_path }), {
      name: 'one',
    })
    .mount('/files', [
      new Route('/{file}', (request) => new JSONResponse({ ...request.pathParams, root: request.scope.root_path })),
    ])
    .websocket('/ws', async (websocket) => {
      await websocket.accept()
      await websocket.sendText('open')
    })

/** Requests to a router that includes `users` at `/{org}/users`, and the answers. */
const answers: readonly (readonly [method: string, path: string, status: number, text: string])[] = [
  ['GET', '/acme/users/', 200, 'list'],
  ['GET', '/acme/users/7', 200, '{"org":"acme","id":7,"root":""}'],
  ['GET', '/acme/users/files/a.txt', 200, '{"org":"acme","file":"a.txt","root":"/acme/users/files"}'],
  ['GET', '/acme/users/later', 200, 'behind'],
  ['GET', '/acme/other', 404, 'Not Found'],
  ['POST', '/acme/users/7', 405, 'Method Not Allowed'],
  ['DELETE', '/acme/users/7', 200, 'deleted'],
  ['GET', '/acme/users', 200, 'list'],
]

for (const [method, path, status, text] of answers) {
  test(`Router.include: ${method} ${path} is answered with ${status} ${text}`, async (t) => {
    const router = new Router()
      .include(users(), { prefix: '/{org}/users' })
      .delete('/acme/users/{id}', says('deleted'))
      .get('/acme/users/later', says('behind'))
    await using client = await TestClient.open(router)
    const response = await client.request(method, path)
    t.strictSame([response.status, await response.text()], [status, text])
    if (status === 405) t.equal(response.headers.get('allow'), 'GET, HEAD, DELETE')
  })
}

test('Router.include: without a prefix the routes are those of the router', async (t) => {
  const router = new Router().include(users()).get('/more', says('more'))
  await using client = await TestClient.open(router)
  t.equal(await (await client.get('/')).text(), 'list')
  t.equal(await (await client.get('/more')).text(), 'more')
  t.match(await (await client.get('/files/x')).json(), { root: '/files' })
})

test('Router.include: an earlier include wins over a later route', async (t) => {
  await using client = await TestClient.open(new Router().include(users(), { prefix: '/u' }).get('/u/7', says('own')))
  t.match(await (await client.get('/u/7')).json(), { id: 7 })
})

test('Router.include: a mount at the root of the router grows the root path by the prefix', async (t) => {
  const inner = new Router().mount('', [new Route('/x', (request) => new PlainTextResponse(request.scope.root_path))])
  await using client = await TestClient.open(new Router().include(inner, { prefix: '/v1' }))
  t.equal(await (await client.get('/v1/x')).text(), '/v1')
})

test('Router.include: takes WebSockets', async (t) => {
  await using client = await TestClient.open(new Router().include(users(), { prefix: '/u' }))
  await using websocket = await client.websocket('/u/ws')
  t.equal(await websocket.receiveText(), 'open')
})

test('Router.include: routes that the router gets later are live', async (t) => {
  const inner = new Router()
  await using client = await TestClient.open(new Router().include(inner, { prefix: '/in' }))
  t.equal((await client.get('/in/later')).status, 404)
  inner.get('/later', says('later'))
  t.equal(await (await client.get('/in/later')).text(), 'later')
})

test('Router.include: the layers of both stand around what matches, made once', async (t) => {
  let made = 0
  const counted: Middleware = (app) => {
    made++
    return app
  }
  const inner = new Router({
    middleware: [tagging('router')],
    exceptionHandlers: [exceptionHandler(RangeError, says('range'))],
  })
    .get('/range', () => {
      throw new RangeError()
    })
    .get('/type', () => {
      throw new TypeError()
    })
  const app = new Application()
    .include(inner, {
      prefix: '/in',
      middleware: [tagging('include'), counted],
      exceptionHandlers: [exceptionHandler(TypeError, says('type'))],
    })
    .get('/own', says('own'))
  await using client = await TestClient.open(app)
  const answered = await client.get('/in/range')
  t.equal(await answered.text(), 'range')
  t.equal(answered.headers.get('x-tag'), 'router, include')
  t.equal(await (await client.get('/in/type')).text(), 'type')
  t.equal((await client.get('/own')).headers.get('x-tag'), null)
  t.equal((await client.get('/in/none')).headers.get('x-tag'), null)
  t.equal(made, 1)
})

test('Router.include: may be nested', async (t) => {
  const inner = new Router().include(users(), { prefix: '/users', name: 'users', middleware: [tagging('inner')] })
  const router = new Router().include(inner, { prefix: '/v1', name: 'v1', middleware: [tagging('outer')] })
  await using client = await TestClient.open(router)
  const response = await client.get('/v1/users/7')
  t.match(await response.json(), { id: 7 })
  t.equal(response.headers.get('x-tag'), 'inner, outer')
  t.equal(router.urlPathFor('v1:users:one', { id: 3 }), '/v1/users/3')
})

test('Router.include: within a mount the prefix stands behind the root path', async (t) => {
  const router = new Router().mount('/m', new Router().include(users(), { prefix: '/u' }))
  await using client = await TestClient.open(router)
  t.match(await (await client.get('/m/u/7')).json(), { root: '/m' })
  t.match(await (await client.get('/m/u/files/x')).json(), { root: '/m/u/files' })
})

/** Names, parameters, and the path from a router that includes `users`. */
const urls: readonly (readonly [options: object, name: string, params: object, path: string | null])[] = [
  [{ prefix: '/u' }, 'one', { id: 3 }, '/u/3'],
  [{ prefix: '/u', name: 'u' }, 'u:one', { id: 3 }, '/u/3'],
  [{ prefix: '/u', name: 'u' }, 'one', { id: 3 }, null],
  [{ prefix: '/{org}' }, 'one', { org: 'a b', id: 3 }, '/a%20b/3'],
  [{ prefix: '/{org}' }, 'one', { id: 3 }, null],
  [{}, 'one', { id: 3 }, '/3'],
  [{ prefix: '/u' }, 'two', {}, null],
]

for (const [options, name, params, path] of urls) {
  test(`Router.include: with ${JSON.stringify(options)} the path of ${name} ${JSON.stringify(params)} is ${path}`, async (t) => {
    t.equal(new Router().include(users(), options).urlPath(name, params as never)?.path ?? null, path)
  })
}

test('Router.include: starts up what the router has mounted', async (t) => {
  const started: string[] = []
  const mounted = (name: string) => new Application({ lifespan: async () => void started.push(name) })
  const inner = new Router().mount('/a', mounted('a')).mount('/b', mounted('b'))
  const client = await TestClient.open(new Application().include(inner))
  await client.close()
  t.strictSame(started, ['a', 'b'])
})

test('Router.include: keeps the tags for those who read the table', async (t) => {
  const router = new Router().include(users(), { prefix: '/u', tags: ['people'] })
  const [include] = router.routes
  t.type(include, Include)
  t.strictSame((include as Include).tags, ['people'])
  t.match(router.listing()[0], { kind: 'include', path: '/u', routes: [{ name: 'list' }] })
})

test('Include: alone it is an app', async (t) => {
  const [include] = new Router().include(users(), { prefix: '/u' }).routes
  t.equal((await outcomeOf(include!, httpScope({ path: '/u/' }))).text, 'list')
  t.equal((await outcomeOf(include!, httpScope({ path: '/' }))).status, 404)
})

test('Router.include: refuses what it cannot take in', async (t) => {
  const outer = new Router()
  const inner = new Router().include(outer, { prefix: '/x' })
  t.throws(() => outer.include(outer), /Cannot include a router: it would include itself/)
  t.throws(() => outer.include(inner), /Cannot include a router: it would include itself/)
  t.throws(() => outer.include(new Application()), /Cannot include an application: expected a router; mount\(\)/)
  t.throws(() => outer.include(new Router(), { prefix: '/x/' }), /expected a prefix without a final "\/"/)
  t.throws(() => outer.include(new Router(), { prefix: 'x' }), /it does not start with "\/"/)
  t.throws(
    () => new Router({ routes: [{} as never] }),
    /Cannot add a route: it is an object of class Object, expected a Route/,
  )
  t.throws(() => outer.add((() => {}) as never), /Cannot add a route/)
})

test('Mount: of a list of routes tells its table', async (t) => {
  t.match(new Mount('/m', [new Route('/x', says('x'))]).listing(), { kind: 'mount', routes: [{ path: '/x' }] })
})
