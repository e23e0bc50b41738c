import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from 'stelline/testing'
import app from './notes.ts'

await test('a note can be found where the answer to POST says', async () => {
  await using client = await TestClient.open(app)

  const created = await client.post('/notes', { json: { text: 'Water the plants' } })
  const found = await client.get(created.headers.get('location')!)

  assert.equal(created.status, 201)
  assert.deepEqual(await found.json(), { id: 1, text: 'Water the plants' })
})

await test('an empty note is refused with a reason', async () => {
  await using client = await TestClient.open(app)

  const response = await client.post('/notes', { json: { text: ' ' } })

  assert.equal(response.status, 422)
  assert.match(await response.text(), /expected string to have >=1 characters/)
})

await test('every test has a store of its own', async () => {
  await using client = await TestClient.open(app)

  const response = await client.get('/notes', { query: { q: 'plants' } })

  assert.deepEqual(await response.json(), [])
})
