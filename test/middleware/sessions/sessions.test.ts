import { test } from 'tap'
import { Application } from '../../../routing/application.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import type { Request } from '../../../lib/request/request.ts'
import type { WebSocket } from '../../../lib/request/websocket.ts'
import type { Send } from '../../../lib/spec/app.ts'
import { MemoryStore } from '../../../lib/storage/memory-store.ts'
import { Signer } from '../../../lib/storage/signer.ts'
import type { Store } from '../../../lib/storage/store.ts'
import { eventLoopTurns } from '../../../lib/testing/event-loop.ts'
import { httpScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { TestClientOptions } from '../../../lib/testing/client-options.ts'
import type { WebSocketDenied } from '../../../lib/testing/websocket-denied.ts'
import { sessions } from '../../../middleware/sessions/sessions.ts'
import type { SessionsOptions } from '../../../middleware/sessions/sessions.ts'

const key = 'a key of at least thirty-two bytes'
const newer = 'another key of thirty-two bytes or more'

function shop(options: Partial<SessionsOptions> = { keys: key }): Application {
  const app = new Application({ middleware: [sessions(options)] })
  const values = ({ session }: Request): JSONResponse => new JSONResponse(session)
  app.get('/', values)
  app.get('/plain', () => new PlainTextResponse('plain'))
  app.post('/set', async (request) => {
    for (const [name, value] of Object.entries(await request.json<object>())) request.session.set(name, value)
    return values(request)
  })
  app.post('/push', (request) => {
    ;(request.session.get('list') as unknown[]).push(1)
    return values(request)
  })
  app.post('/rotate', (request) => {
    request.session.rotate()
    return values(request)
  })
  app.post('/clear', (request) => {
    request.session.clear()
    return values(request)
  })
  app.post('/fail', (request) => {
    request.session.set('failed', true)
    throw new Error('failed')
  })
  app.websocket('/count', async (websocket: WebSocket) => {
    websocket.session.set('sockets', Number(websocket.session.get('sockets') ?? 0) + 1)
    await websocket.accept()
    for await (const text of websocket.iterText()) {
      websocket.session.set('late', text)
      if (text === 'clear') websocket.session.clear()
      await websocket.sendText(text)
    }
  })
  app.websocket('/read', async (websocket: WebSocket) => {
    await websocket.accept()
    await websocket.sendText(String(websocket.session.size))
  })
  app.websocket('/silent', async (websocket: WebSocket) => {
    await websocket.accept()
    await websocket.close()
  })
  app.websocket('/deny', async (websocket: WebSocket) => {
    websocket.session.set('denied', true)
    await websocket.deny(new PlainTextResponse('no', { status: 401 }))
  })
  return app
}

const setCookieOf = ({ headers }: { readonly headers: { getAll(name: string): string[] } }): string | null => {
  return headers.getAll('set-cookie')[0] ?? null
}

/** Changes the value of the first cookie of a client. */
const cookieValue = (setCookie: string): string => /=([^;]*)/.exec(setCookie)![1]!

const kinds: readonly (readonly [name: string, options: () => Partial<SessionsOptions>])[] = [
  ['in a cookie', () => ({ keys: key })],
  ['in a store', () => ({ store: new MemoryStore() })],
]

// What holds wherever sessions are kept; facts of Starlette 1.9 "Session" and of quart "secure cookie session".
for (const [name, options] of kinds) {
  test(`sessions ${name}: what is set is there with the next request`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    t.strictSame(await (await client.get('/')).json(), {})
    t.strictSame(await (await client.post('/set', { json: { a: 1 } })).json(), { a: 1 })
    t.strictSame(await (await client.get('/')).json(), { a: 1 })
  })

  test(`sessions ${name}: Set-Cookie is sent only when something has changed`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    t.equal(setCookieOf(await client.get('/')), null)
    t.ok(setCookieOf(await client.post('/set', { json: { a: 1 } })))
    t.equal(setCookieOf(await client.post('/set', { json: { a: 1 } })), null)
    t.equal(setCookieOf(await client.get('/')), null)
  })

  test(`sessions ${name}: nested changes are noticed`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    await client.post('/set', { json: { list: [] } })
    await client.post('/push')
    t.strictSame(await (await client.get('/')).json(), { list: [1] })
  })

  test(`sessions ${name}: an answer varies by the cookie when the session was looked at`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    t.equal((await client.get('/')).headers.get('vary'), 'Cookie')
    await client.post('/set', { json: { a: 1 } })
    t.equal((await client.get('/')).headers.get('vary'), 'Cookie')
    t.equal((await client.get('/plain')).headers.get('vary'), null)
  })

  test(`sessions ${name}: one that is cleared is removed, with its cookie`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    await client.post('/set', { json: { a: 1 } })
    const cleared = setCookieOf(await client.post('/clear'))
    t.equal(cleared, 'session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax')
    t.strictSame(await (await client.get('/')).json(), {})
    t.equal(setCookieOf(await client.post('/clear')), null)
  })

  test(`sessions ${name}: a cookie that is none of ours is an empty session, and stays`, async (t) => {
    for (const value of ['', 'x', 'a.b.c', '%00', 'e30.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
      await using client = await TestClient.open(shop(options()), { headers: { cookie: `session=${value}` } })
      const response = await client.get('/')
      t.strictSame(await response.json(), {}, value)
      t.equal(setCookieOf(response), null)
    }
  })

  test(`sessions ${name}: one that fails keeps what it has set until then`, async (t) => {
    await using client = await TestClient.open(shop(options()), { raiseServerErrors: false })
    t.equal((await client.post('/fail')).status, 500)
    t.strictSame(await (await client.get('/')).json(), { failed: true })
  })

  test(`sessions ${name}: the accept of a WebSocket brings the cookie`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    await (await client.websocket('/count')).close()
    t.strictSame(await (await client.get('/')).json(), { sockets: 1 })
  })

  test(`sessions ${name}: a WebSocket that does not look at it gets no field`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    await using socket = await client.websocket('/silent')
    t.strictSame([...socket.headers], [])
  })

  test(`sessions ${name}: a refused handshake brings the cookie`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    const denied = await client.websocket('/deny').catch((error: unknown) => error as WebSocketDenied)
    t.equal((denied as WebSocketDenied).response.status, 401)
    t.strictSame(await (await client.get('/')).json(), { denied: true })
  })

  test(`sessions ${name}: two clients never see each other's`, async (t) => {
    const app = shop(options())
    await using ada = await TestClient.open(app)
    await using bob = await TestClient.open(app)
    await Promise.all([ada.post('/set', { json: { name: 'Ada' } }), bob.post('/set', { json: { name: 'Bob' } })])
    const [seenByAda, seenByBob] = await Promise.all([ada.get('/'), bob.get('/')])
    t.strictSame([await seenByAda.json(), await seenByBob.json()], [{ name: 'Ada' }, { name: 'Bob' }])
  })

  test(`sessions ${name}: a session that is not rolling is not sent again`, async (t) => {
    await using client = await TestClient.open(shop(options()))
    await client.post('/set', { json: { a: 1 } })
    t.equal(setCookieOf(await client.get('/')), null)
  })

  test(`sessions ${name}: a rolling one is sent again when it is looked at`, async (t) => {
    await using client = await TestClient.open(shop({ ...options(), rolling: true }))
    t.equal(setCookieOf(await client.get('/')), null)
    await client.post('/set', { json: { a: 1 } })
    t.match(setCookieOf(await client.get('/')), /^session=.*Max-Age=1209600/)
    t.equal(setCookieOf(await client.get('/plain')), null)
  })

  test(`rule 47: a session ${name} takes the first of two cookies`, async (t) => {
    const app = shop(options())
    await using client = await TestClient.open(app)
    const mine = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
    await using other = await TestClient.open(app, { headers: { cookie: `session=${mine}; session=x` } })
    t.strictSame(await (await other.get('/')).json(), { a: 1 })
  })

  test(`rule 46: U+00A0 before the name does not make a session ${name}`, async (t) => {
    const app = shop(options())
    await using client = await TestClient.open(app)
    const mine = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
    await using other = await TestClient.open(app, { headers: { cookie: `\u00a0session=${mine}` } })
    t.strictSame(await (await other.get('/')).json(), {})
  })
}

