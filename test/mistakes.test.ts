import { test } from 'tap'
import {
  Application,
  exceptionHandler,
  FileResponse,
  Host,
  HTTPException,
  JSONResponse,
  Mount,
  PlainTextResponse,
  RedirectResponse,
  Request,
  Response,
  Route,
  Router,
  StaticFiles,
  StreamingResponse,
  WebSocketRoute,
} from 'stelline'
import type { AppLike } from 'stelline'
import { cors, csrf, fromFunction, secureHeaders } from 'stelline/middleware'
import { serve } from 'stelline/servers'
import { TestClient } from 'stelline/testing'
import { httpScope } from './support/messages.ts'

/*
 * What people do wrong, and what they are told: what was attempted, what is, what is wanted. What is wrong in the set-up is
 * told while the app is built or started; the rest with the request. Each text stands whole, so that nobody dulls one unseen.
 */

type Mistake = readonly [what: string, make: () => unknown, message: string]

const wrong = (value: unknown): never => value as never
const ok = (): PlainTextResponse => new PlainTextResponse('ok')
const user = new Route('/users/{id:int}', ok, { name: 'user' })
const cookie = (...args: Parameters<Response['setCookie']>): Response => new Response().setCookie(...args)

const setUp: readonly Mistake[] = [
  ['a path without a slash', () => new Route('x', ok), 'Cannot add route "x": path does not start with "/"'],
  [
    'no path',
    () => new Route(wrong(undefined), ok),
    'Cannot add a route: the path is undefined, expected a string that starts with "/", or a PathPattern',
  ],
  [
    'an expression as a path',
    () => new Route(wrong(/^x/), ok),
    'Cannot add a route: the path is an object of class RegExp, expected a string that starts with "/", or a PathPattern',
  ],
  [
    'a parameter as other routers write it',
    () => new Route('/users/:id', ok),
    'Cannot add a route at "/users/:id": ":id" is literal text, expected "{id}"; new PathPattern("/users/:id") takes it as it is',
  ],
  [
    'no endpoint',
    () => new Route('/', wrong(undefined)),
    'Cannot add route "/": the endpoint is undefined, expected a function or an object with "asgi"',
  ],
  [
    'no endpoint for a method',
    () => new Application().get('/', wrong(undefined)),
    'Cannot add the route GET "/": the endpoint is undefined, expected a function, or a contract and a function',
  ],
  [
    'no endpoint for a WebSocket',
    () => new Application().websocket('/', wrong(undefined)),
    'Cannot add the WebSocket route "/": the endpoint is undefined, expected a function, or a contract and a function',
  ],
  [
    'a call in place of the endpoint',
    () => new Route('/', wrong(Promise.resolve(ok()))),
    'Cannot add route "/": the endpoint is a promise that was not awaited, expected a function or an object with "asgi"',
  ],
  [
    'an unknown converter',
    () => new Route('/{id:integer}', ok),
    'Cannot use "/{id:integer}" as a path: parameter "id" has the unknown converter "integer", expected one of str, int, float, uuid, path',
  ],
  [
    'a name twice in a path',
    () => new Route('/{id}/{id}', ok),
    'Cannot use "/{id}/{id}" as a path: the name "id" occurs more than once',
  ],
  [
    'a name with a hyphen',
    () => new Route('/{user-id}', ok),
    'Cannot use "/{user-id}" as a path: "user-id" is no name for a parameter, expected an identifier',
  ],
  ['an open brace', () => new Route('/{id', ok), 'Cannot use "/{id" as a path: a "{" has no "}"'],
  [
    'one method in place of a list',
    () => new Route('/', ok, { methods: 'GET' }),
    'Cannot add a route for the methods "GET": expected a list such as ["GET"]',
  ],
  [
    'a method that is none',
    () => new Route('/', ok, { methods: ['GE T'] }),
    'Cannot add a route for the method "GE T": not a token',
  ],
  [
    'routes as an object',
    () => new Application({ routes: wrong({ '/': ok }) }),
    'Cannot make a router of the routes an object of class Object: expected a list of routes',
  ],
  [
    'a function among the routes',
    () => new Router({ routes: [wrong(ok)] }),
    'Cannot add a route: it is a function, expected a Route, a Mount or another routable',
  ],
  [
    'a mount without a slash',
    () => new Mount('static', [user]),
    'Cannot use "static" as a path: it does not start with "/"',
  ],
  [
    'a mount without a path',
    () => new Mount(wrong(undefined), [user]),
    'Cannot add a mount: the path is undefined, expected a string that starts with "/", or a PathPattern',
  ],
  [
    'a mount of nothing',
    () => new Mount('/in', wrong(undefined)),
    'Cannot use a value of type undefined as the app at "/in": expected a function (scope, receive, send) or an object with such a function as "asgi"',
  ],
  [
    'a URL as a host',
    () => new Host('https://example.org', [user]),
    'Cannot use "https://example.org" as a host: expected a host with an optional port, such as "{name}.example.org"',
  ],
  [
    'the name of no route',
    () => new Application({ routes: [user] }).urlPathFor(wrong('usr')),
    'Cannot make a URL: no route has the name "usr"; near it are "user"',
  ],
  [
    'no parameters for a URL',
    () => new Router({ routes: [user] }).urlPathFor(wrong('user')),
    'Cannot make a URL: the route "user" takes the parameter "id", but was given no parameters',
  ],
  [
    'a parameter of the wrong kind',
    () => new Application({ routes: [user] }).urlPathFor(wrong('user'), wrong({ id: 'x' })),
    'Cannot format "x" as int: expected a safe integer of at least 0',
  ],
  [
    'handlers as an object',
    () => new Application({ exceptionHandlers: wrong({ 404: ok }) }),
    'Cannot add the exception handlers an object of class Object: expected a Map, or a list of pairs made by exceptionHandler()',
  ],
  [
    'handlers of a route as an object',
    () => new Route('/', ok, { exceptionHandlers: wrong({ 404: ok }) }),
    'Cannot add the exception handlers an object of class Object: expected a Map, or a list of pairs made by exceptionHandler()',
  ],
  [
    'a status as text',
    () => new Application({ exceptionHandlers: [exceptionHandler(wrong('404'), ok)] }),
    'Cannot add an exception handler for "404": expected a status or a class of errors',
  ],
  [
    'a handler that is none',
    () => new Application({ exceptionHandlers: [exceptionHandler(404, wrong(undefined))] }),
    'Cannot add an exception handler for 404: it is undefined, expected a function',
  ],
  [
    'a middleware in place of the list',
    () => new Application({ middleware: wrong(cors({ allowOrigins: ['https://example.org'] })) }),
    'Cannot add the middleware a function: expected a list of middleware',
  ],
  [
    'middleware of a route that was not called',
    () => new Route('/', ok, { middleware: [wrong(secureHeaders)] }),
    'Cannot add middleware "secureHeaders": it made a middleware of an app, expected an app; it takes options first: secureHeaders(…)',
  ],
  [
    'a lifespan that is none',
    () => new Application({ lifespan: wrong({ start: ok }) }),
    'Cannot use an object of class Object as a lifespan: expected an async generator function, an async function or an object with "startup" or "shutdown"',
  ],
  [
    'static files without options',
    () => new StaticFiles(wrong(undefined)),
    'Cannot serve static files with the options undefined: expected an object such as { directory: "public" }',
  ],
  [
    'static files of a path',
    () => new StaticFiles(wrong('public')),
    'Cannot serve static files with the options "public": expected an object such as { directory: "public" }',
  ],
  [
    'a directory that is not there',
    () => new StaticFiles({ directory: '/no/such/directory' }),
    'Cannot serve static files from "/no/such/directory": it does not exist, expected a directory',
  ],
]

