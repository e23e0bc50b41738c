import { AsyncLocalStorage } from 'node:async_hooks'
import { gunzipSync } from 'node:zlib'
import { test } from 'tap'
import type { Test } from 'tap'
import {
  Application,
  AuthenticationError,
  ClientDisconnected,
  EventSourceResponse,
  HTMLResponse,
  HTTPException,
  JSONResponse,
  PlainTextResponse,
  Route,
  StreamingResponse,
  WebSocketRoute,
} from 'stelline'
import type { ASGIApp, Middleware, WebSocket } from 'stelline'
import { authentication, compression, cors, fromFunction } from 'stelline/middleware'
import { httpsRedirect, requires, serverErrors, sessions, trustedHost } from 'stelline/middleware'
import type { AuthenticationBackend, CORSOptions, RequestFunction, SessionsOptions } from 'stelline/middleware'
import { TestClient } from 'stelline/testing'
import type { TestClientOptions, TestResponse } from 'stelline/testing'
import { denialOf } from '../support/denial-of.ts'
import { httpScope, receiveNothing, receiving, recorder, websocketScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'

/*
 * What the middleware of Starlette 1.3 does, fact by fact, and what that of Stelline does. "Better" marks where it was
 * corrected.
 */

type Fact = readonly [feature: string, check: (t: Test) => Promise<unknown>]

const ok = new PlainTextResponse('ok').asgi
const site = 'https://example.org'
const other = 'https://other.example'
const key = 'a key of at least thirty-two bytes'

function facts(section: string, list: readonly Fact[]): void {
  for (const [feature, check] of list) test(`Starlette §1.9, ${section}: ${feature}`, check)
}

// ---- ServerErrorMiddleware

const failing: ASGIApp = () => Promise.reject(new TypeError('<bug>'))
const accepting = (value: string): ReturnType<typeof httpScope> => httpScope({ headers: [['accept', value]] })

facts('ServerErrorMiddleware', [
  [
    'debug mode shows a page where the client takes HTML, else a text; both hold the error, and it is thrown again',
    async (t) => {
      const app = serverErrors({ debug: true })(failing)
      const page = await outcomeOf(app, accepting('text/html, */*'))
      const text = await outcomeOf(app, accepting('*/*'))
      t.match([page.status, page.headers.get('content-type'), page.text], [500, /^text\/html/, /&lt;bug&gt;/])
      t.match([text.status, text.headers.get('content-type'), text.text], [500, /^text\/plain/, /<bug>/])
      t.match([page.error, text.error], [{ message: '<bug>' }, { message: '<bug>' }])
    },
  ],
  [
    'else a plain 500 tells nothing, and the error is thrown again for the log of the server',
    async (t) => {
      const { status, text, error } = await outcomeOf(serverErrors()(failing), httpScope())
      t.match([status, text, error], [500, 'Internal Server Error', { message: '<bug>' }])
    },
  ],
  [
    'a handler answers, and the error is thrown again',
    async (t) => {
      const app = serverErrors({ handler: () => new JSONResponse({ detail: 'sorry' }, { status: 500 }) })(failing)
      t.match(await outcomeOf(app, httpScope()), {
        status: 500,
        text: '{"detail":"sorry"}',
        error: { message: '<bug>' },
      })
    },
  ],
  [
    'nothing is sent when the response has started, and what fails in the background is thrown, too',
    async (t) => {
      const background = (): never => {
        throw new TypeError('in the background')
      }
      const app = serverErrors({ debug: true })(new PlainTextResponse('done', { background }).asgi)
      t.match(await outcomeOf(app, httpScope()), { status: 200, text: 'done', error: { message: 'in the background' } })
    },
  ],
  [
    'WebSockets pass',
    async (t) => {
      const { send, sent } = recorder()
      await t.rejects(serverErrors({ debug: true })(failing)(websocketScope(), receiveNothing, send), {
        message: '<bug>',
      })
      t.strictSame(sent, [])
    },
  ],
])

// ---- CORS

function corsApp(options: CORSOptions, reached: string[] = []): Application {
  const app = new Application({ middleware: [cors(options)] })
  app.get('/', ({ headers }) => {
    reached.push(headers.get('origin') ?? 'none')
    return new PlainTextResponse('home', { headers: { vary: 'Accept-Encoding' } })
  })
  app.get('/bug', () => {
    throw new TypeError('bug')
  })
  return app
}

interface CORSAnswer {
  readonly status: number
  readonly text: string
  readonly fields: Readonly<Record<string, string>>
}

async function corsAnswer(
  options: CORSOptions,
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/', reached }: { method?: string; path?: string; reached?: string[] } = {},
): Promise<CORSAnswer> {
  await using client = await TestClient.open(corsApp(options, reached), { raiseServerErrors: false })
  const response = await client.request(method, path, { headers })
  const fields = [...response.headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
  return { status: response.status, text: await response.text(), fields: Object.fromEntries(fields) }
}

const preflight = (
  options: CORSOptions,
  changes: Record<string, string> = {},
  reached?: string[],
): Promise<CORSAnswer> =>
  corsAnswer(
    options,
    { origin: site, 'access-control-request-method': 'GET', ...changes },
    { method: 'OPTIONS', ...(reached !== undefined && { reached }) },
  )

facts('CORS', [
  [
    'defaults: no origin, GET, no headers, no credentials, nothing exposed, no private network, 600 seconds',
    async (t) => {
      t.match(await preflight({}), { status: 400, text: 'Disallowed CORS origin', fields: { vary: 'Origin' } })
      const { fields } = await preflight({ allowOrigins: [site] })
      t.strictSame(fields, {
        'access-control-allow-origin': site,
        'access-control-allow-methods': 'GET',
        'access-control-max-age': '600',
        'access-control-allow-headers': 'Accept, Accept-Language, Content-Language, Content-Type',
        vary: 'Origin',
      })
    },
  ],
  [
    'a request without an origin is left alone; a preflight is OPTIONS with a method asked for, and never reaches the app',
    async (t) => {
      const reached: string[] = []
      t.strictSame((await corsAnswer({ allowOrigins: ['*'] }, {}, { reached })).fields, { vary: 'Accept-Encoding' })
      await preflight({ allowOrigins: ['*'] }, {}, reached)
      t.strictSame(reached, ['none'])
      t.equal((await corsAnswer({ allowOrigins: ['*'] }, { origin: site }, { method: 'OPTIONS' })).status, 405)
    },
  ],
  [
    'a preflight that is allowed is a 200 "OK" with the methods, the age and the headers, sorted',
    async (t) => {
      const options = { allowOrigins: [site], allowHeaders: ['X-B', 'X-A'], allowMethods: ['POST'], maxAgeSeconds: 5 }
      const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-a, X-B' }
      t.match(await preflight(options, asked), {
        status: 200,
        text: 'OK',
        fields: {
          'access-control-allow-methods': 'POST',
          'access-control-max-age': '5',
          'access-control-allow-headers': 'Accept, Accept-Language, Content-Language, Content-Type, X-A, X-B',
        },
      })
    },
  ],
  [
    'one that is not is a 400 that names what is refused, and nothing else',
    async (t) => {
      const privateNetwork = { 'access-control-request-private-network': 'true' }
      const asked: ReadonlyArray<readonly [Record<string, string>, string]> = [
        [{ origin: other }, 'origin'],
        [{ 'access-control-request-method': 'POST' }, 'method'],
        [{ 'access-control-request-headers': 'X-Nope' }, 'headers'],
        [privateNetwork, 'private-network'],
        [
          { origin: other, 'access-control-request-headers': 'X-Nope', ...privateNetwork },
          'origin, headers, private-network',
        ],
      ]
      for (const [changes, text] of asked) {
        t.match(await preflight({ allowOrigins: [site] }, changes), { status: 400, text: `Disallowed CORS ${text}` })
      }
    },
  ],
  [
    '"*" stands for seven methods',
    async (t) => {
      const { fields } = await preflight({ allowOrigins: [site], allowMethods: ['*'] })
      t.equal(fields['access-control-allow-methods'], 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT')
    },
  ],
  [
    '"*" gives back the headers that are asked for',
    async (t) => {
      const options = { allowOrigins: [site], allowHeaders: ['*'] }
      const { fields } = await preflight(options, { 'access-control-request-headers': 'X-One, x-two' })
      t.equal(fields['access-control-allow-headers'], 'X-One, x-two')
    },
  ],
  [
    'better: "*" with credentials is refused, where any origin would be given back; an origin by name varies',
    async (t) => {
      t.throws(() => cors({ allowOrigins: ['*'], allowCredentials: true }), { name: 'TypeError' })
      const options = { allowOrigins: [site], allowCredentials: true }
      const expected = {
        'access-control-allow-origin': site,
        'access-control-allow-credentials': 'true',
        vary: /Origin$/,
      }
      t.match((await preflight(options)).fields, expected)
      t.match((await corsAnswer(options, { origin: site, cookie: 'a=1' })).fields, expected)
    },
  ],
  [
    'an expression matches the whole origin',
    async (t) => {
      const options = { allowOriginRegex: /https:\/\/\w+\.example\.org/ }
      for (const [origin, allowed] of [
        ['https://a.example.org', 'https://a.example.org'],
        ['https://a.example.org.evil.example', undefined],
        ['https://evil.example/https://a.example.org', undefined],
      ] as const) {
        t.equal((await corsAnswer(options, { origin })).fields['access-control-allow-origin'], allowed)
      }
    },
  ],
  [
    'Vary is added to the one there is, and left alone for a plain "*"',
    async (t) => {
      t.equal((await corsAnswer({ allowOrigins: [site] }, { origin: site })).fields['vary'], 'Accept-Encoding, Origin')
      t.strictSame((await corsAnswer({ allowOrigins: ['*'] }, { origin: site })).fields, {
        'access-control-allow-origin': '*',
        vary: 'Accept-Encoding',
      })
    },
  ],
  [
    'a private network is allowed where it is enabled and asked for',
    async (t) => {
      const options = { allowOrigins: [site], allowPrivateNetwork: true }
      const allowed = async (changes: Record<string, string>): Promise<string | undefined> =>
        (await preflight(options, changes)).fields['access-control-allow-private-network']
      t.strictSame(
        [await allowed({ 'access-control-request-private-network': 'true' }), await allowed({})],
        ['true', undefined],
      )
    },
  ],
  [
    'the origin of one request does not reach the next',
    async (t) => {
      await using client = await TestClient.open(corsApp({ allowOriginRegex: /https:\/\/\w+\.example/ }))
      const seen: unknown[] = []
      for (const origin of ['https://one.example', 'https://two.example', 'https://other.invalid']) {
        seen.push((await client.get('/', { headers: { origin } })).headers.get('access-control-allow-origin'))
      }
      t.strictSame(seen, ['https://one.example', 'https://two.example', null])
    },
  ],
  [
    'better: what is not allowed, and what has no origin, varies by it, and gets no other field',
    async (t) => {
      const options = { allowOrigins: [site], allowCredentials: true, exposeHeaders: ['X-A'] }
      for (const headers of [{}, { origin: other }]) {
        t.strictSame((await corsAnswer(options, headers)).fields, { vary: 'Accept-Encoding, Origin' })
      }
    },
  ],
  [
    'better: a 500 has the fields, too',
    async (t) => {
      const { status, fields } = await corsAnswer({ allowOrigins: [site] }, { origin: site }, { path: '/bug' })
      t.match([status, fields], [500, { 'access-control-allow-origin': site, vary: 'Origin' }])
    },
  ],
])

// ---- GZip

const long = 'x'.repeat(4000)

async function compressed(app: ASGIApp, accept = 'gzip', changes: object = {}): ReturnType<typeof outcomeOf> {
  const scope = httpScope({ headers: [['accept-encoding', accept]], ...changes })
  return outcomeOf(compression({ encodings: ['gzip'], minimumBytes: 500 })(app), scope)
}

facts('GZip', [
  [
    'what is accepted and large enough is compressed, and varies, also where it is sent as it is',
    async (t) => {
      const { headers } = await compressed(new PlainTextResponse(long).asgi)
      t.match(Object.fromEntries(headers), { 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
      t.ok(Number(headers.get('content-length')) < 4000)
      const plain = await compressed(new PlainTextResponse(long).asgi, 'identity')
      t.match(
        [plain.text, plain.headers.get('content-encoding'), plain.headers.get('vary')],
        [long, null, 'Accept-Encoding'],
      )
    },
  ],
  [
    'a small body is left alone, and so is what is coded already',
    async (t) => {
      const coded = new PlainTextResponse(long, { headers: { 'content-encoding': 'br' } }).asgi
      t.equal((await compressed(new PlainTextResponse('x'.repeat(499)).asgi)).headers.get('content-encoding'), null)
      t.equal((await compressed(coded)).headers.get('content-encoding'), 'br')
    },
  ],
  [
    'a stream loses its length and is flushed with every chunk',
    async (t) => {
      const headers = { 'content-length': '8', 'content-type': 'text/plain' }
      const { send, sent } = recorder()
      const app = compression({ minimumBytes: 8 })(new StreamingResponse(['aaaa', 'bbbb'], { headers }).asgi)
      await app(httpScope({ headers: [['accept-encoding', 'gzip']] }), receiveNothing, send)
      const [start, ...bodies] = sent as Array<{ headers?: { has(name: string): boolean }; body?: Uint8Array }>
      t.equal(start!.headers!.has('content-length'), false)
      t.equal(bodies.filter(({ body }) => body!.length > 0).length, 3)
      t.equal(gunzipSync(Buffer.concat(bodies.map(({ body }) => body!))).toString(), 'aaaabbbb')
    },
  ],
  [
    'better: event streams are compressed, too, and every event arrives when it is sent',
    async (t) => {
      const { send, sent } = recorder()
      const app = compression()(new EventSourceResponse(['one', 'two']).asgi)
      await app(httpScope({ headers: [['accept-encoding', 'gzip']] }), receiving({ type: 'http.request' }), send)
      const bodies = sent.slice(1) as Array<{ body: Uint8Array }>
      t.ok(bodies.length >= 3)
      t.equal(gunzipSync(Buffer.concat(bodies.map(({ body }) => body))).toString(), 'data: one\n\ndata: two\n\n')
    },
  ],
  [
    'what the server sends as a file by itself passes',
    async (t) => {
      const app: ASGIApp = async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
        await send({ type: 'http.response.pathsend', path: '/file' })
      }
      const { send, sent } = recorder()
      const extensions = { 'http.response.pathsend': {} }
      const scope = httpScope({ headers: [['accept-encoding', 'gzip']], extensions })
      await compression()(app)(scope, receiveNothing, send)
      t.strictSame([sent.length, sent[1]], [2, { type: 'http.response.pathsend', path: '/file' }])
    },
  ],
  [
    'better: q=0 forbids, etags become weak, images and ranges are left alone',
    async (t) => {
      const encoding = async (app: ASGIApp, accept?: string): Promise<string | null> =>
        (await compressed(app, accept)).headers.get('content-encoding')
      t.equal(await encoding(new PlainTextResponse(long).asgi, 'gzip;q=0'), null)
      t.equal(await encoding(new PlainTextResponse(long, { headers: { 'content-type': 'image/png' } }).asgi), null)
      t.equal(await encoding(new PlainTextResponse(long, { status: 206 }).asgi), null)
      const tagged = await compressed(new PlainTextResponse(long, { headers: { etag: '"a"' } }).asgi)
      t.equal(tagged.headers.get('etag'), 'W/"a"')
    },
  ],
])

// ---- HTTPSRedirect, TrustedHost

async function locationOf(middleware: Middleware, host: string, changes: object = {}): Promise<unknown[]> {
  const scope = httpScope({ path: '/a', query_string: 'b=c', headers: [['host', host]], ...changes })
  const { status, headers } = await outcomeOf(middleware(ok), scope)
  return [status, headers.get('location')]
}

facts('HTTPSRedirect', [
  [
    'http goes to https with 307; the ports 80 and 443 are dropped, others are kept',
    async (t) => {
      for (const [host, url] of [
        ['testserver', 'https://testserver/a?b=c'],
        ['testserver:80', 'https://testserver/a?b=c'],
        ['testserver:443', 'https://testserver/a?b=c'],
        ['testserver:123', 'https://testserver:123/a?b=c'],
      ] as const) {
        t.strictSame(await locationOf(httpsRedirect(), host), [307, url])
      }
      t.strictSame(await locationOf(httpsRedirect(), 'testserver', { scheme: 'https' }), [200, null])
    },
  ],
  [
    'ws goes to wss',
    async (t) => {
      await using client = await TestClient.open(httpsRedirect()(ok))
      const { status, headers } = await denialOf(client.websocket('/chat'))
      t.strictSame([status, headers.get('location')], [307, 'wss://testserver/chat'])
    },
  ],
])

facts('TrustedHost', [
  [
    'hosts are exact or "*." with a domain; the port makes no difference; others get 400 "Invalid host header"',
    async (t) => {
      const middleware = trustedHost({ allowedHosts: ['testserver', '*.testserver'] })
      for (const host of ['testserver', 'testserver:8000', 'sub.testserver']) {
        t.match(await locationOf(middleware, host), [200, null], host)
      }
      const { status, text } = await outcomeOf(middleware(ok), httpScope({ headers: [['host', 'invalidhost']] }))
      t.strictSame([status, text], [400, 'Invalid host header'])
    },
  ],
  [
    'better: a place for "*" that means nothing is refused when it is made, and so is a list that was forgotten',
    async (t) => {
      for (const allowedHosts of [['a.*.org'], ['a*'], undefined]) {
        t.throws(() => trustedHost({ allowedHosts: allowedHosts as string[] }), { name: 'TypeError' })
      }
      t.strictSame(await locationOf(trustedHost({ allowedHosts: ['*'] }), 'anything'), [200, null])
    },
  ],
  [
    'a host goes to www. when only that is allowed, unless it is told otherwise',
    async (t) => {
      const allowedHosts = ['www.example.com']
      t.strictSame(await locationOf(trustedHost({ allowedHosts }), 'example.com'), [
        307,
        'http://www.example.com/a?b=c',
      ])
      t.strictSame(await locationOf(trustedHost({ allowedHosts, wwwRedirect: false }), 'example.com'), [400, null])
    },
  ],
])

// ---- Session

function sessionApp(options: Partial<SessionsOptions> = {}): Application {
  const app = new Application({ middleware: [sessions({ keys: key, ...options })] })
  app.get('/', ({ session }) => new JSONResponse(session))
  app.get('/plain', () => new PlainTextResponse('plain'))
  app.post('/set', ({ session }) => {
    session.set('list', [])
    return new JSONResponse(session)
  })
  app.post('/push', ({ session }) => {
    ;(session.get('list') as unknown[]).push(1)
    return new JSONResponse(session)
  })
  app.post('/clear', ({ session }) => {
    session.clear()
    return new JSONResponse(session)
  })
  app.websocket('/', async (websocket: WebSocket) => {
    websocket.session.set('socket', true)
    await websocket.accept()
  })
  return app
}

const setCookieOf = ({ headers }: TestResponse): string | null => headers.getAll('set-cookie')[0] ?? null
const openSession = (options?: Partial<SessionsOptions>, more?: TestClientOptions): Promise<TestClient> =>
  TestClient.open(sessionApp(options), more)

facts('Session', [
  [
    'a signed cookie "session" for 14 days, with the path "/" and SameSite=Lax, HttpOnly, not Secure without TLS',
    async (t) => {
      await using client = await openSession()
      const cookie = setCookieOf(await client.post('/set'))!
      t.match(cookie, /^session=[\w-]+\.\w+\.[\w-]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/)
      // It is signed, not encrypted.
      t.equal(Buffer.from(/=([\w-]+)/.exec(cookie)![1]!, 'base64url').toString(), '{"list":[]}')
    },
  ],
  [
    'secure, path, domain, name and "until the browser closes" by option; better: the last ends on the server, too',
    async (t) => {
      let nowMs = 1_700_000_000_000
      const options = { secure: true, path: '/', domain: 'testserver', cookieName: 'sid', browserSession: true }
      await using client = await openSession(
        { ...options, maxAgeSeconds: 60, now: () => nowMs },
        { baseUrl: 'https://testserver' },
      )
      const cookie = setCookieOf(await client.post('/set'))!
      t.match(cookie, /^sid=[^;]+; Domain=testserver; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
      const headers = { cookie: cookie.split(';')[0]! }
      nowMs += 60_001
      t.strictSame(await (await client.get('/', { headers })).json(), {})
    },
  ],
  [
    'Set-Cookie is sent when something has changed, and there is something',
    async (t) => {
      await using client = await openSession()
      t.equal(setCookieOf(await client.get('/')), null)
      t.equal(setCookieOf(await client.post('/clear')), null)
      t.ok(setCookieOf(await client.post('/set')))
      t.equal(setCookieOf(await client.get('/')), null)
    },
  ],
  [
    'a session that is cleared takes its cookie with it',
    async (t) => {
      await using client = await openSession()
      await client.post('/set')
      t.match(
        setCookieOf(await client.post('/clear')),
        /^session=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT/,
      )
    },
  ],
  [
    'Vary: Cookie is there when the session was looked at',
    async (t) => {
      await using client = await openSession()
      const varies = [(await client.get('/')).headers.get('vary'), (await client.get('/plain')).headers.get('vary')]
      t.strictSame(varies, ['Cookie', null])
    },
  ],
  [
    'a cookie that is forged or too old is an empty session',
    async (t) => {
      let nowMs = 1_700_000_000_000
      await using client = await openSession({ maxAgeSeconds: 60, now: () => nowMs })
      const cookie = setCookieOf(await client.post('/set'))!.split(';')[0]!
      const read = async (value: string): Promise<unknown> =>
        (await client.get('/', { headers: { cookie: value } })).json()
      t.strictSame([await read(cookie), await read(`${cookie}x`), await read('session=e30')], [{ list: [] }, {}, {}])
      nowMs += 60_001
      t.strictSame(await read(cookie), {})
    },
  ],
  [
    'better: nested changes are noticed',
    async (t) => {
      await using client = await openSession()
      await client.post('/set')
      t.ok(setCookieOf(await client.post('/push')))
      t.strictSame(await (await client.get('/')).json(), { list: [1] })
    },
  ],
  [
    'better: the accept of a WebSocket brings the cookie',
    async (t) => {
      await using client = await openSession()
      await (await client.websocket('/')).close()
      t.strictSame(await (await client.get('/')).json(), { socket: true })
    },
  ],
  [
    'better: rolling sessions and new keys are options',
    async (t) => {
      await using client = await openSession({ rolling: true })
      const cookie = setCookieOf(await client.post('/set'))!.split(';')[0]!
      t.ok(setCookieOf(await client.get('/')))
      const keys = ['another key of thirty-two bytes or more', key]
      await using later = await openSession({ keys }, { headers: { cookie } })
      t.strictSame(await (await later.get('/')).json(), { list: [] })
    },
  ],
])

// ---- AuthenticationMiddleware, requires

const backend: AuthenticationBackend = {
  authenticate({ headers }) {
    const name = headers.get('x-user')
    if (name === 'evil') throw new AuthenticationError('Bad credentials')
    return name === null ? null : { user: { name }, scopes: ['authenticated', ...(name === 'ada' ? ['admin'] : [])] }
  },
}

function users(onError?: Parameters<typeof authentication>[0]['onError']): Application {
  const whoAmI = new Route('/', ({ user, auth }) => new JSONResponse([user, auth.authenticated, [...auth.scopes]]))
  const guarded = { middleware: [requires('authenticated')] }
  const talk = async (websocket: WebSocket): Promise<void> => {
    await websocket.accept()
    await websocket.sendJson(websocket.user)
  }
  return new Application({
    middleware: [authentication({ backends: [backend], ...(onError !== undefined && { onError }) })],
    routes: [
      whoAmI,
      new Route('/home', () => new PlainTextResponse('home'), { name: 'home' }),
      new Route('/in', () => new PlainTextResponse('in'), guarded),
      new Route('/admin', () => new PlainTextResponse('in'), { middleware: [requires(['authenticated', 'admin'])] }),
      new Route('/hidden', () => new PlainTextResponse('in'), { middleware: [requires('admin', { status: 404 })] }),
      new Route('/to-home', () => new PlainTextResponse('in'), {
        middleware: [requires('admin', { redirect: 'home' })],
      }),
      new WebSocketRoute('/socket', talk, guarded),
    ],
  })
}

const as = (name: string): { headers: Record<string, string> } => ({ headers: { 'x-user': name } })

facts('Authentication', [
  [
    'the backend gives a user and scopes, or nobody',
    async (t) => {
      await using client = await TestClient.open(users())
      t.strictSame(await (await client.get('/', as('bob'))).json(), [{ name: 'bob' }, true, ['authenticated']])
      t.strictSame(await (await client.get('/')).json(), [null, false, []])
    },
  ],
  [
    'better: credentials that do not hold are a 401, on WebSockets, too; onError answers in its own way',
    async (t) => {
      await using client = await TestClient.open(users())
      const refused = await client.get('/', as('evil'))
      t.strictSame([refused.status, await refused.text()], [401, 'Bad credentials'])
      t.equal((await denialOf(client.websocket('/socket', as('evil')))).status, 401)
      const onError = (_connection: unknown, error: Error): JSONResponse =>
        new JSONResponse({ error: error.message }, { status: 400 })
      await using custom = await TestClient.open(users(onError))
      const answer = await custom.get('/', as('evil'))
      t.strictSame([answer.status, await answer.json()], [400, { error: 'Bad credentials' }])
    },
  ],
  [
    'requires() lets in who has all scopes; others get 403, or the status that was chosen',
    async (t) => {
      await using client = await TestClient.open(users())
      const statusOf = async (path: string, name?: string): Promise<number> =>
        (await client.get(path, name === undefined ? {} : as(name))).status
      t.strictSame(
        [
          await statusOf('/in'),
          await statusOf('/in', 'bob'),
          await statusOf('/admin', 'bob'),
          await statusOf('/admin', 'ada'),
        ],
        [403, 200, 403, 200],
      )
      t.equal(await statusOf('/hidden', 'bob'), 404)
    },
  ],
  [
    'requires() refuses WebSockets before the accept',
    async (t) => {
      await using client = await TestClient.open(users())
      t.equal((await denialOf(client.websocket('/socket'))).status, 403)
      const socket = await client.websocket('/socket', as('bob'))
      t.strictSame(await socket.receiveJson(), { name: 'bob' })
    },
  ],
  [
    'requires() redirects with 303 to a route by its name; better: next is a path, which leads to no other host',
    async (t) => {
      await using client = await TestClient.open(users(), { followRedirects: false })
      const { status, headers } = await client.get('/to-home?a=b')
      t.strictSame([status, headers.get('location')], [303, 'http://testserver/home?next=%2Fto-home%3Fa%3Db'])
    },
  ],
  [
    'better: a guard stands where the route is declared, and says when it is made what is wrong',
    async (t) => {
      t.throws(() => requires(['']), { name: 'TypeError' })
      t.throws(() => requires('a', { status: 99 }), { name: 'TypeError' })
    },
  ],
])

// ---- BaseHTTPMiddleware

const through: RequestFunction = (request, next) => next(request)
const around = (run: RequestFunction, app: ASGIApp): ASGIApp => fromFunction(run)(app)
const posted = (body: string): ReturnType<typeof receiving> =>
  receiving({ type: 'http.request', body: Buffer.from(body) }, { type: 'http.disconnect' })
const echo: ASGIApp = new Application().post('/', async (request) => new PlainTextResponse(await request.text())).asgi

facts('BaseHTTPMiddleware', [
  [
    'a function stands around the app; WebSockets pass',
    async (t) => {
      const app = new Application({
        middleware: [
          fromFunction(async (request, next) => {
            const response = await next(request)
            response.headers.set('custom-header', 'Example')
            return response
          }),
        ],
      })
      app.get('/', () => new HTMLResponse('home'))
      app.get('/missing', () => {
        throw new HTTPException(404)
      })
      app.websocket('/', async (websocket) => {
        await websocket.accept()
        await websocket.sendText('hello')
      })
      await using client = await TestClient.open(app)
      for (const path of ['/', '/missing']) t.equal((await client.get(path)).headers.get('custom-header'), 'Example')
      t.equal(await (await client.websocket('/')).receiveText(), 'hello')
    },
  ],
  [
    'an app that answers nothing is an error that says so',
    async (t) => {
      const { error } = await outcomeOf(
        around(through, async () => {}),
        httpScope(),
      )
      t.match((error as Error).message, /without/)
    },
  ],
  [
    'the body can be read before and after, here and within; better: in any order, by json(), text(), form() and stream()',
    async (t) => {
      const before: RequestFunction = async (request, next) => {
        const text = await request.text()
        const response = await next(request)
        response.headers.set('x-seen', text)
        return response
      }
      const after: RequestFunction = async (request, next) => {
        const response = await next(request)
        response.headers.set('x-seen', await request.text())
        return response
      }
      for (const run of [before, after]) {
        const { text, headers } = await outcomeOf(around(run, echo), httpScope({ method: 'POST' }), posted('body'))
        t.strictSame([text, headers.get('x-seen')], ['body', 'body'])
      }
    },
  ],
  [
    'better: what was taken as a stream outside is there within',
    async (t) => {
      const run: RequestFunction = async (request, next) => {
        for await (const chunk of request.stream()) t.equal(Buffer.from(chunk).toString(), 'body')
        return next(request)
      }
      const { text } = await outcomeOf(around(run, echo), httpScope({ method: 'POST' }), posted('body'))
      t.equal(text, 'body')
    },
  ],
  [
    'the app sees the disconnect, again and again, through several of them',
    async (t) => {
      const seen: string[] = []
      const inner: ASGIApp = async (_scope, receive, send) => {
        for (let i = 0; i < 3; i++) seen.push((await receive()).type)
        await new PlainTextResponse('').respond(httpScope(), receive, send)
      }
      const gone = receiving({ type: 'http.request' }, { type: 'http.disconnect' }, { type: 'http.disconnect' })
      await outcomeOf(around(through, around(through, inner)), httpScope(), gone)
      t.strictSame(seen, ['http.request', 'http.disconnect', 'http.disconnect'])
    },
  ],
  [
    'background work and what stands in finally run when the client has left, and when the response is replaced',
    async (t) => {
      const seen: string[] = []
      const background = (): void => void seen.push('background')
      const inner: ASGIApp = async (scope, receive, send) => {
        try {
          await new PlainTextResponse('', { background }).respond(scope, receive, send)
        } finally {
          seen.push('finally')
        }
      }
      const leaving = (): Promise<void> => Promise.reject(new ClientDisconnected())
      await t.rejects(around(through, inner)(httpScope(), receiveNothing, leaving), { code: 'EPIPE' })
      const replace: RequestFunction = async (request, next) => {
        await next(request)
        return new PlainTextResponse('another')
      }
      t.equal((await outcomeOf(around(replace, inner), httpScope())).text, 'another')
      t.strictSame(seen, ['background', 'finally', 'background', 'finally'])
    },
  ],
  [
    'background work does not hold up the answer, and what it throws propagates',
    async (t) => {
      const order: string[] = []
      const background = (): never => {
        order.push('background')
        throw new TypeError('in the background')
      }
      const app = around(through, new PlainTextResponse('done', { background }).asgi)
      const send = async ({ type }: { readonly type: string }): Promise<void> => void order.push(type)
      await t.rejects(app(httpScope(), receiveNothing, send), { message: 'in the background' })
      t.strictSame(order, ['http.response.start', 'http.response.body', 'background'])
    },
  ],
  [
    'better: what is put into a context below is seen above',
    async (t) => {
      const storage = new AsyncLocalStorage<{ name: string }>()
      const run: RequestFunction = (request, next) => {
        const store = { name: 'nobody' }
        return storage.run(store, async () => {
          const response = await next(request)
          response.headers.set('x-name', store.name)
          return response
        })
      }
      const inner: ASGIApp = (scope, receive, send) => {
        storage.getStore()!.name = 'ada'
        return new PlainTextResponse('').respond(scope, receive, send)
      }
      t.equal((await outcomeOf(around(run, inner), httpScope())).headers.get('x-name'), 'ada')
    },
  ],
  [
    'what the app throws can be caught around next()',
    async (t) => {
      const run: RequestFunction = async (request, next) => {
        try {
          return await next(request)
        } catch (error) {
          return new PlainTextResponse((error as Error).message, { status: 503 })
        }
      }
      t.match(await outcomeOf(around(run, failing), httpScope()), { status: 503, text: '<bug>', error: null })
    },
  ],
  [
    'files that the server sends and what is told to a test client are handed through',
    async (t) => {
      const messages = [
        { type: 'http.response.debug', info: { template: 'a' } },
        { type: 'http.response.start', status: 200, headers: [] },
        { type: 'http.response.pathsend', path: '/file' },
      ] as const
      const inner: ASGIApp = async (_scope, _receive, send) => {
        for (const message of messages) await send(message)
      }
      const { send, sent } = recorder()
      const extensions = { 'http.response.pathsend': {}, 'http.response.debug': {} }
      await around(through, inner)(httpScope({ extensions }), receiveNothing, send)
      t.strictSame(
        sent.map(({ type }) => type),
        messages.map(({ type }) => type),
      )
    },
  ],
])
