import { test } from 'tap'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import type { Dependency } from '../../../../lib/endpoint/dependencies/dependency.ts'
import { securityScopes, withScopes } from '../../../../lib/endpoint/dependencies/scopes.ts'
import { apiKey } from '../../../../lib/endpoint/security/api-key.ts'
import { insufficientScope } from '../../../../lib/endpoint/security/authorization.ts'
import { httpBasic } from '../../../../lib/endpoint/security/http-basic.ts'
import { httpBearer } from '../../../../lib/endpoint/security/http-bearer.ts'
import { httpDigest } from '../../../../lib/endpoint/security/http-digest.ts'
import {
  oauth2,
  oauth2AuthorizationCode,
  oauth2ClientCredentials,
  oauth2Password,
} from '../../../../lib/endpoint/security/oauth2.ts'
import { openIdConnect } from '../../../../lib/endpoint/security/open-id-connect.ts'
import type { SecurityScheme } from '../../../../lib/endpoint/security/security-scheme.ts'
import { AppDriver } from '../../../../lib/testing/app-driver.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { webSocketScope } from '../../../../lib/testing/scopes.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

/** An app whose socket tells what it got, and notes whether it came so far. */
function appWith(dependency: Dependency, notes: string[] = []): Application {
  const app = new Application()
  app.websocket('/', { dependencies: { it: dependency } }, async ({ websocket, it }) => {
    notes.push('endpoint')
    await websocket.accept()
    await websocket.send({ it: it instanceof Map ? Object.fromEntries(it) : it })
  })
  return app
}

