import { createServer } from 'node:http'
import { once } from 'node:events'
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SignJWT, UnsecuredJWT } from 'jose'
import { test } from 'tap'
import type { Test } from 'tap'
import { Application } from '../../../routing/application.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { authentication } from '../../../middleware/authentication/authentication.ts'
import { jwtAuth } from '../../../middleware/authentication/jwt-auth.ts'
import type { JWTAuthOptions } from '../../../middleware/authentication/jwt-auth.ts'

const nowSeconds = 1_700_000_000
const secret = 'a secret of at least thirty-two bytes'
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
const keySet = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' }] }

const claims = { sub: 'ada', aud: 'api', iss: 'https://issuer.example', exp: nowSeconds + 60, scope: 'read write' }
const publicOptions: JWTAuthOptions = { algorithms: ['ES256'], audience: 'api', issuer: claims.iss, publicKey }
const secretOptions: JWTAuthOptions = { algorithms: ['HS256'], audience: 'api', secret }

function sign(
  payload: object,
  key: KeyObject = privateKey,
  header: object = { alg: 'ES256', kid: 'one' },
): Promise<string> {
  return new SignJWT(payload as Record<string, unknown>).setProtectedHeader(header as { alg: string }).sign(key)
}

async function seen(options: JWTAuthOptions, token: string): Promise<unknown> {
  const backend = jwtAuth({ now: () => nowSeconds * 1000, ...options })
  const app = new Application({ middleware: [authentication({ backends: [backend] })] })
  app.get('/', ({ user, auth }) => new JSONResponse([user?.['sub'], ...auth.scopes]))
  await using client = await TestClient.open(app)
  const response = await client.get('/', { headers: { authorization: `Bearer ${token}` } })
  if (response.status === 200) return response.json()
  return `${response.status} ${response.headers.get('www-authenticate')}`
}

const good = ['ada', 'read', 'write']
const bad = '401 Bearer realm="Restricted", error="invalid_token"'

for (const [name, options] of [
  ['a public key', publicOptions],
  ['a public key as PEM', { ...publicOptions, publicKey: pem }],
] as const) {
  test(`jwtAuth: takes a token that ${name} verifies`, async (t) => {
    t.strictSame(await seen(options, await sign(claims)), good)
  })
}

test('jwtAuth: takes a token of a key set', async (t) => {
  const { publicKey: _publicKey, ...options } = publicOptions
  t.strictSame(await seen({ ...options, jwks: keySet }, await sign(claims)), good)
})

test('jwtAuth: takes a token that a secret verifies', async (t) => {
  const token = await sign(claims, createSecretKey(Buffer.from(secret)), { alg: 'HS256' })
  t.strictSame(await seen(secretOptions, token), good)
})

