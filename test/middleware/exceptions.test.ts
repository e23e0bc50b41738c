import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { endpointApp } from '../../lib/endpoint/endpoint-app.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../lib/testing/scopes.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { exceptions } from '../../middleware/exceptions.ts'
import { outcomeOf } from '../support/outcome-of.ts'

const says =
  (body: string, status = 400) =>
  () =>
    new PlainTextResponse(body, { status })

const throwing =
  (error: unknown): ASGIApp =>
  () => {
    throw error
  }

const rejecting =
  (error: unknown): ASGIApp =>
  async () => {
    throw error
  }

for (const [kind, failing] of [
  ['throws at once', throwing],
  ['rejects', rejecting],
] as const) {
  test(`exceptions: answers an app that ${kind} with the handler of the error`, async (t) => {
    const app = exceptions({ handlers: [exceptionHandler(RangeError, says('range'))] })(failing(new RangeError()))
    t.match(await outcomeOf(app, httpScope()), { status: 400, text: 'range', error: null })
  })

  test(`exceptions: lets pass what has no handler when an app ${kind}`, async (t) => {
    const app = exceptions({ handlers: [exceptionHandler(RangeError, says('range'))] })(failing(new TypeError('other')))
    t.match(await outcomeOf(app, httpScope()), { status: null, error: { message: 'other' } })
  })
}

test('exceptions: does not touch what goes well', async (t) => {
  const app = exceptions({ handlers: [] })(endpointApp(() => new PlainTextResponse('well')))
  t.match(await outcomeOf(app, httpScope()), { status: 200, text: 'well', error: null })
})

test('exceptions: throws a handled error that comes after the start, saying so', async (t) => {
  const cause = new RangeError('late')
  const app = exceptions({ handlers: [exceptionHandler(RangeError, says('range'))] })(async (
    _scope,
    _receive,
    send,
  ) => {
    await send({ type: 'http.response.start', status: 200 })
    throw cause
  })
  const { status, text, error } = await outcomeOf(app, httpScope())
  t.equal(status, 200)
  t.equal(text, '')
  t.match(error, {
    name: 'ResponseStarted',
    code: 'STELLINE_RESPONSE_STARTED',
    message: 'Cannot answer an error with its exception handler: the response has started already',
    cause,
  })
})

test('exceptions: a handler is not called after the start', async (t) => {
  let called = false
  const handler = exceptionHandler(RangeError, () => {
    called = true
    return new PlainTextResponse('')
  })
  const app = exceptions({ handlers: [handler] })(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    throw new RangeError()
  })
  await outcomeOf(app, httpScope())
  t.notOk(called)
})

test('exceptions: early hints do not count as an answer', async (t) => {
  const app = exceptions({ handlers: [exceptionHandler(RangeError, says('range'))] })(async (
    _scope,
    _receive,
    send,
  ) => {
    await send({ type: 'http.response.early_hint', links: ['</a.css>; rel=preload'] })
    throw new RangeError()
  })
  const scope = httpScope({ extensions: { 'http.response.early_hint': {} } })
  t.match(await outcomeOf(app, scope), { status: 400, text: 'range', error: null })
})

test('exceptions: a start that the server refuses leaves the answer open', async (t) => {
  const app = exceptions({ handlers: [exceptionHandler(TypeError, says('refused'))] })((_scope, _receive, send) =>
    send({ type: 'http.response.start', status: 7 }),
  )
  const sent: unknown[] = []
  await app(
    httpScope(),
    async () => ({ type: 'http.disconnect' }),
    async (message) => {
      sent.push(message)
    },
  )
  t.equal(sent.length, 1)
  const driver = new AppDriver(
    (scope, receive, send) =>
      app(scope, receive, (message) => {
        if ((message as { status?: number }).status === 7) throw new TypeError('7')
        return send(message)
      }),
    httpScope(),
  )
  t.match(await driver.next(), { status: 400 })
})

test('exceptions: inner handlers come first, outer ones stand behind them', async (t) => {
  const outer = exceptions({
    handlers: [exceptionHandler(RangeError, says('outer range')), exceptionHandler(TypeError, says('outer type'))],
  })
  const inner = exceptions({ handlers: [exceptionHandler(RangeError, says('inner range'))] })
  for (const [error, text] of [
    [new RangeError(), 'inner range'],
    [new TypeError(), 'outer type'],
  ] as const) {
    const endpoint = endpointApp(() => {
      throw error
    })
    t.match(await outcomeOf(outer(inner(endpoint)), httpScope()), { text, error: null })
    t.match(await outcomeOf(outer(inner(throwing(error))), httpScope()), { text, error: null })
  }
})

test('exceptions: a handler of an HTTP request must answer', async (t) => {
  const app = exceptions({ handlers: [exceptionHandler(RangeError, () => {})] })(throwing(new RangeError()))
  t.match(await outcomeOf(app, httpScope()), {
    status: null,
    error: /Cannot respond with undefined: expected a Response/,
  })
})

test('exceptions: a handler may answer with a Fetch Response', async (t) => {
  const handler = exceptionHandler(RangeError, async () => new Response('fetch', { status: 409 }))
  const app = exceptions({ handlers: [handler] })(throwing(new RangeError()))
  t.match(await outcomeOf(app, httpScope()), { status: 409, text: 'fetch', error: null })
})

test('exceptions: refuses a WebSocket with the response of a handler', async (t) => {
  const app = exceptions({ handlers: [exceptionHandler(HTTPException, says('no', 401))] })(
    throwing(new HTTPException(401)),
  )
  const driver = new AppDriver(app, webSocketScope({ extensions: { 'websocket.http.response': {} } }))
  t.match(await driver.next(), { type: 'websocket.http.response.start', status: 401 })
  t.match(await driver.next(), { type: 'websocket.http.response.body', body: 'no' })
  await driver.finished
})

test('exceptions: leaves the lifespan alone', async (t) => {
  const app = exceptions({ handlers: [exceptionHandler(RangeError, says('range'))] })(
    rejecting(new RangeError('lifespan')),
  )
  await t.rejects(new AppDriver(app, lifespanScope()).finished, { message: 'lifespan' })
})
