import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { WebSocketException } from '../../lib/exceptions/websocket-exception.ts'
import { Request } from '../../lib/request/request.ts'
import { WebSocket } from '../../lib/request/websocket.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { httpScope, lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import type { TestWebSocket } from '../../lib/testing/test-websocket.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { Route } from '../../routing/route.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { tagging } from '../support/tagging.ts'

const says = (body: string) => () => new PlainTextResponse(body)

const failing = (error: unknown) => () => {
  throw error
}

/** Notes what passes, as a middleware of a user would that cares for the outcome. */
const watching =
  (seen: string[]): Middleware =>
  (app) =>
  async (scope, receive, send) => {
    seen.push(scope.type)
    await app(scope, receive, send).catch((error: unknown) => {
      seen.push(String(error))
      throw error
    })
  }

test('Application: answers by its routes', async (t) => {
  const app = new Application({ routes: [new Route('/', says('home'))] })
  app.get('/users/{id:int}', (request) => new JSONResponse(request.pathParams.id))
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), 'home')
  t.equal(await (await client.get('/users/7')).json(), 7)
})

test('Application: answers 404 and 405 in plain text', async (t) => {
  await using client = await TestClient.open(new Application({ routes: [new Route('/', says('home'))] }))
  const missing = await client.get('/other')
  t.equal(missing.status, 404)
  t.equal(await missing.text(), 'Not Found')
  const refused = await client.post('/')
  t.equal(refused.status, 405)
  t.equal(refused.headers.get('allow'), 'GET, HEAD')
  t.equal(await refused.text(), 'Method Not Allowed')
})

test('Application: leaves 404 and 405 to its exception handlers', async (t) => {
  const app = new Application({
    routes: [new Route('/{id:int}', says('one'))],
    exceptionHandlers: [
      exceptionHandler(404, says('nothing here')),
      exceptionHandler(405, (connection, error) => {
        return new JSONResponse({ allow: error.headers!.get('allow'), params: connection.pathParams })
      }),
    ],
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/x')).text(), 'nothing here')
  t.strictSame(await (await client.put('/3')).json(), { allow: 'GET, HEAD', params: { id: 3 } })
})

test('Application: takes exception handlers as a Map', async (t) => {
  const app = new Application({ exceptionHandlers: new Map([[404, says('from a map')]]) })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/x')).text(), 'from a map')
})

test('Application: the first middleware of the list is the outermost', async (t) => {
  const app = new Application({ routes: [new Route('/', says(''))], middleware: [tagging('outer'), tagging('inner')] })
  await using client = await TestClient.open(app)
  t.equal((await client.get('/')).headers.get('x-tag'), 'inner, outer')
})

test('Application: middleware that is added is the outermost', async (t) => {
  const app = new Application({ routes: [new Route('/', says(''))], middleware: [tagging('listed')] })
  app.addMiddleware(tagging('added'))
  await using client = await TestClient.open(app)
  t.equal((await client.get('/')).headers.get('x-tag'), 'listed, added')
})

test('Application: takes no middleware after it has started', async (t) => {
  const app = new Application()
  await using client = await TestClient.open(app)
  await client.get('/')
  t.throws(() => app.addMiddleware(tagging('late')), {
    message: 'Cannot add middleware: the application has started, expected it before its first call',
  })
})

test('Application: makes each middleware once', async (t) => {
  let made = 0
  const counted: Middleware = (app) => {
    made++
    return app
  }
  const app = new Application({ middleware: [counted] })
  t.equal(made, 0)
  await using client = await TestClient.open(app)
  await client.get('/')
  await client.get('/')
  t.equal(made, 1)
})

test('Application: its middleware sees connections, not the lifespan', async (t) => {
  const seen: string[] = []
  const app = new Application({ middleware: [watching(seen)] })
  {
    await using client = await TestClient.open(app)
    await client.get('/')
    await t.rejects(client.websocket('/'), WebSocketDenied)
  }
  t.strictSame(seen, ['http', 'websocket'])
})

test('Application: its middleware sees an answer where a handled error was thrown', async (t) => {
  const seen: string[] = []
  const app = new Application({
    routes: [new Route('/', failing(new HTTPException(403)))],
    middleware: [watching(seen)],
  })
  await using client = await TestClient.open(app)
  t.equal((await client.get('/')).status, 403)
  t.strictSame(seen, ['http'])
})

test('Application: an unhandled error passes the middleware, is answered through it, and is thrown again', async (t) => {
  const seen: string[] = []
  const app = new Application({
    routes: [new Route('/', failing(new Error('boom')))],
    middleware: [tagging('outer'), watching(seen), tagging('inner')],
  })
  const driver = new AppDriver(app, httpScope())
  const start = (await driver.next()) as { status: number; headers: Iterable<readonly [string, string]> }
  t.equal(start.status, 500)
  t.strictSame(
    [...start.headers].filter(([name]) => name === 'x-tag').map(([, value]) => value),
    ['inner', 'outer'],
  )
  t.match(await driver.next(), { body: 'Internal Server Error' })
  await t.rejects(driver.finished, { message: 'boom' })
  t.strictSame(seen, ['http', 'Error: boom'])
})

test('Application: middleware may answer an error itself', async (t) => {
  const rescue: Middleware = (app) => async (scope, receive, send) => {
    await app(scope, receive, send).catch(() => new PlainTextResponse('rescued').respond(scope, receive, send))
  }
  const app = new Application({ routes: [new Route('/', failing(new Error('boom')))], middleware: [rescue] })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), 'rescued')
})

