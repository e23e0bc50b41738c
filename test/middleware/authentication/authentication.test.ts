import { test } from 'tap'
import { Application } from '../../../routing/application.ts'
import { AuthenticationError } from '../../../lib/exceptions/authentication-error.ts'
import type { Request } from '../../../lib/request/request.ts'
import type { WebSocket } from '../../../lib/request/websocket.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { equalSecrets } from '../../../lib/storage/equal-secrets.ts'
import { MemoryStore } from '../../../lib/storage/memory-store.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import type { WebSocketDenied } from '../../../lib/testing/websocket-denied.ts'
import { apiKeyAuth } from '../../../middleware/authentication/api-key-auth.ts'
import type { APIKeyAuthOptions } from '../../../middleware/authentication/api-key-auth.ts'
import { authentication } from '../../../middleware/authentication/authentication.ts'
import type { AuthenticationOptions } from '../../../middleware/authentication/authentication.ts'
import type { AuthenticationBackend } from '../../../middleware/authentication/backend.ts'
import { basicAuth } from '../../../middleware/authentication/basic-auth.ts'
import { bearerAuth } from '../../../middleware/authentication/bearer-auth.ts'
import { sessionAuth } from '../../../middleware/authentication/session-auth.ts'
import { sessions } from '../../../middleware/sessions/sessions.ts'

const whoAmI = ({ user, auth }: Request): JSONResponse =>
  new JSONResponse({ user, authenticated: auth.authenticated, scopes: [...auth.scopes] })

function appWith(options: AuthenticationOptions): Application {
  const app = new Application({ middleware: [authentication(options)] })
  app.get('/', whoAmI)
  app.websocket('/', async (websocket: WebSocket) => {
    await websocket.accept()
    await websocket.sendText(JSON.stringify(websocket.user))
  })
  return app
}

const nobody = { user: null, authenticated: false, scopes: [] }
const ada = { user: { name: 'ada' }, scopes: ['read'] }
const seenAda = { user: { name: 'ada' }, authenticated: true, scopes: ['read'] }

const basic = basicAuth({
  verify: (name, password) => (name === 'ada' && equalSecrets(password, 'a:ä') ? ada : null),
})
const asBasic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const bearer = bearerAuth({ verify: async (token) => (equalSecrets(token, 'secret-token') ? ada : null) })

// RFC 7617 §2, RFC 9110 §11.1 (the scheme in any case), rule 49.
const basicCases: readonly (readonly [authorization: string | null, status: number])[] = [
  [null, 200],
  [asBasic('ada:a:ä'), 200],
  [asBasic('ada:a:ä').replace('Basic', 'bASIC'), 200],
  [asBasic('ada:a:ä').replace(' ', '   '), 200],
  [asBasic('ada:wrong'), 401],
  [asBasic('bob:a:ä'), 401],
  [asBasic('ada'), 401],
  [asBasic(''), 200],
  ['Basic !!!', 401],
  ['Basic YQ===', 401],
  [`Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`, 401],
  ['Basic', 200],
  [`Bearer ${asBasic('ada:a:ä')}`, 200],
  [`${asBasic('ada:a:ä')}, ${asBasic('ada:a:ä')}`, 401],
]

for (const [value, status] of basicCases) {
  test(`basicAuth: ${value === null ? 'no field' : JSON.stringify(value)} is answered with ${status}`, async (t) => {
    await using client = await TestClient.open(appWith({ backends: [basic] }))
    const response = await client.get('/', value === null ? {} : { headers: { authorization: value } })
    t.equal(response.status, status)
    if (status === 401) t.equal(response.headers.get('www-authenticate'), 'Basic realm="Restricted", charset="UTF-8"')
    else t.strictSame(await response.json(), /^basic +\S{6}/i.test(value ?? '') ? seenAda : nobody)
  })
}

// RFC 6750 §2.1, rule 49: another scheme is no token.
const bearerCases: readonly (readonly [authorization: string | null, status: number])[] = [
  ['Bearer secret-token', 200],
  ['bearer secret-token', 200],
  ['Bearer other', 401],
  ['Bearer sécret', 401],
  ['Bearer a b', 401],
  ['Bearer =', 401],
  ['Basic secret-token', 200],
  ['Bearersecret-token', 200],
  ['Token secret-token', 200],
  ['XBearer secret-token', 200],
  ['Bearer', 200],
  [null, 200],
]

for (const [value, status] of bearerCases) {
  test(`bearerAuth: ${value === null ? 'no field' : JSON.stringify(value)} is answered with ${status}`, async (t) => {
    await using client = await TestClient.open(appWith({ backends: [bearer] }))
    const response = await client.get('/', value === null ? {} : { headers: { authorization: value } })
    t.equal(response.status, status)
    if (status === 401) {
      t.equal(response.headers.get('www-authenticate'), 'Bearer realm="Restricted", error="invalid_token"')
    } else t.strictSame(await response.json(), /^bearer secret/i.test(value ?? '') ? seenAda : nobody)
  })
}

