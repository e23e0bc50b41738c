import { test } from 'tap'
import shop, { database } from '../../docs/examples/shop-api.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

const ann = { authorization: 'Bearer token-of-ann' }

test('shop-api.ts: keeps items for those who may', async (t) => {
  await using client = await TestClient.open(shop)
  const tea = { name: 'tea', price: 3 }

  const nobody = await client.post('/items', { json: tea })
  const bob = await client.post('/items', { json: tea, headers: { authorization: 'Bearer token-of-bob' } })
  const stranger = await client.post('/items', { json: tea, headers: { authorization: 'Bearer x' } })
  const created = await client.post('/items', { json: tea, headers: ann })
  const cheap = await client.get('/items?maxPrice=2')
  const named = await client.get('/items?name=tea&name=milk')
  const found = await client.get('/items/1')
  const missing = await client.get('/items/7')

  t.strictSame(
    [nobody, bob, stranger].map(({ status }) => status),
    [401, 403, 401],
  )
  t.strictSame([created.status, created.headers.get('location')], [201, '/items/1'])
  t.strictSame(await cheap.json(), [])
  t.strictSame(await named.json(), [{ ...tea, id: 1 }])
  t.strictSame(await found.json(), { ...tea, id: 1 })
  t.strictSame([missing.status, await missing.json()], [404, { reason: 'There is no item 7' }])
})

test('shop-api.ts: says what is wrong', async (t) => {
  await using client = await TestClient.open(shop)

  const query = await client.get('/items?maxPrice=cheap')
  const body = await client.post('/items', { json: { name: '', price: -1 }, headers: ann })
  const syntax = await client.post('/items', {
    body: '{"name": tea}',
    headers: { ...ann, 'content-type': 'application/json' },
  })
  const text = await client.post('/items', { body: 'tea', headers: { ...ann, 'content-type': 'text/plain' } })
  const stranger = await client.post('/items', { json: { name: '', price: -1 } })

  t.strictSame([body.status, text.status, stranger.status], [422, 415, 401])
  t.match([query.status, await query.json()], [422, { errors: [{ in: 'query', path: ['maxPrice'] }] }])
  t.match(await body.json(), { errors: [{ path: ['name'] }, { path: ['price'] }] })
  t.match([syntax.status, await syntax.json()], [400, { errors: [{ message: /line 1, column 10$/ }] }])
})

test('shop-api.ts: takes another database in tests', async (t) => {
  shop.overrides.set(database, () => ({ all: () => [{ id: 1, name: 'fake', price: 1 }] }))
  t.teardown(() => shop.overrides.clear())
  await using client = await TestClient.open(shop)
  t.strictSame(await (await client.get('/items')).json(), [{ id: 1, name: 'fake', price: 1 }])
})
