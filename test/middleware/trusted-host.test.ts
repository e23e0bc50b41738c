import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { trustedHost } from '../../middleware/trusted-host.ts'
import { Application } from '../../routing/application.ts'
import { denialOf } from '../support/denial-of.ts'
import { httpScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'

const ok = new PlainTextResponse('ok').asgi

const statusOf = async (allowedHosts: string[], host: string | null): Promise<number | null> => {
  const scope = httpScope({ headers: host === null ? [] : [['host', host]] })
  return (await outcomeOf(trustedHost({ allowedHosts, wwwRedirect: false })(ok), scope)).status
}

// Starlette 1.3.1 §1.9, and what else a list can say
const rows: ReadonlyArray<readonly [allowed: string[], fine: readonly string[], refused: readonly string[]]> = [
  [
    ['testserver', '*.testserver'],
    ['testserver', 'TESTSERVER', 'testserver:8000', 'testserver.', 'a.testserver', 'a.b.testserver:80'],
    ['invalidhost', 'atestserver', 'testserver.evil.com', 'evil.com:testserver'],
  ],
  [['*.example.org'], ['www.example.org'], ['example.org', 'wwwexample.org', '.example.org']],
  [['example.org:8443'], ['example.org:8443'], ['example.org', 'example.org:443']],
  [
    ['[::1]', '127.0.0.1'],
    ['[::1]', '[::1]:8000', '[0:0::1]', '127.0.0.1:1'],
    ['::1', '[::2]', '127.0.0.2'],
  ],
  [['*'], ['anything', 'a, b', ''], []],
]

for (const [allowed, fine, refused] of rows) {
  test(`trustedHost: ${allowed.join(' ')} lets these through and no others`, async (t) => {
    for (const host of fine) t.equal(await statusOf(allowed, host), 200, host)
    for (const host of refused) t.equal(await statusOf(allowed, host), 400, host)
  })
}

for (const host of [
  'example.org/abc?bar=',
  'example.org:3000/x?',
  'evil.com:fake@example.org',
  'example.org, evil.com',
  'user@example.org',
]) {
  test(`JS 10, JS 11, CVE-2026-48710, CVE-2026-33131: trustedHost takes ${host} for no host, whatever it begins with`, async (t) => {
    t.equal(await statusOf(['example.org', '*.org'], host), 400)
  })
}

test('trustedHost: a missing and a repeated Host are refused', async (t) => {
  t.equal(await statusOf(['example.org'], null), 400)
  const scope = httpScope({
    headers: [
      ['host', 'example.org'],
      ['host', 'example.org'],
    ],
  })
  t.equal((await outcomeOf(trustedHost({ allowedHosts: ['example.org'] })(ok), scope)).status, 400)
})

test('trustedHost: says that the host is invalid, and does not call the app', async (t) => {
  const app = trustedHost({ allowedHosts: ['example.com'] })(() => Promise.reject(new Error('called')))
  t.match(await outcomeOf(app, httpScope()), { status: 400, text: 'Invalid host header', error: null })
})

test('trustedHost: lets the same host through again and another one not', async (t) => {
  const app = trustedHost({ allowedHosts: ['example.org'] })(ok)
  const statuses: Array<number | null> = []
  for (const host of ['example.org', 'example.org', 'evil.com', 'example.org']) {
    statuses.push((await outcomeOf(app, httpScope({ headers: [['host', host]] }))).status)
  }
  t.strictSame(statuses, [200, 200, 400, 200])
})

// ---- www

test('trustedHost: redirects to www when only that is allowed', async (t) => {
  await using client = await TestClient.open(trustedHost({ allowedHosts: ['www.example.org'] })(ok), {
    baseUrl: 'https://example.org',
    followRedirects: false,
  })
  const response = await client.post('/a%2Fb?x=1')
  t.strictSame([response.status, response.headers.get('location')], [307, 'https://www.example.org/a%2Fb?x=1'])
})

for (const [options, base] of [
  [{ allowedHosts: ['www.example.org'], wwwRedirect: false }, 'http://example.org'],
  [{ allowedHosts: ['*.example.org'] }, 'http://example.org'],
  [{ allowedHosts: ['www.example.org'] }, 'http://evil.com'],
] as const) {
  test(`trustedHost: ${base} is not redirected by ${JSON.stringify(options)}`, async (t) => {
    await using client = await TestClient.open(trustedHost(options)(ok), { baseUrl: base, followRedirects: false })
    t.equal((await client.get('/')).status, 400)
  })
}

test('trustedHost: a path that looks like a host does not become one', async (t) => {
  const app = trustedHost({ allowedHosts: ['www.example.org'] })(ok)
  const scope = httpScope({ path: '//evil.com', raw_path: '//evil.com' })
  t.equal((await outcomeOf(app, scope)).headers.get('location'), 'http://www.example.org//evil.com')
})

// ---- other protocols

test('trustedHost: refuses and accepts WebSockets', async (t) => {
  const app = new Application({ middleware: [trustedHost({ allowedHosts: ['testserver'] })] })
  app.websocket('/', async (websocket) => websocket.accept())
  await using client = await TestClient.open(app)
  const socket = await client.websocket('/')
  await socket.close()
  t.equal((await denialOf(client.websocket('/', { headers: { host: 'evil.com' } }))).status, 400)
})

test('trustedHost: lets a lifespan pass', async (t) => {
  let seen = ''
  const inner: ASGIApp = async (scope) => {
    seen = scope.type
  }
  await trustedHost({ allowedHosts: ['a'] })(inner)(
    lifespanScope(),
    async () => ({ type: 'lifespan.startup' }),
    async () => {},
  )
  t.equal(seen, 'lifespan')
})

for (const allowedHosts of [
  [],
  undefined,
  'example.org',
  ['exa*mple.org'],
  ['a.*'],
  ['*.'],
  ['*.a:80'],
  ['*.[::1]'],
  ['http://a'],
  ['a:x'],
  [7],
]) {
  test(`trustedHost: refuses ${JSON.stringify(allowedHosts)} when it is made`, async (t) => {
    t.throws(() => trustedHost({ allowedHosts: allowedHosts as string[] }), {
      name: 'TypeError',
      message: /^Cannot trust the hosts? /,
    })
  })
}
