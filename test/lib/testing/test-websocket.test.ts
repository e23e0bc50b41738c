import { test } from 'tap'
import type { ReceiveMessage, SendMessage } from '../../../lib/spec/messages.ts'
import { eventLoopTurns } from '../../../lib/testing/event-loop.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { app, gate } from './raw-apps.ts'

const accept = { type: 'websocket.accept' } as const

/** Accepts and sends back what it gets, until the peer leaves. */
const echo = app({
  async websocket(_scope, receive, send) {
    await receive()
    await send(accept)
    for (;;) {
      const message = await receive()
      if (message.type !== 'websocket.receive') return
      if (typeof message.text === 'string') await send({ type: 'websocket.send', text: message.text })
      else await send({ type: 'websocket.send', bytes: message.bytes! })
    }
  },
})

/** Sends messages and then returns. */
const sending = (...messages: readonly SendMessage[]) =>
  app({
    async websocket(_scope, _receive, send) {
      for (const message of messages) await send(message)
    },
  })

test('TestWebSocket: exchanges text, bytes and JSON with the app', async (t) => {
  await using client = await TestClient.open(echo)
  await using socket = await client.websocket('/')
  await socket.sendText('Grüße')
  t.equal(await socket.receiveText(), 'Grüße')
  await socket.sendBytes(new Uint8Array([1, 2]))
  t.strictSame(await socket.receiveBytes(), new Uint8Array([1, 2]))
  await socket.sendJson({ a: 1 })
  t.strictSame(await socket.receiveJson(), { a: 1 })
  await socket.sendText('either')
  t.equal(await socket.receive(), 'either')
  await socket.sendBytes(new Uint8Array(Buffer.from('[2]')))
  t.strictSame(await socket.receiveJson(), [2])
})

test('TestWebSocket: a string of bytes arrives as its UTF-8', async (t) => {
  await using client = await TestClient.open(sending(accept, { type: 'websocket.send', bytes: 'ü' }))
  const socket = await client.websocket('/')
  t.strictSame(await socket.receiveBytes(), new Uint8Array([0xc3, 0xbc]))
})

test('TestClient.websocket: makes a scope as a server does', async (t) => {
  let seen: unknown
  const choosing = app({
    async websocket(scope, _receive, send) {
      seen = { ...scope, headers: [...scope.headers] }
      await send({
        ...accept,
        subprotocol: 'b',
        headers: [
          ['x-a', '1'],
          ['set-cookie', 'c=1'],
        ],
      })
    },
  })
  await using client = await TestClient.open(choosing, { baseUrl: 'https://testserver', cookies: { a: '1' } })
  const socket = await client.websocket('/ws', {
    subprotocols: ['a', 'b'],
    query: { q: 1 },
    headers: { origin: 'null' },
  })
  t.equal(socket.subprotocol, 'b')
  t.equal(socket.headers.get('x-a'), '1')
  t.equal(client.cookies.get('c'), '1')
  t.match(seen, {
    type: 'websocket',
    scheme: 'wss',
    path: '/ws',
    query_string: 'q=1',
    subprotocols: ['a', 'b'],
    server: ['testserver', 443],
    headers: [
      ['host', 'testserver'],
      ['user-agent', 'testclient'],
      ['accept', '*/*'],
      ['connection', 'Upgrade'],
      ['upgrade', 'websocket'],
      ['sec-websocket-version', '13'],
      ['sec-websocket-key', /^.{24}$/],
      ['sec-websocket-protocol', 'a, b'],
      ['origin', 'null'],
      ['cookie', 'a=1'],
    ],
  })
})

test('TestClient.websocket: takes a whole URL', async (t) => {
  await using client = await TestClient.open(sending(accept))
  const socket = await client.websocket('ws://other/ws')
  t.equal(socket.subprotocol, null)
  t.strictSame(await socket.closed, { code: 1000, reason: '' })
})

test('TestWebSocket: a message of the other kind is an error that carries it', async (t) => {
  const both = sending(accept, { type: 'websocket.send', bytes: 'abc' }, { type: 'websocket.send', text: 'abc' })
  await using client = await TestClient.open(both)
  const socket = await client.websocket('/')
  await t.rejects(socket.receiveText(), {
    code: 'STELLINE_WEBSOCKET_FRAME_MISMATCH',
    message: 'Cannot receive text: the app sent Uint8Array of 3 bytes',
    data: new Uint8Array(Buffer.from('abc')),
  })
  await t.rejects(socket.receiveBytes(), { message: 'Cannot receive bytes: the app sent the text "abc"', data: 'abc' })
})