interface Sent {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

const bearer: Sent = { headers: { authorization: 'Bearer token' } }
const basic = `Basic ${Buffer.from('ann:pass').toString('base64')}`
const digest = 'Digest username="ann", realm="api", nonce="n", uri="/", response="r"'
const urls = { tokenUrl: '/token', authorizationUrl: '/authorize' }
const openIdConnectUrl = 'https://id.example/.well-known/openid-configuration'

/** A scheme for each setting of `autoError`. */
type MakeScheme = (settings: { autoError?: false }) => SecurityScheme

/** Every scheme, a handshake with credentials for it, what these are, and what is asked for without them. */
const schemes: readonly (readonly [what: string, make: MakeScheme, sent: Sent, it: unknown, challenge: string])[] = [
  [
    'an API key in a field',
    (settings) => apiKey({ in: 'header', name: 'x-key', ...settings }),
    { headers: { 'x-key': 'secret' } },
    'secret',
    'APIKey name="x-key", in="header"',
  ],
  [
    'an API key in the query',
    (settings) => apiKey({ in: 'query', name: 'key', ...settings }),
    { path: '/?key=secret' },
    'secret',
    'APIKey name="key", in="query"',
  ],
  [
    'an API key in a cookie',
    (settings) => apiKey({ in: 'cookie', name: 'key', ...settings }),
    { headers: { cookie: 'key=secret' } },
    'secret',
    'APIKey name="key", in="cookie"',
  ],
  [
    'HTTP Basic',
    (settings) => httpBasic(settings),
    { headers: { authorization: basic } },
    { username: 'ann', password: 'pass' },
    'Basic realm="api", charset="UTF-8"',
  ],
  ['an HTTP bearer token', (settings) => httpBearer(settings), bearer, 'token', 'Bearer'],
  [
    'HTTP Digest',
    (settings) => httpDigest({ nonce: () => 'fresh', ...settings }),
    { headers: { authorization: digest } },
    { username: 'ann', realm: 'api', nonce: 'n', uri: '/', response: 'r' },
    'Digest realm="api", nonce="fresh", qop="auth", algorithm=SHA-256, charset=UTF-8',
  ],
  ['OAuth 2, password', (settings) => oauth2Password({ ...urls, ...settings }), bearer, 'token', 'Bearer'],
  [
    'OAuth 2, authorization code',
    (settings) => oauth2AuthorizationCode({ ...urls, ...settings }),
    bearer,
    'token',
    'Bearer',
  ],
  [
    'OAuth 2, client credentials',
    (settings) => oauth2ClientCredentials({ ...urls, ...settings }),
    bearer,
    'token',
    'Bearer',
  ],
  ['OAuth 2, implicit', (settings) => oauth2({ flows: { implicit: urls }, ...settings }), bearer, 'token', 'Bearer'],
  ['OpenID Connect', (settings) => openIdConnect({ openIdConnectUrl, ...settings }), bearer, 'token', 'Bearer'],
]

for (const [what, make, { path = '/', headers = {} }, it, challenge] of schemes) {
  test(`schemes on a WebSocket: ${what} is taken out of the handshake`, async (t) => {
    await using client = await TestClient.open(appWith(make({})))
    const peer = await client.websocket(path, { headers })
    t.strictSame(await peer.receiveJson(), { it })
  })

  test(`schemes on a WebSocket: without ${what} the handshake is refused with 401 before the endpoint runs`, async (t) => {
    const notes: string[] = []
    await using client = await TestClient.open(appWith(make({}), notes))
    const denied: unknown = await client.websocket('/').catch((error: unknown) => error)
    t.match(denied, { code: 'STELLINE_WEBSOCKET_DENIED', response: { status: 401 } })
    const { response } = denied as { response: { headers: Headers } }
    t.equal(response.headers.get('www-authenticate'), challenge)
    t.strictSame(notes, [])
  })

  test(`schemes on a WebSocket: ${what} may be missing without autoError`, async (t) => {
    await using client = await TestClient.open(appWith(make({ autoError: false })))
    const peer = await client.websocket('/')
    t.strictSame(await peer.receiveJson(), { it: null })
  })
}

test('schemes on a WebSocket: where a server cannot answer a handshake it is closed, and never accepted', async (t) => {
  const driver = new AppDriver(lint(appWith(httpBearer())), webSocketScope(), { timeoutMs: 10_000 })
  driver.deliver({ type: 'websocket.connect' })
  t.match(await driver.next(), { type: 'websocket.close' })
  await driver.finished
})

test('schemes on a WebSocket: security runs before everything else, and gives the endpoint nothing', async (t) => {
  const notes: string[] = []
  const noted = depends(() => notes.push('dependency'))
  const app = new Application()
  app.websocket('/', { security: [httpBearer()], dependencies: [noted] }, async ({ websocket, ...others }) => {
    await websocket.accept()
    await websocket.send(Object.keys(others))
  })
  await using client = await TestClient.open(app)
  t.match(await client.websocket('/').catch((error: unknown) => error), { response: { status: 401 } })
  t.strictSame(notes, [])
  const peer = await client.websocket('/', bearer)
  t.strictSame(await peer.receiveJson(), ['params'])
})

// ---- scopes

const granted = new Map([
  ['reader', ['chat:read']],
  ['writer', ['chat:read', 'chat:write']],
])
const token = oauth2Password({ tokenUrl: '/token', scopes: { 'chat:read': 'Read', 'chat:write': 'Write' } })
const user = depends({ token, asked: securityScopes }, ({ token: name, asked }) => {
  if (asked.missingFrom(granted.get(name) ?? []).length > 0) throw insufficientScope(asked.names)
  return { name, asked: asked.names }
})
const reader = depends({ user: withScopes(user, ['chat:read']) }, ({ user: found }) => found)
const writer = withScopes(reader, ['chat:write'])

test('withScopes on a WebSocket: those who check see the scopes from the outside in', async (t) => {
  await using client = await TestClient.open(appWith(writer))
  const peer = await client.websocket('/', { headers: { authorization: 'Bearer writer' } })
  t.strictSame(await peer.receiveJson(), { it: { name: 'writer', asked: ['chat:write', 'chat:read'] } })
})

test('withScopes on a WebSocket: the challenge names them', async (t) => {
  await using client = await TestClient.open(appWith(writer))
  const denied: unknown = await client.websocket('/').catch((error: unknown) => error)
  t.match(denied, { response: { status: 401 } })
  const { response } = denied as { response: { headers: Headers } }
  t.equal(response.headers.get('www-authenticate'), 'Bearer scope="chat:write chat:read"')
})

test('withScopes on a WebSocket: a token without them is refused with 403', async (t) => {
  const notes: string[] = []
  await using client = await TestClient.open(appWith(writer, notes))
  const denied: unknown = await client
    .websocket('/', { headers: { authorization: 'Bearer reader' } })
    .catch((error: unknown) => error)
  t.match(denied, { response: { status: 403 } })
  const { response } = denied as { response: { headers: Headers } }
  t.match(response.headers.get('www-authenticate'), /^Bearer error="insufficient_scope", scope="chat:write chat:read"/)
  t.strictSame(notes, [])
})

test('overrides: replace a scheme behind a WebSocket', async (t) => {
  const app = appWith(writer)
  app.overrides.set(token, () => 'writer')
  await using client = await TestClient.open(app)
  const peer = await client.websocket('/')
  t.match(await peer.receiveJson(), { it: { name: 'writer' } })
})
