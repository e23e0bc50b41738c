import { test } from 'tap'
import type { Test } from 'tap'
import { Application, JSONResponse, PlainTextResponse, RedirectResponse, toApp } from 'stelline'
import type { ASGIApp, Request } from 'stelline'
import { TestClient, WebSocketDenied } from 'stelline/testing'

/*
 * What the test client does in Starlette 1.3, fact by fact, and what it does here. "Better" marks where it was corrected.
 */

type Fact = readonly [section: string, feature: string, check: (t: Test) => Promise<unknown>]

/** An application that answers with what it sees. */
function mirror(): Application {
  const app = new Application()
  const see = ({ scope, url, headers }: Request): JSONResponse =>
    new JSONResponse({
      url: url.href,
      client: scope.client,
      server: scope.server,
      root: scope.root_path,
      raw: scope.raw_path,
      query: scope.query_string,
      tags: headers.getAll('x-tag'),
      agent: headers.get('user-agent'),
      offers: Object.keys(scope.extensions),
    })
  app.get('/see', see)
  app.get('/see/{more:path}', see)
  return app
}

const facts: readonly Fact[] = [
  [
    'base URL, root path, headers and client address have defaults and can be given',
    async (t: Test) => {
      await using client = await TestClient.open(mirror())
      t.match(await (await client.get('/see')).json(), {
        url: 'http://testserver/see',
        client: ['testclient', 50000],
        server: ['testserver', 80],
        root: '',
        agent: 'testclient',
      })
      const options = { baseUrl: 'https://a.example:444', rootPath: '/api', client: ['10.0.0.9', 7] } as const
      await using other = await TestClient.open(mirror(), { ...options, headers: { 'user-agent': 'mine' } })
      t.match(await (await other.get('/see')).json(), {
        url: 'https://a.example:444/api/see',
        client: ['10.0.0.9', 7],
        server: ['a.example', 444],
        root: '/api',
        agent: 'mine',
      })
    },
  ],
  [
    'the raw path has no query, duplicate headers stay, debug messages and denials are offered',
    async (t: Test) => {
      await using client = await TestClient.open(mirror())
      const seen = await (
        await client.get('/see/a%2Fb?c=1', { query: { d: 2 }, headers: { 'x-tag': ['1', '2'] } })
      ).json<{
        offers: string[]
      }>()
      t.match(seen, { raw: '/see/a%2Fb', query: 'c=1&d=2', tags: ['1', '2'] })
      t.ok(seen.offers.includes('http.response.debug'))
    },
  ],
  [
    'the lifespan runs around the tests, and its failure at start-up is thrown',
    async (t: Test) => {
      const events: string[] = []
      const app = new Application({
        lifespan: {
          startup: () => void events.push('up'),
          shutdown: () => void events.push('down'),
        },
      })
      const client = await TestClient.open(app)
      t.strictSame(events, ['up'])
      await client.close()
      t.strictSame(events, ['up', 'down'])
      const failing = new Application({ lifespan: () => Promise.reject(new Error('no database')) })
      await t.rejects(TestClient.open(failing), { message: 'no database' })
    },
  ],
  [
    'errors of the app are thrown, or answered with 500 when that is switched off',
    async (t: Test) => {
      const app = new Application()
      app.get('/', () => {
        throw new Error('boom')
      })
      await using client = await TestClient.open(app)
      await t.rejects(client.get('/'), { message: 'boom' })
      await using quiet = await TestClient.open(app, { raiseServerErrors: false })
      t.equal((await quiet.get('/')).status, 500)
    },
  ],
  [
    'an app that breaks the order of messages fails its test',
    async (t: Test) => {
      const start = { type: 'http.response.start', status: 200 } as const
      const twice: ASGIApp = async (_scope, _receive, send) => {
        await send(start)
        await send(start)
      }
      const never: ASGIApp = async () => {}
      for (const app of [twice, never]) {
        await using client = await TestClient.open(app, { lifespan: 'off' })
        await t.rejects(client.get('/'), { code: 'STELLINE_PROTOCOL_VIOLATION' })
      }
    },
  ],
  [
    'redirects are followed unless the client or the request says otherwise',
    async (t: Test) => {
      const app = new Application()
      app.get('/', () => new RedirectResponse('/end'))
      app.get('/end', () => new PlainTextResponse('end'))
      await using client = await TestClient.open(app)
      t.equal(await (await client.get('/')).text(), 'end')
      t.equal((await client.get('/', { followRedirects: false })).status, 307)
      await using still = await TestClient.open(app, { followRedirects: false })
      t.equal((await still.get('/')).status, 307)
      t.equal((await still.get('/', { followRedirects: true })).status, 200)
    },
  ],
  [
    'cookies of a domain go to that domain',
    async (t: Test) => {
      const app = new Application()
      app.get('/', ({ cookies }) => {
        const response = new JSONResponse(Object.fromEntries(cookies))
        response.setCookie('a', '1', { domain: 'example.org' })
        return response
      })
      await using client = await TestClient.open(app, { baseUrl: 'http://www.example.org' })
      await client.get('/')
      t.strictSame(await (await client.get('/')).json(), { a: '1' })
      t.strictSame(await (await client.get('http://shop.example.org/')).json(), { a: '1' })
      t.strictSame(await (await client.get('http://other.example/')).json(), {})
    },
  ],
  [
    'the answer to HEAD has no body',
    async (t: Test) => {
      const app = new Application()
      app.get('/', () => new PlainTextResponse('body'))
      await using client = await TestClient.open(app)
      const response = await client.head('/')
      t.equal(response.headers.get('content-length'), '4')
      t.equal((await response.bytes()).length, 0)
    },
  ],
  [
    'a client can be used inside an endpoint of another app',
    async (t: Test) => {
      const inner = mirror()
      const app = new Application()
      app.get('/', async () => {
        await using client = await TestClient.open(inner)
        return new JSONResponse(await (await client.get('/see')).json())
      })
      await using client = await TestClient.open(app)
      t.match(await (await client.get('/')).json(), { url: 'http://testserver/see' })
    },
  ],
  [
    'a WebSocket has its subprotocol and headers, exchanges text, bytes and JSON, and a denial is an answer',
    async (t: Test) => {
      const app = new Application()
      app.websocket('/', async (websocket) => {
        await websocket.accept({ subprotocol: 'chat', headers: { 'x-a': '1' } })
        for await (const value of websocket.iterJson()) await websocket.sendJson(value)
      })
      app.websocket('/denied', (websocket) => websocket.deny(new PlainTextResponse('no', { status: 401 })))
      await using client = await TestClient.open(app)
      const socket = await client.websocket('/', { subprotocols: ['chat'] })
      t.strictSame([socket.subprotocol, socket.headers.get('x-a')], ['chat', '1'])
      await socket.sendJson([1])
      t.strictSame(await socket.receiveJson(), [1])
      await socket.close()
      const denied = await client.websocket('/denied').catch((error: unknown) => error)
      t.ok(denied instanceof WebSocketDenied)
      t.equal(await (denied as WebSocketDenied).response.text(), 'no')
    },
  ],
  [
    'better: an answer can be read while the app runs, and requests run at the same time',
    async (t: Test) => {
      let go = (): void => {}
      const waiting: ASGIApp = async (scope, _receive, send) => {
        if (scope.type !== 'http') throw new Error('The app knows requests only')
        if (scope.path === '/go') go()
        await send({ type: 'http.response.start', status: 200 })
        await send({ type: 'http.response.body', body: 'first', more_body: true })
        if (scope.path !== '/go') await new Promise<void>((resolve) => (go = resolve))
        await send({ type: 'http.response.body', body: 'last' })
      }
      await using client = await TestClient.open(toApp(waiting))
      const chunks: string[] = []
      for await (const chunk of await client.get('/')) {
        chunks.push(Buffer.from(chunk).toString())
        if (chunks.length === 1) await (await client.get('/go')).bytes()
      }
      t.strictSame(chunks, ['first', 'last'])
    },
  ],
].map(([feature, check]): Fact => ['1.12', feature as string, check as Fact[2]])

for (const [section, feature, check] of facts) {
  test(`Starlette §${section}: ${feature}`, async (t) => {
    await check(t)
  })
}
