import { test } from 'tap'
import { WebSocketDisconnect } from '../../../lib/exceptions/websocket-disconnect.ts'
import { WebSocketException } from '../../../lib/exceptions/websocket-exception.ts'
import { WebSocket } from '../../../lib/request/websocket.ts'
import type { Receive, Send } from '../../../lib/spec/app.ts'
import type { ReceiveMessage, SendMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { receiveNothing, receiving, recorder, websocketScope } from '../../support/messages.ts'

const nothing = (): void => {}
const connect: ReceiveMessage = { type: 'websocket.connect' }
const leaving: ReceiveMessage = { type: 'websocket.disconnect', code: 1001, reason: 'bye' }

function text(content: string): ReceiveMessage {
  return { type: 'websocket.receive', text: content }
}

function bytes(content: string | Uint8Array): ReceiveMessage {
  return { type: 'websocket.receive', text: null, bytes: Buffer.from(content) }
}

/** A WebSocket that was accepted, and what it has sent since. */
async function opened(...messages: ReceiveMessage[]): Promise<{ websocket: WebSocket; sent: SendMessage[] }> {
  const { send, sent } = recorder()
  const websocket = new WebSocket(websocketScope(), receiving(connect, ...messages), send)
  await websocket.accept()
  sent.length = 0
  return { websocket, sent }
}

/** A WebSocket whose peer is gone from the given message on. */
function cutAt(at: number, receive: Receive = receiving(connect)): WebSocket {
  return new WebSocket(websocketScope(), receive, recorder({ at, error: new ClientDisconnected() }).send)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test('WebSocket: accept() takes the connect and completes the handshake', async (t) => {
  const { send, sent } = recorder()
  await new WebSocket(websocketScope(), receiving(connect), send).accept()
  t.match(sent, [{ type: 'websocket.accept', subprotocol: null }])
})

test('WebSocket: accept() sends a subprotocol of the client and fields', async (t) => {
  const { send, sent } = recorder()
  const websocket = new WebSocket(websocketScope({ subprotocols: ['a', 'b'] }), receiving(connect), send)
  t.strictSame(websocket.subprotocols, ['a', 'b'])
  await websocket.accept({ subprotocol: 'b', headers: { 'X-A': '1' } })
  const [message] = sent as [SendMessage & { headers: Iterable<unknown> }]
  t.match(message, { type: 'websocket.accept', subprotocol: 'b' })
  t.strictSame([...message.headers], [['x-a', '1']])
})

test('WebSocket: accept() refuses a subprotocol that was not offered, RFC 6455 §4.2.2', async (t) => {
  const { send, sent } = recorder()
  const websocket = new WebSocket(websocketScope({ subprotocols: ['a'] }), receiving(connect), send)
  await t.rejects(websocket.accept({ subprotocol: 'b' }), {
    name: 'TypeError',
    message: 'Cannot accept the subprotocol "b": the client offers ["a"]',
  })
  t.strictSame(sent, [])
})

test('WebSocket: accept() refuses a header with a line break', async (t) => {
  const websocket = new WebSocket(websocketScope(), receiving(connect), recorder().send)
  await t.rejects(websocket.accept({ headers: { a: 'x\r\ny: z' } }), TypeError)
})

test('WebSocket: accept() of a peer that has left is a WebSocketDisconnect', async (t) => {
  await t.rejects(cutAt(0).accept(), new WebSocketDisconnect(1006))
})

test('WebSocket: receive() gives text as strings and binary messages as bytes', async (t) => {
  const { websocket } = await opened(text('a'), text(''), bytes('b'))
  t.equal(await websocket.receive(), 'a')
  t.equal(await websocket.receive(), '')
  t.strictSame(await websocket.receive(), Buffer.from('b'))
})

test('WebSocket: receiveText(), receiveBytes() and receiveJson()', async (t) => {
  const { websocket } = await opened(text('a'), bytes('b'), text('{"c":1}'), bytes('[2]'))
  t.equal(await websocket.receiveText(), 'a')
  t.strictSame(await websocket.receiveBytes(), Buffer.from('b'))
  t.strictSame(await websocket.receiveJson(), { c: 1 })
  t.strictSame(await websocket.receiveJson(), [2])
})

test('WebSocket: a message of the other kind is an error that teaches', async (t) => {
  const { websocket } = await opened(bytes('a'), text('b'))
  await t.rejects(websocket.receiveText(), {
    code: 'STELLINE_WEBSOCKET_FRAME_KIND',
    message:
      'Cannot receive text: the peer sent bytes, expected text; receiveBytes() reads bytes, receive() reads both',
  })
  await t.rejects(websocket.receiveBytes(), { code: 'STELLINE_WEBSOCKET_FRAME_KIND' })
})

for (const message of [text('{'), text(''), bytes([0x22, 0xff, 0x22] as unknown as Uint8Array)]) {
  test(`WebSocket: receiveJson() of ${JSON.stringify(message)} closes with 1007, RFC 6455 §7.4.1`, async (t) => {
    const { websocket } = await opened(message)
    await t.rejects(websocket.receiveJson(), new WebSocketException(1007, 'expected JSON'))
  })
}

function nested(levels: number): ReceiveMessage {
  return text('['.repeat(levels) + ']'.repeat(levels))
}

test('WebSocket: receiveJson() of more than 200 levels closes with 1007, as what is not JSON', async (t) => {
  const { websocket } = await opened(nested(200), nested(201))
  t.ok(Array.isArray(await websocket.receiveJson()))
  await t.rejects(websocket.receiveJson(), new WebSocketException(1007, 'expected JSON of at most 200 levels'))
})

test('WebSocket: receiveJson() and iterJson() take the number of levels', async (t) => {
  const { websocket } = await opened(nested(2), nested(201), nested(2), nested(3), nested(201), leaving)
  t.strictSame(await websocket.receiveJson({ maxDepth: 2 }), [[]])
  t.ok(Array.isArray(await websocket.receiveJson({ maxDepth: Infinity })))
  const tooDeep = new WebSocketException(1007, 'expected JSON of at most 2 levels')
  await t.rejects(all(websocket.iterJson({ maxDepth: 2 })), tooDeep)
  t.equal((await all(websocket.iterJson({ maxDepth: 201 }))).length, 1)
})

test('WebSocket: receiveJson() and iterJson() refuse a maxDepth that is no number of levels, at once', async (t) => {
  const { websocket } = await opened()
  for (const maxDepth of [-1, NaN, '9' as never]) {
    const error = { name: 'TypeError', message: /^Cannot read a message: maxDepth is .*, expected a number of levels$/ }
    t.throws(() => websocket.receiveJson({ maxDepth }), error)
    t.throws(() => websocket.iterJson({ maxDepth }), error)
  }
})

test('WebSocket: __proto__ in JSON is an ordinary key', async (t) => {
  const { websocket } = await opened(text('{"__proto__": {"admin": true}}'))
  const value = await websocket.receiveJson<Record<string, unknown>>()
  t.equal(value['admin'], undefined)
})

test('WebSocket: every way to receive throws WebSocketDisconnect when the peer leaves, again and again', async (t) => {
  const { websocket } = await opened(leaving)
  const readers = ['receive', 'receiveText', 'receiveBytes', 'receiveJson'] as const
  for (const reader of readers) {
    await t.rejects(websocket[reader](), new WebSocketDisconnect(1001, 'bye'))
  }
})

test('WebSocket: a disconnect without a reason', async (t) => {
  const { websocket } = await opened({ type: 'websocket.disconnect', code: 1005 })
  await t.rejects(websocket.receive(), new WebSocketDisconnect(1005))
})

test('WebSocket: what was sent before the peer left is read before that', async (t) => {
  const { websocket } = await opened(text('a'), text('b'), leaving)
  t.strictSame(await all(websocket.iterText()), ['a', 'b'])
})

test('WebSocket: the iterators end when the peer leaves', async (t) => {
  t.strictSame(await all((await opened(bytes('a'), leaving)).websocket.iterBytes()), [Buffer.from('a')])
  t.strictSame(await all((await opened(text('1'), bytes('2'), leaving)).websocket.iterJson()), [1, 2])
  t.strictSame(await all((await opened(text('a'), bytes('b'), leaving)).websocket), ['a', Buffer.from('b')])
})

test('WebSocket: the iterators report other failures', async (t) => {
  const { websocket } = await opened(bytes('a'))
  await t.rejects(all(websocket.iterText()), { code: 'STELLINE_WEBSOCKET_FRAME_KIND' })
})

test('WebSocket: breaking out of an iterator does not close', async (t) => {
  const { websocket, sent } = await opened(text('a'), text('b'))
  for await (const message of websocket.iterText()) {
    t.equal(message, 'a')
    break
  }
  t.strictSame(sent, [])
  t.equal(await websocket.receiveText(), 'b')
})

test('WebSocket: sendText(), sendBytes() and sendJson()', async (t) => {
  const { websocket, sent } = await opened()
  await websocket.sendText('a')
  await websocket.sendBytes(Buffer.from('b'))
  await websocket.sendJson({ c: 'é' })
  t.strictSame(sent, [
    { type: 'websocket.send', text: 'a' },
    { type: 'websocket.send', bytes: Buffer.from('b') },
    { type: 'websocket.send', text: '{"c":"é"}' },
  ])
})

test('WebSocket: sendJson() refuses what JSON cannot hold', async (t) => {
  const { websocket, sent } = await opened()
  await t.rejects(websocket.sendJson(undefined), {
    name: 'TypeError',
    message: 'Cannot send undefined as JSON: JSON has no such value, expected for example null',
  })
  t.strictSame(sent, [])
})

test('WebSocket: sending waits for the server', async (t) => {
  let release = nothing
  const send: Send = (message) =>
    message.type === 'websocket.accept' ? Promise.resolve() : new Promise((resolve) => (release = resolve))
  const websocket = new WebSocket(websocketScope(), receiving(connect), send)
  await websocket.accept()
  let sent = false
  const sending = websocket.sendText('a').then(() => (sent = true))
  await new Promise(setImmediate)
  t.equal(sent, false)
  release()
  await sending
})

test('WebSocket: sending to a peer that is gone throws WebSocketDisconnect 1006', async (t) => {
  const websocket = cutAt(1)
  await websocket.accept()
  for (let i = 0; i < 2; i++) await t.rejects(websocket.sendText('a'), new WebSocketDisconnect(1006))
  await t.rejects(websocket.receive(), new WebSocketDisconnect(1006))
})

test('WebSocket: sending after the peer closed throws WebSocketDisconnect with its code', async (t) => {
  const { websocket, sent } = await opened(leaving)
  await t.rejects(websocket.receive())
  await t.rejects(websocket.sendText('a'), new WebSocketDisconnect(1001, 'bye'))
  t.strictSame(sent, [])
})

test('WebSocket: another failure to send is reported as it is', async (t) => {
  const failure = new Error('broken')
  const websocket = new WebSocket(websocketScope(), receiving(connect), recorder({ at: 1, error: failure }).send)
  await websocket.accept()
  await t.rejects(websocket.sendText('a'), failure)
  await t.rejects(websocket.close(), failure)
})

test('WebSocket: close() sends code and reason', async (t) => {
  const { websocket, sent } = await opened()
  await websocket.close(4000, 'done')
  t.strictSame(sent, [{ type: 'websocket.close', code: 4000, reason: 'done' }])
})

test('WebSocket: close() before accept() refuses the handshake', async (t) => {
  const { send, sent } = recorder()
  await new WebSocket(websocketScope(), receiveNothing, send).close()
  t.strictSame(sent, [{ type: 'websocket.close', code: 1000, reason: '' }])
})

test('WebSocket: close() has no effect when it is closed already, from either side', async (t) => {
  const own = await opened()
  await own.websocket.close()
  await own.websocket.close(4000)
  t.equal(own.sent.length, 1)
  const theirs = await opened(leaving)
  await t.rejects(theirs.websocket.receive())
  await theirs.websocket.close()
  t.equal(theirs.sent.length, 0)
  const lost = cutAt(1)
  await lost.accept()
  await t.resolves(lost.close())
})

test('WebSocket: after close() the disconnect can be received', async (t) => {
  const { websocket } = await opened(leaving)
  await websocket.close()
  await t.rejects(websocket.receive(), { name: 'WebSocketDisconnect' })
})

const outOfTurn: readonly (readonly [
  what: string,
  act: (websocket: WebSocket) => Promise<unknown>,
  message: string,
])[] = [
  [
    'receiving before accept()',
    (websocket) => websocket.receive(),
    'Cannot receive: the WebSocket is not open, expected accept() before',
  ],
  [
    'sending before accept()',
    (websocket) => websocket.sendText('a'),
    'Cannot send "websocket.send": the state is "connecting", expected "websocket.accept" or "websocket.close" or "websocket.http.response.start"',
  ],
  [
    'accept() twice',
    async (websocket) => {
      await websocket.accept()
      await websocket.accept()
    },
    'Cannot send "websocket.accept": the state is "open", expected "websocket.send" or "websocket.close"',
  ],
  [
    'sending after close()',
    async (websocket) => {
      await websocket.close()
      await websocket.sendText('a')
    },
    'Cannot send "websocket.send": the state is "closed", expected no further message',
  ],
  [
    'deny() after accept()',
    async (websocket) => {
      await websocket.accept()
      await websocket.deny(denial)
    },
    'Cannot send "websocket.http.response.start": the state is "open", expected "websocket.send" or "websocket.close"',
  ],
]

/** The part of a response that deny() asks for. */
const denial = {
  async respond(_scope: unknown, _receive: unknown, send: Send): Promise<void> {
    await send({ type: 'websocket.http.response.start', status: 401 })
    await send({ type: 'websocket.http.response.body', body: 'no' })
  },
}

for (const [what, act, message] of outOfTurn) {
  test(`WebSocket: ${what} is a ProtocolViolation`, async (t) => {
    const { send, sent } = recorder()
    const websocket = new WebSocket(websocketScope(), receiving(connect), send)
    await t.rejects(act(websocket), { code: 'STELLINE_PROTOCOL_VIOLATION', message })
    t.ok(sent.length <= 1)
  })
}

test('WebSocket: a server that hands over messages out of turn is told so', async (t) => {
  const websocket = new WebSocket(websocketScope(), receiving(text('a')), recorder().send)
  await t.rejects(websocket.accept(), {
    code: 'STELLINE_PROTOCOL_VIOLATION',
    message: 'Cannot receive "websocket.receive": the state is "before the connect", expected "websocket.connect"',
  })
})

test('WebSocket: deny() refuses the handshake with a response', async (t) => {
  const { send, sent } = recorder()
  const websocket = new WebSocket(websocketScope(), receiving(connect), send)
  await websocket.deny(denial)
  t.strictSame(sent, [
    { type: 'websocket.http.response.start', status: 401 },
    { type: 'websocket.http.response.body', body: 'no' },
  ])
  await websocket.close()
  t.equal(sent.length, 2)
})

test('WebSocket: its own signal is aborted when the peer leaves', async (t) => {
  const { websocket } = await opened(leaving)
  const { signal } = websocket
  t.equal(signal.aborted, false)
  await t.rejects(websocket.receive())
  t.equal(signal.aborted, true)
  t.match(signal.reason, { closeCode: 1001 })
})

test('WebSocket: its own signal is aborted from the start when the peer has left before', async (t) => {
  const { websocket } = await opened(leaving)
  await t.rejects(websocket.receive())
  t.equal(websocket.signal.aborted, true)
})
