import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'tap'
import type { Test } from 'tap'
import { Application, JSONResponse, MemoryStore, PlainTextResponse } from 'stelline'
import type { Request, WebSocket } from 'stelline'
import { authentication, bodyLimit, conditional, context, currentConnection, currentRequest } from 'stelline/middleware'
import { fromFunction, originCheck, proxyHeaders, sessionAuth, sessions, timeout } from 'stelline/middleware'
import type { OriginCheckOptions, ProxyHeadersOptions, SessionsOptions } from 'stelline/middleware'
import { lifespanScope, TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'
import { denialOf } from '../support/denial-of.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { httpScope, receiveNothing, websocketScope } from '../support/messages.ts'

/*
 * What the middleware of Uvicorn 0.51, Quart 0.21 and Channels 4.3 does, fact by fact, and what that of Stelline does.
 * "Better" marks where it was corrected.
 */

type Fact = readonly [feature: string, check: (t: Test) => Promise<unknown>]

function facts(section: string, list: readonly Fact[]): void {
  for (const [feature, check] of list) test(`${section}: ${feature}`, check)
}

// ---- Uvicorn §2.5

interface Seen {
  readonly client: readonly [string, number] | null
  readonly scheme: string
}

async function seenThrough(
  options: ProxyHeadersOptions,
  scope: ReturnType<typeof httpScope | typeof websocketScope>,
): Promise<Seen> {
  await proxyHeaders(options)(async () => {})(scope, receiveNothing, async () => {})
  return { client: scope.client ?? null, scheme: scope.scheme }
}

const proxied = (
  headers: ReadonlyArray<readonly [string, string]>,
  trusted: readonly string[] = ['127.0.0.1'],
  peer = '127.0.0.1',
): Promise<Seen> => seenThrough({ trusted }, httpScope({ client: [peer, 4321], headers }))

const forwarded = async (
  values: readonly string[],
  trusted: readonly string[],
): Promise<readonly [string, number] | null> => {
  return (
    await proxied(
      values.map((value) => ['x-forwarded-for', value] as const),
      trusted,
    )
  ).client
}

facts('Uvicorn §2.5', [
  [
    'trust: the peer is in the list, by address, range or "*"; it is asked the same the next time',
    async (t) => {
      const headers = [
        ['x-forwarded-for', '1.2.3.4'],
        ['x-forwarded-proto', 'https'],
      ] as const
      const believed = { client: ['1.2.3.4', 0], scheme: 'https' }
      const again = proxyHeaders({ trusted: ['127.0.0.1'] })(async () => {})
      for (const peer of ['127.0.0.1', '127.0.0.1', '127.0.0.2']) {
        const scope = httpScope({ client: [peer, 4321], headers })
        await again(scope, receiveNothing, async () => {})
        t.equal(scope.scheme, peer === '127.0.0.1' ? 'https' : 'http')
      }
      for (const [trusted, peer, expected] of [
        [['127.0.0.1'], '127.0.0.1', believed],
        [['10.0.0.0/8', '127.0.0.1'], '10.1.2.3', believed],
        [['*'], '192.0.2.9', believed],
        [['10.0.0.0/8'], '127.0.0.1', { client: ['127.0.0.1', 4321], scheme: 'http' }],
      ] as const) {
        t.strictSame(await proxied(headers, trusted, peer), expected)
      }
    },
  ],
  [
    'trust, better: an entry that could never match is refused when it is made; "unix" stands for every Unix socket',
    async (t) => {
      for (const entry of ['127.0.0.1 ', '10.0.0.0/99', 'localhost', '']) {
        t.throws(() => proxyHeaders({ trusted: [entry] }), { name: 'TypeError' })
      }
      const scope = httpScope({ client: null, server: ['/run/a', null], headers: [['x-forwarded-for', '1.2.3.4']] })
      t.match(await seenThrough({ trusted: ['unix'] }, scope), { client: ['1.2.3.4', 0] })
    },
  ],
  [
    'proto: the last one of http, https, ws and wss counts, as ws or wss for a WebSocket; others do not',
    async (t) => {
      for (const [values, http, websocket] of [
        [['https'], 'https', 'wss'],
        [['wss'], 'https', 'wss'],
        [['http'], 'http', 'ws'],
        [['http', 'https'], 'https', 'wss'],
        [['https', 'http'], 'http', 'ws'],
        [['gopher'], 'http', 'ws'],
        [[''], 'http', 'ws'],
      ] as const) {
        const headers = values.map((value) => ['x-forwarded-proto', value] as const)
        const options = { trusted: ['127.0.0.1'] }
        const client = ['127.0.0.1', 4321] as const
        const socket = await seenThrough(options, websocketScope({ client, headers }))
        t.strictSame([(await proxied(headers)).scheme, socket.scheme], [http, websocket])
      }
    },
  ],
  [
    'for: all fields make one list, walked from the right to the first that is not trusted',
    async (t) => {
      const trusted = ['127.0.0.1', '10.0.0.0/8']
      t.strictSame(await forwarded(['1.2.3.4, 10.0.2.1, 192.168.0.2'], trusted), ['192.168.0.2', 0])
      t.strictSame(await forwarded(['1.2.3.4, 192.168.0.2, 10.0.2.1'], trusted), ['192.168.0.2', 0])
      t.strictSame(await forwarded(['1.2.3.4', '192.168.0.2', '10.0.2.1'], trusted), ['192.168.0.2', 0])
    },
  ],
  [
    'for: the leftmost counts when all are trusted, as with "*"',
    async (t) => {
      t.strictSame(await forwarded(['10.0.2.9, 10.0.2.1'], ['127.0.0.1', '10.0.0.0/8']), ['10.0.2.9', 0])
      t.strictSame(await forwarded(['1.2.3.4, 10.0.2.1, 192.168.0.2'], ['*']), ['1.2.3.4', 0])
    },
  ],
  [
    'ports: "1.2.3.4:80", "[v6]:80" and a bare IPv6 address; 0 when there is none',
    async (t) => {
      for (const [value, client] of [
        ['1.2.3.4', ['1.2.3.4', 0]],
        ['1.2.3.4:1024', ['1.2.3.4', 1024]],
        ['[2001:db8::1]', ['2001:db8::1', 0]],
        ['[2001:db8::1]:1024', ['2001:db8::1', 1024]],
        ['2001:db8::1', ['2001:db8::1', 0]],
        ['1.2.3.4:1024, 10.0.2.1:2048', ['1.2.3.4', 1024]],
      ] as const) {
        t.strictSame(await forwarded([value], ['127.0.0.1', '10.0.0.0/8']), client)
      }
    },
  ],
  [
    'what is no address is kept as the name of the client; better: only what a name may hold',
    async (t) => {
      t.strictSame(await forwarded(['invalid'], ['127.0.0.1']), ['invalid', 0])
      t.strictSame(await forwarded(['1.2.3.4, <script>'], ['127.0.0.1']), ['unknown', 0])
    },
  ],
  [
    'an empty field changes nothing',
    async (t) => t.strictSame(await forwarded([''], ['127.0.0.1']), ['127.0.0.1', 4321]),
  ],
  [
    'a lifespan passes',
    async (t) => {
      const scope = lifespanScope()
      const seen: unknown[] = []
      await proxyHeaders({ trusted: ['*'] })(async (given) => void seen.push(given))(
        scope,
        receiveNothing,
        async () => {},
      )
      t.equal(seen[0], scope)
    },
  ],
])

// ---- Quart

const key = 'a key of at least thirty-two bytes'
const setCookieOf = ({ headers }: TestResponse): string | null => headers.getAll('set-cookie')[0] ?? null

function sessionApp(options: Partial<SessionsOptions>): Application {
  const app = new Application({ middleware: [sessions({ keys: key, ...options })] })
  app.get('/', ({ session }) => new JSONResponse(session))
  app.get('/plain', () => new PlainTextResponse('plain'))
  app.post('/set/{value}', ({ session, pathParams }) => {
    session.set('value', pathParams.value)
    return new PlainTextResponse('')
  })
  app.post('/clear', ({ session }) => {
    session.clear()
    return new PlainTextResponse('')
  })
  return app
}

facts('Quart', [
  [
    'sessions: Vary: Cookie when they were looked at, a cookie that goes when they are empty, sent anew each time by option',
    async (t) => {
      await using client = await TestClient.open(sessionApp({ rolling: true, maxAgeSeconds: 31 * 24 * 3600 }))
      t.match(setCookieOf(await client.post('/set/tea')), /Max-Age=2678400;/)
      const read = await client.get('/')
      t.match([read.headers.get('vary'), setCookieOf(read)], ['Cookie', /Max-Age=2678400;/])
      const plain = await client.get('/plain')
      t.strictSame([plain.headers.get('vary'), setCookieOf(plain)], [null, null])
      t.match(setCookieOf(await client.post('/clear')), /^session=; Max-Age=0;/)
    },
  ],
  [
    'the cookie: HttpOnly always, SameSite, Secure and Partitioned by option; better: SameSite=Lax, Secure over TLS by default',
    async (t) => {
      const cookie = async (
        options: Partial<SessionsOptions>,
        baseUrl = 'http://testserver',
      ): Promise<string | null> => {
        await using client = await TestClient.open(sessionApp(options), { baseUrl })
        return setCookieOf(await client.post('/set/tea'))
      }
      t.match(await cookie({}), /; HttpOnly; SameSite=Lax$/)
      t.match(await cookie({}, 'https://testserver'), /; HttpOnly; Secure; SameSite=Lax$/)
      t.match(
        await cookie({ sameSite: 'none', secure: true, partitioned: true }),
        /; Secure; Partitioned; SameSite=None$/,
      )
    },
  ],
  [
    'SECRET_KEY_FALLBACKS: keys of before verify, the first one signs',
    async (t) => {
      await using before = await TestClient.open(sessionApp({}))
      const cookie = setCookieOf(await before.post('/set/tea'))!.split(';')[0]!
      const keys = ['another key of thirty-two bytes or more', key]
      await using during = await TestClient.open(sessionApp({ keys }), { headers: { cookie } })
      t.strictSame(await (await during.get('/')).json(), { value: 'tea' })
      const renewed = setCookieOf(await during.post('/set/coffee'))!.split(';')[0]!
      await using after = await TestClient.open(sessionApp({ keys: keys[0]! }), { headers: { cookie: renewed } })
      t.strictSame(await (await after.get('/')).json(), { value: 'coffee' })
    },
  ],
  [
    'MAX_COOKIE_SIZE: better: a session too large for a cookie is an error, since browsers would drop it in silence',
    async (t) => {
      await using client = await TestClient.open(sessionApp({}))
      await t.rejects(client.post(`/set/${'x'.repeat(4093)}`), { code: 'STELLINE_SESSION_TOO_LARGE' })
    },
  ],
  [
    'MAX_CONTENT_LENGTH: 413, by the length that is announced and by what arrives',
    async (t) => {
      const app = new Application({ middleware: [bodyLimit({ maxBytes: 10 })] })
      app.post('/', async (request) => new PlainTextResponse(await request.text()))
      await using client = await TestClient.open(app)
      const chunks = ['abcdef', 'ghijkl']
      const statuses = [
        (await client.post('/', { body: 'x'.repeat(10) })).status,
        (await client.post('/', { body: 'x'.repeat(11) })).status,
        (await client.post('/', { body: new Blob(chunks).stream() })).status,
      ]
      t.strictSame(statuses, [200, 413, 413])
    },
  ],
  [
    'RESPONSE_TIMEOUT: an answer that does not begin in time is given up; better: the client is told, with 504',
    async (t) => {
      const clock = new ManualClock()
      const app = new Application({ middleware: [timeout({ timeoutMs: 60_000, clock })] })
      let entered = (): void => {}
      const working = new Promise<void>((resolve) => (entered = resolve))
      app.get('/', async ({ signal }) => {
        entered()
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        return new PlainTextResponse('late')
      })
      await using client = await TestClient.open(app)
      const answer = client.get('/')
      await working
      clock.pass(60_000)
      t.equal((await answer).status, 504)
    },
  ],
  [
    'make_conditional: an etag, and 304 or 412 for who has it',
    async (t) => {
      await using client = await TestClient.open(conditional()(new PlainTextResponse('data').asgi))
      const etag = (await client.get('/')).headers.get('etag')!
      const statusOf = async (name: string, value: string): Promise<number> =>
        (await client.get('/', { headers: { [name]: value } })).status
      t.strictSame(
        [
          await statusOf('if-none-match', etag),
          await statusOf('if-match', '"other"'),
          await statusOf('if-match', etag),
        ],
        [304, 412, 200],
      )
    },
  ],
  [
    'before_request, after_request and teardown_request: one function around the rest, also when that fails',
    async (t) => {
      const seen: string[] = []
      const hooks = fromFunction(async (request, next) => {
        seen.push('before')
        try {
          const response = await next(request)
          response.headers.set('x-after', 'yes')
          return response
        } finally {
          seen.push('teardown')
        }
      })
      const app = new Application({ middleware: [hooks] })
      app.get('/', () => new PlainTextResponse('endpoint'))
      app.get('/bug', () => {
        throw new TypeError('bug')
      })
      await using client = await TestClient.open(app)
      t.equal((await client.get('/')).headers.get('x-after'), 'yes')
      await t.rejects(client.get('/bug'), { message: 'bug' })
      t.strictSame(seen, ['before', 'teardown', 'before', 'teardown'])
    },
  ],
  [
    'request and has_request_context: the present request from anywhere, and none outside of it',
    async (t) => {
      const app = new Application({ middleware: [context()] })
      app.get('/a', async () => {
        await new Promise(setImmediate)
        return new PlainTextResponse(currentRequest().path)
      })
      await using client = await TestClient.open(app)
      t.equal(await (await client.get('/a')).text(), '/a')
      t.equal(currentConnection(), null)
      t.throws(() => currentRequest(), { name: 'TypeError' })
    },
  ],
  [
    'request_started, request_finished, got_request_exception: tracing channels of the platform',
    async (t) => {
      const seen: string[] = []
      const listeners = ['start', 'error', 'asyncEnd'].map((event) => {
        const name = `tracing:stelline.request:${event}`
        const listener = (): void => void seen.push(event)
        subscribe(name, listener)
        return { name, listener }
      })
      t.teardown(() => listeners.forEach(({ name, listener }) => unsubscribe(name, listener)))
      const app = new Application()
      app.get('/', () => {
        throw new TypeError('bug')
      })
      await using client = await TestClient.open(app, { raiseServerErrors: false })
      t.equal((await client.get('/')).status, 500)
      t.strictSame(seen, ['start', 'error', 'asyncEnd'])
    },
  ],
])

// ---- Channels §5.4

const talking = (options: OriginCheckOptions): Application => {
  const app = new Application({ middleware: [originCheck(options)] })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendText('hello')
  })
  return app
}