test('bearerAuth: a verification may say itself why a token does not hold', async (t) => {
  const backend = bearerAuth({ verify: () => Promise.reject(new AuthenticationError('Revoked')) })
  await using client = await TestClient.open(appWith({ backends: [backend] }), {
    headers: { authorization: 'Bearer a' },
  })
  const response = await client.get('/')
  t.strictSame([response.status, await response.text()], [401, 'Revoked'])
  t.match(response.headers.get('www-authenticate'), /error="invalid_token"$/)
})

test('bearerAuth: a verification may give a challenge of its own, at once or later', async (t) => {
  const error = new AuthenticationError('Old', { challenge: 'Bearer error="invalid_request"' })
  const failing = (): never => {
    throw error
  }
  for (const verify of [failing, () => Promise.reject(error)]) {
    await using client = await TestClient.open(appWith({ backends: [bearerAuth({ verify })] }))
    const response = await client.get('/', { headers: { authorization: 'Bearer a' } })
    t.equal(response.headers.get('www-authenticate'), 'Bearer error="invalid_request"')
  }
})

for (const [place, request] of [
  ['header', { headers: { 'x-key': 'k1' } }],
  ['query', { query: { 'x-key': 'k1' } }],
  ['cookie', { headers: { cookie: 'x-key=k1' } }],
] as const) {
  for (const late of [false, true]) {
    test(`apiKeyAuth: takes a key from the ${place}${late ? ', verified later' : ''}`, async (t) => {
      const identity = (key: string): typeof ada | null => (equalSecrets(key, 'k1') ? ada : null)
      const verify = late ? async (key: string) => identity(key) : identity
      const backend = apiKeyAuth({ in: place, name: 'x-key', verify })
      await using client = await TestClient.open(appWith({ backends: [backend] }))
      t.strictSame(await (await client.get('/', request)).json(), seenAda)
      t.strictSame(await (await client.get('/')).json(), nobody)
      const wrong = JSON.parse(JSON.stringify(request).replace('k1', 'k2')) as typeof request
      const refused = await client.get('/', wrong)
      t.strictSame(
        [refused.status, refused.headers.get('www-authenticate'), await refused.text()],
        [401, 'ApiKey realm="Restricted"', 'The key does not hold'],
      )
    })
  }
}

test('apiKeyAuth: an empty key is none', async (t) => {
  await using client = await TestClient.open(appWith({ backends: [apiKeyAuth({ verify: () => ada })] }))
  t.strictSame(await (await client.get('/', { headers: { 'x-api-key': '' } })).json(), nobody)
})

for (const [options, shown] of [
  [{ in: 'body' }, '"body" "x-api-key"'],
  [{ in: '__proto__' }, '"__proto__" "x-api-key"'],
  [{ name: 'a b' }, '"header" "a b"'],
  [{ name: '', in: 'query' }, '"query" ""'],
] as const) {
  test(`apiKeyAuth: refuses ${shown}`, (t) => {
    t.throws(() => apiKeyAuth({ verify: () => ada, ...options } as APIKeyAuthOptions), {
      message: `Cannot take keys from ${shown}: expected "header", "query" or "cookie", and a name`,
    })
    t.end()
  })
}

test('basicAuth, bearerAuth: a verification may take its time, or none', async (t) => {
  for (const [backend, authorization] of [
    [basicAuth({ verify: async () => ada }), asBasic('a:b')],
    [bearerAuth({ verify: () => ada }), 'Bearer a'],
  ] as const) {
    await using client = await TestClient.open(appWith({ backends: [backend] }))
    t.strictSame(await (await client.get('/', { headers: { authorization } })).json(), seenAda)
  }
})

test('rule 49: a realm is quoted', (t) => {
  const { challenge } = basicAuth({ verify: () => null, realm: 'say "hi" \\ there' })
  t.equal(challenge, 'Basic realm="say \\"hi\\" \\\\ there", charset="UTF-8"')
  t.end()
})

for (const realm of ['a\r\nb', 'ä', 1]) {
  test(`rule 49: refuses the realm ${JSON.stringify(realm)}`, (t) => {
    t.throws(() => basicAuth({ verify: () => null, realm: realm as string }), {
      message: /^Cannot ask for credentials: the realm is .*, expected printable US-ASCII$/,
    })
    t.end()
  })
}

