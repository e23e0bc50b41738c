import { once } from 'node:events'
import { test } from 'tap'
import WebSocketClient from 'ws'
import { Application } from 'stelline'
import type { WebSocket } from 'stelline'
import { serve } from 'stelline/servers'

/*
 * What a peer of a WebSocket could do to the process by leaving, or by sending what nobody expects.
 */

const silent = { info() {}, warn() {}, error() {} }

/** What an endpoint may begin without waiting for it. */
const beginnings: readonly (readonly [what: string, begin: (websocket: WebSocket) => unknown])[] = [
  ['receive()', (websocket) => websocket.receive()],
  ['receiveText()', (websocket) => websocket.receiveText()],
  ['receiveBytes()', (websocket) => websocket.receiveBytes()],
  ['receiveJson()', (websocket) => websocket.receiveJson()],
  ['sendText()', (websocket) => websocket.sendText('a')],
  ['sendBytes()', (websocket) => websocket.sendBytes(Buffer.from('a'))],
  ['sendJson()', (websocket) => websocket.sendJson({})],
  ['accept()', (websocket) => websocket.accept()],
]

for (const [what, begin] of beginnings) {
  test(`WebSocket: ${what} that nobody awaits ends no process when the peer has left`, async (t) => {
    let left!: () => void
    const hasLeft = new Promise<void>((resolve) => (left = resolve))
    const app = new Application().websocket('/', async (websocket) => {
      await websocket.accept()
      await websocket.receive().catch(left)
      void begin(websocket)
    })
    await using server = await serve(app, { port: 0, log: silent })
    const client = new WebSocketClient(server.url.replace('http', 'ws'))
    await once(client, 'open')

    client.terminate()

    await hasLeft
    await new Promise(setImmediate)
    t.equal((await fetch(server.url)).status, 404)
  })
}

test('WebSocket: a message of the wrong kind that nobody awaits ends no process', async (t) => {
  const app = new Application().websocket('/', async (websocket) => {
    await websocket.accept()
    void websocket.receiveText()
    await websocket.receiveText()
  })
  await using server = await serve(app, { port: 0, log: silent })
  const client = new WebSocketClient(server.url.replace('http', 'ws'))
  await once(client, 'open')

  client.send(Buffer.from('a'))
  client.send('b')

  const [code] = (await once(client, 'close')) as [number]
  t.equal(code, 1000)
})
