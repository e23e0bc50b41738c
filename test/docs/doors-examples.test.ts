import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import beside from '../../docs/examples/beside-express.ts'
import edge from '../../docs/examples/edge.ts'
import { listener, old } from '../../docs/examples/within-express.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

test('edge.ts: answers a Request, with bindings and the address of the client', async (t) => {
  const headers = { 'cf-connecting-ip': '192.0.2.1' }

  const bound = await edge.fetch(new Request('http://localhost/hello/Ada', { headers }), { GREETING: 'Ciao' })
  const unbound = await edge.fetch(new Request('http://localhost/hello/Ada'), {})
  await edge.fetch.close()

  t.strictSame(await bound.json(), { greeting: 'Ciao, Ada!', from: '192.0.2.1' })
  t.strictSame(await unbound.json(), { greeting: 'Hello, Ada!', from: null })
})

test('beside-express.ts: answers what has moved, and leaves the rest to the old app', async (t) => {
  await using client = await TestClient.open(beside)

  t.strictSame(await (await client.get('/users/me')).json(), { id: 'me', old: false })
  t.strictSame(await (await client.get('/users/7')).json(), { id: '7', old: true })
  const created = await client.post('/users', { json: { name: 'Ada' } })
  t.strictSame([created.status, await created.json()], [201, { name: 'Ada' }])
  t.equal(await (await client.get('/edge/a')).text(), '/a')
  t.equal((await client.get('/nothing')).status, 404)
})

test('within-express.ts: answers below its mount, and reads bodies that no parser has read', async (t) => {
  const server = createServer(old).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    await listener.close()
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  t.equal(await (await fetch(`${url}/v2/users/7`)).text(), `${url}/v2/users/7`)
  t.equal(await (await fetch(`${url}/v2/upper`, { method: 'POST', body: 'ada' })).text(), 'ADA')
  t.strictSame(await (await fetch(`${url}/users/7`)).json(), { id: '7' })
})