test('Application: an error of a middleware is answered through those outside of it', async (t) => {
  const broken: Middleware = () => async () => {
    throw new Error('broken middleware')
  }
  const app = new Application({ middleware: [tagging('outer'), broken, tagging('inner')] })
  const { status, headers, error } = await outcomeOf(app, httpScope())
  t.equal(status, 500)
  t.equal(headers.get('x-tag'), 'outer')
  t.match(error, { message: 'broken middleware' })
})

/** Keys of the handler for everything. */
for (const key of [500, Error] as const) {
  test(`Application: a handler for ${String(key === 500 ? 500 : 'Error')} answers what no other does`, async (t) => {
    const app = new Application({
      routes: [new Route('/', failing(new RangeError('boom')))],
      middleware: [tagging('outer')],
      exceptionHandlers: new Map([
        [key, (_request: unknown, error: Error) => new PlainTextResponse(error.message, { status: 500 })],
      ]),
    })
    const { status, headers, text, error } = await outcomeOf(app, httpScope())
    t.equal(status, 500)
    t.equal(text, 'boom')
    t.equal(headers.get('x-tag'), 'outer')
    t.match(error, { name: 'RangeError' })
  })
}

test('Application: shows errors in debug mode', async (t) => {
  const app = new Application({ routes: [new Route('/', failing(new Error('<boom>')))] })
  app.debug = true
  const { text } = await outcomeOf(app, httpScope({ headers: [['accept', 'text/html']] }))
  t.match(text, '&lt;boom&gt;')
})

test('Application: the innermost application is the one of a connection, the outermost resolves URLs', async (t) => {
  let seen: unknown
  const inner = new Application().get('/', (request) => {
    seen = [request.app === inner, request.scope.url_resolver === outer]
    return new PlainTextResponse()
  })
  const outer = new Application({ routes: [new Mount('/in', inner)] })
  await using client = await TestClient.open(outer)
  await client.get('/in/')
  t.strictSame(seen, [true, true])
})

