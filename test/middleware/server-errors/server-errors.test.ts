import { test } from 'tap'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { endpointApp } from '../../../lib/endpoint/endpoint-app.ts'
import { progressOf } from '../../../lib/endpoint/progress.ts'
import type { ASGIApp, Middleware } from '../../../lib/spec/app.ts'
import type { HTTPScope } from '../../../lib/spec/scope.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { AppDriver } from '../../../lib/testing/app-driver.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../../lib/testing/scopes.ts'
import { serverErrors } from '../../../middleware/server-errors/server-errors.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

const failing =
  (error: unknown): ASGIApp =>
  async () => {
    throw error
  }

const boom = new Error('boom')

test('serverErrors: answers 500 in plain text and throws the error again', async (t) => {
  const { status, text, headers, error } = await outcomeOf(serverErrors()(failing(boom)), httpScope())
  t.equal(status, 500)
  t.equal(text, 'Internal Server Error')
  t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(error, boom)
})

test('serverErrors: answers an app that throws at once', async (t) => {
  const app = serverErrors()(() => {
    throw boom
  })
  t.match(await outcomeOf(app, httpScope()), { status: 500, error: boom })
})

test('serverErrors: answers what is no error', async (t) => {
  t.strictSame(await outcomeOf(serverErrors()(failing(null)), httpScope()).then(({ status }) => status), 500)
})

test('serverErrors: does not touch what goes well', async (t) => {
  const app = serverErrors()(new PlainTextResponse('well').asgi)
  t.match(await outcomeOf(app, httpScope()), { status: 200, text: 'well', error: null })
})

test('serverErrors: sends nothing after the start', async (t) => {
  const app = serverErrors({ debug: true })(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'begun', more_body: true })
    throw boom
  })
  t.match(await outcomeOf(app, httpScope()), { status: 200, text: 'begun', error: boom })
})

test('serverErrors: sends nothing to a client that has gone', async (t) => {
  const gone = new ClientDisconnected()
  t.match(await outcomeOf(serverErrors()(failing(gone)), httpScope()), { status: null, error: gone })
})

test('serverErrors: leaves WebSockets and the lifespan to the server', async (t) => {
  for (const scope of [webSocketScope(), lifespanScope()]) {
    const driver = new AppDriver(serverErrors({ debug: true })(failing(boom)), scope)
    await t.rejects(driver.finished, boom)
    await t.rejects(driver.next(), boom)
  }
})

test('serverErrors: a handler answers, and the error is thrown again', async (t) => {
  const handler = (_connection: unknown, error: unknown): PlainTextResponse =>
    new PlainTextResponse(`handled ${(error as Error).message}`, { status: 503 })
  t.match(await outcomeOf(serverErrors({ handler })(failing(boom)), httpScope()), {
    status: 503,
    text: 'handled boom',
    error: boom,
  })
})

/** Handlers that do not answer. */
for (const [what, handler] of [
  [
    'throws',
    () => {
      throw new TypeError('in the handler')
    },
  ],
  ['returns nothing', () => {}],
] as const) {
  test(`serverErrors: a handler that ${what} is reported, and the client gets the plain answer`, async (t) => {
    const { status, text, error } = await outcomeOf(serverErrors({ handler })(failing(boom)), httpScope())
    t.equal(status, 500)
    t.equal(text, 'Internal Server Error')
    t.type(error, AggregateError)
    t.equal((error as AggregateError).errors[0], boom)
    t.type((error as AggregateError).errors[1], TypeError)
    t.equal((error as Error).message, 'Cannot answer an error: the handler of server errors failed')
  })
}

/** Middleware that keeps an answer to itself for a while, as compression does. */
const broken: Middleware = (app) => (scope, receive, send) => {
  const progress = progressOf(scope)
  const wrapped: typeof send = async () => {
    throw new Error('cannot send')
  }
  if (progress !== null) progress.send = wrapped
  return app(scope, receive, send)
}

test('serverErrors: answers directly when the way through the middleware fails', async (t) => {
  t.match(await outcomeOf(serverErrors()(broken(failing(boom))), httpScope()), {
    status: 500,
    text: 'Internal Server Error',
    error: boom,
  })
})

test('serverErrors: throws the error again also when it cannot answer at all', async (t) => {
  const app = serverErrors()(failing(boom))
  const call = app(
    httpScope(),
    async () => ({ type: 'http.disconnect' }),
    async () => {
      throw new ClientDisconnected()
    },
  )
  await t.rejects(call, boom)
})

test('serverErrors: within another one, leaves an error to it unless it has a handler', async (t) => {
  const outer = serverErrors({ handler: () => new PlainTextResponse('outer', { status: 500 }) })
  const handler = (): PlainTextResponse => new PlainTextResponse('inner', { status: 500 })
  t.match(await outcomeOf(outer(serverErrors()(failing(boom))), httpScope()), { text: 'outer', error: boom })
  t.match(await outcomeOf(outer(serverErrors({ handler })(failing(boom))), httpScope()), { text: 'inner', error: boom })
})

const hostile = new Error('<script>alert("&\'")</script>')

