import { test } from 'tap'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import type { Dependency } from '../../../../lib/endpoint/dependencies/dependency.ts'
import { reachableDependencies } from '../../../../lib/endpoint/dependencies/reachable.ts'
import { SecurityScopes, securityScopes, withScopes } from '../../../../lib/endpoint/dependencies/scopes.ts'
import { apiKey } from '../../../../lib/endpoint/security/api-key.ts'
import { authorizationOf, insufficientScope } from '../../../../lib/endpoint/security/authorization.ts'
import { httpBasic } from '../../../../lib/endpoint/security/http-basic.ts'
import { httpBearer } from '../../../../lib/endpoint/security/http-bearer.ts'
import { httpDigest } from '../../../../lib/endpoint/security/http-digest.ts'
import {
  oauth2,
  oauth2AuthorizationCode,
  oauth2ClientCredentials,
  oauth2Password,
} from '../../../../lib/endpoint/security/oauth2.ts'
import { oauth2PasswordForm } from '../../../../lib/endpoint/security/oauth2-password-form.ts'
import { openIdConnect } from '../../../../lib/endpoint/security/open-id-connect.ts'
import type { SecurityScheme } from '../../../../lib/endpoint/security/security-scheme.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

function appWith(dependency: Dependency): Application {
  const app = new Application()
  app.get('/', { dependencies: { it: dependency } }, ({ it }) => ({
    it: it instanceof Map ? Object.fromEntries(it) : it,
  }))
  app.websocket('/', { dependencies: { it: dependency } }, async ({ websocket, it }) => {
    await websocket.accept()
    await websocket.send({ it })
  })
  return app
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const digestAnswer =
  'Digest username="a\\"b", realm="api", nonce="n", uri="/", response="r", qop=auth, nc=00000001, cnonce="c"'

/** Requests, and what the schemes take out of them; RFC 6750, RFC 7616, RFC 7617. */
const credentials: readonly (readonly [
  scheme: SecurityScheme,
  sent: { path?: string; headers?: Record<string, string> },
  it: unknown,
])[] = [
  [apiKey({ in: 'header', name: 'X-Key' }), { headers: { 'x-key': 'secret' } }, 'secret'],
  [apiKey({ in: 'query', name: 'key' }), { path: '/?key=secret' }, 'secret'],
  [apiKey({ in: 'cookie', name: 'key' }), { headers: { cookie: 'key=secret' } }, 'secret'],
  [httpBasic(), { headers: { authorization: basic('ann:pass:word') } }, { username: 'ann', password: 'pass:word' }],
  [httpBasic(), { headers: { authorization: basic('änn:') } }, { username: 'änn', password: '' }],
  [
    httpBasic(),
    { headers: { authorization: basic('a:b').replace('Basic', 'bAsIc  ') } },
    { username: 'a', password: 'b' },
  ],
  [httpBearer(), { headers: { authorization: 'Bearer a.b-c_d~e+f/g==' } }, 'a.b-c_d~e+f/g=='],
  [httpBearer(), { headers: { authorization: 'bearer token' } }, 'token'],
  [
    httpDigest(),
    { headers: { authorization: digestAnswer } },
    { username: 'a"b', realm: 'api', nonce: 'n', uri: '/', response: 'r', qop: 'auth', nc: '00000001', cnonce: 'c' },
  ],
  [oauth2Password({ tokenUrl: '/token' }), { headers: { authorization: 'Bearer token' } }, 'token'],
  [openIdConnect({ openIdConnectUrl: 'https://id.example' }), { headers: { authorization: 'Bearer token' } }, 'token'],
]

for (const [scheme, { path = '/', headers = {} }, it] of credentials) {
  test(`${scheme.schemeName}: takes ${JSON.stringify({ path, ...headers })}`, async (t) => {
    await using client = await TestClient.open(appWith(scheme))
    const response = await client.get(path, { headers })
    t.strictSame(await response.json(), { it })
  })
}

/** Requests without credentials, or with those that cannot be read, and the challenge that they are answered with. */
const challenges: readonly (readonly [scheme: SecurityScheme, sent: Record<string, string>, challenge: string])[] = [
  [apiKey({ in: 'header', name: 'x-key' }), {}, 'APIKey name="x-key", in="header"'],
  [apiKey({ in: 'header', name: 'x-key' }), { 'x-key': '' }, 'APIKey name="x-key", in="header"'],
  [apiKey({ in: 'query', name: 'a"b' }), {}, 'APIKey name="a\\"b", in="query"'],
  [apiKey({ in: 'cookie', name: 'key' }), { cookie: 'other=1' }, 'APIKey name="key", in="cookie"'],
  [httpBasic(), {}, 'Basic realm="api", charset="UTF-8"'],
  [httpBasic({ realm: 'a "b"' }), { authorization: 'Bearer x' }, 'Basic realm="a \\"b\\"", charset="UTF-8"'],
  [httpBasic(), { authorization: 'Basic' }, 'Basic realm="api", charset="UTF-8"'],
  [httpBasic(), { authorization: 'Basic !!!' }, 'Basic realm="api", charset="UTF-8"'],
  [httpBasic(), { authorization: basic('no colon') }, 'Basic realm="api", charset="UTF-8"'],
  [httpBasic(), { authorization: basic('a\n:b') }, 'Basic realm="api", charset="UTF-8"'],
  [httpBasic(), { authorization: 'Basic /zpi' }, 'Basic realm="api", charset="UTF-8"'],
  [httpBearer(), {}, 'Bearer'],
  [httpBearer(), { authorization: 'Bearer two words' }, 'Bearer'],
  [httpBearer(), { authorization: '"Bearer" x' }, 'Bearer'],
  [
    httpDigest({ nonce: () => 'fresh' }),
    {},
    'Digest realm="api", nonce="fresh", qop="auth", algorithm=SHA-256, charset=UTF-8',
  ],
  [
    httpDigest({ nonce: () => 'fresh', realm: 'r' }),
    { authorization: 'Digest username="a"' },
    'Digest realm="r", nonce="fresh", qop="auth", algorithm=SHA-256, charset=UTF-8',
  ],
  [
    httpDigest({ nonce: () => 'fresh' }),
    { authorization: `${digestAnswer}, username=again` },
    'Digest realm="api", nonce="fresh", qop="auth", algorithm=SHA-256, charset=UTF-8',
  ],
  [oauth2({ flows: { implicit: { authorizationUrl: '/a' } } }), {}, 'Bearer'],
  [openIdConnect({ openIdConnectUrl: 'https://id.example' }), {}, 'Bearer'],
]

for (const [scheme, headers, challenge] of challenges) {
  test(`${scheme.schemeName}: answers ${JSON.stringify(headers)} with 401 and a challenge`, async (t) => {
    await using client = await TestClient.open(appWith(scheme))
    const response = await client.get('/', { headers })
    t.equal(response.status, 401)
    t.equal(response.headers.get('www-authenticate'), challenge)
    t.equal(await response.text(), 'Not authenticated')
  })
}

test('httpDigest: makes a nonce of its own for each challenge', async (t) => {
  await using client = await TestClient.open(appWith(httpDigest()))
  const nonces = new Set<string>()
  for (let count = 0; count < 3; count++) nonces.add((await client.get('/')).headers.get('www-authenticate')!)
  t.equal(nonces.size, 3)
})

const optional: readonly SecurityScheme[] = [
  apiKey({ in: 'header', name: 'x-key', autoError: false }),
  httpBasic({ autoError: false }),
  httpBearer({ autoError: false }),
  httpDigest({ autoError: false }),
  oauth2Password({ tokenUrl: '/t', autoError: false }),
  oauth2AuthorizationCode({ tokenUrl: '/t', authorizationUrl: '/a', autoError: false }),
  oauth2ClientCredentials({ tokenUrl: '/t', autoError: false }),
  openIdConnect({ openIdConnectUrl: 'https://id.example', autoError: false }),
]

for (const scheme of optional) {
  test(`${scheme.schemeName}: without autoError a request without credentials gives null`, async (t) => {
    await using client = await TestClient.open(appWith(scheme))
    t.strictSame(await (await client.get('/')).json(), { it: null })
    t.ok(scheme.isOptional)
  })
}

test('schemes: work on WebSockets, and refuse the handshake', async (t) => {
  await using client = await TestClient.open(appWith(apiKey({ in: 'query', name: 'key' })))
  const peer = await client.websocket('/?key=secret')
  t.strictSame(await peer.receiveJson(), { it: 'secret' })
  const denied: unknown = await client.websocket('/').catch((error: unknown) => error)
  t.match(denied, { response: { status: 401 } })
})

/** What stands in the document of the API: OpenAPI 3.1 §4.8.27. */
const descriptions: readonly (readonly [scheme: SecurityScheme, name: string, description: unknown])[] = [
  [apiKey({ in: 'header', name: 'X-Key' }), 'apiKey', { type: 'apiKey', in: 'header', name: 'X-Key' }],
  [
    apiKey({ in: 'query', name: 'key', schemeName: 'key', description: 'A key' }),
    'key',
    { type: 'apiKey', in: 'query', name: 'key', description: 'A key' },
  ],
  [httpBasic({ description: 'B' }), 'httpBasic', { type: 'http', scheme: 'basic', description: 'B' }],
  [
    httpBearer({ bearerFormat: 'JWT', description: 'T' }),
    'httpBearer',
    { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'T' },
  ],
  [httpDigest({ description: 'D' }), 'httpDigest', { type: 'http', scheme: 'digest', description: 'D' }],
  [
    oauth2Password({ tokenUrl: '/token', refreshUrl: '/refresh', scopes: { a: 'A' }, description: 'O' }),
    'oauth2Password',
    {
      type: 'oauth2',
      flows: { password: { scopes: { a: 'A' }, tokenUrl: '/token', refreshUrl: '/refresh' } },
      description: 'O',
    },
  ],
  [
    oauth2AuthorizationCode({
      tokenUrl: '/token',
      authorizationUrl: '/authorize',
      refreshUrl: '/r',
      scopes: { a: 'A' },
    }),
    'oauth2AuthorizationCode',
    {
      type: 'oauth2',
      flows: {
        authorizationCode: { scopes: { a: 'A' }, authorizationUrl: '/authorize', tokenUrl: '/token', refreshUrl: '/r' },
      },
    },
  ],
  [
    oauth2ClientCredentials({ tokenUrl: '/token', refreshUrl: '/r', scopes: { a: 'A' } }),
    'oauth2ClientCredentials',
    { type: 'oauth2', flows: { clientCredentials: { scopes: { a: 'A' }, tokenUrl: '/token', refreshUrl: '/r' } } },
  ],
  [
    oauth2({ flows: { implicit: { authorizationUrl: '/a' } } }),
    'oauth2',
    { type: 'oauth2', flows: { implicit: { scopes: {}, authorizationUrl: '/a' } } },
  ],
  [
    openIdConnect({ openIdConnectUrl: 'https://id.example', description: 'I' }),
    'openIdConnect',
    { type: 'openIdConnect', openIdConnectUrl: 'https://id.example', description: 'I' },
  ],
]

for (const [scheme, name, description] of descriptions) {
  test(`${name}: describes itself`, async (t) => {
    t.equal(scheme.schemeName, name)
    t.same(scheme.description, description)
  })
}

test('schemes: refuse what they cannot be made of', async (t) => {
  t.throws(() => apiKey({ in: 'body' as never, name: 'x' }), { message: /in "body": expected "header"/ })
  t.throws(() => apiKey({ in: 'header', name: '' }), { message: /with the name ""/ })
  t.throws(() => oauth2({} as never), { message: /with the flows \[\]/ })
  t.throws(() => oauth2({ flows: {} }), { message: /with the flows \[\]: expected password, clientCredentials/ })
  t.throws(() => oauth2({ flows: { device: {} } as never }), { message: /with the flows \["device"\]/ })
})

// ---- scopes

test('withScopes: those who check see the scopes from the outside in', async (t) => {
  const seen = depends({ scopes: securityScopes }, ({ scopes }) => scopes.text)
  const middle = depends({ seen: withScopes(seen, ['b', 'a']) }, ({ seen: text }) => text)
  const app = new Application()
  const dependencies = { one: withScopes(middle, ['a']), two: withScopes(middle, ['c']), three: middle }
  app.get('/', { dependencies }, ({ one, two, three }) => [one, two, three])
  await using client = await TestClient.open(app)
  // The set of the first and the third is the same, so that one value serves both.
  t.strictSame(await (await client.get('/')).json(), ['a b', 'c b a', 'a b'])
})

test('withScopes: a value that no scopes reach is made once', async (t) => {
  let made = 0
  const plain = depends(() => ++made)
  const app = new Application()
  app.get('/', { dependencies: { one: withScopes(plain, ['a']), two: plain } }, ({ one, two }) => [one, two])
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/')).json(), [1, 1])
})

test('withScopes: the challenge names them, and documents find them', async (t) => {
  const token = oauth2Password({ tokenUrl: '/token', scopes: { read: 'Read' } })
  const user = depends({ token }, ({ token: text }) => text)
  const needed = withScopes(user, ['read', 'write'])
  await using client = await TestClient.open(appWith(needed))
  const response = await client.get('/')
  t.equal(response.headers.get('www-authenticate'), 'Bearer scope="read write"')
  const found = reachableDependencies([needed]).find(({ dependency }) => dependency === token)
  t.strictSame(found?.scopes, ['read', 'write'])
})

test('withScopes: a scoped dependency can be overridden, and can override', async (t) => {
  const seen = depends({ scopes: securityScopes }, ({ scopes }) => scopes.text, { name: 'seen' })
  const scoped = withScopes(seen, ['a'])
  const app = new Application()
  app.get('/', { dependencies: { scoped, seen } }, (input) => [input.scoped, input.seen])
  await using client = await TestClient.open(app)
  const other = depends({ scopes: securityScopes }, ({ scopes }) => `other ${scopes.text}`)

  app.overrides.set(seen, withScopes(other, ['b']))
  t.strictSame(await (await client.get('/')).json(), ['other a b', 'other b'])
  app.overrides.clear()
  app.overrides.set(scoped, () => 'replaced')
  t.strictSame(await (await client.get('/')).json(), ['replaced', ''])
})

test('withScopes: refuses what is no dependency and what is no scope', async (t) => {
  t.throws(() => withScopes(1 as never, []), { message: /^Cannot ask for scopes of 1/ })
  t.throws(() => withScopes(depends(1), ['two words']), { message: /the scope "two words": expected characters/ })
})

test('SecurityScopes.missingFrom: names what a token does not have', async (t) => {
  t.strictSame(new SecurityScopes(['a', 'b', 'c']).missingFrom(['b']), ['a', 'c'])
  t.strictSame(new SecurityScopes().missingFrom([]), [])
})

test('insufficientScope: is a 403 that names the scopes', async (t) => {
  t.equal(
    insufficientScope(['a', 'b']).headers?.get('www-authenticate'),
    'Bearer error="insufficient_scope", scope="a b"',
  )
  t.equal(insufficientScope([]).headers?.get('www-authenticate'), 'Bearer error="insufficient_scope"')
  t.equal(insufficientScope([]).status, 403)
})

test('authorizationOf: reads a scheme without credentials', async (t) => {
  const connection = { headers: new Headers({ authorization: 'Negotiate' }) }
  t.strictSame(authorizationOf(connection as never), { scheme: 'Negotiate', credentials: '' })
})

// ---- the form of the password flow

test('oauth2PasswordForm: takes the fields of RFC 6749 §4.3.2', async (t) => {
  const app = new Application()
  app.post('/token', { form: oauth2PasswordForm }, ({ form }) => form)
  await using client = await TestClient.open(app)
  const send = async (fields: Record<string, string>): Promise<unknown> => {
    const response = await client.post('/token', { body: new URLSearchParams(fields) })
    return response.json()
  }

  t.strictSame(await send({ grant_type: 'password', username: 'ann', password: 'p', scope: 'a  b', client_id: 'c' }), {
    username: 'ann',
    password: 'p',
    scopes: ['a', 'b'],
    clientId: 'c',
    clientSecret: null,
  })
  t.match(await send({ grant_type: 'password', username: 'ann', password: 'p', client_id: '', client_secret: 's' }), {
    scopes: [],
    clientId: null,
    clientSecret: 's',
  })
  t.match(await send({ grant_type: 'code', username: 'ann' }), {
    status: 422,
    errors: [
      { in: 'form', path: ['grant_type'], code: 'invalid_value' },
      { in: 'form', path: ['password'], code: 'required' },
    ],
  })
})

test('oauth2PasswordForm: refuses what is not text, and describes itself', async (t) => {
  const { validate, jsonSchema } = oauth2PasswordForm['~standard']
  t.match(validate({ grant_type: 'password', username: 1, password: 'p' }), { issues: [{ path: ['username'] }] })
  t.match(validate(null), { issues: [{}, {}, {}] })
  t.match(jsonSchema?.input({ target: 'draft-2020-12' }), { required: ['grant_type', 'username', 'password'] })
  t.match(jsonSchema?.output({ target: 'draft-2020-12' }), { properties: { scopes: {} } })
})
