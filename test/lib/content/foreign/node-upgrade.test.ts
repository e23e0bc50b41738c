import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { fromNode } from '../../../../lib/content/foreign/from-node.ts'
import type { FromNodeOptions } from '../../../../lib/content/foreign/from-node.ts'
import type { NodeApp } from '../../../../lib/content/foreign/node-target.ts'
import { serve } from '../../../../lib/servers/node/serve.ts'
import { ClientDisconnected } from '../../../../lib/spec/violations.ts'
import type { SendMessage } from '../../../../lib/spec/messages.ts'
import { AppDriver } from '../../../../lib/testing/app-driver.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { webSocketScope } from '../../../../lib/testing/scopes.ts'
import type { WebSocketScopeParts } from '../../../../lib/testing/scopes.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { gate } from '../../servers/serving.ts'
import { expressApp } from './foreign-apps.ts'

/** A server of node:http with WebSockets of ws on it, as existing apps have them. */
function withWebSockets(onConnection: (websocket: WebSocket, request: IncomingMessage) => void): NodeApp {
  const server = createServer(expressApp())
  new WebSocketServer({ server }).on('connection', onConnection)
  return server
}

const echo = withWebSockets((websocket) => {
  websocket.on('message', (data, isBinary) => websocket.send(data as Buffer, { binary: isBinary }))
})

function mounted(app: NodeApp, options: FromNodeOptions = {}): Application {
  return new Application({ routes: [new Mount('/legacy', fromNode(app, options))] })
}

function drive(app: NodeApp, parts: WebSocketScopeParts = {}): AppDriver {
  const driver = new AppDriver(lint(fromNode(app)), webSocketScope(parts), { timeoutMs: 10_000 })
  driver.deliver({ type: 'websocket.connect' })
  return driver
}

test('fromNode: messages go both ways between the peer and a WebSocketServer of ws', async (t) => {
  await using client = await TestClient.open(mounted(echo))
  const websocket = await client.websocket('/legacy/chat')
  await websocket.sendText('grüße')
  t.equal(await websocket.receiveText(), 'grüße')
  await websocket.sendBytes(new Uint8Array([1, 2, 255]))
  t.strictSame([...(await websocket.receiveBytes())], [1, 2, 255])
  await websocket.close()
})

test('fromNode: WebSockets reach a mounted app over sockets, also large messages', async (t) => {
  const server = await serve(lint(mounted(echo)), { port: 0 })
  t.teardown(() => server.close({ force: true }))
  const websocket = new WebSocket(`${server.url.replace('http', 'ws')}/legacy/`)
  const answer = gate<string>()
  websocket
    .on('open', () => websocket.send('m'.repeat(1_000_000)))
    .on('message', (data) => answer.open((data as Buffer).toString()))

  t.equal((await answer.opened).length, 1_000_000)
  const closed = gate<number>()
  websocket.on('close', (code) => closed.open(code)).close(3001)
  t.equal(await closed.opened, 3001)
})

test('fromNode: the upgrade listener sees the request as it came', async (t) => {
  const seen = gate<unknown>()
  const app = withWebSockets((websocket, request) => {
    const { url, baseUrl, originalUrl, headers, socket } = request as IncomingMessage & Record<string, unknown>
    const { cookie, origin, host } = headers
    seen.open({ url, baseUrl, originalUrl, cookie, origin, host, remoteAddress: socket.remoteAddress })
    websocket.close()
  })
  await using client = await TestClient.open(mounted(app))
  const headers = { cookie: 'a=1', origin: 'http://there' }
  await client.websocket('/legacy/chat?x=1', { headers })

  t.strictSame(await seen.opened, {
    url: '/chat?x=1',
    baseUrl: '/legacy',
    originalUrl: '/legacy/chat?x=1',
    cookie: 'a=1',
    origin: 'http://there',
    host: 'testserver',
    remoteAddress: 'testclient',
  })
})

/** Closes of either side, and what the other one hears. */
const closes: readonly (readonly [
  what: string,
  close: (websocket: WebSocket) => void,
  code: number,
  reason: string,
])[] = [
  ['a code and a reason', (websocket) => websocket.close(4000, 'enough'), 4000, 'enough'],
  ['no code', (websocket) => websocket.close(), 1000, ''],
  ['a cut', (websocket) => websocket.terminate(), 1011, ''],
]