test('sessions in a cookie: expire on the server, too', async (t) => {
  let nowMs = 1_700_000_000_000
  await using client = await TestClient.open(shop({ keys: key, maxAgeSeconds: 60, now: () => nowMs }))
  const cookie = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
  const headers = { cookie: `session=${cookie}` }
  nowMs += 60_000
  t.strictSame(await (await client.get('/', { headers })).json(), { a: 1 })
  nowMs += 1
  t.strictSame(await (await client.get('/', { headers })).json(), {})
})

test('sessions in a cookie: a rolling one holds as long as it is used', async (t) => {
  let nowMs = 1_700_000_000_000
  await using client = await TestClient.open(shop({ keys: key, rolling: true, maxAgeSeconds: 60, now: () => nowMs }))
  await client.post('/set', { json: { a: 1 } })
  for (let step = 0; step < 5; step++) {
    nowMs += 50_000
    t.strictSame(await (await client.get('/')).json(), { a: 1 })
  }
})

test('sessions in a cookie: the current key signs, all of them verify', async (t) => {
  await using before = await TestClient.open(shop({ keys: key }))
  const cookie = cookieValue(setCookieOf(await before.post('/set', { json: { a: 1 } }))!)
  const read = async (keys: string[]): Promise<unknown> => {
    await using client = await TestClient.open(shop({ keys }), { headers: { cookie: `session=${cookie}` } })
    return (await client.get('/')).json()
  }
  t.strictSame(await read([newer, key]), { a: 1 })
  t.strictSame(await read([newer]), {})
})

