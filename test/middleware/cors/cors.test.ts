import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import type { Response } from '../../../lib/response/response.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import { lifespanScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { TestResponse } from '../../../lib/testing/test-response.ts'
import { cors } from '../../../middleware/cors/cors.ts'
import type { CORSOptions } from '../../../middleware/cors/cors-policy.ts'
import { Application } from '../../../routing/application.ts'
import { httpScope } from '../../support/messages.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

const site = 'https://example.org'

/** An app with an endpoint for everything that can go right or wrong. */
function appWith(options: CORSOptions, reached: string[] = []): Application {
  const app = new Application({ middleware: [cors(options)] })
  const answers = (response: () => Response) => (): Response => {
    reached.push('endpoint')
    return response()
  }
  app.get(
    '/',
    answers(() => new PlainTextResponse('Homepage')),
  )
  app.options(
    '/',
    answers(() => new PlainTextResponse('own options')),
  )
  app.get(
    '/vary',
    answers(() => new PlainTextResponse('', { headers: { vary: 'Accept-Encoding' } })),
  )
  app.get(
    '/own',
    answers(() => new PlainTextResponse('', { headers: { 'access-control-allow-origin': 'https://own.example' } })),
  )
  app.get('/refused', () => {
    throw new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } })
  })
  app.get('/bug', () => {
    throw new TypeError('bug')
  })
  return app
}

const open = (app: Application): Promise<TestClient> => TestClient.open(app, { raiseServerErrors: false })

/** The fields of an answer that CORS is about. */
function corsFields({ headers }: Pick<TestResponse, 'headers'>): Record<string, string> {
  const fields = [...headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
  return Object.fromEntries(fields)
}

function preflight(client: TestClient, headers: Record<string, string> = {}): Promise<TestResponse> {
  return client.options('/', { headers: { origin: site, 'access-control-request-method': 'GET', ...headers } })
}

// ---- Starlette 1.3.1, §1.9: CORS defaults, CORS gate

test('cors: allows no origin by default', async (t) => {
  await using client = await open(appWith({}))
  t.strictSame(corsFields(await client.get('/', { headers: { origin: site } })), { vary: 'Origin' })
  const refused = await preflight(client)
  t.strictSame([refused.status, await refused.text()], [400, 'Disallowed CORS origin'])
})

test('cors: leaves an answer to a request without an origin as it is when every origin is allowed', async (t) => {
  await using client = await open(appWith({ allowOrigins: ['*'] }))
  t.strictSame(corsFields(await client.get('/')), {})
})

test('cors: allows every origin with one answer for all', async (t) => {
  await using client = await open(appWith({ allowOrigins: ['*'], exposeHeaders: ['X-Status'] }))
  t.strictSame(corsFields(await client.get('/', { headers: { origin: site } })), {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'X-Status',
  })
})

test('cors: a preflight does not reach the app', async (t) => {
  const reached: string[] = []
  await using client = await open(appWith({ allowOrigins: [site] }, reached))
  const response = await preflight(client)
  t.strictSame([response.status, await response.text(), reached], [200, 'OK', []])
})

for (const headers of [{ origin: site }, { 'access-control-request-method': 'GET' }, {}]) {
  test(`cors: OPTIONS with only ${Object.keys(headers).join() || 'nothing'} is no preflight`, async (t) => {
    const reached: string[] = []
    await using client = await open(appWith({ allowOrigins: [site] }, reached))
    await client.options('/', { headers })
    t.strictSame(reached, ['endpoint'])
  })
}

// ---- preflight ok

test('cors: answers a preflight with what is allowed', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site], allowHeaders: ['X-Example', 'Content-Type'] }))
  const response = await preflight(client, { 'access-control-request-headers': 'X-Example, content-type' })
  t.equal(response.status, 200)
  t.strictSame(corsFields(response), {
    'access-control-allow-origin': site,
    'access-control-allow-methods': 'GET',
    'access-control-max-age': '600',
    'access-control-allow-headers': 'Accept, Accept-Language, Content-Language, Content-Type, X-Example',
    vary: 'Origin',
  })
})

test('cors: names the age of a preflight and the credentials', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site], allowCredentials: true, maxAgeSeconds: 5 }))
  t.match(corsFields(await preflight(client)), {
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '5',
  })
})