const values: readonly Mistake[] = [
  [
    'an object as a body',
    () => new Response(wrong({ a: 1 })),
    'Cannot make a response: the body is an object of class Object, expected a string, a Uint8Array or null',
  ],
  [
    'text that was not awaited',
    () => new PlainTextResponse(wrong(Promise.resolve('a'))),
    'Cannot make a response: the body is a promise that was not awaited, expected a string, a Uint8Array or null',
  ],
  [
    'JSON that was not awaited',
    () => new JSONResponse(Promise.resolve({ a: 1 })),
    'Cannot make a JSONResponse of a promise that was not awaited: it would be {}, expected "await" before it',
  ],
  [
    'nothing as JSON',
    () => new JSONResponse(undefined),
    'Cannot make a JSONResponse of undefined: JSON has no such value, expected for example null',
  ],
  [
    'the status as the second argument',
    () => new PlainTextResponse('x', wrong(404)),
    'Cannot make a response: the options are 404, expected an object such as { status: 404 }',
  ],
  [
    'a status as text',
    () => new PlainTextResponse('x', { status: wrong('404') }),
    'Cannot make a response: the status is "404", expected an integer from 200 to 999',
  ],
  [
    'a body with 204',
    () => new PlainTextResponse('x', { status: 204 }),
    'Cannot make a response: status 204 allows no body, expected null or an empty one',
  ],
  [
    'a line break in a header',
    () => new Response('', { headers: { 'x-a': 'a\r\nb' } }),
    'Cannot set header "x-a": the value is "a\\r\\nb", expected a string of bytes without CR, LF, NUL or other control characters',
  ],
  [
    'a space in the name of a header',
    () => new Response('', { headers: { 'x a': 'b' } }),
    'Cannot set header "x a": the name is not a token',
  ],
  [
    'a space in the name of a cookie',
    () => cookie('a b', 'c'),
    'Cannot set cookie "a b": the name is not a token, expected letters, digits and some of !#$%&\'*+-.^_`|~',
  ],
  [
    'SameSite=None without Secure',
    () => cookie('a', 'b', { sameSite: 'none' }),
    'Cannot set cookie "a": sameSite "none" needs "secure"',
  ],
  [
    'a redirect to another host',
    () => new RedirectResponse('//evil.example'),
    'Cannot redirect to "//evil.example": it names another host; give the whole URL, or the option allowOtherAuthority',
  ],
  [
    'a redirect that is none',
    () => new RedirectResponse('/', { status: 200 }),
    'Cannot redirect to "/": the status is 200, expected 301, 302, 303, 307 or 308',
  ],
  [
    'a stream of a number',
    () => new StreamingResponse(wrong(5)),
    'Cannot stream 5: expected an iterable or async iterable of strings or Uint8Arrays, a ReadableStream, a Readable or a Blob',
  ],
  [
    'a file without a path',
    () => new FileResponse(wrong(undefined)),
    'Cannot make a FileResponse of undefined: expected the path of a file',
  ],
  [
    'the detail in place of the status',
    () => new HTTPException(wrong('Not Found')),
    'Cannot make an HTTPException: the status is "Not Found", expected an integer from 200 to 999',
  ],
  [
    'a URL outside of every router',
    () => new Request(httpScope()).urlFor('user'),
    'Cannot build the URL of "user": the connection has passed no router, expected the endpoint to be called by an Application or a Router',
  ],
]

