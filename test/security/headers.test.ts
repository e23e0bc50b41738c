import { test } from 'tap'
import {
  Application,
  AuthenticationError,
  JSONResponse,
  MemoryStore,
  PlainTextResponse,
  StreamingResponse,
} from 'stelline'
import type { Middleware, Request } from 'stelline'
import type { SendMessage } from 'stelline/spec'
import {
  apiKeyAuth,
  authentication,
  bodyLimit,
  cacheControl,
  compression,
  conditional,
  cors,
  fromFunction,
  httpsRedirect,
  requestId,
  requires,
  serverTiming,
  sessions,
  timingsOf,
  trustedHost,
} from 'stelline/middleware'
import type { AuthenticationBackend } from 'stelline/middleware'
import { serve } from 'stelline/servers'
import { lint, TestClient } from 'stelline/testing'
import { bestMs } from '../support/best-time.ts'
import { httpScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { Wire } from '../support/wire.ts'

/*
 * What has gone wrong with the header fields of other frameworks, each with the identifier of its advisory.
 */

const silent = { info() {}, warn() {}, error() {} }
const site = 'https://example.org'
const ok = new PlainTextResponse('ok').asgi
const key = 'a key of at least thirty-two bytes'

for (const [advisory, host] of [
  ['CVE-2026-33131, GHSA-3vj8-jmxq-cgj5', 'localhost:3000/x?'],
  ['koa 55ab9ba', 'evil.com:fake@example.org'],
  ['CVE-2026-48710', 'example.org/abc?bar='],
] as const) {
  test(`JS 10, JS 11, ${advisory}: nobody is let through or sent away for the host ${host}`, async (t) => {
    const scope = (): ReturnType<typeof httpScope> => httpScope({ headers: [['host', host]] })
    for (const middleware of [trustedHost({ allowedHosts: ['example.org', 'localhost'] }), httpsRedirect()]) {
      const { status, headers } = await outcomeOf(middleware(ok), scope())
      t.strictSame([status, headers.get('location')], [400, null])
    }
  })
}

for (const coding of ['Chunked', 'CHUNKED', 'chunked ', '\tchunked']) {
  test(`JS 19, CVE-2026-23527, GHSA-mp2g-9vg9-f4cg: a body in ${JSON.stringify(coding)} is a body, and no second request`, async (t) => {
    const paths: string[] = []
    const app = new Application()
    app.post('/{path:path}', async (request) => {
      paths.push(request.path)
      return new PlainTextResponse(await request.text())
    })
    await using server = await serve(lint(app), { port: 0, log: silent })
    using wire = await Wire.to(server.url)
    const inner = 'POST /smuggled HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n'
    wire.send(`POST /first HTTP/1.1\r\nhost: a\r\ntransfer-encoding: ${coding}\r\n\r\n`)
    wire.send(`${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`)
    t.equal((await wire.answer()).body, inner)
    wire.send('POST /second HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n')
    await wire.answer()
    t.strictSame(paths, ['/first', '/second'])
  })
}

const split = 'a\r\nset-cookie: evil=1'

const writers: readonly (readonly [what: string, middleware: Middleware])[] = [
  ['the id of requestId()', requestId({ generate: () => split })],
  ['the value of cacheControl()', cacheControl({ value: () => split })],
  ['an origin that a predicate of cors() allows', cors({ allowOriginIf: () => true })],
  ['the challenge of a backend', authentication({ backends: [challenging(split)] })],
  ['the description of a time', within(serverTiming(), (request) => timingsOf(request).add('a', 1, split))],
  ['the path of requires()', within(requires([], { redirect: '/login' }), () => {})],
]

function challenging(challenge: string): AuthenticationBackend {
  return {
    authenticate() {
      throw new AuthenticationError('No', { challenge })
    },
  }
}

/** A middleware with one in it that calls a function. */
function within(outer: Middleware, run: (request: Request) => void): Middleware {
  const known: AuthenticationBackend = { authenticate: () => null }
  const inner = fromFunction((request, next) => {
    run(request)
    return next(request)
  })
  return (app) => authentication({ backends: [known] })(outer(inner(app)))
}

for (const [what, middleware] of writers) {
  test(`JS 25: ${what} begins no other field`, async (t) => {
    const scope = httpScope({
      path: `/${split}`,
      raw_path: `/${encodeURIComponent(split)}`,
      headers: [['origin', split]],
    })
    const sent: SendMessage[] = []
    // A server has refused such an origin; here one is careless.
    const send = async (message: SendMessage): Promise<void> => void sent.push(message)
    const call = async (): Promise<void> => middleware(ok)(scope, async () => ({ type: 'http.disconnect' }), send)
    await call().catch((error: unknown) => t.match(error, { name: 'TypeError', message: /^Cannot / }))
    const fields = sent.flatMap((message) =>
      message.type === 'http.response.start' ? [...(message.headers ?? [])] : [],
    )
    t.strictSame(
      fields.filter(([name, value]) => name === 'set-cookie' || /[\r\n]/.test(value)),
      [],
    )
  })
}

const objectNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

test('JS 26, CVE-2026-21710: on a socket, names of Object.prototype are ordinary in every place of a request', async (t) => {
  const app = new Application({ middleware: [sessions({ keys: key })] })
  app.get('/', ({ headers, queryParams, cookies, session }) => {
    const read = [headers, queryParams, cookies, session] as const
    return new JSONResponse(objectNames.map((name) => read.map((place) => place.get(name) ?? null)))
  })
  await using server = await serve(lint(app), { port: 0, log: silent })
  using wire = await Wire.to(server.url)
  const fields = objectNames.map((name) => `${name}: 1\r\n`).join('')
  const pairs = objectNames.map((name) => `${name}=1`)

  wire.send(`GET /?${pairs.join('&')} HTTP/1.1\r\nhost: a\r\ncookie: ${pairs.join('; ')}\r\n${fields}\r\n`)
  const all = JSON.parse((await wire.answer()).body) as unknown
  wire.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const none = JSON.parse((await wire.answer()).body) as unknown

  t.strictSame(
    all,
    objectNames.map(() => ['1', '1', '1', null]),
  )
  t.strictSame(
    none,
    objectNames.map(() => [null, null, null, null]),
  )
})

const varying = [
  ['cors', cors({ allowOrigins: [site] }), 'Origin'],
  ['compression', compression({ minimumBytes: 0 }), 'Accept-Encoding'],
  ['authentication', authentication({ backends: [apiKeyAuth({ verify: () => null })] }), 'x-api-key'],
] as const

for (const [name, middleware, vary] of varying) {
  test(`JS 27, GHSA-q7jf-gf43-6x6p: Vary of ${name} is its own, whatever the request says`, async (t) => {
    const headers = [
      ['origin', site],
      ['vary', 'x-evil'],
      ['access-control-request-headers', 'x-evil'],
    ] as const
    t.equal((await outcomeOf(middleware(ok), httpScope({ headers }))).headers.get('vary'), vary)
  })
}

test('JS 28, CVE-2026-54290, GHSA-88fw-hqm2-52qc: no origin is reflected with credentials unless somebody has named it', async (t) => {
  t.throws(() => cors({ allowOrigins: ['*'], allowCredentials: true }), { name: 'TypeError' })
  t.throws(() => cors({ allowOrigins: [site, '*'], allowCredentials: true }), { name: 'TypeError' })
  t.throws(() => cors({ allowOriginRegex: /.*/, allowCredentials: true }), { name: 'TypeError' })
  const app = cors({ allowOrigins: [site], allowCredentials: true })(ok)
  for (const origin of ['https://evil.example', 'null', 'https://example.org.evil.example', '*', '']) {
    const { headers } = await outcomeOf(app, httpScope({ headers: [['origin', origin]] }))
    t.strictSame([...headers.keys()].sort(), ['content-length', 'content-type', 'vary'], origin)
  }
})

test('JS 29, GHSA-8j4g-w8fx-2239: a preflight that asks for many headers is answered in linear time', async (t) => {
  const app = cors({ allowOrigins: ['*'], allowHeaders: ['*'] })(ok)
  for (const part of [' ,', ' ', '\t', ',', 'a ,', 'a,']) {
    const headers = [
      ['origin', site],
      ['access-control-request-method', 'GET'],
      ['access-control-request-headers', part.repeat(100_000)],
    ] as const
    const call = (): unknown =>
      app(
        httpScope({ method: 'OPTIONS', headers }),
        async () => ({ type: 'http.disconnect' }),
        async () => {},
      )
    t.ok(bestMs(call) < 1000, JSON.stringify(part))
  }
})

test('JS 29, hono f70e2c31: a long accept-encoding is read in linear time', async (t) => {
  const app = compression({ minimumBytes: 0 })(ok)
  for (const part of [' ,', 'gzip;q=0.1,', ';', 'a', '*,']) {
    const headers = [['accept-encoding', part.repeat(100_000)]] as const
    const call = (): unknown =>
      app(
        httpScope({ headers }),
        async () => ({ type: 'http.disconnect' }),
        async () => {},
      )
    t.ok(bestMs(call) < 1000, JSON.stringify(part))
  }
})

test('JS 30, GHSA-6wqw-2p9w-4vw4: what is private or not to be stored stays so', async (t) => {
  for (const given of ['private', 'no-store', 'private, max-age=60']) {
    const inner = new PlainTextResponse('mine', { headers: { 'cache-control': given } }).asgi
    const app = cacheControl({ value: 'public, max-age=3600' })(conditional()(inner))
    const { headers } = await outcomeOf(app, httpScope())
    t.equal(headers.get('cache-control'), given)
    t.equal(headers.has('etag'), !given.includes('no-store'))
  }
})

test('JS 30, CVE-2026-44457: what is meant for one user is not offered to the caches of all', async (t) => {
  const app = new Application({
    middleware: [cacheControl({ value: 'public, max-age=3600' }), sessions({ store: new MemoryStore() })],
  })
  app.get('/plain', () => new PlainTextResponse('plain'))
  app.get('/cookie', () => new PlainTextResponse('').setCookie('a', '1'))
  app.get('/session', ({ session }) => {
    session.set('a', 1)
    return new PlainTextResponse('')
  })
  app.post('/plain', () => new PlainTextResponse('posted'))
  await using client = await TestClient.open(app)
  const valueOf = async (...args: Parameters<TestClient['get']>): Promise<string | null> =>
    (await client.get(...args)).headers.get('cache-control')
  t.strictSame(
    [
      await valueOf('/plain'),
      await valueOf('/plain', { headers: { authorization: 'Bearer a' } }),
      await valueOf('/cookie'),
      await valueOf('/session'),
      (await client.post('/plain')).headers.get('cache-control'),
      await valueOf('/nothing'),
    ],
    ['public, max-age=3600', 'no-store', 'no-store', 'no-store', 'no-store', 'no-store'],
  )
})

test('JS 30, CVE-2026-44457: an answer that was made from the session varies by the cookie, also as a 304', async (t) => {
  const app = new Application({ middleware: [conditional(), sessions({ keys: key })] })
  app.get('/', ({ session }) => new PlainTextResponse(session.has('name') ? 'somebody' : 'nobody'))
  await using client = await TestClient.open(app)
  const first = await client.get('/')
  const second = await client.get('/', { headers: { 'if-none-match': first.headers.get('etag')! } })
  t.strictSame([first.headers.get('vary'), second.status, second.headers.get('vary')], ['Cookie', 304, 'Cookie'])
})

const cookies = new Application()
cookies.get('/', () => new PlainTextResponse('').setCookie('a', '1, 2').setCookie('aa', '1').setCookie('a', '1'))

test('JS 32, hono 7ae7cbae, 3892a6c2, aa921770: each cookie is a field of its own on a socket, and none is left out', async (t) => {
  await using server = await serve(lint(cookies), { port: 0, log: silent })
  using wire = await Wire.to(server.url)
  wire.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const { lines } = await wire.answer()
  t.strictSame(
    lines.filter((line) => /^set-cookie:/i.test(line)).map((line) => /=(.*?);/.exec(line)![0]),
    ['=1%2C%202;', '=1;', '=1;'],
  )
})

test('JS 32, hono 7ae7cbae, 3892a6c2, aa921770: each cookie is a field of its own in a Fetch runtime', async (t) => {
  const response = await cookies.fetch(new globalThis.Request('http://a.example/'))
  t.strictSame(
    response.headers.getSetCookie().map((field) => field.split(';')[0]),
    ['a=1%2C%202', 'aa=1', 'a=1'],
  )
})

test('JS 32: fields that come as a list are one, from the socket to the endpoint', async (t) => {
  const app = new Application()
  app.get('/', ({ headers }) => new JSONResponse([headers.getAll('x-a'), headers.get('x-a')]))
  await using server = await serve(lint(app), { port: 0, log: silent })
  using wire = await Wire.to(server.url)
  wire.send('GET / HTTP/1.1\r\nhost: a\r\nx-a: 1, 2\r\nX-A: 3\r\n\r\n')
  t.strictSame(JSON.parse((await wire.answer()).body), [['1, 2', '3'], '1, 2, 3'])
})

test('JS 32, hono fa5f9bfc: in a Fetch runtime the bytes of a body count, not the length that the client names', async (t) => {
  const app = new Application({ middleware: [bodyLimit({ maxBytes: 10 })] })
  app.post('/', async (request: Request) => new PlainTextResponse(await request.text()))
  const sent = async (length: string, body: string): Promise<number> => {
    const stream = new Blob([body]).stream()
    const init = { method: 'POST', headers: { 'content-length': length }, body: stream, duplex: 'half' } as RequestInit
    return (await app.fetch(new globalThis.Request('http://a.example/', init))).status
  }
  t.strictSame([await sent('1', 'x'.repeat(11)), await sent('0', 'x'.repeat(11))], [413, 413])
})

test('JS 32: a length is that of what is sent, whatever the endpoint has set before a middleware changed it', async (t) => {
  const app = new Application({ middleware: [compression({ minimumBytes: 0 })] })
  const body = 'abc'.repeat(1000)
  app.get('/', () => new PlainTextResponse(body, { headers: { 'content-length': String(body.length) } }))
  app.get('/stream', () => {
    const headers = { 'content-length': String(body.length), 'content-type': 'text/plain' }
    return new StreamingResponse([Buffer.from(body)], { headers })
  })
  await using server = await serve(lint(app), { port: 0, log: silent })
  for (const path of ['/', '/stream']) {
    const response = await fetch(server.url + path, { headers: { 'accept-encoding': 'gzip' } })
    t.strictSame([response.headers.get('content-encoding'), await response.text()], ['gzip', body])
    t.not(response.headers.get('content-length'), String(body.length))
  }
})