test('serverErrors: in debug mode shows a page to browsers, escaped', async (t) => {
  const scope = httpScope({ headers: [['accept', 'text/html,application/xhtml+xml']] })
  const { status, text, headers, error } = await outcomeOf(serverErrors({ debug: true })(failing(hostile)), scope)
  t.equal(status, 500)
  t.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  t.notMatch(text, /<script/)
  t.match(text, /&lt;script&gt;alert\(&quot;&amp;&#39;&quot;\)/)
  t.match(text, /server-errors\.test\.ts/)
  t.equal(error, hostile)
})

test('serverErrors: in debug mode shows text to other clients', async (t) => {
  const { text, headers } = await outcomeOf(serverErrors({ debug: true })(failing(hostile)), httpScope())
  t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  t.match(text, '<script>alert("&\'")</script>')
  t.match(text, 'server-errors.test.ts')
})

test('serverErrors: in debug mode shows what is no error, and does not ask the handler', async (t) => {
  const handler = (): PlainTextResponse => new PlainTextResponse('handler')
  const scope = httpScope({ headers: [['accept', 'text/html']] })
  const { text } = await outcomeOf(serverErrors({ debug: true, handler })(failing({ reason: 'odd' })), scope)
  t.match(text, '<h1>Thrown: { reason: &#39;odd&#39; }</h1>')
})

const browser = (): HTTPScope =>
  httpScope({
    path: '/<path>',
    headers: [
      ['accept', 'text/html'],
      ['authorization', 'Bearer hidden-token'],
      ['cookie', 'session=hidden-session'],
      ['x-api-key', 'hidden-key'],
      ['x-shown', '<b>shown</b>'],
    ],
  })

test('serverErrors: the debug page shows the sources along the stack, and what caused the error', async (t) => {
  const cause = new TypeError('the <cause>')
  const { text, headers } = await outcomeOf(
    serverErrors({ debug: true })(failing(new Error('top', { cause }))),
    browser(),
  )
  t.match(text, /<mark> *\d+ {2}.*new TypeError\(&#39;the &lt;cause&gt;&#39;\)/)
  t.match(text, 'Caused by TypeError: the &lt;cause&gt;')
  t.equal(headers.get('content-security-policy'), "default-src 'none'; style-src 'unsafe-inline'")
  t.equal(headers.get('cache-control'), 'no-store')
})

test('serverErrors: the debug page shows the request, escaped, and no secrets', async (t) => {
  const { text } = await outcomeOf(serverErrors({ debug: true })(failing(boom)), browser())
  t.match(text, 'GET /&lt;path&gt;')
  t.match(text, '&lt;b&gt;shown&lt;/b&gt;')
  t.notMatch(text, /hidden-(?:token|session|key)/)
  t.notMatch(text, '<b>shown')
})

test('serverErrors: the debug page of an error without a stack has its message', async (t) => {
  const error = new Error('bare')
  delete error.stack
  const { status, text } = await outcomeOf(serverErrors({ debug: true })(failing(error)), browser())
  t.equal(status, 500)
  t.match(text, 'bare')
})

test('serverErrors: the debug page ends where causes go in a circle', async (t) => {
  const first = new Error('first')
  first.cause = new Error('second', { cause: first })
  const { text } = await outcomeOf(serverErrors({ debug: true })(failing(first)), browser())
  t.equal(text.match(/<h2>Caused by/g)?.length, 1)
})

test('serverErrors: shows nothing in production', async (t) => {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  const layer = serverErrors({ debug: true })
  if (before === undefined) delete process.env['NODE_ENV']
  else process.env['NODE_ENV'] = before
  t.match(await outcomeOf(layer(failing(boom)), browser()), { text: 'Internal Server Error', error: boom })
})

test('serverErrors: handlers of its own answer what is thrown within, and nothing is thrown again', async (t) => {
  const layer = serverErrors({ handlers: [[RangeError, () => new PlainTextResponse('handled', { status: 409 })]] })
  t.match(await outcomeOf(layer(failing(new RangeError())), httpScope()), { status: 409, text: 'handled', error: null })
  t.match(await outcomeOf(layer(failing(boom)), httpScope()), { status: 500, error: boom })
})

test('serverErrors: endpoints find its handlers when it is the nearest layer, and layers between see an answer', async (t) => {
  const seen: string[] = []
  const watching: Middleware = (app) => (scope, receive, send) =>
    app(scope, receive, send).then(
      () => void seen.push('an answer'),
      (error: unknown) => {
        seen.push('an error')
        throw error
      },
    )
  const endpoint = endpointApp(() => {
    throw new RangeError()
  })

  for (const nearest of [true, false]) {
    const handlers: Array<[typeof RangeError, () => PlainTextResponse]> = [
      [RangeError, () => new PlainTextResponse('handled', { status: 409 })],
    ]
    const layer = serverErrors({ handlers, nearest })
    t.match(await outcomeOf(layer(watching(endpoint)), httpScope()), { status: 409, text: 'handled', error: null })
  }
  t.same(seen, ['an answer', 'an error'])
})