for (const [what, make, message] of [...setUp, ...values]) {
  test(`mistakes: ${what}`, async (t) => {
    t.throws(make, { message })
  })
}

const uncalled = { cors, csrf, fromFunction, secureHeaders }

for (const [name, middleware] of Object.entries(uncalled)) {
  test(`mistakes: "${name}" without a call among the middleware of an application`, async (t) => {
    const app = new Application({ middleware: [wrong(middleware)], routes: [user] })
    await t.rejects(TestClient.open(app), {
      message: `Cannot add middleware "${name}": it made a middleware of an app, expected an app; it takes options first: ${name}(…)`,
    })
  })
}

test('mistakes: a middleware whose app only refuses is none', async (t) => {
  const refusing = (): ((scope: object) => Promise<never>) => (_scope) => Promise.reject(new HTTPException(503))
  const throwing = (): ((scope: object) => never) => (_scope) => {
    throw new HTTPException(503)
  }
  for (const middleware of [refusing, throwing]) {
    await using client = await TestClient.open(new Application({ middleware: [middleware], routes: [user] }))
    t.equal((await client.get('/users/1')).status, 503)
  }
})

type Call = readonly [what: string, app: AppLike, act: (client: TestClient) => Promise<unknown>, message: string]

const get = (client: TestClient): Promise<unknown> => client.get('/')
const post = (client: TestClient): Promise<unknown> => client.post('/', { body: 'x' })
const open = (client: TestClient): Promise<unknown> => client.websocket('/').then((websocket) => websocket.closed)