async function heard(options: OriginCheckOptions, origin: string | null): Promise<string | number> {
  await using client = await TestClient.open(talking(options))
  const opened = client.websocket('/', { headers: origin === null ? {} : { origin } })
  // The client is closed at the end of this function.
  return await opened.then(
    (socket) => socket.receiveText(),
    async () => (await denialOf(opened)).status,
  )
}

const auth = sessionAuth({ load: (noted) => (noted === 'gone:1' ? null : { user: { noted } }) })

function accounts(store: MemoryStore): Application {
  const app = new Application({ middleware: [sessions({ store }), authentication({ backends: [auth] })] })
  app.get('/', ({ user, session }) => new JSONResponse([user, session]))
  app.post('/login/{noted}', (request: Request<{ noted: string }>) => {
    auth.login(request, request.pathParams.noted)
    return new PlainTextResponse('')
  })
  app.post('/basket', ({ session }) => {
    session.set('basket', 'tea')
    return new PlainTextResponse('')
  })
  app.post('/logout', (request) => {
    auth.logout(request)
    return new PlainTextResponse('')
  })
  app.post('/bug', ({ session }) => {
    session.set('bug', true)
    throw new TypeError('bug')
  })
  app.websocket('/', async (websocket: WebSocket) => {
    await websocket.accept()
    await websocket.sendJson(websocket.user)
  })
  return app
}

