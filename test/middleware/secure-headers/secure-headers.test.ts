import { test } from 'tap'
import { HTMLResponse } from '../../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import { lifespanScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { cspNonce, makeNonce } from '../../../middleware/secure-headers/nonce.ts'
import { secureHeaders } from '../../../middleware/secure-headers/secure-headers.ts'
import type { SecureHeadersOptions } from '../../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../../routing/application.ts'
import { httpScope, receiveNothing, websocketScope } from '../../support/messages.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

async function fieldsOf(
  options: SecureHeadersOptions,
  app: ASGIApp = new PlainTextResponse('').asgi,
  scheme: 'http' | 'https' = 'http',
): Promise<Record<string, string>> {
  const { headers } = await outcomeOf(secureHeaders(options)(app), httpScope({ scheme }))
  return Object.fromEntries([...headers].filter(([name]) => name !== 'content-type' && name !== 'content-length'))
}

const defaults = {
  'content-security-policy':
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
}

test('secureHeaders: has careful defaults', async (t) => {
  t.strictSame(await fieldsOf({}), defaults)
})

test('secureHeaders: demands TLS over TLS only', async (t) => {
  t.strictSame(await fieldsOf({}, undefined, 'https'), { ...defaults, 'strict-transport-security': 'max-age=31536000' })
})

test('secureHeaders: leaves out what is false', async (t) => {
  const options: SecureHeadersOptions = {
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    referrerPolicy: false,
    xContentTypeOptions: false,
    xFrameOptions: false,
  }
  t.strictSame(await fieldsOf(options, undefined, 'https'), {})
})

const values: ReadonlyArray<readonly [options: SecureHeadersOptions, name: string, value: string]> = [
  [{ strictTransportSecurity: { maxAgeSeconds: 60 } }, 'strict-transport-security', 'max-age=60'],
  [
    { strictTransportSecurity: { maxAgeSeconds: 63_072_000, includeSubDomains: true, preload: true } },
    'strict-transport-security',
    'max-age=63072000; includeSubDomains; preload',
  ],
  [{ crossOriginEmbedderPolicy: 'require-corp' }, 'cross-origin-embedder-policy', 'require-corp'],
  [{ crossOriginOpenerPolicy: 'same-origin-allow-popups' }, 'cross-origin-opener-policy', 'same-origin-allow-popups'],
  [{ crossOriginResourcePolicy: 'cross-origin' }, 'cross-origin-resource-policy', 'cross-origin'],
  [{ referrerPolicy: 'no-referrer' }, 'referrer-policy', 'no-referrer'],
  [{ xFrameOptions: 'DENY' }, 'x-frame-options', 'DENY'],
  [
    { permissionsPolicy: { camera: [], geolocation: ['self', 'https://maps.example'], fullscreen: ['*'] } },
    'permissions-policy',
    'camera=(), geolocation=(self "https://maps.example"), fullscreen=*',
  ],
  [
    { contentSecurityPolicy: { 'default-src': ["'self'", 'https://cdn.example'], 'upgrade-insecure-requests': [] } },
    'content-security-policy',
    "default-src 'self' https://cdn.example; upgrade-insecure-requests",
  ],
  [
    { contentSecurityPolicyReportOnly: { 'script-src': ["'self'"], 'report-uri': ['/csp'] } },
    'content-security-policy-report-only',
    "script-src 'self'; report-uri /csp",
  ],
]

for (const [options, name, value] of values) {
  test(`secureHeaders: ${JSON.stringify(options)} makes ${name}`, async (t) => {
    t.equal((await fieldsOf(options, undefined, 'https'))[name], value)
  })
}

test('secureHeaders: a field of the endpoint stays as it is', async (t) => {
  const app = new PlainTextResponse('', {
    headers: { 'content-security-policy': "default-src 'none'", 'referrer-policy': 'origin' },
  }).asgi
  const fields = await fieldsOf({}, app)
  t.match(fields, { 'content-security-policy': "default-src 'none'", 'referrer-policy': 'origin' })
  t.equal(fields['x-content-type-options'], 'nosniff')
})

test('secureHeaders: errors have the fields, too', async (t) => {
  const app = new Application({ middleware: [secureHeaders()] })
  app.get('/bug', () => {
    throw new TypeError('bug')
  })
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  for (const [path, status] of [
    ['/bug', 500],
    ['/nothing', 404],
  ] as const) {
    const response = await client.get(path)
    t.equal(response.status, status)
    t.match(Object.fromEntries(response.headers), defaults)
  }
})

// ---- nonces

const withNonce: SecureHeadersOptions = { contentSecurityPolicy: { 'script-src': ["'nonce'", "'strict-dynamic'"] } }

function pageApp(options: SecureHeadersOptions): Application {
  const app = new Application({ middleware: [secureHeaders(options)] })
  app.get('/', (request) => new HTMLResponse(`<script nonce="${cspNonce(request)}">1</script>`))
  return app
}

test('cspNonce: is the one of the policy', async (t) => {
  await using client = await TestClient.open(pageApp({ ...withNonce, makeNonce: () => 'abc' }))
  const response = await client.get('/')
  t.equal(response.headers.get('content-security-policy'), "script-src 'nonce-abc' 'strict-dynamic'")
  t.equal(await response.text(), '<script nonce="abc">1</script>')
})