test('cors: "*" stands for seven methods', async (t) => {
  await using client = await open(appWith({ allowOrigins: ['*'], allowMethods: ['*'] }))
  for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']) {
    t.equal((await preflight(client, { 'access-control-request-method': method })).status, 200, method)
  }
  const response = await preflight(client)
  t.equal(response.headers.get('access-control-allow-methods'), 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT')
  t.equal(response.headers.get('vary'), null)
})

test('cors: "*" allows the headers that are asked for', async (t) => {
  await using client = await open(appWith({ allowOrigins: ['*'], allowHeaders: ['*'] }))
  const response = await preflight(client, { 'access-control-request-headers': 'x-one,  X-Two' })
  t.strictSame([response.status, response.headers.get('access-control-allow-headers')], [200, 'x-one, X-Two'])
  t.equal((await preflight(client)).headers.get('access-control-allow-headers'), null)
})

// ---- preflight fail

const failures: ReadonlyArray<readonly [what: string, asked: Record<string, string>, text: string]> = [
  ['origin', { origin: 'https://other.example' }, 'origin'],
  ['method', { 'access-control-request-method': 'POST' }, 'method'],
  ['method in lower case', { 'access-control-request-method': 'get' }, 'method'],
  ['header', { 'access-control-request-headers': 'X-Nope' }, 'headers'],
  ['header that is no token', { 'access-control-request-headers': 'a b' }, 'headers'],
  ['private network', { 'access-control-request-private-network': 'true' }, 'private-network'],
  [
    'everything',
    {
      origin: 'https://other.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'X-Nope, X-No',
      'access-control-request-private-network': 'true',
    },
    'origin, method, headers, private-network',
  ],
]

for (const [what, asked, text] of failures) {
  test(`cors: refuses a preflight for its ${what}`, async (t) => {
    await using client = await open(appWith({ allowOrigins: [site], allowHeaders: ['X-Example'] }))
    const response = await preflight(client, asked)
    t.strictSame([response.status, await response.text()], [400, `Disallowed CORS ${text}`])
    t.equal(response.headers.get('vary'), 'Origin')
  })
}

test('cors: tells a refused preflight of an allowed origin what is allowed', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  const response = await preflight(client, { 'access-control-request-method': 'PUT' })
  t.match(corsFields(response), { 'access-control-allow-origin': site, 'access-control-allow-methods': 'GET' })
})

test('cors: tells a disallowed origin nothing', async (t) => {
  const options = { allowOrigins: [site], allowCredentials: true, exposeHeaders: ['X-Status'], maxAgeSeconds: 5 }
  await using client = await open(appWith(options))
  const origin = 'https://other.example'
  t.strictSame(corsFields(await preflight(client, { origin })), { vary: 'Origin' })
  t.strictSame(corsFields(await client.get('/', { headers: { origin } })), { vary: 'Origin' })
})

// ---- private network

test('cors: allows a private network only when it is asked for', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site], allowPrivateNetwork: true }))
  const asked = await preflight(client, { 'access-control-request-private-network': 'true' })
  t.strictSame([asked.status, asked.headers.get('access-control-allow-private-network')], [200, 'true'])
  t.equal((await preflight(client)).headers.get('access-control-allow-private-network'), null)
})

// ---- origins

for (const [origin, allowed] of [
  ['https://subdomain.example.org', true],
  ['https://subdomain.example.org.evil.com', false],
  ['https://evil.com/https://subdomain.example.org', false],
  ['http://subdomain.example.org', false],
] as const) {
  test(`cors: an expression matches as a whole: ${origin} ${allowed ? 'is' : 'is not'} allowed`, async (t) => {
    await using client = await open(appWith({ allowOriginRegex: /https:\/\/[a-z]+\.example\.org/ }))
    const { headers } = await client.get('/', { headers: { origin } })
    t.equal(headers.get('access-control-allow-origin'), allowed ? origin : null)
  })
}

test('cors: an expression with alternatives, lines and a memory matches as a whole each time', async (t) => {
  await using client = await open(appWith({ allowOriginRegex: /https:\/\/a\.example|https:\/\/b\.example/gmy }))
  const allowed: Array<string | null> = []
  for (const origin of ['https://a.example', 'https://a.example', 'https://b.example.evil.com', 'https://b.example']) {
    allowed.push((await client.get('/', { headers: { origin } })).headers.get('access-control-allow-origin'))
  }
  t.strictSame(allowed, ['https://a.example', 'https://a.example', null, 'https://b.example'])
})

