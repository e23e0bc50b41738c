import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'
import type { WebSocket } from '../../lib/request/websocket.ts'

const greet = async (websocket: WebSocket<{ name: string }>): Promise<void> => {
  await websocket.accept()
  await websocket.sendText(`hello ${websocket.pathParams.name}`)
}

test('WebSocketRoute: alone it accepts what it matches', async (t) => {
  await using client = await TestClient.open(new WebSocketRoute('/hello/{name}', greet))
  await using websocket = await client.websocket('/hello/ada')
  t.equal(await websocket.receiveText(), 'hello ada')
  t.strictSame(await websocket.closed, { code: 1000, reason: '' })
})

test('WebSocketRoute: alone it refuses another path', async (t) => {
  await using client = await TestClient.open(new WebSocketRoute('/hello/{name}', greet))
  await t.rejects(client.websocket('/other'), WebSocketDenied)
})

test('WebSocketRoute: alone it does not answer HTTP', async (t) => {
  await using client = await TestClient.open(new WebSocketRoute('/hello', () => {}))
  t.equal((await client.get('/hello')).status, 404)
})

test('WebSocketRoute: its middleware runs before the endpoint', async (t) => {
  const denying: Middleware = () => (scope, receive, send) =>
    new PlainTextResponse('no', { status: 401 }).respond(scope, receive, send)
  await using client = await TestClient.open(new WebSocketRoute('/', () => {}, { middleware: [denying] }))
  await t.rejects(client.websocket('/'), { name: 'WebSocketDenied', message: /answered 401/ })
})

test('WebSocketRoute: writes the route and the endpoint onto the scope', async (t) => {
  let seen: unknown
  const route = new WebSocketRoute('/', async (websocket) => {
    seen = [websocket.scope.route === route, websocket.scope.endpoint === route.endpoint]
    await websocket.close()
  })
  await using client = await TestClient.open(route)
  await t.rejects(client.websocket('/'), { name: 'WebSocketDenied', message: /answered 403/ })
  t.strictSame(seen, [true, true])
})

test('WebSocketRoute: is called after its endpoint unless it has a name', async (t) => {
  t.equal(new WebSocketRoute('/', greet as never).name, 'greet')
  t.equal(new WebSocketRoute('/', [() => {}][0]!).name, null)
  t.equal(
    new WebSocketRoute('/chat/{room}', () => {}, { name: 'chat' }).urlPath('chat', { room: 'a b' })?.path,
    '/chat/a%20b',
  )
  t.equal(new WebSocketRoute('/chat/{room}', () => {}, { name: 'chat' }).urlPath('chat', {}), null)
})

test('WebSocketRoute: refuses a bad path and a bad endpoint', async (t) => {
  t.throws(() => new WebSocketRoute('x', () => {}), { message: 'Cannot add route "x": path does not start with "/"' })
  t.throws(() => new WebSocketRoute('/', {} as never), /Cannot add WebSocket route "\/": the endpoint is an object/)
})