test('Application: requests build URLs of its named routes, through mounts and below the root path', async (t) => {
  const inner = new Application().get(
    '/users/{id:int}',
    (request) => new JSONResponse([request.urlFor('in:user', { id: 3 }).href, request.urlFor('home').href]),
    { name: 'user' },
  )
  const outer = new Application({ routes: [new Mount('/in', inner, { name: 'in' })] }).get('/', says(''), {
    name: 'home',
  })
  await using client = await TestClient.open(outer, { baseUrl: 'https://example.org', rootPath: '/api' })
  const urls = await (await client.get('/in/users/1')).json()
  t.strictSame(urls, ['https://example.org/api/in/users/3', 'https://example.org/api/'])
})

test('Application: an exception handler sees its own application, not one that is mounted', async (t) => {
  let seen: unknown
  const inner = new Application({ routes: [new Route('/', failing(new RangeError()))] })
  const outer: Application = new Application({
    routes: [new Mount('/in', inner)],
    exceptionHandlers: [
      exceptionHandler(RangeError, (connection) => {
        seen = [connection.app === outer, connection.scope.root_path]
        return new PlainTextResponse()
      }),
    ],
  })
  await using client = await TestClient.open(outer)
  t.equal((await client.get('/in/')).status, 200)
  t.strictSame(seen, [true, ''])
})

test('Application: in another one, the nearest handler answers', async (t) => {
  const routes = () => [
    new Route('/http', failing(new HTTPException(409))),
    new Route('/range', failing(new RangeError('range'))),
    new Route('/type', failing(new TypeError('type'))),
  ]
  const inner = new Application({
    routes: routes(),
    exceptionHandlers: [exceptionHandler(TypeError, says('inner type'))],
  })
  const own = new Application({ routes: routes(), exceptionHandlers: [exceptionHandler(500, says('own 500'))] })
  const outer = new Application({
    routes: [new Mount('/inner', inner), new Mount('/own', own)],
    exceptionHandlers: [
      exceptionHandler(409, says('outer 409')),
      exceptionHandler(RangeError, says('outer range')),
      exceptionHandler(TypeError, says('outer type')),
    ],
  })
  const answers: Record<string, string> = {
    '/inner/http': 'Conflict',
    '/inner/range': 'outer range',
    '/inner/type': 'inner type',
    '/own/range': 'own 500',
    '/own/type': 'own 500',
  }
  for (const [path, expected] of Object.entries(answers)) {
    t.equal((await outcomeOf(outer, httpScope({ path }))).text, expected, path)
  }
})

test('Application: in another one, an error without a handler is answered once and thrown', async (t) => {
  const inner = new Application({
    routes: [new Route('/', failing(new Error('boom')))],
    middleware: [tagging('inner')],
  })
  const outer = new Application({ routes: [new Mount('/in', inner)], middleware: [tagging('outer')] })
  const { status, headers, text, error } = await outcomeOf(outer, httpScope({ path: '/in/' }))
  t.equal(status, 500)
  t.equal(text, 'Internal Server Error')
  t.equal(headers.get('x-tag'), 'inner, outer')
  t.match(error, { message: 'boom' })
})

test('Application: the endpoint and the handler get one Request, so that a body stays readable', async (t) => {
  const seen: unknown[] = []
  const app = new Application({
    exceptionHandlers: [
      exceptionHandler(RangeError, async (connection) => {
        seen.push(connection)
        return new PlainTextResponse(connection instanceof Request ? await connection.text() : '')
      }),
    ],
  }).post('/', async (request) => {
    seen.push(request)
    await request.text()
    throw new RangeError()
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.post('/', { body: 'read twice' })).text(), 'read twice')
  t.equal(seen[0], seen[1])
})

test('Application: a handler that throws an HTTPException is answered with it', async (t) => {
  const app = new Application({
    routes: [new Route('/', failing(new RangeError()))],
    exceptionHandlers: [
      exceptionHandler(RangeError, () => {
        throw new HTTPException(404, { detail: 'gone' })
      }),
    ],
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  t.equal(response.status, 404)
  t.equal(await response.text(), 'gone')
})

test('Application: an error of a handler is thrown', async (t) => {
  const app = new Application({
    routes: [new Route('/', failing(new RangeError()))],
    exceptionHandlers: [exceptionHandler(RangeError, failing(new TypeError('handler')))],
  })
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: 'handler' })
})