test('sessions in a cookie: what is signed with the same key for another purpose is no session', async (t) => {
  const value = new Signer(key, { purpose: 'reset' }).sign(Buffer.from('{"admin":true}').toString('base64url'))
  await using client = await TestClient.open(shop(), { headers: { cookie: `session=${value}` } })
  t.strictSame(await (await client.get('/')).json(), {})
})

test('sessions in a cookie: any text survives', async (t) => {
  await using client = await TestClient.open(shop())
  const values = { 'ä;,"\\': '\u{1f30d}\r\n\0', __proto: null }
  await client.post('/set', { json: values })
  t.strictSame(await (await client.get('/')).json(), values)
})

test('sessions in a cookie: one that is too large is said to be, and answered with a 500', async (t) => {
  await using client = await TestClient.open(shop())
  await t.rejects(client.post('/set', { json: { a: 'x'.repeat(3100) } }), {
    name: 'SessionTooLarge',
    code: 'STELLINE_SESSION_TOO_LARGE',
    message:
      /^Cannot save the session: its cookie would have 4\d{3} bytes, and browsers may refuse one of more than 4096; keep less in it, or give sessions\(\) a "store"$/,
  })
  await using quiet = await TestClient.open(shop(), { raiseServerErrors: false })
  const response = await quiet.post('/set', { json: { a: 'x'.repeat(3100) } })
  t.strictSame([response.status, setCookieOf(response)], [500, null])
})

test('sessions in a store: the cookie holds nothing but an id', async (t) => {
  const store = new MemoryStore()
  await using client = await TestClient.open(shop({ store }))
  const cookie = setCookieOf(await client.post('/set', { json: { a: 'x'.repeat(100_000) } }))!
  t.match(cookie, /^session=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/)
  t.equal(store.size, 1)
})

test('sessions in a store: the store does not hold the id', async (t) => {
  const kept: string[] = []
  const store = new MemoryStore()
  const spy: Store = Object.assign(Object.create(store) as Store, {
    set: (name: string, value: string) => {
      kept.push(name, value)
      return store.set(name, value)
    },
    get: (name: string) => store.get(name),
  })
  await using client = await TestClient.open(shop({ store: spy }))
  const id = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
  t.equal(kept.length, 2)
  t.notOk(kept.join().includes(id))
})

test('rule 51: an id that the store does not know is never taken over', async (t) => {
  const planted = 'A'.repeat(43)
  await using client = await TestClient.open(shop({ store: new MemoryStore() }), {
    headers: { cookie: `session=${planted}` },
  })
  const id = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
  t.not(id, planted)
})

test('rule 51: a rotation gives a new id, keeps the values and ends the old id', async (t) => {
  const store = new MemoryStore()
  const app = shop({ store })
  await using client = await TestClient.open(app)
  const before = cookieValue(setCookieOf(await client.post('/set', { json: { a: 1 } }))!)
  const after = cookieValue(setCookieOf(await client.post('/rotate'))!)
  t.not(after, before)
  t.strictSame(await (await client.get('/')).json(), { a: 1 })
  t.equal(store.size, 1)
  await using thief = await TestClient.open(app, { headers: { cookie: `session=${before}` } })
  t.strictSame(await (await thief.get('/')).json(), {})
})

test('rule 51: a session in a cookie is sealed anew by a rotation', async (t) => {
  let nowMs = 1_700_000_000_000
  await using client = await TestClient.open(shop({ keys: key, now: () => nowMs }))
  const before = setCookieOf(await client.post('/set', { json: { a: 1 } }))
  nowMs += 1000
  const after = setCookieOf(await client.post('/rotate'))
  t.ok(after)
  t.not(after, before)
})

test('sessions in a store: expire there', async (t) => {
  let nowMs = 0
  const store = new MemoryStore({ now: () => nowMs })
  await using client = await TestClient.open(shop({ store, maxAgeSeconds: 60, browserSession: true }))
  await client.post('/set', { json: { a: 1 } })
  nowMs = 60_000
  t.strictSame(await (await client.get('/')).json(), {})
})