test('TestWebSocket: iterates until the app closes', async (t) => {
  const three = sending(
    accept,
    { type: 'websocket.send', text: 'a' },
    { type: 'websocket.send', bytes: new Uint8Array([1]) },
    { type: 'websocket.close', code: 3000, reason: 'done' },
  )
  await using client = await TestClient.open(three)
  const socket = await client.websocket('/')
  const messages: unknown[] = []
  for await (const message of socket) messages.push(message)
  t.strictSame(messages, ['a', new Uint8Array([1])])
  t.strictSame(await socket.closed, { code: 3000, reason: 'done' })
})

test('TestWebSocket: receiving and sending after the close is an error that carries the code', async (t) => {
  await using client = await TestClient.open(sending(accept, { type: 'websocket.close', code: 4001, reason: 'no' }))
  const socket = await client.websocket('/')
  const disconnect = { code: 'STELLINE_WEBSOCKET_DISCONNECT', closeCode: 4001, reason: 'no' }
  await socket.closed
  await t.rejects(socket.receiveText(), disconnect)
  await t.rejects(socket.receiveText(), disconnect)
  await t.rejects(socket.sendText('x'), disconnect)
})

test('TestWebSocket: an app that closes without a code closes with 1000', async (t) => {
  await using client = await TestClient.open(sending(accept, { type: 'websocket.close' }))
  t.strictSame(await (await client.websocket('/')).closed, { code: 1000, reason: '' })
})

/** Notes what an app receives until the peer leaves, twice. */
function noting(notes: ReceiveMessage[]) {
  return app({
    async websocket(_scope, receive, send) {
      await receive()
      await send(accept)
      for (;;) {
        notes.push(await receive())
        if (notes.at(-1)!.type === 'websocket.disconnect') break
      }
      notes.push(await receive())
      await send({ type: 'websocket.send', text: 'late' })
    },
  })
}

test('TestWebSocket.close: the app reads what was sent and then the code, which repeats', async (t) => {
  const notes: ReceiveMessage[] = []
  await using client = await TestClient.open(noting(notes))
  const socket = await client.websocket('/')
  await socket.sendText('last')
  await socket.close(4000, 'bye')
  const disconnect = { type: 'websocket.disconnect', code: 4000, reason: 'bye' }
  t.strictSame(notes, [{ type: 'websocket.receive', text: 'last' }, disconnect, disconnect])
  t.strictSame(await socket.closed, { code: 4000, reason: 'bye' })
  await t.rejects(socket.receiveText(), { code: 'STELLINE_WEBSOCKET_DISCONNECT', closeCode: 4000 })
})

test('TestWebSocket.close: takes any code that an app can receive, and no other', async (t) => {
  await using client = await TestClient.open(echo)
  for (const code of [1005, 1006, 4999]) {
    const socket = await client.websocket('/')
    await socket.close(code)
    t.strictSame(await socket.closed, { code, reason: '' })
  }
  const socket = await client.websocket('/')
  for (const code of [999, 5000, 1000.5]) await t.rejects(socket.close(code), RangeError)
  await socket.close()
})

test('TestWebSocket.close: throws what the app throws', async (t) => {
  const failing = app({
    async websocket(_scope, receive, send) {
      await receive()
      await send(accept)
      await receive()
      throw new Error('cleaning up')
    },
  })
  await using client = await TestClient.open(failing)
  const socket = await client.websocket('/')
  await t.rejects(socket.close(), { message: 'cleaning up' })
  await t.resolves(socket.close())
})

test('TestWebSocket.close: does not wait for ever for the app', async (t) => {
  const { opened, open } = gate()
  const slow = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      await opened
    },
  })
  await using client = await TestClient.open(slow, { closeTimeoutMs: 1 })
  const socket = await client.websocket('/')
  await t.resolves(socket.close())
  open()
})

test('TestWebSocket: an error of the app is thrown at the test', async (t) => {
  const failing = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      await send({ type: 'websocket.send', text: 'a' })
      throw new Error('own')
    },
  })
  await using client = await TestClient.open(failing)
  const socket = await client.websocket('/')
  t.equal(await socket.receiveText(), 'a')
  await t.rejects(socket.receiveText(), { message: 'own' })
  t.match(await socket.closed, { code: 1011 })
  const iterated = await client.websocket('/')
  await t.rejects(
    async () => {
      for await (const message of iterated) t.equal(message, 'a')
    },
    { message: 'own' },
  )
})

