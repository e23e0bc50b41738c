import { test } from 'tap'
import { z } from 'zod'
import { websocketContract } from '../../../../lib/endpoint/contract/websocket-contract.ts'
import type { WebSocketShape } from '../../../../lib/endpoint/contract/websocket-contract.ts'
import {
  websocketContractEndpoint,
  websocketContractOf,
} from '../../../../lib/endpoint/contract/websocket-contract-endpoint.ts'
import type { WebSocketContractFunction } from '../../../../lib/endpoint/contract/websocket-function.ts'
import { PlainTextResponse } from '../../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

function appWith<const Shape extends WebSocketShape>(
  shape: Shape,
  endpoint: WebSocketContractFunction<Shape, { readonly room: string }>,
): Application {
  return new Application().websocket('/{room}', shape, endpoint)
}

const Message = z.object({ text: z.string().max(5), secret: z.number().optional() })

test('websocketContractEndpoint: gives what was declared, and validates messages both ways', async (t) => {
  const app = appWith(
    {
      query: z.object({ page: z.number() }),
      headers: z.object({ xUser: z.string() }),
      cookies: z.object({ theme: z.string() }),
      receive: Message,
      send: z.object({ text: z.string() }),
    },
    async ({ websocket, params, query, headers, cookies }) => {
      await websocket.accept()
      const first = await websocket.receive()
      await websocket.send({ text: [first.text, params.room, query.page, headers.xUser, cookies.theme].join() })
      for await (const { text } of websocket) await websocket.send({ text, extra: true } as { text: string })
    },
  )
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den?page=2', { headers: { 'x-user': 'ann', cookie: 'theme=dark' } })

  await peer.sendJson({ text: 'hi' })
  t.strictSame(await peer.receiveJson(), { text: 'hi,den,2,ann,dark' })
  await peer.sendBytes(Buffer.from('{"text":"bytes"}'))
  t.strictSame(await peer.receiveJson(), { text: 'bytes' })
  await peer.close()
})

test('websocketContractEndpoint: without schemas any JSON goes', async (t) => {
  const app = appWith({}, async ({ websocket }) => {
    await websocket.accept()
    await websocket.send([await websocket.receive()])
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')
  await peer.sendJson(1)
  t.strictSame(await peer.receiveJson(), [1])
})

test('websocketContractEndpoint: a bad handshake is refused before the accept', async (t) => {
  let ran = false
  const app = appWith({ query: z.object({ page: z.number() }) }, () => {
    ran = true
  })
  await using client = await TestClient.open(app)
  const denied: unknown = await client.websocket('/den?page=x').catch((error: unknown) => error)
  t.match(denied, { code: 'STELLINE_WEBSOCKET_DENIED', response: { status: 403 } })
  t.notOk(ran)
})

/** Messages that close a connection, and the reason of the close. */
const badMessages: readonly (readonly [sent: string, reason: RegExp])[] = [
  ['{"text":1}', /^message\.text: Invalid input: expected string/],
  ['{"text":"too long for it"}', /^message\.text: Too big/],
  ['not JSON', /^message: The message is not valid JSON$/],
]

for (const [sent, reason] of badMessages) {
  test(`websocketContractEndpoint: ${sent} closes with 1008 and a reason`, async (t) => {
    const app = appWith({ receive: Message }, async ({ websocket }) => {
      await websocket.accept()
      await websocket.receive()
    })
    await using client = await TestClient.open(app)
    const peer = await client.websocket('/den')
    await peer.sendText(sent)
    const left: unknown = await peer.receive().catch((error: unknown) => error)
    t.match(left, { closeCode: 1008, reason })
    t.ok(Buffer.byteLength((left as { reason: string }).reason) <= 123)
  })
}

test('websocketContractEndpoint: a message that was not declared is the fault of the app', async (t) => {
  const app = appWith({ send: Message }, async ({ websocket }) => {
    await websocket.accept()
    await websocket.send({ text: 'too long for it' })
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')
  await t.rejects(peer.receive(), {
    code: 'STELLINE_RESPONSE_VALIDATION',
    message: /^Cannot send a message: it does not fulfil the contract: text: Too big/,
  })
})

test('MessageSocket: closes and denies as the WebSocket does', async (t) => {
  const app = appWith({}, async ({ websocket, params }) => {
    if (params.room === 'denied') return websocket.deny(new PlainTextResponse('no', { status: 410 }))
    await websocket.accept()
    return websocket.close(4001, 'enough')
  })
  await using client = await TestClient.open(app)
  t.match(await client.websocket('/denied').catch((error: unknown) => error), { response: { status: 410 } })
  const peer = await client.websocket('/den')
  t.match(await peer.receive().catch((error: unknown) => error), { closeCode: 4001, reason: 'enough' })
})

test('websocketContractOf: finds the contract of an endpoint', async (t) => {
  const chat = websocketContract({})
  const endpoint = websocketContractEndpoint(chat, function talk() {})
  t.equal(websocketContractOf(endpoint), chat)
  t.equal(endpoint.name, 'talk')
  t.equal(
    websocketContractOf(() => null),
    null,
  )
  t.equal(websocketContractOf(null), null)
  t.throws(() => websocketContractEndpoint(chat, 1 as never), { message: /^Cannot make an endpoint of 1/ })
})