facts('Channels §5.4', [
  [
    'OriginValidator: "*" is everybody, with an origin or without',
    async (t) => {
      for (const origin of ['https://evil.example', 'nonsense', null]) {
        t.equal(await heard({ allowOrigins: ['*'] }, origin), 'hello')
      }
    },
  ],
  [
    'OriginValidator: ".example.com" is the domain with its subdomains',
    async (t) => {
      const options = { allowOrigins: ['.example.com'] }
      t.equal(await heard(options, 'https://example.com'), 'hello')
      t.equal(await heard(options, 'http://a.b.example.com:8000'), 'hello')
      t.equal(await heard(options, 'https://badexample.com'), 403)
      t.equal(await heard(options, 'https://example.com.evil'), 403)
    },
  ],
  [
    'OriginValidator: "scheme://host[:port]" is that origin, default ports understood',
    async (t) => {
      t.equal(await heard({ allowOrigins: ['https://example.com'] }, 'https://example.com'), 'hello')
      t.equal(await heard({ allowOrigins: ['https://example.com'] }, 'http://example.com'), 403)
      t.equal(await heard({ allowOrigins: ['https://example.com'] }, 'https://example.com:8443'), 403)
      t.equal(await heard({ allowOrigins: ['https://example.com:8443'] }, 'https://example.com:8443'), 'hello')
      t.throws(() => originCheck({ allowOrigins: ['https://example.com:443'] }), {
        message: /browsers send "https:\/\/example\.com"/,
      })
    },
  ],
  [
    'OriginValidator: no origin, an invalid one and "null" are refused with 403 before the accept',
    async (t) => {
      for (const origin of [null, 'nonsense', 'http://', 'null', 'https://exa mple.com']) {
        t.equal(await heard({ allowOrigins: ['https://example.com'] }, origin), 403, String(origin))
      }
    },
  ],
  [
    'AllowedHostsOriginValidator: the hosts of the app; better: its own host, without any list',
    async (t) => {
      t.equal(await heard({}, 'http://testserver'), 'hello')
      t.equal(await heard({}, 'http://other'), 403)
      t.equal(await heard({ allowOrigins: ['localhost', '127.0.0.1', '[::1]'] }, 'http://[::1]:3000'), 'hello')
    },
  ],
  [
    'login() gives the session a new key, and flushes that of another user',
    async (t) => {
      const store = new MemoryStore()
      await using client = await TestClient.open(accounts(store))
      const before = setCookieOf(await client.post('/basket'))
      const after = setCookieOf(await client.post('/login/ada'))
      t.not(after, before)
      t.match(await (await client.get('/')).json(), [{ noted: 'ada' }, { basket: 'tea' }])
      await client.post('/login/bob')
      t.strictSame(await (await client.get('/')).json(), [{ noted: 'bob' }, { user: 'bob' }])
      t.equal(store.size, 1)
    },
  ],
  [
    'logout() flushes the session',
    async (t) => {
      const store = new MemoryStore()
      await using client = await TestClient.open(accounts(store))
      await client.post('/login/ada')
      await client.post('/logout')
      t.strictSame([await (await client.get('/')).json(), store.size], [[null, {}], 0])
    },
  ],
  [
    'get_user: what was noted at the login is checked each time, so that a changed password can end sessions',
    async (t) => {
      await using client = await TestClient.open(accounts(new MemoryStore()))
      await client.post('/login/gone:1')
      t.match(await (await client.get('/')).json(), [null])
    },
  ],
  [
    'the user is there on WebSockets',
    async (t) => {
      await using client = await TestClient.open(accounts(new MemoryStore()))
      await client.post('/login/ada')
      t.strictSame(await (await client.websocket('/')).receiveJson(), { noted: 'ada' })
    },
  ],
  [
    'SessionMiddleware: sameSite is validated; better: what an answer with 500 has changed is saved like any other',
    async (t) => {
      t.throws(() => sessions({ keys: key, sameSite: 'maybe' as 'lax' }), { message: /^Cannot set cookie "session"/ })
      await using client = await TestClient.open(accounts(new MemoryStore()), { raiseServerErrors: false })
      t.equal((await client.post('/bug')).status, 500)
      t.match(await (await client.get('/')).json(), [null, { bug: true }])
    },
  ],
])