test('TestWebSocket: without raising, an app that fails closes with 1011', async (t) => {
  const failing = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      throw new Error('own')
    },
  })
  await using client = await TestClient.open(failing, { raiseServerErrors: false })
  const socket = await client.websocket('/')
  await t.rejects(socket.receiveText(), { code: 'STELLINE_WEBSOCKET_DISCONNECT', closeCode: 1011 })
  await t.resolves(socket.close())
})

test('TestClient.close: rejects with an error of a WebSocket that the test has not seen', async (t) => {
  const failing = app({
    async websocket(_scope, receive, send) {
      await receive()
      await send(accept)
      await receive()
      throw new Error('unseen')
    },
  })
  const client = await TestClient.open(failing)
  const socket = await client.websocket('/')
  await socket.sendText('go')
  await t.rejects(client.close(), { message: 'unseen' })
})

test('TestClient.close: closes WebSockets as a server that stops', async (t) => {
  const notes: ReceiveMessage[] = []
  const client = await TestClient.open(noting(notes))
  const socket = await client.websocket('/')
  await client.close()
  t.match(notes[0], { type: 'websocket.disconnect', code: 1012 })
  t.match(await socket.closed, { code: 1012 })
})

test('TestWebSocket: the app waits while too much is unread', async (t) => {
  let sent = 0
  const flooding = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      for (; sent < 5; sent++) await send({ type: 'websocket.send', text: '1234' })
    },
  })
  await using client = await TestClient.open(flooding, { unreadLimitBytes: 10 })
  const socket = await client.websocket('/')
  await eventLoopTurns(5)
  t.equal(sent, 2)
  for await (const message of socket) t.equal(message, '1234')
  t.equal(sent, 5)
})

test('TestWebSocket: the test waits while the app does not read', async (t) => {
  const { opened, open } = gate()
  const slow = app({
    async websocket(_scope, receive, send) {
      await receive()
      await send(accept)
      await opened
      await receive()
      await receive()
    },
  })
  await using client = await TestClient.open(slow, { unreadLimitBytes: 4 })
  const socket = await client.websocket('/')
  await socket.sendText('1234')
  let caughtUp = false
  const waiting = socket.sendBytes(new Uint8Array(1)).then(() => {
    caughtUp = true
  })
  await eventLoopTurns(2)
  t.notOk(caughtUp)
  open()
  await waiting
})

test('TestWebSocket: a message that the app never reads does not keep the test', async (t) => {
  const leaving = app({
    async websocket(_scope, receive, send) {
      await receive()
      await send(accept)
      await eventLoopTurns(2)
    },
  })
  await using client = await TestClient.open(leaving, { unreadLimitBytes: 1 })
  const socket = await client.websocket('/')
  await t.resolves(socket.sendText('long'))
})

test('TestClient.websocket: a close before the accept is a refusal with 403', async (t) => {
  const received: ReceiveMessage[] = []
  const refusing = app({
    async websocket(_scope, receive, send) {
      received.push(await receive())
      await send({ type: 'websocket.close', code: 4003 })
      received.push(await receive())
    },
  })
  await using client = await TestClient.open(refusing)
  const denied = await client.websocket('/room').catch((error: unknown) => error)
  t.match(denied, {
    name: 'WebSocketDenied',
    code: 'STELLINE_WEBSOCKET_DENIED',
    message: 'Cannot open the WebSocket http://testserver/room: the app answered 403',
    response: { status: 403 },
  })
  t.match(received, [{ type: 'websocket.connect' }, { type: 'websocket.disconnect', code: 1006 }])
})

test('TestClient.websocket: a denial response comes with the refusal', async (t) => {
  const denying = sending(
    {
      type: 'websocket.http.response.start',
      status: 401,
      headers: [
        ['x-a', '1'],
        ['set-cookie', 'seen=1'],
      ],
    },
    { type: 'websocket.http.response.body', body: 'not ', more_body: true },
    { type: 'websocket.http.response.body', body: 'you' },
  )
  await using client = await TestClient.open(denying)
  const denied = (await client.websocket('/').catch((error: unknown) => error)) as { response: Response }
  t.equal(denied.response.status, 401)
  t.equal(denied.response.headers.get('x-a'), '1')
  t.equal(await denied.response.text(), 'not you')
  t.equal(client.cookies.get('seen'), '1')
})

