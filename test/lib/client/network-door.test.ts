import { test } from 'tap'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { createClient } from '../../../lib/client/create-client.ts'
import { HandshakeRefused } from '../../../lib/client/handshake-refused.ts'
import { platformWebSocket } from '../../../lib/client/web-socket-factory.ts'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { websocketContract } from '../../../lib/endpoint/contract/websocket-contract.ts'
import { WebSocketDisconnect } from '../../../lib/exceptions/websocket-disconnect.ts'
import { serve } from '../../../lib/servers/node/serve.ts'
import { Application } from '../../../routing/application.ts'
import { app, contracts } from './shop.ts'

const quiet = { info() {}, warn() {}, error() {} }

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

const byPackage = (
  url: string,
  { headers, subprotocols }: { headers: object; subprotocols: readonly string[] },
): WebSocket => new WebSocket(url, [...subprotocols], { headers: { ...headers } })

test('createClient: calls a server over sockets', async (t) => {
  await using server = await serve(app, { port: 0, log: quiet })
  const client = createClient(contracts, { baseUrl: `${server.url}/`, validateAnswers: true })

  const created = await client.create.ok({ body: { name: 'tea' }, signal: AbortSignal.timeout(60_000) })
  const uploaded = await client.upload.ok({ form: { title: 'Tea', photo: new File(['leaf'], 'tea.txt') } })
  const names: string[] = []
  for await (const { name } of await client.events.ok()) names.push(name)
  for await (const number of await client.endless.ok()) if (number === 2) break
  const head = await client.items.head({ params: { id: 1 } })

  t.strictSame(created, { id: 7, name: 'tea' })
  t.strictSame(uploaded, { title: 'Tea', name: 'tea.txt', text: 'leaf' })
  t.strictSame(names, ['tea', 'milk'])
  t.strictSame([head.status, head.data], [200, undefined])
})

test('createClient: opens WebSockets over sockets', async (t) => {
  await using server = await serve(app, { port: 0, log: quiet })
  const client = createClient(contracts, { baseUrl: server.url, webSocket: byPackage })

  await using chat = await client.chat({ params: { room: 'tea' }, query: { name: 'Ada' } })
  const first = chat.receive()
  await chat.send({ text: 'Hello' })
  const heard = await first
  const waiting = failure(chat.receive())
  await chat.close(1000, 'enough')

  t.strictSame(heard, { from: 'Ada', text: 'Hello' })
  t.equal(chat.subprotocol, null)
  t.type(await waiting, WebSocketDisconnect)
  t.type(await failure(chat.receive()), WebSocketDisconnect)
  t.type(await failure(chat.send({ text: 'again' })), WebSocketDisconnect)
  t.strictSame(await chat.closed, { code: 1000, reason: 'enough' })
})

test('createClient: a subprotocol and fields go with the handshake', async (t) => {
  const other = new Application()
  const chat = websocketContract('/', { send: z.string() })
  other.add(chat, async ({ websocket }) => {
    await websocket.accept({ subprotocol: 'two' })
    await websocket.send(websocket.connection.headers.get('x-token')!)
    await websocket.connection.sendBytes(Buffer.from('"bytes"'))
    await websocket.connection.receive()
  })
  await using server = await serve(other, { port: 0, log: quiet })
  const client = createClient({ chat }, { baseUrl: server.url, webSocket: byPackage, headers: { 'x-token': 't' } })

  await using socket = await client.chat({ subprotocols: ['one', 'two'] })

  t.equal(socket.subprotocol, 'two')
  t.strictSame([await socket.receive(), await socket.receive()], ['t', 'bytes'])
})

test('createClient: a WebSocket that is refused over sockets', async (t) => {
  await using server = await serve(app, { port: 0, log: quiet })
  const client = createClient(contracts, { baseUrl: server.url, webSocket: byPackage })

  const error = await failure(client.chat({ params: { room: 'closed' }, query: { name: 'a secret' } }))

  if (!(error instanceof HandshakeRefused)) return t.fail('it was opened')
  t.equal(error.message, 'Cannot open the WebSocket /rooms/closed: there was no handshake')
  t.equal(error.status, null)
  return t.end()
})

