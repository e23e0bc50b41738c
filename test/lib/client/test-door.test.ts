import { test } from 'tap'
import { z } from 'zod'
import { createClient } from '../../../lib/client/create-client.ts'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { websocketContract } from '../../../lib/endpoint/contract/websocket-contract.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'

const Cookies = z.object({ session: z.string().optional(), theme: z.string().optional(), own: z.string().optional() })
const contracts = {
  login: contract('POST', '/login', { responses: { 204: null } }),
  who: contract('GET', '/who', { cookies: Cookies, responses: { 200: Cookies } }),
  live: websocketContract('/live', { cookies: Cookies, send: Cookies }),
  where: contract('GET', '/where', { responses: { 200: z.string() } }),
}

const app = new Application()
app.add(contracts.login, ({ response }) => response.setCookie('session', 's1'))
app.add(contracts.who, ({ cookies }) => cookies)
app.add(contracts.where, ({ request }) => request.url.href)
app.add(contracts.live, async ({ websocket, cookies }) => {
  await websocket.accept()
  await websocket.send(cookies)
  await websocket.close()
})

const raw = contract('GET', '/raw', { responses: { 200: z.string() } })
const echo = new Application()
echo.add(raw, ({ request }) => request.headers.get('cookie') ?? '')

test('TestDoor: cookies of a call and of the client go beside those of the session, by name', async (t) => {
  await using tests = await TestClient.open(app)
  const client = createClient(contracts, { app: tests, headers: { cookie: 'own=mine; theme=light' } })
  await client.login()

  const seen = [await client.who.ok(), await client.who.ok({ cookies: { theme: 'dark' } })]
  await using live = await client.live({ cookies: { theme: 'dark' } })

  t.strictSame(seen, [
    { session: 's1', own: 'mine', theme: 'light' },
    { session: 's1', own: 'mine', theme: 'dark' },
  ])
  t.strictSame(await live.receive(), { session: 's1', own: 'mine', theme: 'dark' })
})

test('TestDoor: a base URL stands before every path', async (t) => {
  const outer = new Application()
  outer.mount('/api', app)
  await using tests = await TestClient.open(outer)
  const below = createClient(contracts, { app: tests, baseUrl: '/api/' })
  const elsewhere = createClient(contracts, { app: tests, baseUrl: 'https://shop.example/api' })

  t.strictSame(
    [await below.where.ok(), await elsewhere.where.ok()],
    ['http://testserver/api/where', 'https://shop.example/api/where'],
  )
  await using live = await elsewhere.live()
  t.strictSame(await live.receive(), {})
})

test('TestDoor: a signal that has aborted already keeps the endpoint from running', async (t) => {
  await using tests = await TestClient.open(app)
  const reason = new Error('too late')

  await t.rejects(createClient(contracts, { app: tests }).login({ signal: AbortSignal.abort(reason) }), reason)

  t.equal(tests.cookies.size, 0)
})

test('TestDoor: a cookie field that cookies would not give again arrives as it was sent', async (t) => {
  await using client = await TestClient.open(echo)
  for (const cookie of ['user[id]=5', 'a=1; a=2', 'flag; x=1', 'q="a;b"', 'a=1;b=2']) {
    t.equal(await createClient({ raw }, { app: client, headers: { cookie } }).raw.ok(), cookie)
  }
})