const calls: readonly Call[] = [
  [
    'an endpoint without "return"',
    new Route(
      '/',
      wrong(() => {}),
    ),
    get,
    'Cannot respond with undefined: expected a Response or a Fetch Response; is a "return" missing?',
  ],
  [
    'an endpoint that returns data',
    new Route(
      '/',
      wrong(() => ({ a: 1 })),
    ),
    get,
    'Cannot respond with an object of class Object: expected a Response or a Fetch Response; wrap the value, for example in a JSONResponse',
  ],
  [
    'a body that is read again after its stream',
    new Router().post('/', async (request) => {
      for await (const _ of request.stream());
      return new PlainTextResponse(await request.text())
    }),
    post,
    'Cannot read the body: it has been given out piece by piece already, expected bytes(), text() or json() before or instead',
  ],
  [
    'a file that is not there',
    new Route('/', () => new FileResponse('/no/such/file')),
    get,
    'Cannot send file "/no/such/file": it does not exist, expected a readable file',
  ],
  [
    'no sessions',
    new Route('/', (request) => new JSONResponse(request.session)),
    get,
    'Cannot read "session": the connection has passed no sessions(), expected it in the middleware of the application or of the route',
  ],
  [
    'a message before accept()',
    new WebSocketRoute('/', (websocket) => websocket.sendText('x')),
    open,
    'Cannot send "websocket.send": the state is "connecting", expected "websocket.accept" or "websocket.close" or "websocket.http.response.start"',
  ],
  [
    'reading before accept()',
    new WebSocketRoute('/', async (websocket) => void (await websocket.receiveText())),
    open,
    'Cannot receive: the WebSocket is not open, expected accept() before',
  ],
  [
    'no accept() at all',
    new WebSocketRoute('/', () => {}),
    open,
    'Cannot return from the app: the state of its answer is "connecting", expected a complete answer',
  ],
  [
    'a number as a message',
    new WebSocketRoute('/', async (websocket) => {
      await websocket.accept()
      await websocket.sendText(wrong(5))
    }),
    open,
    'Cannot send "websocket.send": text is 5, expected a string',
  ],
  [
    'a path without a slash for the test client',
    new Route('/', ok),
    (client) => client.get('x'),
    'Cannot request "x": the path does not start with "/"',
  ],
]

for (const [what, app, act, message] of calls) {
  test(`mistakes: ${what}`, async (t) => {
    const client = await TestClient.open(app)
    const said = [
      await act(client).then(
        () => null,
        (error: Error) => error.message,
      ),
      await client.close().then(
        () => null,
        (error: Error) => error.message,
      ),
    ]
    t.ok(said.includes(message), said.join('\n'))
  })
}

const serving: readonly Mistake[] = [
  [
    'no app to serve',
    () => serve(wrong(undefined), { port: 0 }),
    'Cannot use a value of type undefined as an app: expected a function (scope, receive, send) or an object with such a function as "asgi"',
  ],
  [
    'a port as text',
    () => serve(new Application(), { port: wrong('8000') }),
    'Cannot serve on port "8000": expected a whole number from 0 to 65535',
  ],
  [
    'a limit below zero',
    () => serve(new Application(), { port: 0, maxHeaderBytes: -1 }),
    'Cannot serve with maxHeaderBytes -1: expected a whole number from 1 to 9007199254740991, or Infinity',
  ],
]

for (const [what, make, message] of serving) {
  test(`mistakes: ${what}`, async (t) => {
    await t.rejects(async () => make(), { message })
  })
}

test('mistakes: a port that is in use', async (t) => {
  await using server = await serve(new Application(), { port: 0 })
  const { port } = new URL(server.url)
  await t.rejects(serve(new Application(), { port: Number(port) }), {
    message: `Cannot listen on 127.0.0.1 port ${port}: the address is in use by another process`,
  })
})