test('authentication: the first backend that knows the user decides', async (t) => {
  const asked: string[] = []
  const backend = (name: string, found: typeof ada | null, late: boolean): AuthenticationBackend => ({
    authenticate: () => {
      asked.push(name)
      return late ? Promise.resolve(found) : found
    },
  })
  const backends = [backend('a', null, false), backend('b', null, true), backend('c', ada, false), bearer]
  await using client = await TestClient.open(appWith({ backends }))
  t.strictSame(await (await client.get('/')).json(), seenAda)
  t.strictSame(asked, ['a', 'b', 'c'])
})

test('authentication: nobody is known when every backend passes', async (t) => {
  const passing: AuthenticationBackend = { authenticate: async () => null }
  await using client = await TestClient.open(appWith({ backends: [passing, passing] }))
  t.strictSame(await (await client.get('/')).json(), nobody)
})

test('authentication: a refusal asks for every kind of credentials that could hold', async (t) => {
  const failing: AuthenticationBackend = {
    authenticate: () => {
      throw new AuthenticationError('No')
    },
  }
  await using client = await TestClient.open(appWith({ backends: [failing, basic, bearer] }))
  const response = await client.get('/')
  t.strictSame(response.headers.getAll('www-authenticate'), [
    'Basic realm="Restricted", charset="UTF-8"',
    'Bearer realm="Restricted"',
  ])
})

// Starlette 1.9 test_custom_on_error.
test('authentication: onError answers in its own way', async (t) => {
  const app = appWith({
    backends: [basic],
    onError: (connection, error) => new JSONResponse({ error: error.message, path: connection.path }, { status: 400 }),
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/', { headers: { authorization: asBasic('ada:x') } })
  t.strictSame(
    [response.status, await response.json()],
    [400, { error: 'The name or the password is wrong', path: '/' }],
  )
})

test('authentication: an error of a backend that is none of its refusals is not answered as one', async (t) => {
  const failing = bearerAuth({ verify: () => Promise.reject(new Error('no database')) })
  await using client = await TestClient.open(appWith({ backends: [failing] }))
  await t.rejects(client.get('/', { headers: { authorization: 'Bearer a' } }), { message: 'no database' })
})

test('authentication: an AuthenticationError of the app is the error of the app', async (t) => {
  const app = new Application({ middleware: [authentication({ backends: [bearer] })] })
  app.get('/', () => {
    throw new AuthenticationError('mine')
  })
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/', { headers: { authorization: 'Bearer secret-token' } }), { message: 'mine' })
})

test('authentication: WebSockets have a user', async (t) => {
  await using client = await TestClient.open(appWith({ backends: [basic] }))
  await using socket = await client.websocket('/', { headers: { authorization: asBasic('ada:a:ä') } })
  t.equal(await socket.receiveText(), '{"name":"ada"}')
})

// Starlette closes with 1000; a refusal that says why is better.
test('authentication: a WebSocket with credentials that do not hold is refused', async (t) => {
  await using client = await TestClient.open(appWith({ backends: [basic] }))
  const denied = (await client
    .websocket('/', { headers: { authorization: asBasic('ada:x') } })
    .catch((error: unknown) => error)) as WebSocketDenied
  t.equal(denied.response.status, 401)
})

test('authentication: a signal of the head is never aborted where the server offers none', async (t) => {
  let aborted: boolean | null = null
  const backend: AuthenticationBackend = {
    authenticate: (connection) => {
      Object.assign(connection.scope, { extensions: {} })
      aborted = connection.signal.aborted
      return null
    },
  }
  await using client = await TestClient.open(appWith({ backends: [backend] }), { lint: false })
  await client.get('/')
  t.equal(aborted, false)
})

test('authentication: the lifespan passes', async (t) => {
  const inner = new Application({
    lifespan: async function* () {
      yield { ready: true }
    },
  })
  await using client = await TestClient.open(authentication({ backends: [basic] })(inner.asgi))
  t.strictSame(client.state, { ready: true })
})

test('authentication: needs a backend', (t) => {
  for (const backends of [[], undefined]) {
    t.throws(() => authentication({ backends } as unknown as AuthenticationOptions), {
      message: 'Cannot authenticate: there are no backends, expected at least one, for example bearerAuth()',
    })
  }
  t.end()
})

test('authentication: without it request.user and request.auth say what is missing', async (t) => {
  const app = new Application()
  app.get('/user', ({ user }) => new JSONResponse(user))
  app.get('/auth', ({ auth }) => new JSONResponse(auth))
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/user'), {
    message: /^Cannot read "user": the connection has passed no authentication\(\)/,
  })
  await t.rejects(client.get('/auth'), {
    message: /^Cannot read "auth": the connection has passed no authentication\(\)/,
  })
})

