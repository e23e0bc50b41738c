import { test } from 'tap'
import { WebSocketEndpoint } from '../../../lib/endpoint/websocket-endpoint.ts'
import type { WebSocket } from '../../../lib/request/websocket.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { WebSocketDenied } from '../../../lib/testing/websocket-denied.ts'
import { Application } from '../../../routing/application.ts'
import { WebSocketRoute } from '../../../routing/websocket-route.ts'

const ends: number[] = []

class Echo extends WebSocketEndpoint {
  count = 0

  override async onReceive(websocket: WebSocket, message: string | Uint8Array): Promise<void> {
    this.count++
    await websocket.sendJson([typeof message === 'string' ? message : [...message], this.count])
  }

  override onDisconnect(_websocket: WebSocket, closeCode: number): void {
    ends.push(closeCode)
  }
}

class Texts extends Echo {
  override readonly encoding = 'text'
}

class Bytes extends Echo {
  override readonly encoding = 'bytes'
}

class JSONs extends WebSocketEndpoint<{ n: number }> {
  override readonly encoding = 'json'

  override async onReceive(websocket: WebSocket, message: { n: number }): Promise<void> {
    await websocket.sendJson({ n: message.n + 1 })
  }
}

test('WebSocketEndpoint: accepts, and calls a hook for each message', async (t) => {
  for (const app of [Echo, new WebSocketRoute('/', Echo), new Application().websocket('/', Echo)]) {
    await using client = await TestClient.open(app)
    await using websocket = await client.websocket('/')
    await websocket.sendText('a')
    await websocket.sendBytes(Uint8Array.of(1, 2))
    t.strictSame(
      [await websocket.receiveJson(), await websocket.receiveJson()],
      [
        ['a', 1],
        [[1, 2], 2],
      ],
    )
  }
})

test('WebSocketEndpoint: reads text, bytes and JSON by its encoding', async (t) => {
  await using texts = await TestClient.open(Texts)
  await using text = await texts.websocket('/')
  await text.sendText('a')
  t.strictSame(await text.receiveJson(), ['a', 1])
  await using bytes = await TestClient.open(Bytes)
  await using binary = await bytes.websocket('/')
  await binary.sendBytes(Uint8Array.of(7))
  t.strictSame(await binary.receiveJson(), [[7], 1])
  await using values = await TestClient.open(JSONs)
  await using json = await values.websocket('/')
  await json.sendJson({ n: 1 })
  await json.sendBytes(Buffer.from('{"n":2}'))
  t.strictSame([await json.receiveJson(), await json.receiveJson()], [{ n: 2 }, { n: 3 }])
})

/** Endpoints, what they cannot read, and the close code. */
const wrong = [
  [Texts, Uint8Array.of(1), 1003],
  [Bytes, 'text', 1003],
  [JSONs, '{', 1007],
] as const

for (const [endpoint, message, closeCode] of wrong) {
  test(`WebSocketEndpoint: ${endpoint.name} closes with ${closeCode} on what it cannot read`, async (t) => {
    for (const app of [endpoint, new Application().websocket('/', endpoint)]) {
      await using client = await TestClient.open(app)
      await using websocket = await client.websocket('/')
      if (typeof message === 'string') await websocket.sendText(message)
      else await websocket.sendBytes(message)
      t.equal((await websocket.closed).code, closeCode)
    }
  })
}

test('WebSocketEndpoint: tells how the connection has ended', async (t) => {
  class Failing extends Echo {
    override async onReceive(): Promise<void> {
      throw new Error('boom')
    }
  }
  ends.length = 0
  {
    await using client = await TestClient.open(Echo)
    const websocket = await client.websocket('/')
    await websocket.close(4000)
  }
  const client = await TestClient.open(Failing)
  const websocket = await client.websocket('/')
  await websocket.sendText('x')
  t.equal((await websocket.closed).code, 1011)
  await t.rejects(client.close(), { message: 'boom' })
  {
    await using other = await TestClient.open(Texts)
    const binary = await other.websocket('/')
    await binary.sendBytes(Uint8Array.of(1))
    await binary.closed
  }
  t.strictSame(ends, [4000, 1011, 1003])
})

test('WebSocketEndpoint: may refuse by itself', async (t) => {
  class Refusing extends WebSocketEndpoint {
    override async onConnect(websocket: WebSocket): Promise<void> {
      await websocket.close()
    }
  }
  await using client = await TestClient.open(Refusing)
  await t.rejects(client.websocket('/'), WebSocketDenied)
})

test('WebSocketEndpoint: needs no hooks', async (t) => {
  class Silent extends WebSocketEndpoint {}
  await using client = await TestClient.open(Silent)
  const websocket = await client.websocket('/')
  await websocket.sendText('x')
  await t.resolves(websocket.close(1000))
})

test('WebSocketEndpoint: an encoding that does not exist is an error that says so', async (t) => {
  class Odd extends WebSocketEndpoint {
    override readonly encoding = 'constructor' as 'text'
  }
  await using client = await TestClient.open(Odd)
  await t.rejects(client.websocket('/'), { message: /Cannot read messages as "constructor": expected "text", "bytes"/ })
})

/** The class field is one of each object: a static one would never be read. */
for (const encoding of ['json', 'josn', null]) {
  test(`WebSocketEndpoint: a static encoding of ${encoding} is refused when the app is built`, async (t) => {
    class Static extends Echo {
      static encoding = encoding
    }
    class Below extends Static {}
    const error = {
      name: 'TypeError',
      message:
        /^Cannot use the class "(Static|Below)" as an endpoint: its "encoding" is static, expected a field of its objects, such as encoding = "json"$/,
    }
    for (const app of [Static, Below]) {
      t.throws(() => new WebSocketRoute('/', app), error)
      t.throws(() => new Application().websocket('/', app), error)
      t.throws(() => app.asgi, error)
    }
  })
}

test('WebSocketRoute: refuses a class that is no endpoint, and names one after its class', async (t) => {
  class Other {
    run(): void {}
  }
  t.throws(() => new WebSocketRoute('/x', Other as never), /the class "Other", expected .* extends WebSocketEndpoint/)
  t.equal(new WebSocketRoute('/x', Echo).name, 'Echo')
})