for (const [what, close, code, reason] of closes) {
  test(`fromNode: the app closes a WebSocket with ${what}`, async (t) => {
    const driver = drive(withWebSockets((websocket) => void setImmediate(() => close(websocket))))
    t.match(await driver.next(), { type: 'websocket.accept' })
    t.strictSame(await driver.next(), { type: 'websocket.close', code, reason })
    driver.deliver({ type: 'websocket.disconnect', code })
    await t.resolves(driver.finished)
  })
}

/** How the peer leaves, and what the app hears. */
const leavings: readonly (readonly [code: number, reason: string | null, heard: readonly [number, string]])[] = [
  [4001, 'bye', [4001, 'bye']],
  [1000, null, [1000, '']],
  [1005, '', [1005, '']],
  [1006, '', [1006, '']],
]

for (const [code, reason, expected] of leavings) {
  test(`fromNode: the peer leaves a WebSocket with ${code}`, async (t) => {
    const heard = gate<unknown>()
    const driver = drive(
      withWebSockets((websocket) => {
        websocket.on('close', (given, text) => heard.open([given, String(text)]))
      }),
    )
    await driver.next()
    driver.deliver({ type: 'websocket.disconnect', code, reason })

    t.strictSame(await heard.opened, expected)
    await t.resolves(driver.finished)
  })
}

/** Subprotocols that the client offers, the one that the app takes, and what is accepted. */
const subprotocols: readonly (readonly [offered: string[], taken: string | false, accepted: string | null])[] = [
  [['a', 'b'], 'b', 'b'],
  [['a', 'b'], false, null],
  [[], false, null],
]

for (const [offered, taken, accepted] of subprotocols) {
  test(`fromNode: of the subprotocols [${String(offered)}] the app takes ${String(taken)}`, async (t) => {
    const websockets = new WebSocketServer({ noServer: true, handleProtocols: () => taken })
    websockets.on('headers', (lines) => lines.push('x-app: 1'))
    const app = fromNode((_request, response) => void response.end(), {
      upgrade: (request, socket, head) => websockets.handleUpgrade(request, socket, head, () => {}),
    })
    const driver = new AppDriver(lint(app), webSocketScope({ subprotocols: offered }), { timeoutMs: 10_000 })
    driver.deliver({ type: 'websocket.connect' })
    t.strictSame(await driver.next(), { type: 'websocket.accept', subprotocol: accepted, headers: [['x-app', '1']] })
    driver.deliver({ type: 'websocket.disconnect', code: 1006 })
    await driver.finished
  })
}

test('fromNode: an app without upgrades denies a WebSocket with its own answer, where that is offered', async (t) => {
  await using client = await TestClient.open(mounted(expressApp()))
  const denied = await client.websocket('/legacy/nowhere').catch((error: unknown) => error)

  t.match(denied, { name: 'WebSocketDenied', response: { status: 404 } })
  t.match(await (denied as { response: { text(): Promise<string> } }).response.text(), /Cannot GET/)
})

test('fromNode: where no denial is offered a WebSocket is refused', async (t) => {
  const driver = drive(expressApp())
  t.strictSame(await driver.next(), { type: 'websocket.close' })
  driver.deliver({ type: 'websocket.disconnect', code: 1006 })
  await t.resolves(driver.finished)
})

test('fromNode: a server that nobody listens on for upgrades cuts the handshake', async (t) => {
  const driver = drive(createServer())
  t.match(await driver.next(), { type: 'websocket.close' })
  driver.deliver({ type: 'websocket.disconnect', code: 1006 })
  await t.resolves(driver.finished)
})

test('fromNode: a peer that leaves before the app decides ends the handshake', async (t) => {
  const reached = gate()
  const lost = gate()
  const app = fromNode((_request, response) => void response.end(), {
    upgrade: (_request, socket) => {
      socket.on('close', () => lost.open()).resume()
      reached.open()
    },
  })
  const driver = new AppDriver(app, webSocketScope(), { timeoutMs: 10_000 })
  driver.deliver({ type: 'websocket.connect' })
  await reached.opened
  driver.deliver({ type: 'websocket.receive', text: 'early' })
  driver.deliver({ type: 'websocket.disconnect', code: 1006 })

  await lost.opened
  await t.resolves(driver.finished)
})