test('createClient: fields of the client stay behind where a WebSocket of the platform cannot send them', async (t) => {
  const opened: unknown[] = []
  class Fake {
    readonly protocol = ''
    constructor(...parts: unknown[]) {
      opened.push(parts)
    }
    addEventListener(type: string, listener: () => void): void {
      if (type === 'open') setImmediate(listener)
    }
  }
  const chat = websocketContract('/', { headers: z.object({ 'x-own': z.string().optional() }) })
  const client = createClient({ chat }, { baseUrl: 'http://a', headers: () => ({ authorization: 'Bearer x' }) })

  await withGlobal('WebSocket', Fake, async () => {
    await client.chat()
    await t.rejects(client.chat({ headers: { 'x-own': 'o' } }), {
      message: /^Cannot open ws:\/\/a\/ with the fields x-own: a WebSocket of the platform sends none/,
    })
  })

  t.strictSame(opened, [['ws://a/', []]])
})

test('createClient: the media type of a form is that of the platform', async (t) => {
  const seen: (string | null)[] = []
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    seen.push(new Request(`http://a${url}`, init).headers.get('content-type'))
    return new Response()
  }
  const headers = { 'content-type': 'application/merge-patch+json' }
  const send = contract('POST', '/', { form: z.object({ a: z.union([z.string(), z.file()]) }) })
  const patch = contract('PATCH', '/', { body: z.object({ a: z.string() }) })
  const client = createClient({ send, patch }, { baseUrl: '', fetch, headers })

  await client.send({ form: { a: new File([], 'a') } })
  await client.send({ form: { a: 'b' } })
  await client.patch({ body: { a: 'b' } })

  t.match(seen[0], /^multipart\/form-data; boundary=/)
  t.strictSame(seen.slice(1), ['application/x-www-form-urlencoded;charset=UTF-8', 'application/merge-patch+json'])
})

test("createClient: hands requests to a fetch of one's own", async (t) => {
  const seen: unknown[] = []
  const fetch = async (url: string, { method, body, redirect }: RequestInit): Promise<Response> => {
    seen.push([method, url, body, redirect])
    return new Response(null, { status: 204 })
  }
  const remove = contract('DELETE', '/items/{id:int}', { query: z.object({ why: z.string().optional() }) })
  const client = createClient({ remove }, { baseUrl: '/api/', fetch })

  await client.remove({ params: { id: 1 }, query: { why: 'a b' } })

  t.strictSame(seen, [['DELETE', '/api/items/1?why=a+b', null, 'follow']])
})

test('createClient: a path never leads to another host', async (t) => {
  const seen: string[] = []
  const fetch = async (url: string): Promise<Response> => {
    seen.push(url)
    return new Response()
  }
  const client = createClient({ get: contract('GET', '/{rest:path}', {}) }, { baseUrl: '', fetch })

  await client.get({ params: { rest: '/example.org/a' } })

  t.strictSame(seen, ['/%2Fexample.org/a'])
})

/** Puts a global in place while a function runs. */
async function withGlobal(name: string, value: unknown, run: () => Promise<void> | void): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name)
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  try {
    await run()
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, name)
    else Object.defineProperty(globalThis, name, before)
  }
}

test('platformWebSocket: opens one of the platform', async (t) => {
  const opened: unknown[] = []
  class Fake {
    readonly protocol = ''
    constructor(...parts: unknown[]) {
      opened.push(parts)
    }
  }

  await withGlobal('WebSocket', Fake, () => {
    t.type(platformWebSocket('ws://a/', { headers: {}, subprotocols: ['one'] }), Fake)
    t.throws(() => platformWebSocket('ws://a/?token=secret', { headers: { 'x-token': 't' }, subprotocols: [] }), {
      message: /^Cannot open ws:\/\/a\/ with the fields x-token: a WebSocket of the platform sends none/,
    })
  })

  t.strictSame(opened, [['ws://a/', ['one']]])
})

test('platformWebSocket: says where the platform has none', async (t) => {
  await withGlobal('WebSocket', undefined, () => {
    t.throws(() => platformWebSocket('ws://a/', { headers: {}, subprotocols: [] }), {
      message: /the platform has no WebSocket, expected one in the option "webSocket"/,
    })
  })
})

test('createClient: a WebSocket below a path goes to the host of the page', async (t) => {
  const seen: string[] = []
  const webSocket = (url: string): never => {
    seen.push(url)
    throw new Error('enough')
  }
  const client = createClient({ chat: websocketContract('/chat', {}) }, { baseUrl: '/api', webSocket })

  await withGlobal('location', { href: 'https://example.org/page' }, async () => {
    await t.rejects(client.chat(), { message: 'enough' })
  })

  t.strictSame(seen, ['wss://example.org/api/chat'])
})
