import { test } from 'tap'
import app from '../../docs/examples/from-fastapi.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

test('from-fastapi.ts: finds items by text and tags', async (t) => {
  await using client = await TestClient.open(app)

  const found = await client.get('/items?q=te&tag=hot')
  const none = await client.get('/items?tag=hot&tag=cold')
  const wrong = await client.get(`/items?q=${'a'.repeat(51)}`)

  t.strictSame(await found.json(), [{ id: 1, name: 'tea', price: 3, tags: ['hot'] }])
  t.strictSame(await none.json(), [])
  t.equal(wrong.status, 422)
})

test('from-fastapi.ts: gives one item', async (t) => {
  await using client = await TestClient.open(app)

  const found = await client.get('/items/1')
  const missing = await client.get('/items/2')

  t.strictSame(await found.json(), { id: 1, name: 'tea', price: 3, tags: ['hot'] })
  t.strictSame([missing.status, await missing.text()], [404, 'Item not found'])
})

test('from-fastapi.ts: takes items of who has a token', async (t) => {
  await using client = await TestClient.open(app)
  const json = { name: 'milk', price: 1 }

  const refused = await client.post('/items', { json })
  const added = await client.post('/items', { json, headers: { authorization: 'Bearer secret' } })

  t.equal(refused.status, 401)
  t.strictSame([added.status, added.headers.get('location')], [201, '/items/2'])
  t.strictSame(await added.json(), { name: 'milk', price: 1, tags: [], id: 2 })
})

test('from-fastapi.ts: takes a file', async (t) => {
  await using client = await TestClient.open(app)

  const response = await client.post('/files', { files: { file: new File(['leaf'], 'tea.txt') } })

  t.strictSame(await response.json(), { name: 'tea.txt', size: 4 })
})
