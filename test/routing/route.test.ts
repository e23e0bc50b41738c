import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
import { Route } from '../../routing/route.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { receiveNothing, recorder } from '../support/messages.ts'
import { tagging } from '../support/tagging.ts'

const hello = () => new PlainTextResponse('hello')

test('Route: alone it answers what it matches', async (t) => {
  await using client = await TestClient.open(new Route('/hello', hello))
  const response = await client.get('/hello')
  t.equal(response.status, 200)
  t.equal(await response.text(), 'hello')
})

test('Route: alone it answers 404 in plain text for another path', async (t) => {
  await using client = await TestClient.open(new Route('/hello', hello))
  const response = await client.get('/other')
  t.equal(response.status, 404)
  t.equal(await response.text(), 'Not Found')
  t.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
})

test('Route: alone it answers 405 with its methods', async (t) => {
  await using client = await TestClient.open(new Route('/hello', hello, { methods: ['post', 'PUT'] }))
  const response = await client.get('/hello')
  t.equal(response.status, 405)
  t.equal(await response.text(), 'Method Not Allowed')
  t.equal(response.headers.get('allow'), 'POST, PUT')
})

test('Route: an endpoint answers GET and HEAD', async (t) => {
  const route = new Route('/', hello)
  t.strictSame(route.methods, ['GET', 'HEAD'])
  await using client = await TestClient.open(route)
  const response = await client.head('/')
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-length'), '5')
  t.equal(await response.text(), '')
})

test('Route: names of methods that every object has are ordinary names', async (t) => {
  await using client = await TestClient.open(new Route('/', hello))
  for (const method of ['CONSTRUCTOR', '__PROTO__', 'TOSTRING']) {
    const response = await client.request(method, '/')
    t.equal(response.status, 405, method)
  }
})

test('Route: an app answers every method', async (t) => {
  const route = new Route('/any', { asgi: new PlainTextResponse('app').asgi })
  t.equal(route.methods, null)
  await using client = await TestClient.open(route)
  const response = await client.request('PURGE', '/any')
  t.equal(await response.text(), 'app')
})

test('Route: an app answers only the methods that are listed', async (t) => {
  const route = new Route('/any', { asgi: new PlainTextResponse('app').asgi }, { methods: ['GET'] })
  await using client = await TestClient.open(route)
  const response = await client.post('/any')
  t.equal(response.status, 405)
})

test('Route: the endpoint gets the parameters of the path', async (t) => {
  const route = new Route('/users/{id:int}/{name}', (request) => new JSONResponse(request.pathParams))
  await using client = await TestClient.open(route)
  const response = await client.get('/users/7/a%20b%2525')
  t.strictSame(await response.json(), { id: 7, name: 'a b%25' })
})

test('Route: an encoded slash separates segments, as it does for every app', async (t) => {
  await using client = await TestClient.open(new Route('/a/b', hello))
  const response = await client.get('/a%2Fb')
  t.equal(response.status, 200)
})

test('Route: takes a pattern with converters of its own', async (t) => {
  const upper = { regex: /[a-z]+/, convert: (text: string) => text.toUpperCase(), format: (value: string) => value }
  const route = new Route(new PathPattern('/{word:upper}', { upper }), (request) => {
    return new PlainTextResponse(request.pathParams.word)
  })
  await using client = await TestClient.open(route)
  const response = await client.get('/abc')
  t.equal(await response.text(), 'ABC')
})

test('Route: writes the route, the endpoint and the parameters onto the scope', async (t) => {
  let seen: unknown
  const route = new Route('/{id:int}', (request) => {
    const { route: found, endpoint, path_params: params } = request.scope
    seen = [found === route, endpoint === route.endpoint, { ...params }]
    return hello()
  })
  await using client = await TestClient.open(route)
  await client.get('/1')
  t.strictSame(seen, [true, true, { id: 1 }])
})

test('Route: the first middleware of the list is the outermost', async (t) => {
  const route = new Route('/', hello, { middleware: [tagging('outer'), tagging('inner')] })
  await using client = await TestClient.open(route)
  const response = await client.get('/')
  t.equal(response.headers.get('x-tag'), 'inner, outer')
})

test('Route: its middleware does not run for what it does not match', async (t) => {
  await using client = await TestClient.open(new Route('/', hello, { middleware: [tagging('x')] }))
  const response = await client.post('/')
  t.equal(response.status, 405)
  t.notOk(response.headers.has('x-tag'))
})

test('Route: is called after its endpoint unless it has a name', async (t) => {
  class Pages {
    readonly asgi = hello().asgi
  }
  t.equal(new Route('/', hello).name, 'hello')
  t.equal(new Route('/', hello, { name: 'home' }).name, 'home')
  t.equal(new Route('/', new Pages()).name, 'Pages')
  t.equal(new Route('/', (() => hello)()).name, 'hello')
  t.equal(new Route('/', [() => hello()][0]!).name, null)
})

test('Route: does not match a WebSocket', async (t) => {
  t.equal(new Route('/', hello).match({ type: 'websocket' } as never, '/'), null)
})

test('Route: throws on a scope that it does not know', async (t) => {
  t.throws(() => new Route('/', hello).asgi(lifespanScope(), receiveNothing, recorder().send), {
    name: 'TypeError',
    message: 'Cannot run a route on a scope of type "lifespan": expected "http" or "websocket"',
  })
})

/** What cannot be a route, and what is said about it. */
const refused: readonly (readonly [what: string, make: () => Route, message: RegExp])[] = [
  [
    'a path without a slash',
    () => new Route('users', hello),
    /Cannot add route "users": path does not start with "\/"/,
  ],
  ['an empty path', () => new Route('', hello), /Cannot add route "": path does not start with "\/"/],
  ['an endpoint that is no function', () => new Route('/', 7 as never), /Cannot add route "\/": the endpoint is 7/],
  [
    'no endpoint',
    () => new Route('/', undefined as never),
    /the endpoint is undefined, expected a function or an object/,
  ],
  [
    'a method that is no token',
    () => new Route('/', hello, { methods: ['GET,POST'] }),
    /the method "GET,POST": not a token/,
  ],
  [
    'an empty list of methods',
    () => new Route('/', hello, { methods: [] }),
    /Cannot add a route: it has no methods, expected one at least/,
  ],
  [
    'middleware that is no function',
    () => new Route('/', hello, { middleware: [{} as never] }),
    /Cannot add middleware: it is/,
  ],
  [
    'middleware without its options',
    () => new Route('/', hello, { middleware: [function limit() {} as never] }),
    /Cannot add middleware "limit": it made undefined of an app/,
  ],
]

for (const [what, make, message] of refused) {
  test(`Route: refuses ${what}`, async (t) => {
    t.throws(make, { name: 'TypeError', message })
  })
}

test('Route: builds the path for its name and exactly its parameters', async (t) => {
  const route = new Route('/users/{id:int}', hello, { name: 'user' })
  t.equal(route.urlPath('user', { id: 3 })?.path ?? null, '/users/3')
  t.equal(route.urlPath('user', {})?.path ?? null, null)
  t.equal(route.urlPath('user', { id: 3, more: 1 })?.path ?? null, null)
  t.equal(route.urlPath('user', { name: 3 })?.path ?? null, null)
  t.equal(route.urlPath('other', { id: 3 })?.path ?? null, null)
})