test('cors: asks a predicate, with the scope', async (t) => {
  const allowOriginIf: CORSOptions['allowOriginIf'] = (origin, { path }) => origin.endsWith('.example') && path === '/'
  await using client = await open(appWith({ allowOriginIf }))
  const allowed: Array<string | null> = []
  for (const [path, origin] of [
    ['/', 'https://a.example'],
    ['/vary', 'https://a.example'],
    ['/', site],
  ] as const) {
    allowed.push((await client.get(path, { headers: { origin } })).headers.get('access-control-allow-origin'))
  }
  t.strictSame(allowed, ['https://a.example', null, null])
})

test('cors: a predicate that returns a promise is an error and not a yes', async (t) => {
  const allowOriginIf = (async () => false) as unknown as () => boolean
  const app = cors({ allowOriginIf })(new PlainTextResponse('').asgi)
  await t.rejects(
    outcomeOf(app, httpScope({ headers: [['origin', site]] })).then(({ error }) => Promise.reject(error)),
    {
      message:
        'Cannot decide on an origin: allowOriginIf returned a promise that was not awaited, expected true or false',
    },
  )
})

test('cors: an origin that is no field value is not asked about', async (t) => {
  const app = cors({ allowOriginIf: () => true })(new PlainTextResponse('').asgi)
  const call = { type: 'http', headers: [['origin', 'a\r\nset-cookie: b']] }
  const sent: unknown[] = []
  await app(
    { ...httpScope(), ...call } as never,
    async () => ({ type: 'http.disconnect' }),
    async (message) => {
      sent.push(message)
    },
  )
  t.equal(
    (sent[0] as { headers: { get(name: string): string | null } }).headers.get('access-control-allow-origin'),
    null,
  )
})

// ---- Vary, isolation

test('cors: an answer to a request without an origin varies by it, too', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  t.strictSame(corsFields(await client.get('/')), { vary: 'Origin' })
})

test('cors: adds to the vary of the endpoint', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  for (const headers of [{ origin: site }, {}]) {
    t.equal((await client.get('/vary', { headers })).headers.get('vary'), 'Accept-Encoding, Origin')
  }
})

test('JS 27, GHSA-q7jf-gf43-6x6p: Vary of cors comes from the policy, never from the request', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  const response = await client.get('/', { headers: { origin: site, vary: 'X-Evil' } })
  t.equal(response.headers.get('vary'), 'Origin')
})

test('cors: the origin of one request does not reach the next', async (t) => {
  const allowOrigins = [site, 'https://two.example']
  await using client = await open(appWith({ allowOrigins, allowCredentials: true }))
  const seen: Array<string | null> = []
  for (const origin of [site, 'https://two.example', 'https://other.example']) {
    seen.push((await client.get('/', { headers: { origin } })).headers.get('access-control-allow-origin'))
  }
  t.strictSame(seen, [site, 'https://two.example', null])
})

test('cors: does not change the message of an app that sends it again', async (t) => {
  const start = { type: 'http.response.start', status: 200, headers: [['x-a', '1']] } as const
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send(start)
    await send({ type: 'http.response.body', body: '' })
  }
  const app = cors({ allowOrigins: [site] })(inner)
  await outcomeOf(app, httpScope({ headers: [['origin', site]] }))
  t.strictSame(start, { type: 'http.response.start', status: 200, headers: [['x-a', '1']] })
})

test('cors: replaces an origin that the endpoint allows, so that there is one', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  const { headers } = await client.get('/own', { headers: { origin: site } })
  t.strictSame(headers.getAll('access-control-allow-origin'), [site])
})

test('cors: several Origin fields are no allowed origin', async (t) => {
  const app = cors({ allowOrigins: [site] })(new PlainTextResponse('').asgi)
  const { headers } = await outcomeOf(
    app,
    httpScope({
      headers: [
        ['origin', site],
        ['origin', site],
      ],
    }),
  )
  t.equal(headers.get('access-control-allow-origin'), null)
})

// ---- errors