test('TestClient.websocket: rejects with what the app throws before it decides', async (t) => {
  const failing = app({ websocket: async () => Promise.reject(new Error('own')) })
  await using client = await TestClient.open(failing)
  await t.rejects(client.websocket('/'), { message: 'own' })
  await using lenient = await TestClient.open(failing, { raiseServerErrors: false })
  await t.rejects(lenient.websocket('/'), { code: 'STELLINE_WEBSOCKET_DENIED', response: { status: 500 } })
})

/** Apps that break the contract; the client keeps it even without lint. */
const breaches: ReadonlyArray<readonly [what: string, messages: readonly unknown[], message: RegExp]> = [
  ['returns without deciding', [], /the state of WebSocket \/ is "connecting", expected it to be accepted or refused/],
  ['returns in a denial', [{ type: 'websocket.http.response.start', status: 401 }], /"in the denial response"/],
  ['sends before the accept', [{ type: 'websocket.send', text: 'a' }], /the state is "connecting"/],
  ['sends a bad value', [{ type: 'websocket.accept', subprotocol: 7 }], /subprotocol is 7/],
  ['chooses a subprotocol', [{ type: 'websocket.accept', subprotocol: 'a' }], /the client offers none/],
  [
    'denies with a wrong length',
    [
      { type: 'websocket.http.response.start', status: 401, headers: [['content-length', '1']] },
      { type: 'websocket.http.response.body' },
    ],
    /the body has 0 bytes in all, expected 1/,
  ],
]

for (const [what, messages, message] of breaches) {
  test(`TestClient.websocket: without lint, an app that ${what} breaks the contract all the same`, async (t) => {
    await using client = await TestClient.open(sending(...(messages as SendMessage[])), { lint: false })
    await t.rejects(client.websocket('/'), { code: 'STELLINE_PROTOCOL_VIOLATION', message })
  })
}

test('TestClient.close: refuses a handshake that waits for the app with 503', async (t) => {
  const received: ReceiveMessage[] = []
  const waiting = app({
    async websocket(_scope, receive, send) {
      await receive()
      received.push(await receive())
      await send(accept)
    },
  })
  const client = await TestClient.open(waiting)
  const opening = t.rejects(client.websocket('/'), { code: 'STELLINE_WEBSOCKET_DENIED', response: { status: 503 } })
  await t.resolves(client.close())
  await opening
  t.match(received, [{ type: 'websocket.disconnect', code: 1012 }])
})

test('TestClient.close: leaves a denial that does not end by itself', async (t) => {
  const waiting = app({
    async websocket(_scope, receive, send) {
      await receive()
      await send({ type: 'websocket.http.response.start', status: 401 })
      await receive()
      await send({ type: 'websocket.http.response.body', body: 'x', more_body: true })
      await new Promise(() => {})
    },
  })
  const client = await TestClient.open(waiting, { closeTimeoutMs: 1 })
  await t.rejects(client.websocket('/'), { code: 'STELLINE_WEBSOCKET_DENIED', response: { status: 401 } })
  await t.rejects(client.close(), { message: 'Cannot end WebSocket /: the app has not returned' })
})

test('TestWebSocket: an app that fails after it has closed is not lost', async (t) => {
  const failing = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      await send({ type: 'websocket.close' })
      throw new Error('too late')
    },
  })
  await using client = await TestClient.open(failing)
  const socket = await client.websocket('/')
  await eventLoopTurns(1)
  await t.rejects(socket.receiveText(), { message: 'too late' })
})

test('TestClient.close: names WebSockets that never end', async (t) => {
  const stuck = app({
    async websocket(_scope, _receive, send) {
      await send(accept)
      await new Promise(() => {})
    },
  })
  const client = await TestClient.open(stuck, { closeTimeoutMs: 1 })
  await client.websocket('/')
  await t.rejects(client.close(), { message: 'Cannot end WebSocket /: the app has not returned' })
})

test('TestClient: runs WebSockets and requests at the same time', async (t) => {
  await using client = await TestClient.open(echo)
  const sockets = await Promise.all([client.websocket('/a'), client.websocket('/b')])
  await Promise.all(sockets.map((socket, index) => socket.sendText(String(index))))
  t.strictSame(await Promise.all(sockets.map((socket) => socket.receiveText())), ['0', '1'])
})