test('sessions in a store: a rolling one holds as long as it is used', async (t) => {
  let nowMs = 0
  const store = new MemoryStore({ now: () => nowMs })
  await using client = await TestClient.open(shop({ store, rolling: true, maxAgeSeconds: 60 }))
  await client.post('/set', { json: { a: 1 } })
  for (let step = 0; step < 5; step++) {
    nowMs += 50_000
    t.strictSame(await (await client.get('/')).json(), { a: 1 })
  }
})

/** An app whose request waits between reading the session and answering. */
function slowApp(store: Store): { app: Application; entered: Promise<void>; leave: () => void } {
  let leave = (): void => {}
  let enter = (): void => {}
  const entered = new Promise<void>((resolve) => (enter = resolve))
  const left = new Promise<void>((resolve) => (leave = resolve))
  const app = shop({ store })
  app.post('/slow', async ({ session }) => {
    session.set('slow', true)
    enter()
    await left
    return new PlainTextResponse('done')
  })
  return { app, entered, leave: () => leave() }
}

test('sessions in a store: a slow request does not bring back what was ended meanwhile', async (t) => {
  const store = new MemoryStore()
  const { app, entered, leave } = slowApp(store)
  await using client = await TestClient.open(app)
  await client.post('/set', { json: { a: 1 } })
  const slow = client.post('/slow')
  await entered
  await client.post('/clear')
  leave()
  t.equal(setCookieOf(await slow), null)
  t.equal(store.size, 0)
})

test('sessions in a store: of two requests at once the later answer counts', async (t) => {
  const { app, entered, leave } = slowApp(new MemoryStore())
  await using client = await TestClient.open(app)
  await client.post('/set', { json: { a: 1 } })
  const slow = client.post('/slow')
  await entered
  await client.post('/set', { json: { a: 2 } })
  leave()
  await slow
  t.strictSame(await (await client.get('/')).json(), { a: 1, slow: true })
})

test('sessions in a store: what a WebSocket changes after the accept is saved at its end', async (t) => {
  await using client = await TestClient.open(shop({ store: new MemoryStore() }))
  const socket = await client.websocket('/count')
  await socket.sendText('one')
  await socket.receiveText()
  await socket.close()
  // The call of the app ends some turns after the WebSocket.
  await eventLoopTurns(20)
  t.strictSame(await (await client.get('/')).json(), { sockets: 1, late: 'one' })
})

test('sessions in a store: one that a WebSocket clears after the accept is gone at its end', async (t) => {
  const store = new MemoryStore()
  await using client = await TestClient.open(shop({ store }))
  const socket = await client.websocket('/count')
  await socket.sendText('clear')
  await socket.receiveText()
  await socket.close()
  // The call of the app ends some turns after the WebSocket.
  await eventLoopTurns(20)
  t.equal(store.size, 0)
})

test('sessions in a store: a WebSocket that only reads leaves nothing there', async (t) => {
  const store = new MemoryStore()
  await using client = await TestClient.open(shop({ store }))
  const socket = await client.websocket('/read')
  t.equal(await socket.receiveText(), '0')
  await socket.close()
  await eventLoopTurns(20)
  t.equal(store.size, 0)
})

test('sessions in a store: a store that fails is an error of the request', async (t) => {
  const failing: Store = Object.assign(new MemoryStore(), { set: () => Promise.reject(new Error('no store')) })
  await using client = await TestClient.open(shop({ store: failing }))
  await t.rejects(client.post('/set', { json: { a: 1 } }), { message: 'no store' })
})

test('sessions in a store: messages after the head wait until the session is saved', async (t) => {
  const sent: string[] = []
  let save = (): void => {}
  const saving = new Promise<void>((resolve) => (save = resolve))
  const slow: Store = Object.assign(new MemoryStore(), { set: () => saving })
  const app = sessions({ store: slow })(async (scope, _receive, send) => {
    ;(scope as unknown as Request['scope']).session!.set('a', 1)
    // Nothing is awaited, so that the order is up to the middleware.
    const sending = [
      send({ type: 'http.response.start', status: 200 }),
      send({ type: 'http.response.body', body: 'a', more_body: true }),
      send({ type: 'http.response.body', body: 'b' }),
    ]
    await Promise.all(sending)
  })
  const send: Send = async (message) => {
    sent.push(message.type === 'http.response.body' ? String(message.body) : message.type)
  }
  const done = app(httpScope(), async () => ({ type: 'http.disconnect' }), send)
  await new Promise(setImmediate)
  t.strictSame(sent, [])
  save()
  await done
  t.strictSame(sent, ['http.response.start', 'a', 'b'])
})

