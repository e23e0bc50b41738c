import { test } from 'tap'
import { z } from 'zod'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { RequestValidationError } from '../../../../lib/endpoint/validation/request-validation-error.ts'
import { exceptionHandler } from '../../../../lib/endpoint/exception-handlers.ts'
import { AppDriver } from '../../../../lib/testing/app-driver.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { webSocketScope } from '../../../../lib/testing/scopes.ts'
import type { WebSocketScope } from '../../../../lib/spec/scope.ts'
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
  ['', /^message: The message is not valid JSON$/],
  [`{"text":${'['.repeat(201)}${']'.repeat(201)}}`, /^message: The message nests deeper than 200 levels$/],
]

for (const [sent, reason] of badMessages) {
  test(`websocketContractEndpoint: ${sent.slice(0, 30)} closes with 1008 and a reason`, async (t) => {
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

test('websocketContractEndpoint: bytes that are not UTF-8 close with 1008 and a reason', async (t) => {
  const app = appWith({}, async ({ websocket }) => {
    await websocket.accept()
    await websocket.receive()
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')
  await peer.sendBytes(Uint8Array.of(0x22, 0xff, 0x22))
  const left: unknown = await peer.receive().catch((error: unknown) => error)
  t.match(left, { closeCode: 1008, reason: 'message: The message is not valid JSON' })
})

/** Handshakes that do not keep a contract, and the reason that they are closed with. */
const badHandshakes: readonly (readonly [
  what: string,
  shape: WebSocketShape,
  sent: Partial<WebSocketScope>,
  reason: RegExp,
])[] = [
  [
    'path',
    { path: z.object({ room: z.enum(['den']) }) },
    { path: '/attic' },
    /^path\.room: Invalid option: expected one of "den"|^path\.room: Invalid input: expected "den"$/,
  ],
  ['query', { query: z.object({ page: z.number() }) }, { query_string: 'page=x' }, /^query\.page: Invalid input/],
  ['query, where it is missing', { query: z.object({ page: z.number() }) }, {}, /^query\.page: Invalid input/],
  [
    'headers',
    { headers: z.object({ xUser: z.string().max(3) }) },
    { headers: [['x-user', 'longer']] },
    /^headers\.x-user: Too big/,
  ],
  [
    'cookies',
    { cookies: z.object({ theme: z.enum(['dark', 'light']) }) },
    { headers: [['cookie', 'theme=pink']] },
    /^cookies\.theme: Invalid option/,
  ],
  [
    'everything together',
    { query: z.object({ page: z.number() }), cookies: z.object({ theme: z.string() }) },
    {},
    /^query\.page: .*cookies\.theme: /,
  ],
  [
    'what a dependency asks for',
    { dependencies: { page: depends({ query: z.object({ page: z.number() }) }, ({ query }) => query.page) } },
    { query_string: 'page=x' },
    /^query\.page: Invalid input/,
  ],
  [
    'a schema that takes its time',
    { query: z.object({ page: z.string().refine(() => Promise.resolve(false), 'There is no such page') }) },
    { query_string: 'page=1' },
    /^query\.page: There is no such page$/,
  ],
]

for (const [what, shape, sent, reason] of badHandshakes) {
  test(`websocketContractEndpoint: a handshake against ${what} is closed with 1008 and a reason before the accept`, async (t) => {
    let ran = false
    const app = appWith(shape, () => {
      ran = true
    })
    const scope = webSocketScope({ path: '/den', ...sent })
    const driver = new AppDriver(lint(app), scope, { timeoutMs: 10_000 })
    driver.deliver({ type: 'websocket.connect' })
    t.match(await driver.next(), { type: 'websocket.close', code: 1008, reason })
    await driver.finished
    t.notOk(ran)
  })
}

test('websocketContractEndpoint: a handler of the app can say it otherwise', async (t) => {
  const handler = exceptionHandler(RequestValidationError, (_connection, { errors }) => {
    return new PlainTextResponse(String(errors.length), { status: 400 })
  })
  const app = new Application({ exceptionHandlers: [handler] })
  app.websocket('/den', { query: z.object({ page: z.number() }) }, () => {})
  await using client = await TestClient.open(app)
  const denied: unknown = await client.websocket('/den').catch((error: unknown) => error)
  t.match(denied, { response: { status: 400 } })
  t.equal(await (denied as { response: { text(): Promise<string> } }).response.text(), '1')
})

test('MessageSocket.receive: an endpoint may catch what is wrong, and go on', async (t) => {
  const app = appWith({ receive: Message }, async ({ websocket }) => {
    await websocket.accept()
    const error: unknown = await websocket.receive().catch((thrown: unknown) => thrown)
    await websocket.send({ refused: (error as RequestValidationError).errors })
    await websocket.send(await websocket.receive())
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')
  await peer.sendJson({ text: 1 })
  t.match(await peer.receiveJson(), { refused: [{ in: 'message', path: ['text'], code: 'invalid_type' }] })
  await peer.sendJson({ text: 'hi' })
  t.strictSame(await peer.receiveJson(), { text: 'hi' })
})

test('MessageSocket.receive: schemas may take their time', async (t) => {
  const slow = z.string().refine((text) => Promise.resolve(text !== 'no'), 'Not that one')
  const app = appWith({ receive: slow, send: slow }, async ({ websocket }) => {
    await websocket.accept()
    for await (const text of websocket) await websocket.send(text)
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')
  await peer.sendJson('yes')
  t.equal(await peer.receiveJson(), 'yes')
  await peer.sendJson('no')
  const left: unknown = await peer.receive().catch((error: unknown) => error)
  t.match(left, { closeCode: 1008, reason: 'message: Not that one' })
})

test('MessageSocket.send: messages keep the order of the calls, however long their schema takes', async (t) => {
  const waits: (() => void)[] = []
  const slow = z.string().refine(async (text) => {
    if (text !== 'quick') await new Promise<void>((resolve) => waits.push(resolve))
    return text !== 'no'
  })
  const app = appWith({ send: slow }, async ({ websocket }) => {
    await websocket.accept()
    const sent = ['first', 'no', 'second', 'quick'].map((text) => websocket.send(text))
    setImmediate(() => {
      for (const go of waits.toReversed()) setImmediate(go)
    })
    const results = await Promise.allSettled(sent)
    await websocket.connection.sendJson(results.map(({ status }) => status))
  })
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/den')

  const messages = [await peer.receiveJson(), await peer.receiveJson(), await peer.receiveJson()]

  t.strictSame(messages, ['first', 'second', 'quick'])
  t.strictSame(await peer.receiveJson(), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
})

/** Messages of the app that are not what it has declared. */
const undeclared: readonly (readonly [what: string, message: unknown])[] = [
  ['against the schema', { text: 'a secret that is too long' }],
  ['without a declared field', {}],
  ['that is nothing', undefined],
]

for (const [what, message] of undeclared) {
  test(`MessageSocket.send: a message ${what} is the fault of the app, of which the peer learns nothing`, async (t) => {
    const app = appWith({ send: Message }, async ({ websocket }) => {
      await websocket.accept()
      await websocket.send(message as never)
    })
    await using client = await TestClient.open(app, { raiseServerErrors: false })
    const peer = await client.websocket('/den')
    const left: unknown = await peer.receive().catch((error: unknown) => error)
    t.match(left, { closeCode: 1011 })
    t.notMatch((left as { reason: string }).reason, /text|secret|contract/)
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