// Rule 50: confusion of algorithms, aud, and times that are no numbers; RFC 8725 §2 and §3.
const forged: readonly (readonly [name: string, options: JWTAuthOptions, token: () => string | Promise<string>])[] = [
  ['no signature at all', publicOptions, () => new UnsecuredJWT(claims).encode()],
  [
    'the public key taken for a secret',
    publicOptions,
    () => sign(claims, createSecretKey(Buffer.from(pem)), { alg: 'HS256' }),
  ],
  [
    'the public key taken for a secret, where a set is used',
    { algorithms: ['ES256'], audience: 'api', jwks: keySet },
    () => sign(claims, createSecretKey(Buffer.from(pem)), { alg: 'HS256', kid: 'one' }),
  ],
  [
    'an algorithm that is not allowed',
    { ...secretOptions, algorithms: ['HS512'] },
    () => {
      return sign(claims, createSecretKey(Buffer.from(secret)), { alg: 'HS256' })
    },
  ],
  ['the key of somebody else', publicOptions, () => sign(claims, other.privateKey)],
  [
    'a key that the set does not have',
    { algorithms: ['ES256'], audience: 'api', jwks: keySet },
    () => {
      return sign(claims, privateKey, { alg: 'ES256', kid: 'two' })
    },
  ],
  ['another audience', publicOptions, () => sign({ ...claims, aud: 'other' })],
  ['no audience', publicOptions, () => sign({ ...claims, aud: undefined })],
  ['another issuer', publicOptions, () => sign({ ...claims, iss: 'https://evil.example' })],
  ['a time that is over', publicOptions, () => sign({ ...claims, exp: nowSeconds - 1 })],
  ['no expiry', publicOptions, () => sign({ ...claims, exp: undefined })],
  ['an expiry that is no number', publicOptions, () => sign({ ...claims, exp: '9999999999' })],
  ['a begin that is no number', publicOptions, () => sign({ ...claims, nbf: 'never' })],
  ['a begin that is to come', publicOptions, () => sign({ ...claims, nbf: nowSeconds + 10 })],
  [
    'a critical parameter that nobody knows',
    publicOptions,
    async () => {
      const [, payload, signature] = (await sign(claims)).split('.')
      const header = Buffer.from('{"alg":"ES256","crit":["x"],"x":1}').toString('base64url')
      return `${header}.${payload}.${signature}`
    },
  ],
  [
    'a key that the token itself brings',
    publicOptions,
    () => sign(claims, other.privateKey, { alg: 'ES256', jwk: other.publicKey.export({ format: 'jwk' }) }),
  ],
  [
    'a key that the token itself brings, where a set is used',
    { algorithms: ['ES256'], audience: 'api', jwks: keySet },
    () => sign(claims, other.privateKey, { alg: 'ES256', kid: 'one', jwk: other.publicKey.export({ format: 'jwk' }) }),
  ],
  [
    'a set of keys that the token itself names',
    { algorithms: ['ES256'], audience: 'api', jwks: keySet },
    () => sign(claims, other.privateKey, { alg: 'ES256', kid: 'one', jku: 'https://evil.example/keys' }),
  ],
  ...['../../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', ''].map(
    (kid) =>
      [
        `a token that names the key ${JSON.stringify(kid)}`,
        { algorithms: ['ES256'], audience: 'api', jwks: keySet },
        () => sign(claims, other.privateKey, { alg: 'ES256', kid }),
      ] as const,
  ),
  ['a token without its signature', publicOptions, async () => (await sign(claims)).replace(/[^.]*$/, '')],
  ['a token with half of its signature', publicOptions, async () => (await sign(claims)).slice(0, -40)],
  ['what is no token', publicOptions, () => 'a.b.c'],
  ['a single word', publicOptions, () => 'abc'],
]

for (const [name, options, token] of forged) {
  test(`rule 50: ${name} does not hold`, async (t) => {
    t.equal(await seen(options, await token()), bad)
  })
}

test('jwtAuth: clocks may be apart as far as they are allowed to', async (t) => {
  const token = await sign({ ...claims, exp: nowSeconds - 5 })
  t.equal(await seen(publicOptions, token), bad)
  t.strictSame(await seen({ ...publicOptions, clockToleranceSeconds: 10 }, token), good)
})

test('jwtAuth: goes by the clock of the machine by default', async (t) => {
  const backend = jwtAuth(publicOptions)
  const app = new Application({ middleware: [authentication({ backends: [backend] })] })
  app.get('/', ({ user }) => new JSONResponse(user?.['sub']))
  await using client = await TestClient.open(app)
  const seconds = Math.floor(Date.now() / 1000)
  const statuses: number[] = []
  for (const exp of [seconds + 3600, seconds - 3600]) {
    const headers = { authorization: `Bearer ${await sign({ ...claims, exp })}` }
    statuses.push((await client.get('/', { headers })).status)
  }
  t.strictSame(statuses, [200, 401])
})

test('jwtAuth: takes tokens for anybody, and without an expiry, only when told to', async (t) => {
  const token = await sign({ sub: 'ada', scp: ['read', 1, 'write'] })
  const { issuer: _issuer, ...options } = publicOptions
  t.strictSame(await seen({ ...options, audience: null, requiredClaims: [] }, token), good)
})

test('jwtAuth: claims without scopes give none', async (t) => {
  t.strictSame(await seen(publicOptions, await sign({ ...claims, scope: 7 })), ['ada'])
  t.strictSame(await seen(publicOptions, await sign({ ...claims, scope: undefined })), ['ada'])
})

test('jwtAuth: identify decides who it is', async (t) => {
  const identify: JWTAuthOptions['identify'] = ({ sub }) => (sub === 'ada' ? { user: { sub: 'Ada' } } : null)
  t.strictSame(await seen({ ...publicOptions, identify }, await sign(claims)), ['Ada'])
  t.equal(await seen({ ...publicOptions, identify }, await sign({ ...claims, sub: 'bob' })), bad)
})

test('jwtAuth: the challenge names the realm', (t) => {
  t.equal(jwtAuth({ ...publicOptions, realm: 'api' }).challenge, 'Bearer realm="api"')
  t.end()
})

