import { test } from 'tap'
import { z } from 'zod'
import { contract } from '../../../../lib/endpoint/contract/contract.ts'
import { websocketContract } from '../../../../lib/endpoint/contract/websocket-contract.ts'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { contractRoute, websocketContractRoute } from '../../../../routing/contract-route.ts'
import { Router } from '../../../../routing/router.ts'

const schema = z.object({})

test('contract: holds a shape, with a method and a path or without', async (t) => {
  const shape = { body: schema }
  const alone = contract(shape)
  t.strictSame([alone.method, alone.path], [null, null])
  t.equal(alone.shape, shape)
  const whole = contract('POST', '/items', shape)
  t.strictSame([whole.method, whole.path], ['POST', '/items'])
})

test('Contract.with: says more, and leaves the first as it was', async (t) => {
  const first = contract('POST', '/items', { body: schema, summary: 'one' })
  const dependencies = { one: depends(1) }
  const more = first.with({ dependencies, summary: 'two' })
  t.strictSame([more.method, more.path], ['POST', '/items'])
  t.strictSame(more.shape, { body: schema, summary: 'two', dependencies })
  t.strictSame(first.shape, { body: schema, summary: 'one' })
})

/** Shapes that no contract has, and what is said about them. */
const refused: readonly (readonly [shape: unknown, message: RegExp])[] = [
  [null, /^Cannot make a contract of null: expected an object$/],
  [{ respones: {} }, /"respones" is none of its keys, expected path, query/],
  [{ params: schema }, /"params" is none of its keys, expected path, .*; what you mean is "path"$/],
  [{ response: { 200: schema } }, /"response" is none of its keys, .*; what you mean is "responses"$/],
  [{ maxBodyBytes: '1mb' }, /maxBodyBytes is "1mb", expected a number of bytes$/],
  [{ maxBodyBytes: -1 }, /maxBodyBytes is -1, expected a number of bytes$/],
  [{ tags: 'items' }, /tags is "items", expected a list of names$/],
  [{ tags: [1] }, /tags is \[1\], expected a list of names$/],
  [{ body: 'text' }, /body is "text", expected a Standard Schema$/],
  [{ path: '/items' }, /a path of a route stands before the contract, not in it$/],
  [{ body: schema, form: schema }, /it has "body" and "form", expected one of them$/],
  [{ dependencies: 1 }, /dependencies is 1, expected an object or a list$/],
  [{ dependencies: [1] }, /dependencies has 1, expected what depends\(\) returns$/],
  [{ dependencies: { one: () => 1 } }, /dependencies has a function/],
  [{ dependencies: { body: depends(1) } }, /a dependency is called "body"/],
  [{ dependencies: { request: depends(1) } }, /a dependency is called "request"/],
  [{ security: {} }, /security is an object of class Object, expected a list of security schemes$/],
]

for (const [shape, message] of refused) {
  test(`contract: refuses a shape: ${String(message)}`, async (t) => {
    t.throws(() => contract(shape as never), { message })
  })
}

test('contract: refuses methods and paths that are none', async (t) => {
  t.throws(() => contract('get' as never, '/', {}), { message: /the method is "get", expected GET, HEAD/ })
  t.throws(() => contract('GET', 'items', {}), { message: /the path is "items", expected a string that starts with/ })
  t.throws(() => (contract as (method: string) => unknown)('GET'), { message: /the path is ""/ })
})

test('contract: refuses a parameter as other routers write it', async (t) => {
  const message = 'Cannot make a contract for "/items/:id": ":id" is literal text, expected "{id}"'
  t.throws(() => contract('GET', '/items/:id', {}), { message })
  t.throws(() => websocketContract('/items/:id', {}), { message })
  t.doesNotThrow(() => contract('POST', '/items/{id}:batch', {}))
})

test('websocketContract: refuses what only requests have', async (t) => {
  t.throws(() => websocketContract({ body: schema } as never), { message: /"body" is none of its keys/ })
  t.throws(() => websocketContract({ receive: 1 } as never), { message: /receive is 1, expected a Standard Schema/ })
  t.throws(() => websocketContract('chat', {}), { message: /the path is "chat"/ })
})

test('websocketContract: a path may stand alone', async (t) => {
  t.match(websocketContract('/chat', undefined as never), { path: '/chat', shape: {} })
})

test('WebSocketContract.with: says more', async (t) => {
  const chat = websocketContract('/chat', { receive: schema }).with({ send: schema })
  t.strictSame([chat.path, chat.shape], ['/chat', { receive: schema, send: schema }])
})

test('Router.add: makes routes of contracts, which have them', async (t) => {
  const get = contract('GET', '/items/{id:int}', {})
  const chat = websocketContract('/chat', { send: z.string() })
  const app = new Application()
  app
    .add(get, ({ params }) => params, { name: 'item' })
    .add(chat, async ({ websocket }) => {
      await websocket.accept()
      await websocket.send('hello')
    })

  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/items/7')).json(), { id: 7 })
  const peer = await client.websocket('/chat')
  t.equal(await peer.receiveJson(), 'hello')
  t.equal(app.urlPathFor('item', { id: 1 }), '/items/1')
  t.strictSame(
    app.routes.map((route) => (route as unknown as { contract: unknown }).contract),
    [get, chat],
  )
})

for (const method of ['get', 'post', 'put', 'patch', 'delete', 'options', 'query'] as const) {
  test(`Router.${method}: takes a contract or its shape`, async (t) => {
    const app = new Application()
    app[method]('/shape/{id}', {}, ({ params }) => params, { name: 'shape' })
    app[method]('/value', contract({}), () => ({ ok: true }))
    await using client = await TestClient.open(app)
    t.strictSame(await (await client.request(method.toUpperCase(), '/shape/a')).json(), { id: 'a' })
    t.strictSame(await (await client.request(method.toUpperCase(), '/value')).json(), { ok: true })
  })
}

test('Router: refuses a contract that is for another route', async (t) => {
  const router = new Router()
  const get = contract('GET', '/items', {})
  t.throws(() => router.post('/items', get, () => null), {
    message: 'Cannot add the route POST "/items": its contract is for GET "/items"',
  })
  t.throws(() => router.get('/other', get, () => null), { message: /for GET "\/items"$/ })
  const chat = websocketContract('/chat', {})
  t.throws(() => router.websocket('/other', chat, () => {}), { message: /its contract is for "\/chat"$/ })
  router.get('/items', get, () => null).websocket('/chat', chat, () => {})
  t.equal(router.routes.length, 2)
})

test('contractRoute: wants a method and a path', async (t) => {
  t.throws(() => contractRoute(contract({}) as never, () => null), { message: /expected contract\(method, path, …\)$/ })
  t.throws(() => websocketContractRoute(websocketContract({}) as never, () => {}), {
    message: /websocketContract\(path/,
  })
})
