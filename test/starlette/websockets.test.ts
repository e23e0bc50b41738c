import { test } from 'tap'
import type { Test } from 'tap'
import { Application, JSONResponse, PlainTextResponse, StreamingResponse, WebSocket } from 'stelline'
import type { Receive } from 'stelline'
import { TestClient, WebSocketDenied } from 'stelline/testing'
import { ClientDisconnected } from '../../lib/spec/violations.ts'
import { receiving, recorder, websocketScope } from '../support/messages.ts'

/*
 * What WebSockets do in Starlette 1.3, fact by fact, and what they do here. "Better" marks where it was corrected.
 */

type Fact = readonly [feature: string, check: (t: Test) => Promise<unknown>]

const connect = { type: 'websocket.connect' } as const
const leave = { type: 'websocket.disconnect', code: 1001, reason: 'bye' } as const
/** What a disconnect says. */
const left = (closeCode: number, reason = ''): { code: string; message: string } => ({
  code: 'STELLINE_WEBSOCKET_DISCONNECT',
  message: `Cannot go on: the peer has closed the WebSocket with ${closeCode}${reason === '' ? '' : `, ${reason}`}`,
})

const text = (content: string): { type: 'websocket.receive'; text: string } => ({
  type: 'websocket.receive',
  text: content,
})

function socketOf(
  receive: Receive = receiving(connect),
  changes: Parameters<typeof websocketScope>[0] = {},
): { websocket: WebSocket; sent: object[] } {
  const { send, sent } = recorder()
  return { websocket: new WebSocket(websocketScope(changes), receive, send), sent }
}

async function accepted(...messages: Parameters<typeof receiving>): Promise<ReturnType<typeof socketOf>> {
  const socket = socketOf(receiving(connect, ...messages))
  await socket.websocket.accept()
  socket.sent.length = 0
  return socket
}

const facts: readonly Fact[] = [
  [
    'accept() takes the connect by itself, and sends subprotocol and fields',
    async (t) => {
      const { websocket, sent } = socketOf(receiving(connect), { subprotocols: ['chat'] })
      await websocket.accept({ subprotocol: 'chat', headers: { 'x-a': '1' } })
      t.match(sent, [{ type: 'websocket.accept', subprotocol: 'chat' }])
      t.strictSame([...(sent[0] as { headers: Iterable<unknown> }).headers], [['x-a', '1']])
    },
  ],
  [
    'receiving and sending before accept() is an error that says so',
    async (t) => {
      for (const act of [
        (websocket: WebSocket) => websocket.receiveText(),
        (websocket: WebSocket) => websocket.receiveBytes(),
        (websocket: WebSocket) => websocket.receiveJson(),
        (websocket: WebSocket) => websocket.sendText('a'),
      ]) {
        await t.rejects(act(socketOf().websocket), { code: 'STELLINE_PROTOCOL_VIOLATION' })
      }
    },
  ],
  [
    'receiving after the disconnect is an error; better: the disconnect again',
    async (t) => {
      const { websocket } = await accepted(leave)
      for (const _ of [1, 2]) await t.rejects(websocket.receive(), left(1001, 'bye'))
    },
  ],
  [
    'sending after close() is an error, close() again is not',
    async (t) => {
      const { websocket, sent } = await accepted()
      await websocket.close()
      await websocket.close()
      t.equal(sent.length, 1)
      await t.rejects(websocket.sendText('a'), { code: 'STELLINE_PROTOCOL_VIOLATION' })
    },
  ],
  [
    'sending to a peer that is gone is a disconnect with 1006',
    async (t) => {
      const { send } = recorder({ at: 1, error: new ClientDisconnected() })
      const websocket = new WebSocket(websocketScope(), receiving(connect), send)
      await websocket.accept()
      await t.rejects(websocket.sendText('a'), left(1006))
    },
  ],
  [
    'JSON is compact and keeps what is not ASCII; it is received as text or bytes',
    async (t) => {
      const { websocket, sent } = await accepted(text('{"a":1}'), {
        type: 'websocket.receive',
        bytes: Buffer.from('[2]'),
      })
      await websocket.sendJson({ é: [1, 2] })
      t.strictSame(sent, [{ type: 'websocket.send', text: '{"é":[1,2]}' }])
      t.strictSame([await websocket.receiveJson(), await websocket.receiveJson()], [{ a: 1 }, [2]])
    },
  ],
  [
    'the iterators end in silence when the peer leaves',
    async (t) => {
      const { websocket } = await accepted(text('a'), text('b'), leave)
      const seen: string[] = []
      for await (const message of websocket.iterText()) seen.push(message)
      t.strictSame(seen, ['a', 'b'])
    },
  ],
  [
    'better: a message of the wrong kind is an error that says so, and closes with 1003',
    async (t) => {
      const app = new Application()
      app.websocket('/', async (websocket) => {
        await websocket.accept()
        await websocket.receiveText()
      })
      await using client = await TestClient.open(app, { raiseServerErrors: false })
      const socket = await client.websocket('/')
      await socket.sendBytes(Buffer.from('a'))
      await t.rejects(socket.receive(), left(1003))
    },
  ],
  [
    'close() before accept() refuses, afterwards it has 1000 and no reason unless they are given',
    async (t) => {
      const { websocket, sent } = await accepted()
      await websocket.close()
      t.match(sent, [{ type: 'websocket.close', code: 1000 }])
      const app = new Application()
      app.websocket('/', (refusing) => refusing.close())
      await using client = await TestClient.open(app)
      const denied = await client.websocket('/').catch((error: unknown) => error)
      t.match(denied, { response: { status: 403 } })
    },
  ],
  [
    'deny() answers the handshake with any response; better: a plain 403 where the server cannot',
    async (t) => {
      for (const response of [
        new JSONResponse({ a: 1 }, { status: 401 }),
        new StreamingResponse(['a'], { status: 401 }),
      ]) {
        const app = new Application()
        app.websocket('/', (websocket) => websocket.deny(response))
        await using client = await TestClient.open(app)
        const denied = await client.websocket('/').catch((error: unknown) => error)
        t.ok(denied instanceof WebSocketDenied && denied.response.status === 401)
      }
      const { websocket, sent } = socketOf()
      await websocket.deny(new PlainTextResponse('no', { status: 401 }))
      t.match(sent, [{ type: 'websocket.close' }])
    },
  ],
  [
    'url has the scheme ws or wss; headers and query are as of a request',
    async (t) => {
      const { websocket } = socketOf(receiving(connect), { scheme: 'wss', path: '/a', query_string: 'b=c' })
      t.equal(websocket.url.href, 'wss://example.org/a?b=c')
      t.equal(websocket.baseUrl.href, 'wss://example.org/')
      t.equal(websocket.queryParams.get('b'), 'c')
      t.equal(websocket.headers.get('host'), 'example.org')
    },
  ],
  [
    'receiving and sending may go on at the same time',
    async (t) => {
      let arrive: (message: { type: 'websocket.receive'; text: string }) => void = () => {}
      const messages = [Promise.resolve(connect), new Promise<ReturnType<typeof text>>((resolve) => (arrive = resolve))]
      const { websocket, sent } = socketOf(() => messages.shift()!)
      await websocket.accept()
      const received = websocket.receiveText()
      await websocket.sendText('meanwhile')
      arrive(text('late'))
      t.equal(await received, 'late')
      t.match(sent.at(-1), { text: 'meanwhile' })
    },
  ],
]

for (const [feature, check] of facts) test(`Starlette §1.7: ${feature}`, check)
