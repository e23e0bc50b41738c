import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { csrf } from '../../middleware/csrf.ts'
import type { CSRFOptions } from '../../middleware/csrf.ts'
import { httpScope, websocketScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'

const ok = new PlainTextResponse('ok').asgi
const own = 'https://example.org'
const other = 'https://other.example'

type Fields = Readonly<Record<string, string>>

interface Asked {
  method?: string
  scheme?: 'http' | 'https'
  options?: CSRFOptions
}

async function statusOf(
  fields: Fields,
  { method = 'POST', scheme = 'https', options = {} }: Asked = {},
): Promise<number | null> {
  const headers = [['host', 'example.org'] as const, ...Object.entries(fields)]
  return (await outcomeOf(csrf(options)(ok), httpScope({ method, scheme, headers }))).status
}

const rows: ReadonlyArray<readonly [fields: Fields, options: CSRFOptions, status: number]> = [
  // Fetch Metadata §2.3
  [{ 'sec-fetch-site': 'same-origin', origin: own }, {}, 200],
  [{ 'sec-fetch-site': 'none' }, {}, 200],
  [{ 'sec-fetch-site': 'same-site', origin: 'https://a.example.org' }, {}, 403],
  [{ 'sec-fetch-site': 'cross-site', origin: other }, {}, 403],
  [{ 'sec-fetch-site': 'cross-site' }, {}, 403],
  [{ 'sec-fetch-site': 'cross-site', origin: own }, {}, 403],
  [{ 'sec-fetch-site': 'cross-site', origin: 'null' }, {}, 403],
  [{ 'sec-fetch-site': 'Same-Origin', origin: other }, {}, 403],
  [{ 'sec-fetch-site': 'same-origin, cross-site', origin: other }, {}, 403],
  [{ 'sec-fetch-site': '' }, {}, 403],
  // behind a proxy that ends TLS, or that changes the host
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://public.example' }, {}, 200],
  // RFC 6454 §7: browsers without Fetch Metadata
  [{ origin: own }, {}, 200],
  [{ origin: other }, {}, 403],
  [{ origin: 'http://example.org' }, {}, 403],
  [{ origin: 'https://example.org:8443' }, {}, 403],
  [{ origin: 'https://example.org.evil.com' }, {}, 403],
  [{ origin: 'null' }, {}, 403],
  [{ origin: '' }, {}, 403],
  // trusted origins
  [{ 'sec-fetch-site': 'cross-site', origin: other }, { trustedOrigins: [other] }, 200],
  [{ origin: other }, { trustedOrigins: [other] }, 200],
  [
    { 'sec-fetch-site': 'same-site', origin: 'https://a.example.org' },
    { trustedOrigins: ['https://*.example.org'] },
    200,
  ],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.com' }, { trustedOrigins: [other] }, 403],
  // neither: an old browser, or none
  [{ referer: `${own}/page` }, {}, 200],
  [{ referer: `${other}/${own}` }, {}, 403],
  [{ referer: 'not a URL' }, {}, 403],
  [{ referer: `${other}/` }, { trustedOrigins: [other] }, 200],
  [{}, {}, 200],
  [{}, { requireOrigin: true }, 403],
  [{ referer: `${own}/page` }, { requireOrigin: true }, 200],
]

for (const [fields, options, status] of rows) {
  test(`csrf: a POST with ${JSON.stringify(fields)} gets ${status} of ${JSON.stringify(options)}`, async (t) => {
    t.equal(await statusOf(fields, { options }), status)
  })
}

for (const type of [
  null,
  '',
  'text/plain',
  'TEXT/PLAIN',
  'application/json',
  'application/x-www-form-urlencoded',
  'Application/X-WWW-Form-Urlencoded',
  'nonsense',
  ' multipart/form-data',
]) {
  test(`JS 34, CVE-2024-43787, CVE-2024-48913, CVE-2022-41919: csrf refuses a cross-site POST of ${JSON.stringify(type)}`, async (t) => {
    t.equal(
      await statusOf({ 'sec-fetch-site': 'cross-site', origin: other, ...(type !== null && { 'content-type': type }) }),
      403,
    )
  })
}

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'X-OWN']) {
  test(`csrf: ${method} is checked`, async (t) => {
    t.equal(await statusOf({ 'sec-fetch-site': 'cross-site', origin: other }, { method }), 403)
  })
}

for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
  test(`csrf: ${method} passes from anywhere`, async (t) => {
    t.equal(await statusOf({ 'sec-fetch-site': 'cross-site', origin: other }, { method }), 200)
  })
}

test('csrf: a page over TLS may send to an app behind a proxy that ended it', async (t) => {
  t.equal(await statusOf({ origin: own }, { scheme: 'http' }), 200)
})

test('csrf: says that the request was refused, and does not call the app', async (t) => {
  const app = csrf()(() => Promise.reject(new Error('called')))
  const outcome = await outcomeOf(app, httpScope({ method: 'POST', headers: [['origin', other]] }))
  t.match(outcome, { status: 403, text: 'Cross-site request refused', error: null })
})

test('csrf: lets a lifespan and a WebSocket pass', async (t) => {
  const seen: string[] = []
  const inner: ASGIApp = async (scope) => {
    seen.push(scope.type)
  }
  for (const scope of [lifespanScope(), websocketScope({ headers: [['origin', other]] })]) {
    await csrf()(inner)(
      scope,
      async () => ({ type: 'websocket.connect' }),
      async () => {},
    )
  }
  t.strictSame(seen, ['lifespan', 'websocket'])
})

for (const [options, message] of [
  [{ trustedOrigins: ['*'] }, 'Cannot trust the origin "*": then nothing would be checked'],
  [
    { trustedOrigins: ['https://example.org/'] },
    'Cannot allow the origin "https://example.org/": browsers send "https://example.org"',
  ],
  [{ requireOrigin: 'yes' }, 'Cannot set up csrf: requireOrigin is "yes", expected true or false'],
] as const) {
  test(`csrf: refuses ${JSON.stringify(options)} when it is made`, async (t) => {
    t.throws(() => csrf(options as unknown as CSRFOptions), { name: 'TypeError', message })
  })
}
