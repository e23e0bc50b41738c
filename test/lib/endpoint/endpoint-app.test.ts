import { test } from 'tap'
import { endpointApp, websocketEndpointApp } from '../../../lib/endpoint/endpoint-app.ts'
import type { Endpoint, EndpointResult } from '../../../lib/endpoint/endpoint.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { settled } from '../../../lib/spec/app.ts'
import { AppDriver } from '../../../lib/testing/app-driver.ts'
import { httpScope, webSocketScope } from '../../../lib/testing/scopes.ts'
import { receiveNothing, recorder } from '../../support/messages.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

/** What an endpoint returns, and the answer. */
const results: readonly (readonly [what: string, endpoint: Endpoint, status: number, text: string])[] = [
  ['a Response', () => new PlainTextResponse('now'), 200, 'now'],
  ['a promise of a Response', async () => new JSONResponse({ a: 1 }, { status: 201 }), 201, '{"a":1}'],
  ['a Fetch Response', () => new Response('fetch', { status: 203 }), 203, 'fetch'],
  ['a promise of a Fetch Response', async () => new Response(null, { status: 204 }), 204, ''],
  [
    'a thenable',
    // oxlint-disable-next-line unicorn/no-thenable -- that is the case
    () => ({ then: (resolve: (value: EndpointResult) => void) => resolve(new PlainTextResponse('then')) }) as never,
    200,
    'then',
  ],
]

for (const [what, endpoint, status, text] of results) {
  test(`endpointApp: answers with ${what}`, async (t) => {
    t.match(await outcomeOf(endpointApp(endpoint), httpScope()), { status, text, error: null })
  })
}

test('endpointApp: does not wait when there is nothing to wait for', async (t) => {
  const { send, sent } = recorder()
  const done = endpointApp(() => new PlainTextResponse('now'))(httpScope(), receiveNothing, send)
  t.equal(done, settled)
  t.equal(sent.length, 2)
})

/** What is no response, and what is said about it. */
const wrong: readonly (readonly [value: unknown, message: RegExp])[] = [
  [undefined, /Cannot respond with undefined: expected a Response or a Fetch Response; is a "return" missing\?/],
  [null, /Cannot respond with null/],
  ['text', /Cannot respond with "text".*wrap the value/],
  [Promise.resolve({}), /Cannot respond with an object of class Object/],
]

for (const [value, message] of wrong) {
  test(`endpointApp: rejects when the endpoint returns what the message calls ${message.source.slice(0, 40)}`, async (t) => {
    t.match(await outcomeOf(endpointApp((() => value) as never), httpScope()), { status: null, error: message })
  })
}

test('endpointApp: rejects with what the endpoint throws when nobody handles it', async (t) => {
  const error = new RangeError()
  const throwing = endpointApp(() => {
    throw error
  })
  const rejecting = endpointApp(async () => {
    throw error
  })
  t.equal((await outcomeOf(throwing, httpScope())).error, error)
  t.equal((await outcomeOf(rejecting, httpScope())).error, error)
})

test('endpointApp: throws on a scope of another type', async (t) => {
  t.throws(() => endpointApp(() => new PlainTextResponse())(webSocketScope(), receiveNothing, recorder().send), {
    message: 'Cannot run an endpoint on a scope of type "websocket": expected "http"',
  })
})

test('websocketEndpointApp: runs the endpoint to its end', async (t) => {
  const app = websocketEndpointApp(async (websocket) => {
    await websocket.accept()
    await websocket.sendText(await websocket.receiveText())
  })
  const driver = new AppDriver(app, webSocketScope())
  driver.deliver({ type: 'websocket.connect' })
  t.match(await driver.next(), { type: 'websocket.accept' })
  driver.deliver({ type: 'websocket.receive', text: 'hi' })
  t.match(await driver.next(), { type: 'websocket.send', text: 'hi' })
  await driver.finished
})

test('websocketEndpointApp: an endpoint need not wait for anything', async (t) => {
  const { send } = recorder()
  t.equal(websocketEndpointApp(() => {})(webSocketScope(), receiveNothing, send), settled)
})

test('websocketEndpointApp: rejects with what the endpoint throws when nobody handles it', async (t) => {
  const error = new RangeError()
  const throwing = websocketEndpointApp(() => {
    throw error
  })
  const rejecting = websocketEndpointApp(async () => {
    throw error
  })
  await t.rejects(throwing(webSocketScope(), receiveNothing, recorder().send), error)
  await t.rejects(rejecting(webSocketScope(), receiveNothing, recorder().send), error)
})

test('websocketEndpointApp: throws on a scope of another type', async (t) => {
  t.throws(() => websocketEndpointApp(() => {})(httpScope(), receiveNothing, recorder().send), {
    message: 'Cannot run a WebSocket endpoint on a scope of type "http": expected "websocket"',
  })
})