function siteWithLogin(): { app: Application; store: MemoryStore } {
  const store = new MemoryStore()
  const backend = sessionAuth({ load: (id) => (id === 'gone' ? null : { user: { id }, scopes: [] }) })
  const app = new Application({ middleware: [sessions({ store }), authentication({ backends: [backend] })] })
  app.get('/', whoAmI)
  app.post('/login/{name}', (request) => {
    backend.login(request, request.pathParams.name)
    return new PlainTextResponse(request.session.keys().join())
  })
  app.post('/basket', ({ session }) => {
    session.set('basket', 1)
    return new PlainTextResponse('')
  })
  app.post('/logout', (request) => {
    backend.logout(request)
    return new PlainTextResponse('')
  })
  return { app, store }
}

test('sessionAuth: knows who has logged in, until they log out', async (t) => {
  const { app, store } = siteWithLogin()
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/')).json(), nobody)
  await client.post('/login/ada')
  t.strictSame(await (await client.get('/')).json(), { user: { id: 'ada' }, authenticated: true, scopes: [] })
  await client.post('/logout')
  t.strictSame(await (await client.get('/')).json(), nobody)
  t.equal(store.size, 0)
})

test('sessionAuth: a user that is not there any more is nobody', async (t) => {
  const { app } = siteWithLogin()
  await using client = await TestClient.open(app)
  await client.post('/login/gone')
  t.strictSame(await (await client.get('/')).json(), nobody)
})

test('rule 51: a login gives the session a new id and keeps what the visitor has collected', async (t) => {
  const { app } = siteWithLogin()
  await using client = await TestClient.open(app)
  const before = (await client.post('/basket')).headers.get('set-cookie')
  const login = await client.post('/login/ada')
  t.equal(await login.text(), 'basket,user')
  t.ok(login.headers.get('set-cookie'))
  t.not(login.headers.get('set-cookie'), before)
})

// channels 5.4: login() flushes the session of another user.
test('sessionAuth: a login as another user leaves nothing of the first', async (t) => {
  const { app } = siteWithLogin()
  await using client = await TestClient.open(app)
  await client.post('/login/ada')
  await client.post('/basket')
  t.equal(await (await client.post('/login/bob')).text(), 'user')
  await client.post('/basket')
  t.equal(await (await client.post('/login/bob')).text(), 'user,basket')
})

test('sessionAuth: refuses to note what JSON would change', async (t) => {
  const backend = sessionAuth({ load: () => null })
  t.throws(() => backend.login({} as Request, {} as unknown as string), {
    message: /^Cannot log in: the user is noted as .*, expected a string or a number$/,
  })
})

// RFC 9110 §12.5.5; js-security-rules 30: an answer for one user must not be given to another one by a cache.
const varyCases: readonly (readonly [options: Partial<APIKeyAuthOptions>, vary: string | null])[] = [
  [{ in: 'cookie', name: 'key' }, 'Cookie'],
  [{ in: 'header', name: 'X-Key' }, 'X-Key'],
  [{ in: 'query', name: 'key' }, null],
]

for (const [options, vary] of varyCases) {
  test(`rule 30: answers vary by ${vary ?? 'nothing more'} where a key stands in the ${options.in}`, async (t) => {
    const backend = apiKeyAuth({ verify: (key) => (key === 'good' ? ada : null), ...options })
    await using client = await TestClient.open(appWith({ backends: [bearer, backend] }))
    const good = { headers: { cookie: 'key=good', 'x-key': 'good' } }
    const bad = { headers: { cookie: 'key=bad', 'x-key': 'bad' } }
    const answers = [await client.get('/?key=good', good), await client.get('/?key=bad', bad), await client.get('/')]
    t.strictSame(
      answers.map(({ status }) => status),
      [200, 401, 200],
    )
    for (const { headers } of answers) t.equal(headers.get('vary'), vary)
  })
}

test('rule 30: an answer without any field varies, too', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body' })
  }
  const backends = [apiKeyAuth({ in: 'cookie', name: 'key', verify: () => null })]
  await using client = await TestClient.open(authentication({ backends })(app))
  t.equal((await client.get('/')).headers.get('vary'), 'Cookie')
})

test('rule 30: a WebSocket that is refused varies by the cookie of its key, and one that is accepted has no vary', async (t) => {
  const backend = apiKeyAuth({ in: 'cookie', name: 'key', verify: (key) => (key === 'good' ? ada : null) })
  await using client = await TestClient.open(appWith({ backends: [backend] }))
  const denied = await client
    .websocket('/', { headers: { cookie: 'key=bad' } })
    .catch((error: WebSocketDenied) => error)
  t.equal((denied as WebSocketDenied).response.headers.get('vary'), 'Cookie')
  const socket = await client.websocket('/', { headers: { cookie: 'key=good' } })
  t.equal(await socket.receiveText(), JSON.stringify(ada.user))
  await socket.close()
})