for (const [path, status] of [
  ['/refused', 401],
  ['/nothing', 404],
  ['/bug', 500],
] as const) {
  test(`cors: a ${status} can be read by a page of an allowed origin`, async (t) => {
    await using client = await open(appWith({ allowOrigins: [site], allowCredentials: true }))
    const response = await client.get(path, { headers: { origin: site } })
    t.equal(response.status, status)
    t.strictSame(corsFields(response), {
      'access-control-allow-origin': site,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
  })
}

test('cors: a 405 can be read by a page of an allowed origin', async (t) => {
  await using client = await open(appWith({ allowOrigins: [site] }))
  const response = await client.post('/vary', { headers: { origin: site } })
  t.strictSame([response.status, response.headers.get('access-control-allow-origin')], [405, site])
})

// ---- other protocols

test('cors: lets a lifespan and a WebSocket pass', async (t) => {
  const seen: string[] = []
  const app = cors({ allowOrigins: [site] })(async (scope, _receive, send) => {
    seen.push(`${scope.type} ${send === ownSend}`)
  })
  const ownSend = async (): Promise<void> => {}
  const receive = async (): Promise<never> => Promise.reject(new Error('not read'))
  await app(lifespanScope(), receive, ownSend)
  await app({ ...httpScope(), type: 'websocket', scheme: 'ws', subprotocols: [] }, receive, ownSend)
  t.strictSame(seen, ['lifespan true', 'websocket true'])
})

// ---- what was wrong elsewhere

test('JS 28, CVE-2026-54290, GHSA-88fw-hqm2-52qc: cors refuses "*" with credentials when it is made', async (t) => {
  t.throws(() => cors({ allowOrigins: ['*'], allowCredentials: true }), {
    name: 'TypeError',
    message:
      'Cannot allow credentials to every origin: any page could read what its visitor may see. List the origins, or leave allowCredentials out',
  })
})

for (const expression of [/.*/, /https:\/\/.*/, /https?:\/\/[^/]+/, /https:\/\/[a-z.]+(?::\d+)?/i]) {
  test(`JS 28, CVE-2026-54290: cors refuses ${String(expression)} with credentials when it is made`, async (t) => {
    t.throws(() => cors({ allowOriginRegex: expression, allowCredentials: true }), {
      name: 'TypeError',
      message: /^Cannot allow credentials to every origin: /,
    })
    t.ok(cors({ allowOriginRegex: expression }))
  })
}

test('JS 28: cors takes an expression for the origins of one domain with credentials', async (t) => {
  await using client = await open(
    appWith({ allowOriginRegex: /https:\/\/[a-z]+\.example\.org/, allowCredentials: true }),
  )
  const origin = 'https://app.example.org'
  t.match(corsFields(await client.get('/', { headers: { origin } })), {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
  })
})

test('JS 29, GHSA-8j4g-w8fx-2239: cors refuses a very long list of headers unread', async (t) => {
  await using client = await open(appWith({ allowOrigins: ['*'], allowHeaders: ['*'] }))
  const response = await preflight(client, { 'access-control-request-headers': `a${' '.repeat(9000)}b` })
  t.strictSame([response.status, await response.text()], [400, 'Disallowed CORS headers'])
})

const faults: ReadonlyArray<readonly [options: object, message: RegExp]> = [
  [{ allowOrigins: ['https://example.org/'] }, /Cannot allow the origin "https:\/\/example.org\/": browsers send/],
  [{ allowOrigins: ['null'] }, /every sandboxed page/],
  [{ allowOrigins: site }, /allowOrigins is "https:\/\/example.org", expected an array of strings/],
  [{ allowOriginRegex: 'https://.*' }, /allowOriginRegex is "https:\/\/.*", expected a RegExp/],
  [{ allowMethods: ['get'] }, /allowMethods is "get", expected "GET", since methods differ in case/],
  [{ allowMethods: ['G ET'] }, /expected methods such as "GET"/],
  [{ allowHeaders: ['a b'] }, /the names of fields is "a b", expected tokens/],
  [{ exposeHeaders: ['x,y'] }, /expected tokens/],
  [{ maxAgeSeconds: 1.5 }, /maxAgeSeconds is 1.5, expected a whole number of seconds/],
  [{ maxAgeSeconds: -1 }, /maxAgeSeconds is -1/],
]

for (const [options, message] of faults) {
  test(`cors: refuses ${Object.entries(options).join(' ')} when it is made`, async (t) => {
    t.throws(() => cors(options), { name: 'TypeError', message })
  })
}
