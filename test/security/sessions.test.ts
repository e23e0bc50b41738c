import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { SignJWT, UnsecuredJWT } from 'jose'
import { test } from 'tap'
import WebSocketClient from 'ws'
import { Application, equalSecrets, JSONResponse, MemoryStore, PlainTextResponse, Signer } from 'stelline'
import type { Middleware, User } from 'stelline'
import { apiKeyAuth, authentication, basicAuth, bearerAuth, cors, jwtAuth } from 'stelline/middleware'
import { originCheck, sessionAuth, sessions } from 'stelline/middleware'
import type { AuthenticationBackend, JWTAuthOptions, SessionsOptions } from 'stelline/middleware'
import { serve } from 'stelline/servers'
import { lint, TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'
import { bestMs } from '../support/best-time.ts'

/*
 * What has gone wrong with the sessions and the authentication of other frameworks, each with the identifier of its advisory.
 */

const silent = { info() {}, warn() {}, error() {} }
const key = 'a key of at least thirty-two bytes'
const newer = 'another key of thirty-two bytes or more'
const oldest = 'the key of last year, with some more bytes'

const login = sessionAuth({ load: (noted) => ({ user: { name: noted } }) })

function accounts(options: SessionsOptions): Application {
  const app = new Application({ middleware: [sessions(options), authentication({ backends: [login] })] })
  app.get('/', ({ session }) => new JSONResponse(session))
  app.post('/set/{name}', ({ session, pathParams }) => {
    session.set('name', pathParams.name)
    return new JSONResponse(session)
  })
  app.post('/login', (request) => {
    login.login(request, 'ada')
    return new JSONResponse(request.session)
  })
  app.get('/me', ({ user }) => new JSONResponse(user))
  return app
}

const cookieOf = (response: TestResponse): string => /^[^;]*/.exec(response.headers.getAll('set-cookie')[0] ?? '')![0]

async function read(options: SessionsOptions, cookie: string): Promise<unknown> {
  await using client = await TestClient.open(accounts(options), { headers: { cookie } })
  return (await client.get('/')).json()
}

// ---- signatures

test('JS 48, elysia 1.4.19: during a rotation a signature of no key, and none at all, are refused', async (t) => {
  const value = Buffer.from('{"admin":true}').toString('base64url')
  const now = Math.floor(Date.now() / 1000).toString(36)
  const made = createHmac('sha256', 'guessed').update(`${value}.${now}`).digest('base64url')
  for (const forged of [value, `${value}.`, `${value}.${now}`, `${value}.${now}.`, `${value}.${now}.${made}`]) {
    t.strictSame(await read({ keys: [newer, key] }, `session=${forged}`), {}, forged)
  }
})

test('CVE-2025-47278, GHSA-4grg-w6v8-c28g: the current key signs, all of them verify', async (t) => {
  const signedWith = async (keys: string | string[]): Promise<string> => {
    await using client = await TestClient.open(accounts({ keys }))
    return cookieOf(await client.post('/set/ada'))
  }
  const keys = [newer, key, oldest]
  for (const one of keys) t.strictSame(await read({ keys }, await signedWith(one)), { name: 'ada' })
  const current = await signedWith(keys)
  t.strictSame(await read({ keys: newer }, current), { name: 'ada' })
  t.strictSame(await read({ keys: [key, oldest] }, current), {})
})

test('JS 48, elysia 1.4.20, hono 91def7ca: secrets of any length are compared in full, and so are signatures', async (t) => {
  const secret = 'x'.repeat(1_000_000)
  const early = `y${secret.slice(1)}`
  const late = `${secret.slice(1)}y`
  for (const other of [early, late, 'x', '']) t.equal(equalSecrets(secret, other), false)
  t.equal(equalSecrets(secret, 'x'.repeat(1_000_000)), true)
  // A comparison that ends at the first difference would take next to nothing of the time of the other.
  const [earlyMs, lateMs] = [bestMs(() => equalSecrets(secret, early)), bestMs(() => equalSecrets(secret, late))]
  t.ok(earlyMs > lateMs / 10, `${earlyMs} ms and ${lateMs} ms`)
  const signed = new Signer(key).sign('a')
  for (const length of [0, 1, 42]) t.equal(new Signer(key).unsign(signed.slice(0, -43) + signed.slice(-length)), null)
})

// ---- what is kept

for (const [kind, options] of [
  ['a cookie', () => ({ keys: key })],
  ['a store', () => ({ store: new MemoryStore() })],
] as const) {
  test(`JS 51: a login gives a session in ${kind} a new id, and one that was planted before is worth nothing`, async (t) => {
    const app = accounts(options())
    await using thief = await TestClient.open(app)
    const planted = cookieOf(await thief.post('/set/tea'))
    await using victim = await TestClient.open(app, { headers: { cookie: planted } })
    const after = cookieOf(await victim.post('/login'))
    t.not(after, planted)
    t.equal(await (await thief.get('/me')).json(), null)
    await using own = await TestClient.open(app, { headers: { cookie: after } })
    t.strictSame(await (await own.get('/me')).json(), { name: 'ada' })
  })

  test(`JS 51, h3 idleTimeout: a session in ${kind} ends on the server, whatever the browser keeps`, async (t) => {
    for (const browserSession of [false, true]) {
      let nowMs = 1_700_000_000_000
      const now = (): number => nowMs
      const given = kind === 'a cookie' ? { keys: key, now } : { store: new MemoryStore({ now }) }
      const app = accounts({ ...given, maxAgeSeconds: 60, browserSession })
      await using client = await TestClient.open(app)
      const cookie = cookieOf(await client.post('/set/ada'))
      await using later = await TestClient.open(app, { headers: { cookie } })
      nowMs += 59_999
      t.strictSame(await (await later.get('/')).json(), { name: 'ada' })
      nowMs += 2
      t.strictSame(await (await later.get('/')).json(), {})
    }
  })

  test(`CVE-2020-35681: on a socket, sessions in ${kind} of many clients at once never mix`, async (t) => {
    await using server = await serve(lint(accounts(options())), { port: 0, log: silent })
    const names = Array.from({ length: 50 }, (_, index) => `client${index}`)
    const seen = await Promise.all(
      names.map(async (name) => {
        const made = await fetch(`${server.url}/set/${name}`, { method: 'POST' })
        const cookie = made.headers.getSetCookie()[0]!.split(';')[0]!
        return ((await (await fetch(server.url, { headers: { cookie } })).json()) as { name: string }).name
      }),
    )
    t.strictSame(seen, names)
  })

  test(`JS 46, hono cc067c85: U+00A0 before the name of a session in ${kind} does not shadow it`, async (t) => {
    const app = accounts({ ...options(), hostPrefix: true })
    await using client = await TestClient.open(app)
    const cookie = cookieOf(await client.post('/set/ada'))
    await using evil = await TestClient.open(app)
    const shadow = cookieOf(await evil.post('/set/evil'))
    await using both = await TestClient.open(app, { headers: { cookie: `\u00a0${shadow}; ${cookie}` } })
    t.strictSame(await (await both.get('/')).json(), { name: 'ada' })
  })

  test(`JS 47: names of Object.prototype in a session in ${kind} are names like others`, async (t) => {
    const app = accounts(options())
    app.post('/odd', ({ session }) => {
      session.set('__proto__', { admin: true })
      return new PlainTextResponse('')
    })
    app.get('/odd', ({ session }) => new JSONResponse([session.get('admin') ?? null, session.has('constructor')]))
    await using client = await TestClient.open(app)
    await client.post('/odd')
    t.strictSame(await (await client.get('/odd')).json(), [null, false])
    t.equal(({} as Record<string, unknown>)['admin'], undefined)
  })

  test(`JS 55, h3 9f766d9: a prepared answer takes the cookie of a session in ${kind} to nobody else`, async (t) => {
    const prepared = new PlainTextResponse('prepared')
    const app = new Application({ middleware: [cors({ allowOrigins: ['https://example.org'] }), sessions(options())] })
    app.get('/', ({ session, queryParams }) => {
      if (queryParams.has('name')) session.set('name', queryParams.get('name'))
      return prepared
    })
    await using ada = await TestClient.open(app)
    await using bob = await TestClient.open(app)
    t.ok((await ada.get('/', { query: { name: 'ada' } })).headers.has('set-cookie'))
    t.strictSame([...(await bob.get('/')).headers.getAll('set-cookie')], [])
    t.strictSame([...prepared.headers.keys()].sort(), ['content-length', 'content-type'])
  })
}

const attributes: readonly (readonly [advisory: string, options: object])[] = [
  ['CVE-2024-47764', { cookieName: 'a=b; Domain=evil.example' }],
  ['CVE-2026-56762', { cookieName: '' }],
  ['GHSA-5pq2-9x2x-5p6w', { domain: 'example.org; HttpOnly' }],
  ['GHSA-5pq2-9x2x-5p6w', { path: '/\r\nx: y' }],
  ['CVE-2026-47675', { sameSite: 'lax; Secure' }],
]

for (const [advisory, options] of attributes) {
  test(`JS 45, ${advisory}: sessions() refuses ${JSON.stringify(options)} when it is made`, async (t) => {
    t.throws(() => sessions({ keys: key, ...options }), { message: /^Cannot set cookie / })
  })
}

// ---- credentials

const nobody = { user: null, status: 200 }

async function seenBy(backend: AuthenticationBackend, headers: Record<string, string>): Promise<unknown> {
  const app = new Application({ middleware: [authentication({ backends: [backend] })] })
  app.get('/', ({ user }) => new JSONResponse({ user, status: 200 }))
  await using client = await TestClient.open(app, { headers })
  const response = await client.get('/')
  return response.status === 200 ? response.json() : response.status
}

const known = { user: { name: 'ada' } satisfies User }

for (const scheme of ['Basic', 'Token', 'XBearer', 'Bearer,', 'Negotiate', 'Bearer\tx', '']) {
  test(`JS 49, CVE-2026-47673, hono 5463db27: ${JSON.stringify(scheme)} is not the scheme Bearer`, async (t) => {
    const backend = bearerAuth({ verify: () => known })
    t.strictSame(await seenBy(backend, { authorization: `${scheme} secret`.trim() }), nobody)
  })
}

test('JS 49, h3: the realm of a challenge is a quoted string that it cannot leave', async (t) => {
  const realm = 'a", error="none" \\'
  for (const make of [basicAuth, bearerAuth, apiKeyAuth]) {
    t.match(
      make({ verify: () => null, realm }).challenge,
      /^\w+ realm="a\\", error=\\"none\\" \\\\"(?:, charset="UTF-8")?$/,
    )
    t.throws(() => make({ verify: () => null, realm: 'a\r\nx: y' }), { name: 'TypeError' })
  }
})

test('JS 49: basicAuth takes nothing but a pair in base64 and UTF-8', async (t) => {
  const backend = basicAuth({ verify: (name, password) => (`${name}:${password}` === 'ada:é:' ? known : null) })
  const basic = (text: string, coding: BufferEncoding = 'utf8'): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text, coding).toString('base64')}`,
  })
  t.strictSame(await seenBy(backend, basic('ada:é:')), { ...known, status: 200 })
  for (const wrong of ['ada:é', 'ada', ':', 'ada:é:\0']) {
    t.equal(await seenBy(backend, basic(wrong)), 401, JSON.stringify(wrong))
  }
  t.equal(await seenBy(backend, basic('ada:é:', 'latin1')), 401)
  t.equal(await seenBy(backend, { authorization: 'Basic ad*a' }), 401)
})

// ---- tokens

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
const jwk = publicKey.export({ format: 'jwk' })
const claims = { sub: 'ada', aud: 'api', exp: 4_000_000_000 }
const options: JWTAuthOptions = { algorithms: ['RS256'], audience: 'api', publicKey }
const jwksOptions: JWTAuthOptions = {
  algorithms: ['RS256'],
  audience: 'api',
  jwks: { keys: [{ ...jwk, kid: 'one' }] },
}

function sign(payload: object, signer: KeyObject = privateKey, alg = 'RS256'): Promise<string> {
  return new SignJWT(payload as Record<string, unknown>).setProtectedHeader({ alg, kid: 'one' }).sign(signer)
}

const tokenStatus = async (given: JWTAuthOptions, token: string): Promise<unknown> => {
  const seen = await seenBy(jwtAuth(given), { authorization: `Bearer ${token}` })
  return typeof seen === 'number' ? seen : 200
}

test('JS 50: a token that is as it should be holds', async (t) => {
  const token = await sign(claims)
  t.strictSame([await tokenStatus(options, token), await tokenStatus(jwksOptions, token)], [200, 200])
})

for (const [what, given] of [
  ['a public key', options],
  ['a key set', jwksOptions],
] as const) {
  test(`JS 50, GHSA-f67f-6cw9-8mq4, CVE-2026-22817, GHSA-3vhc-576x-3qv4: ${what} is no secret of HS256, and "none" is no algorithm`, async (t) => {
    for (const material of [pem, pem.trim(), JSON.stringify(jwk), String(jwk.n)]) {
      const forged = await sign(claims, createSecretKey(Buffer.from(material)), 'HS256')
      t.equal(await tokenStatus(given, forged), 401)
    }
    t.equal(await tokenStatus(given, new UnsecuredJWT(claims).encode()), 401)
    const unsigned = new UnsecuredJWT(claims).encode().split('.')[1]
    for (const alg of ['None', 'NONE', 'nOnE', '']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url')
      t.equal(await tokenStatus(given, `${header}.${unsigned}.`), 401, alg)
    }
  })
}

test('JS 50, CVE-2026-22817: algorithms must be named, and symmetric ones are not for public keys', async (t) => {
  const made = (changes: object): (() => unknown) => {
    return () => jwtAuth({ ...jwksOptions, ...changes })
  }
  for (const algorithms of [undefined, [], ['none'], ['HS256'], ['RS256', 'HS256'], ['rs256']]) {
    t.throws(made({ algorithms }), { name: 'TypeError', message: /^Cannot take JSON Web Tokens: / })
  }
})

test('JS 50, GHSA-m732-5p4w-x69g: the audience is checked, and has to be named', async (t) => {
  for (const aud of ['other', ['other'], undefined, 'API', ' api', ['a', 'p', 'i'], '']) {
    t.equal(await tokenStatus(options, await sign({ ...claims, aud })), 401, String(aud))
  }
  t.equal(await tokenStatus(options, await sign({ ...claims, aud: ['other', 'api'] })), 200)
  t.throws(() => jwtAuth({ algorithms: ['RS256'], publicKey } as unknown as JWTAuthOptions), { name: 'TypeError' })
})

for (const [name, value] of [
  ['exp', '4000000000'],
  ['exp', 'never'],
  ['exp', null],
  ['exp', []],
  ['exp', undefined],
  ['exp', 1],
  ['nbf', '0'],
  ['nbf', {}],
  ['nbf', 4_000_000_000],
] as const) {
  test(`JS 50, hono a5bd9ebe: ${name} of ${JSON.stringify(value)} does not hold`, async (t) => {
    t.equal(await tokenStatus(options, await sign({ ...claims, [name]: value })), 401)
  })
}

test('JS 50: the issuer is checked where it is named', async (t) => {
  const issuer = 'https://issuer.example'
  for (const iss of [undefined, 'https://evil.example', `${issuer}/`, `${issuer}.evil.example`]) {
    t.equal(await tokenStatus({ ...options, issuer }, await sign({ ...claims, iss })), 401, String(iss))
  }
  t.equal(await tokenStatus({ ...options, issuer }, await sign({ ...claims, iss: issuer })), 200)
})

// ---- WebSockets

test('JS 61: on a socket, a page of another origin cannot open a WebSocket with the session of its visitor', async (t) => {
  const guard: Middleware = originCheck()
  const app = new Application({ middleware: [guard, sessions({ keys: key })] })
  app.post('/', ({ session }) => {
    session.set('name', 'ada')
    return new PlainTextResponse('')
  })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendJson(websocket.session)
  })
  await using server = await serve(lint(app), { port: 0, log: silent })
  const made = await fetch(server.url, { method: 'POST' })
  const cookie = made.headers.getSetCookie()[0]!.split(';')[0]!
  const heard = async (origin: string): Promise<unknown> => {
    const socket = new WebSocketClient(server.url.replace('http', 'ws'), { headers: { cookie, origin } })
    socket.on('error', () => {})
    const [message] = await Promise.race([
      once(socket, 'message') as Promise<[Buffer]>,
      once(socket, 'unexpected-response').then(([, response]) => [(response as { statusCode: number }).statusCode]),
    ])
    socket.terminate()
    return typeof message === 'number' ? message : JSON.parse(String(message))
  }
  const { host } = new URL(server.url)
  const seen: unknown[] = []
  for (const origin of [
    `http://${host}`,
    'https://evil.example',
    `http://evil.${host}`,
    `http://${host}.evil`,
    'null',
  ]) {
    seen.push(await heard(origin))
  }
  t.strictSame(seen, [{ name: 'ada' }, 403, 403, 403, 403])
})