test('fromNode: a receive that fails fails the WebSocket', async (t) => {
  const receive = (): Promise<never> => Promise.reject(new RangeError('no'))
  await t.rejects(
    fromNode(echo)(webSocketScope(), receive, async () => {}),
    { message: 'no' },
  )
})

const fails = (): never => {
  throw new RangeError('no')
}

for (const [what, app] of [
  ['a listener that throws', fromNode(fails)],
  ['a listener that rejects', fromNode(async () => fails())],
  ['an upgrade listener that throws', fromNode((_request, response) => void response.end(), { upgrade: fails })],
  ['an upgrade listener that rejects', fromNode(() => {}, { upgrade: async () => fails() })],
] as const) {
  test(`fromNode: ${what} fails the WebSocket, and nothing else`, async (t) => {
    const driver = new AppDriver(lint(app), webSocketScope(), { timeoutMs: 10_000 })
    driver.deliver({ type: 'websocket.connect' })
    await t.rejects(driver.finished, { name: 'RangeError', message: 'no' })
  })
}

test('fromNode: what fails after a WebSocket has ended changes nothing', async (t) => {
  const ended = gate()
  const failed = gate()
  const app = fromNode(() => {}, {
    upgrade: async (_request, socket) => {
      socket.destroy()
      await ended.opened
      setImmediate(() => failed.open())
      fails()
    },
  })
  const driver = new AppDriver(lint(app), webSocketScope(), { timeoutMs: 10_000 })
  driver.deliver({ type: 'websocket.connect' })
  t.match(await driver.next(), { type: 'websocket.close' })
  driver.deliver({ type: 'websocket.disconnect', code: 1006 })
  await t.resolves(driver.finished)
  ended.open()
  await failed.opened
})

test('fromNode: a Fastify app hands upgrades to its server', async (t) => {
  const { fastifyApp } = await import('./foreign-apps.ts')
  const fastify = fastifyApp()
  new WebSocketServer({ server: fastify.server }).on('connection', (websocket) => websocket.send('from fastify'))
  await using client = await TestClient.open(mounted(fastify))

  t.equal(await (await client.websocket('/legacy/')).receiveText(), 'from fastify')
})

for (const [what, error, outcome] of [
  ['that the peer has left ends', new ClientDisconnected(), null],
  ['fails fails', new RangeError('no'), 'no'],
] as const) {
  test(`fromNode: a send that says ${what} the WebSocket`, async (t) => {
    const app = fromNode(withWebSockets((websocket) => websocket.send('x')))
    const send = async (message: SendMessage): Promise<void> => {
      if (message.type === 'websocket.send') throw error
    }
    let received = false
    const receive = (): Promise<{ type: 'websocket.connect' }> => {
      if (received) return new Promise(() => {})
      received = true
      return Promise.resolve({ type: 'websocket.connect' })
    }
    const running = app(webSocketScope(), receive, send)
    await (outcome === null ? t.resolves(running) : t.rejects(running, { message: outcome }))
  })
}

test('fromNode: the app is not read faster than the peer takes its messages', async (t) => {
  const count = 200
  const sent: number[] = []
  const taken = gate()
  const first = gate()
  const app = fromNode(
    withWebSockets((websocket) => {
      for (let i = 0; i < count; i++) websocket.send('b'.repeat(10_000))
      websocket.close(1000)
    }),
  )
  let received = false
  const running = app(
    webSocketScope(),
    () => {
      if (received) return new Promise(() => {})
      received = true
      return Promise.resolve({ type: 'websocket.connect' })
    },
    async (message) => {
      if (message.type !== 'websocket.send') return
      sent.push(1)
      first.open()
      if (sent.length === 1) await taken.opened
    },
  )
  await first.opened
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.equal(sent.length, 1)
  taken.open()
  await running

  t.equal(sent.length, count)
})