test('Application: closes a WebSocket with the code of a WebSocketException', async (t) => {
  const app = new Application().websocket('/', async (websocket) => {
    await websocket.accept()
    throw new WebSocketException(4001, 'enough')
  })
  await using client = await TestClient.open(app)
  await using websocket = await client.websocket('/')
  t.strictSame(await websocket.closed, { code: 4001, reason: 'enough' })
})

const denial = async (opening: Promise<TestWebSocket>): Promise<[number, string]> => {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof WebSocketDenied)) throw error ?? new Error('accepted')
  return [error.response.status, await error.response.text()]
}

test('Application: refuses a WebSocket with an HTTPException, before the accept', async (t) => {
  const app = new Application()
    .websocket('/http', failing(new HTTPException(401, { detail: 'who are you?' })))
    .websocket('/socket', failing(new WebSocketException(4001)))
    .websocket('/own', failing(new RangeError('own')))
  const own = new Application({
    routes: [new Mount('', app)],
    exceptionHandlers: [
      exceptionHandler(RangeError, (_connection, error) => new PlainTextResponse(error.message, { status: 409 })),
    ],
  })
  await using client = await TestClient.open(own)
  t.strictSame(await denial(client.websocket('/http')), [401, 'who are you?'])
  t.equal((await denial(client.websocket('/socket')))[0], 403)
  t.strictSame(await denial(client.websocket('/own')), [409, 'own'])
})

test('Application: a handler may close a WebSocket itself', async (t) => {
  const app = new Application({
    exceptionHandlers: [
      exceptionHandler(RangeError, async (connection, error) => {
        if (connection instanceof WebSocket) await connection.close(4002, error.message)
      }),
    ],
  }).websocket('/', async (websocket) => {
    await websocket.accept()
    throw new RangeError('too far')
  })
  await using client = await TestClient.open(app)
  await using websocket = await client.websocket('/')
  t.strictSame(await websocket.closed, { code: 4002, reason: 'too far' })
})

test('Application: an HTTPException after the accept is thrown: there is nothing to answer any more', async (t) => {
  const app = new Application().websocket('/', async (websocket) => {
    await websocket.accept()
    throw new HTTPException(400)
  })
  const client = await TestClient.open(app)
  const websocket = await client.websocket('/')
  t.equal((await websocket.closed).code, 1011)
  await t.rejects(client.close(), { name: 'ResponseStarted', code: 'STELLINE_RESPONSE_STARTED' })
})

test('Application: an endpoint that ends because its peer has left has ended well', async (t) => {
  let ended = false
  const app = new Application().websocket('/', async (websocket) => {
    await websocket.accept()
    try {
      await websocket.receiveText()
    } finally {
      ended = true
    }
  })
  await using client = await TestClient.open(app)
  const websocket = await client.websocket('/')
  await websocket.close()
  t.ok(ended)
})

test('Application: throws on a scope that it does not know', async (t) => {
  const driver = new AppDriver(new Application(), { ...lifespanScope(), type: 'webtransport' } as never)
  await t.rejects(driver.finished, {
    message: 'Cannot run an application on a scope of type "webtransport": expected a type of the contract',
  })
})

