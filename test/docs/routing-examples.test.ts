import { test } from 'tap'
import hosts from '../../docs/examples/hosts.ts'
import larger, { adaPath } from '../../docs/examples/larger-app.ts'
import shared, { pool } from '../../docs/examples/shared-state.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

test('larger-app.ts: answers by its routers, its class and its table', async (t) => {
  await using client = await TestClient.open(larger)

  await client.put('/books/2', { body: 'La luna' })

  t.strictSame(await (await client.get('/books/')).json(), ['Le stelle', 'La luna'])
  t.strictSame(await (await client.get('/books/1')).json(), { title: 'Le stelle' })
  t.equal(await (await client.get('/books/3')).text(), 'There is no book 3')
  t.equal((await client.delete('/books/1')).headers.get('allow'), 'GET, HEAD, PUT, OPTIONS')
  t.strictSame(await (await client.get('/staff/')).json(), { next: '/staff/members/ada' })
  t.strictSame(await (await client.get(adaPath)).json(), { name: 'ada' })
})

test('hosts.ts: tells hosts apart, and builds URLs across them', async (t) => {
  const answers = {
    'api.shop.example': '{"version":1}',
    'acme.shop.example': '{"tenant":"acme"}',
    'shop.example': 'http://acme.shop.example/orders/7',
  }
  for (const [host, text] of Object.entries(answers)) {
    await using client = await TestClient.open(hosts, { baseUrl: `http://${host}` })
    t.equal(await (await client.get('/')).text(), text)
  }
})

test('shared-state.ts: shares the state of its lifespan, and ends it', async (t) => {
  {
    await using client = await TestClient.open(shared)
    t.strictSame(await (await client.get('/')).json(), { open: true })
    await using websocket = await client.websocket('/')
    t.strictSame(await websocket.receiveJson(), { open: true })
    t.match(await (await client.get('/shop/')).json(), { currency: 'EUR' })
  }
  t.equal(pool.open, false)
})
