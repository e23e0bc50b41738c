import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { StreamingResponse } from '../../lib/response/streaming-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { context, currentConnection, currentRequest, currentWebSocket } from '../../middleware/context.ts'
import { Application } from '../../routing/application.ts'
import { httpScope, receiveNothing, websocketScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'

/** A function too deep for the request to be handed down to. */
async function deepDown(): Promise<string> {
  await new Promise(setImmediate)
  return currentRequest().path
}

test('context: finds the request from within', async (t) => {
  const app = new Application({ middleware: [context()] })
  app.get('/{name}', async () => new PlainTextResponse(await deepDown()))
  await using client = await TestClient.open(app)
  const responses = await Promise.all([client.get('/a'), client.get('/b'), client.get('/c')])
  t.strictSame(await Promise.all(responses.map((response) => response.text())), ['/a', '/b', '/c'])
})

test('currentRequest: is the one that the endpoint has', async (t) => {
  const app = new Application({ middleware: [context()] })
  app.post('/', async (request) => {
    await request.text()
    return new PlainTextResponse(`${request === currentRequest()} ${await currentRequest().text()}`)
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.post('/', { body: 'body' })).text(), 'true body')
})

test('currentRequest: is there while a stream is made, and in the background', async (t) => {
  const seen: string[] = []
  const app = new Application({ middleware: [context()] })
  app.get('/', () => {
    async function* chunks(): AsyncGenerator<string, void, undefined> {
      yield await deepDown()
    }
    return new StreamingResponse(chunks(), { background: async () => seen.push(await deepDown()) })
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), '/')
  await client.close()
  t.strictSame(seen, ['/'])
})

test('currentRequest: is there before the endpoint, without a body', async (t) => {
  let first: unknown
  const inner: ASGIApp = async (scope, receive, send) => {
    first = currentRequest()
    t.equal(currentRequest(), first)
    await t.rejects(currentRequest().text(), {
      message: 'Cannot read the body: the Request was made without "receive"',
    })
    await new PlainTextResponse(currentRequest().method).respond(scope, receive, send)
  }
  t.match(await outcomeOf(context()(inner), httpScope()), { status: 200, text: 'GET' })
})

test('currentWebSocket: is the one that the endpoint has', async (t) => {
  const app = new Application({ middleware: [context()] })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await currentWebSocket().sendText(String(websocket === currentWebSocket()))
    t.throws(() => currentRequest(), { message: 'Cannot give the current request: the connection is another one' })
  })
  await using client = await TestClient.open(app)
  const socket = await client.websocket('/')
  t.equal(await socket.receiveText(), 'true')
})

test('currentWebSocket: is there before the endpoint', async (t) => {
  let path = ''
  const inner: ASGIApp = async () => {
    path = currentWebSocket().path
  }
  await context()(inner)(websocketScope({ path: '/chat' }), receiveNothing, async () => {})
  t.equal(path, '/chat')
})

test('currentConnection: is null outside of every connection', async (t) => {
  context()
  t.equal(currentConnection(), null)
  t.throws(() => currentRequest(), {
    name: 'TypeError',
    message: 'Cannot give the current request: none is being handled, or no context() is around',
  })
  t.throws(() => currentWebSocket(), { message: /^Cannot give the current WebSocket: none/ })
})

test('context: lets a lifespan pass without a connection', async (t) => {
  let current: unknown = 'not called'
  const inner: ASGIApp = async () => {
    current = currentConnection()
  }
  await context()(inner)(lifespanScope(), receiveNothing, async () => {})
  t.equal(current, null)
})