/** Options that cannot be, and what is said about them. */
const refused: readonly (readonly [what: string, make: () => unknown, message: RegExp])[] = [
  [
    'middleware that is no function',
    () => new Application({ middleware: [{} as never] }),
    /Cannot add middleware: it is an object/,
  ],
  ['a lifespan that is none', () => new Application({ lifespan: 7 as never }), /Cannot use 7 as a lifespan: expected/],
  ['an empty object as a lifespan', () => new Application({ lifespan: {} }), /as a lifespan: expected/],
  [
    'a handler for what is no status and no class',
    () => new Application({ exceptionHandlers: [['x' as never, says('')]] }),
    /Cannot add an exception handler for "x": expected a status or a class of errors/,
  ],
  [
    'a handler that is no function',
    () => new Application({ exceptionHandlers: [[404, 'x' as never]] }),
    /Cannot add an exception handler for 404: it is "x", expected a function/,
  ],
  [
    'a handler for everything that is no function',
    () => new Application({ exceptionHandlers: [[500, 'x' as never]] }),
    /Cannot add an exception handler for 500: it is "x", expected a function/,
  ],
]

for (const [what, make, message] of refused) {
  test(`Application: refuses ${what}`, async (t) => {
    t.throws(make, { name: 'TypeError', message })
  })
}

/** Middleware that fails on every connection. */
const refusing =
  (error: unknown): Middleware =>
  () =>
  async () => {
    throw error
  }

test('Application: an HTTPException of its middleware is answered by its handlers, through those outside', async (t) => {
  const app = new Application({
    middleware: [tagging('outer'), refusing(new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } }))],
  })
  const { status, headers, text, error } = await outcomeOf(app, httpScope())
  t.strictSame([status, text, error], [401, 'Unauthorized', null])
  t.equal(headers.get('www-authenticate'), 'Bearer')
  t.equal(headers.get('x-tag'), 'outer')
})

test('Application: an error of its middleware finds its handler by status and by class', async (t) => {
  const handled = (error: unknown): Application =>
    new Application({
      middleware: [refusing(error)],
      exceptionHandlers: [
        exceptionHandler(401, says('who?')),
        exceptionHandler(RangeError, says('range')),
        exceptionHandler(TypeError, failing(new RangeError('handler'))),
      ],
      debug: true,
    })
  t.match(await outcomeOf(handled(new HTTPException(401)), httpScope()), { text: 'who?', error: null })
  t.match(await outcomeOf(handled(new RangeError()), httpScope()), { text: 'range', error: null })
  t.match(await outcomeOf(handled(new TypeError()), httpScope()), { status: 500, error: { message: 'handler' } })
})

test('Application: a handler that has failed is not asked again for its own error', async (t) => {
  let calls = 0
  const app = new Application({
    routes: [new Route('/', failing(new TypeError()))],
    exceptionHandlers: [
      exceptionHandler(TypeError, () => {
        throw new RangeError('first')
      }),
      exceptionHandler(RangeError, () => {
        calls++
        throw new RangeError('second')
      }),
    ],
  })
  const { status, error } = await outcomeOf(app, httpScope())
  t.equal(status, 500)
  t.match(error, { message: 'second' })
  t.equal(calls, 1)
})

test('Application: an HTTPException of its middleware refuses a WebSocket with its status', async (t) => {
  await using client = await TestClient.open(new Application({ middleware: [refusing(new HTTPException(401))] }))
  t.strictSame(await denial(client.websocket('/')), [401, 'Unauthorized'])
})

test('Application: in another one, its own handlers answer what its middleware throws', async (t) => {
  const inner = new Application({ middleware: [refusing(new HTTPException(403))] })
  const outer = new Application({
    routes: [new Mount('/in', inner)],
    exceptionHandlers: [exceptionHandler(403, says('outer'))],
  })
  t.match(await outcomeOf(outer, httpScope({ path: '/in/' })), { status: 403, text: 'Forbidden', error: null })
})

test('Application: an HTTPException of its middleware after the start is thrown', async (t) => {
  const late: Middleware = (app) => async (scope, receive, send) => {
    await app(scope, receive, send)
    throw new HTTPException(400)
  }
  const app = new Application({ middleware: [late], routes: [new Route('/', says('begun'))] })
  const { text, error } = await outcomeOf(app, httpScope())
  t.equal(text, 'begun')
  t.match(error, { code: 'STELLINE_RESPONSE_STARTED', cause: { status: 400 } })
})