/** An issuer on a socket of this machine, whose key set can change, and an app that takes its tokens, on a clock of its own. */
async function withIssuer(t: Test, options: Partial<JWTAuthOptions> = {}): Promise<Issuer> {
  const issuer = {
    keys: keySet.keys as readonly object[],
    fetches: 0,
    status: 200,
    nowMs: nowSeconds * 1000,
    delivered: ready(),
  }
  // What has fetched the set goes by the clock of the machine.
  t.intercept(Date, 'now', { value: () => issuer.nowMs })
  const server = createServer((_request, response) => {
    issuer.fetches++
    const fields = { 'content-type': 'application/jwk-set+json', location: '/moved' }
    void issuer.delivered.then(() =>
      response.writeHead(issuer.status, fields).end(JSON.stringify({ keys: issuer.keys })),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const jwks = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`)
  const backend = jwtAuth({ algorithms: ['ES256'], audience: 'api', jwks, ...options })
  const app = new Application({ middleware: [authentication({ backends: [backend] })] })
  app.get('/', ({ user }) => new JSONResponse(user?.['sub'] ?? null))
  const client = await TestClient.open(app)
  t.teardown(async () => {
    await client[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })
  const statusOf = async (token: string): Promise<number> =>
    (await client.get('/', { headers: { authorization: `Bearer ${token}` } })).status
  return Object.assign(issuer, { statusOf })
}

interface Issuer {
  keys: readonly object[]
  fetches: number
  status: number
  nowMs: number
  delivered: Promise<void>
  statusOf(token: string): Promise<number>
}

const ready = (): Promise<void> => Promise.resolve()
const longClaims = { ...claims, exp: nowSeconds + 86_400 }
const signedByOld = (): Promise<string> => sign(longClaims)
const signedByNew = (): Promise<string> => sign(longClaims, other.privateKey, { alg: 'ES256', kid: 'two' })
const oldKey = keySet.keys[0]!
const newKey = { ...other.publicKey.export({ format: 'jwk' }), kid: 'two', alg: 'ES256' }

test('jwtAuth: a key set is fetched once for many tokens', async (t) => {
  const issuer = await withIssuer(t)
  t.strictSame([await issuer.statusOf(await signedByOld()), await issuer.statusOf(await signedByOld())], [200, 200])
  t.equal(issuer.fetches, 1)
})

test('jwtAuth: tokens that come while a key set is fetched wait for the same one', async (t) => {
  const issuer = await withIssuer(t)
  let deliver = (): void => {}
  issuer.delivered = new Promise((resolve) => (deliver = resolve))
  const token = await signedByOld()
  const answers = Array.from({ length: 20 }, () => issuer.statusOf(token))
  while (issuer.fetches === 0) await new Promise(setImmediate)
  deliver()
  t.strictSame(new Set(await Promise.all(answers)), new Set([200]))
  t.equal(issuer.fetches, 1)
})

test('jwtAuth: a new key of the issuer is taken, and the old one as long as it is in the set', async (t) => {
  const issuer = await withIssuer(t)
  t.equal(await issuer.statusOf(await signedByOld()), 200)
  issuer.keys = [newKey, oldKey]
  issuer.nowMs += 30_000
  t.strictSame([await issuer.statusOf(await signedByNew()), await issuer.statusOf(await signedByOld())], [200, 200])
  t.equal(issuer.fetches, 2)
})

test('jwtAuth: a key that the issuer has withdrawn does not hold once the set is fetched again', async (t) => {
  const issuer = await withIssuer(t)
  t.equal(await issuer.statusOf(await signedByOld()), 200)
  issuer.keys = [newKey]
  issuer.nowMs += 600_000
  t.strictSame([await issuer.statusOf(await signedByOld()), await issuer.statusOf(await signedByNew())], [401, 200])
  t.equal(issuer.fetches, 2)
})

test('jwtAuth: jwksMaxAgeMs says how long a withdrawn key is taken', async (t) => {
  const issuer = await withIssuer(t, { jwksMaxAgeMs: 60_000 })
  t.equal(await issuer.statusOf(await signedByOld()), 200)
  issuer.keys = [newKey]
  issuer.nowMs += 59_999
  t.equal(await issuer.statusOf(await signedByOld()), 200)
  issuer.nowMs += 1
  t.equal(await issuer.statusOf(await signedByOld()), 401)
})

test('jwtAuth: keys that nobody knows cause one fetch in thirty seconds, however many come', async (t) => {
  const issuer = await withIssuer(t)
  const made = (kid: string): Promise<string> => sign(longClaims, other.privateKey, { alg: 'ES256', kid })
  const storm = async (): Promise<Set<number>> =>
    new Set(await Promise.all(Array.from({ length: 50 }, async (_, index) => issuer.statusOf(await made(`x${index}`)))))
  t.strictSame([await storm(), issuer.fetches], [new Set([401]), 1])
  issuer.nowMs += 29_999
  t.strictSame([await storm(), issuer.fetches], [new Set([401]), 1])
  issuer.nowMs += 1
  t.strictSame([await storm(), issuer.fetches], [new Set([401]), 2])
})

test('jwtAuth: jwksCooldownMs says how soon a new key is looked for', async (t) => {
  const issuer = await withIssuer(t, { jwksCooldownMs: 1000 })
  t.equal(await issuer.statusOf(await signedByOld()), 200)
  issuer.keys = [newKey]
  issuer.nowMs += 999
  t.equal(await issuer.statusOf(await signedByNew()), 401)
  issuer.nowMs += 1
  t.equal(await issuer.statusOf(await signedByNew()), 200)
})

test('jwtAuth: a key set that could not be fetched is fetched with the next token', async (t) => {
  const issuer = await withIssuer(t)
  issuer.status = 503
  await t.rejects(issuer.statusOf(await signedByOld()), { code: 'ERR_JOSE_GENERIC' })
  issuer.status = 200
  t.strictSame([await issuer.statusOf(await signedByOld()), issuer.fetches], [200, 2])
})

test('jwtAuth: a key set that leads elsewhere is not followed', async (t) => {
  const issuer = await withIssuer(t)
  issuer.status = 302
  await t.rejects(issuer.statusOf(await signedByOld()), { code: 'ERR_JOSE_GENERIC' })
  t.equal(issuer.fetches, 1)
})

test('jwtAuth: a key set that cannot be fetched is an error of the server, not of the token', async (t) => {
  await using server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const options = { algorithms: ['ES256'], audience: 'api', jwks: new URL(`http://127.0.0.1:${port}/keys`) }
  await t.rejects(seen(options, await sign(claims)), { code: 'ERR_JOSE_GENERIC' })
  server.closeAllConnections()
})

const refused: readonly (readonly [options: object, message: string])[] = [
  [{ algorithms: ['ES256'], audience: 'a' }, 'expected one of "secret", "publicKey" and "jwks"'],
  [{ ...publicOptions, secret }, 'expected one of "secret", "publicKey" and "jwks"'],
  [
    { ...publicOptions, algorithms: [] },
    'there are no algorithms, expected those that may sign, for example ["RS256"]',
  ],
  [
    { ...publicOptions, algorithms: undefined },
    'there are no algorithms, expected those that may sign, for example ["RS256"]',
  ],
  [
    { ...publicOptions, algorithms: ['none'] },
    'the algorithm is "none", expected for a public key some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519',
  ],
  [
    { algorithms: ['RS256', 'HS256'], audience: 'a', jwks: keySet },
    'the algorithm is "HS256", expected for a public key some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519',
  ],
  [
    { ...secretOptions, algorithms: ['RS256'] },
    'the algorithm is "RS256", expected for a secret some of HS256, HS384, HS512',
  ],
  [
    { ...publicOptions, audience: undefined },
    'there is no audience, expected whom tokens are for, or null for tokens that are for anybody',
  ],
  [{ ...secretOptions, secret: 'short' }, 'the secret has 5 bytes, expected 32 or more'],
  [
    { algorithms: ['RS256'], audience: 'a', jwks: new URL('http://issuer.example/keys') },
    'the key set is at "http://issuer.example/keys", expected "https:", or a host of this machine',
  ],
  [
    { algorithms: ['RS256'], audience: 'a', jwks: keySet, jwksMaxAgeMs: -1 },
    'jwksMaxAgeMs is -1, expected milliseconds from 0',
  ],
  [
    { algorithms: ['RS256'], audience: 'a', jwks: keySet, jwksCooldownMs: Number.NaN },
    'jwksCooldownMs is NaN, expected milliseconds from 0',
  ],
]

for (const [options, why] of refused) {
  test(`rule 50: jwtAuth refuses: ${why.slice(0, 60)}`, (t) => {
    t.throws(() => jwtAuth(options as JWTAuthOptions), {
      name: 'TypeError',
      message: `Cannot take JSON Web Tokens: ${why}`,
    })
    t.end()
  })
}

test('jwtAuth: a key set over TLS, or on this machine, is taken', (t) => {
  for (const url of ['https://issuer.example/keys', 'http://localhost:1/', 'http://[::1]/']) {
    t.ok(jwtAuth({ algorithms: ['RS256'], audience: 'a', jwks: new URL(url) }))
  }
  t.end()
})