test('cspNonce: stands in every place of both policies, made once for a request', async (t) => {
  let made = 0
  const policy = { 'script-src': ["'nonce'"], 'style-src': ["'nonce'"] }
  const options = {
    contentSecurityPolicy: policy,
    contentSecurityPolicyReportOnly: policy,
    makeNonce: () => `n${++made}`,
  }
  await using client = await TestClient.open(pageApp(options))
  for (const nonce of ['n1', 'n2']) {
    const { headers } = await client.get('/')
    const written = `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`
    t.equal(headers.get('content-security-policy'), written)
    t.equal(headers.get('content-security-policy-report-only'), written)
  }
})

test('cspNonce: is the same for a policy around and one within', async (t) => {
  let made = 0
  const options = { ...withNonce, makeNonce: () => `n${++made}` }
  const app = secureHeaders(options)(
    secureHeaders({ ...options, contentSecurityPolicy: { 'style-src': ["'nonce'"] } })(new PlainTextResponse('').asgi),
  )
  const { headers } = await outcomeOf(app, httpScope())
  t.strictSame(headers.getAll('content-security-policy'), ["style-src 'nonce-n1'"])
})

test('cspNonce: says what is missing where no policy has one', async (t) => {
  t.throws(() => cspNonce({ scope: httpScope() }), {
    name: 'TypeError',
    message:
      'Cannot give the nonce of a request: it is undefined, expected secureHeaders with the source "\'nonce\'" around',
  })
})

test('makeNonce: makes 128 random bits each time', async (t) => {
  const nonces = Array.from({ length: 1000 }, () => makeNonce())
  t.equal(new Set(nonces).size, 1000)
  for (const nonce of nonces) t.match(nonce, /^[A-Za-z\d+/]{22}==$/)
})

// ---- other protocols, set-up

test('secureHeaders: lets a lifespan and a WebSocket pass', async (t) => {
  const seen: unknown[] = []
  const send = async (): Promise<void> => {}
  const app = secureHeaders(withNonce)(async (scope, _receive, given) => {
    seen.push(scope.type, given === send)
  })
  for (const scope of [lifespanScope(), websocketScope()]) await app(scope, receiveNothing, send)
  t.strictSame(seen, ['lifespan', true, 'websocket', true])
})

const csp = (policy: object): SecureHeadersOptions => ({ contentSecurityPolicy: policy as Record<string, string[]> })

const faults: ReadonlyArray<readonly [options: unknown, message: RegExp]> = [
  [
    csp({ 'script-src': ['self'] }),
    /^Cannot write the content security policy "script-src": "self" would be a host, expected "'self'"/,
  ],
  [csp({ 'script-src': ['nonce-abc'] }), /"nonce-abc" would be a host/],
  [csp({ 'script-src': ["'none'", 'https://a.example'] }), /'none' stands alone/],
  [
    csp({ 'script-src': ["'self'; default-src *"] }),
    /is no source: expected text without spaces, commas and semicolons/,
  ],
  [csp({ 'script-src': ['a\r\nb'] }), /is no source/],
  [csp({ 'script-src': ['a\u{2603}'] }), /is no source/],
  [csp({ 'script-src': [''] }), /is no source/],
  [csp({ 'script-src': [7] }), /7 is no source/],
  [csp({ 'script-src': "'self'" }), /it is "'self'", expected an array of sources/],
  [csp({ scriptSrc: ["'self'"] }), /"scriptSrc": the name of a directive has lower-case letters and hyphens/],
  [csp({}), /it has no directive/],
  [{ strictTransportSecurity: { maxAgeSeconds: -1 } }, /maxAgeSeconds is -1, expected whole seconds/],
  [{ strictTransportSecurity: { preload: true } }, /preload needs maxAgeSeconds of a year and includeSubDomains/],
  [{ strictTransportSecurity: { preload: true, includeSubDomains: true, maxAgeSeconds: 60 } }, /preload needs/],
  [{ xFrameOptions: 'ALLOW-FROM https://a.example' }, /Cannot set the header "x-frame-options": it is "ALLOW-FROM/],
  [
    { crossOriginOpenerPolicy: 'none' },
    /expected same-origin, same-origin-allow-popups, noopener-allow-popups, unsafe-none or false/,
  ],
  [{ referrerPolicy: 'never' }, /Cannot set the header "referrer-policy"/],
  [{ permissionsPolicy: {} }, /Cannot set the header "permissions-policy": it has no feature/],
  [{ permissionsPolicy: { 'a b': [] } }, /"a b" is no feature/],
  [{ permissionsPolicy: { camera: 'self' } }, /camera is "self", expected an array of origins/],
  [{ permissionsPolicy: { camera: ['nobody'] } }, /"nobody" is no origin/],
]

for (const [options, message] of faults) {
  test(`secureHeaders: refuses ${JSON.stringify(options)} when it is made`, async (t) => {
    t.throws(() => secureHeaders(options as SecureHeadersOptions), { name: 'TypeError', message })
  })
}