test('sessions: the lifespan passes', async (t) => {
  const app = new Application({
    lifespan: async function* () {
      yield { ready: true }
    },
  })
  await using client = await TestClient.open(sessions({ keys: key })(app.asgi))
  t.strictSame(client.state, { ready: true })
})

test('sessions: without them request.session says what is missing', async (t) => {
  const app = new Application()
  app.get('/', ({ session }) => new JSONResponse(session))
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), {
    name: 'TypeError',
    message:
      'Cannot read "session": the connection has passed no sessions(), expected it in the middleware of the application or of the route',
  })
})

// The attributes of the cookie; facts of Starlette 1.9 "Session", rule 45, quart "Config defaults".
const attributes: readonly (readonly [name: string, Partial<SessionsOptions>, TestClientOptions, RegExp])[] = [
  ['the defaults', {}, {}, /^session=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/],
  ['the defaults over TLS', {}, { baseUrl: 'https://testserver' }, /; HttpOnly; Secure; SameSite=Lax$/],
  ['secure', { secure: true }, {}, /; HttpOnly; Secure; SameSite=Lax$/],
  ['never secure', { secure: false }, { baseUrl: 'https://testserver' }, /; HttpOnly; SameSite=Lax$/],
  ['a name', { cookieName: 'sid' }, {}, /^sid=/],
  ['a path', { path: '/second_app' }, {}, /; Path=\/second_app;/],
  ['a domain', { domain: 'example.com' }, {}, /; Domain=example\.com;/],
  ['strict', { sameSite: 'strict' }, {}, /; SameSite=Strict$/],
  ['with requests of other sites', { sameSite: 'none', secure: true }, {}, /; Secure; SameSite=None$/],
  ['until the browser closes', { browserSession: true }, {}, /^session=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/],
  ['for an hour', { maxAgeSeconds: 3600 }, {}, /; Max-Age=3600;/],
  ['with the prefix', { hostPrefix: true }, {}, /^__Host-session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure;/],
  ['partitioned', { partitioned: true, secure: true }, {}, /; Secure; Partitioned; SameSite=Lax$/],
]

for (const [name, options, clientOptions, pattern] of attributes) {
  test(`sessions: the cookie with ${name}`, async (t) => {
    await using client = await TestClient.open(shop({ keys: key, ...options }), clientOptions)
    t.match(setCookieOf(await client.post('/set', { json: { a: 1 } })), pattern)
  })
}

const refused: readonly (readonly [name: string, options: unknown, message: RegExp | string])[] = [
  [
    'neither keys nor a store',
    {},
    'Cannot keep sessions: expected either "keys", for sessions in cookies, or "store", for sessions on the server',
  ],
  [
    'both',
    { keys: key, store: new MemoryStore() },
    'Cannot keep sessions: expected either "keys", for sessions in cookies, or "store", for sessions on the server',
  ],
  ['a weak key', { keys: 'secret' }, /^Cannot make a signer: a key has 6 bytes/],
  ['no key', { keys: [] }, /^Cannot make a signer: there are no keys/],
  ['rule 45: a name that is none', { keys: key, cookieName: 'a b' }, /^Cannot set cookie "a b": /],
  ['rule 45: a domain that is none', { keys: key, domain: 'a;b' }, /^Cannot set cookie "session": /],
  ['rule 45: a path that is none', { keys: key, path: '/a;b' }, /^Cannot set cookie "session": /],
  ['rule 45: a sameSite that is none', { keys: key, sameSite: 'Maybe' }, /^Cannot set cookie "session": /],
  ['sameSite none without secure', { keys: key, sameSite: 'none' }, /: sameSite "none" needs "secure"$/],
  ['the prefix with a path', { keys: key, hostPrefix: true, path: '/a' }, /: the prefix "__Host-" needs path "\/"/],
  [
    'the prefix without secure',
    { keys: key, hostPrefix: true, secure: false },
    /: the prefix of its name needs "secure"$/,
  ],
  ['an age of zero', { keys: key, maxAgeSeconds: 0 }, /^Cannot keep sessions: maxAgeSeconds is 0, expected/],
  [
    'an age that is none',
    { keys: key, maxAgeSeconds: Number.NaN },
    /^Cannot keep sessions: maxAgeSeconds is NaN, expected/,
  ],
]

for (const [name, options, message] of refused) {
  test(`sessions: refuses ${name}`, (t) => {
    t.throws(() => sessions(options as SessionsOptions), { message })
    t.end()
  })
}
