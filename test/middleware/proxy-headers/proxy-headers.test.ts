import { test } from 'tap'
import { requestURL } from '../../../lib/http/url.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import type { HTTPScope, Scope, WebSocketScope } from '../../../lib/spec/scope.ts'
import { lifespanScope } from '../../../lib/testing/scopes.ts'
import { proxyHeaders } from '../../../middleware/proxy-headers/proxy-headers.ts'
import type { ProxyHeader, ProxyHeadersOptions } from '../../../middleware/proxy-headers/proxy-headers.ts'
import { Application } from '../../../routing/application.ts'
import { httpScope, receiveNothing, websocketScope } from '../../support/messages.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

const proxy = '10.0.0.1'
const from = (client: string | null): { client: readonly [string, number] | null } => ({
  client: client === null ? null : [client, 4321],
})

/** Returns the scope that the app gets: the very object, changed in place. */
async function through<S extends Scope>(options: ProxyHeadersOptions, scope: S): Promise<S> {
  let seen: Scope | null = null
  const inner: ASGIApp = async (given) => {
    seen = given
  }
  await proxyHeaders(options)(inner)(scope, receiveNothing, async () => {})
  return seen as unknown as S
}

const seenBy = (
  headers: ReadonlyArray<readonly [string, string]>,
  options: ProxyHeadersOptions = { trusted: [proxy] },
  changes: Partial<HTTPScope> = {},
): Promise<HTTPScope> =>
  through(options, httpScope({ ...from(proxy), headers: [['host', 'example.org'], ...headers], ...changes }))

// ---- Uvicorn §2.5: trust

const peers: ReadonlyArray<readonly [trusted: string[], peer: string | null, believed: boolean]> = [
  [['127.0.0.1'], '127.0.0.1', true],
  [['127.0.0.1'], '127.0.0.2', false],
  [['127.0.0.1', '10.0.0.0/8'], '10.9.8.7', true],
  [['10.0.0.0/8'], '11.0.0.1', false],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['2001:db8::/32'], '2001:0DB8::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['::1'], '0:0:0:0:0:0:0:1', true],
  [['*'], '203.0.113.9', true],
  [['*'], null, true],
  [['127.0.0.1'], null, false],
  [['127.0.0.1'], 'testclient', false],
]

for (const [trusted, peer, believed] of peers) {
  test(`JS 21: ${peer} ${believed ? 'is' : 'is not'} believed when ${trusted.join(' and ')} is trusted`, async (t) => {
    const headers = [
      ['x-forwarded-for', '192.0.2.7'],
      ['x-forwarded-proto', 'https'],
    ] as const
    const { client, scheme } = await seenBy(headers, { trusted }, from(peer))
    t.strictSame([client?.[0] ?? null, scheme], believed ? ['192.0.2.7', 'https'] : [peer, 'http'])
  })
}

test('proxyHeaders: a peer on a Unix socket is believed when it is trusted', async (t) => {
  const scope = { client: null, server: ['/run/app.sock', null] } as const
  const seen = []
  for (const trusted of [['unix'], ['127.0.0.1']]) {
    seen.push((await seenBy([['x-forwarded-for', '192.0.2.7']], { trusted }, scope)).client)
  }
  t.strictSame(seen, [['192.0.2.7', 0], null])
})

test('proxyHeaders: "unix" does not trust a peer whose address is not known', async (t) => {
  const { client } = await seenBy([['x-forwarded-for', '192.0.2.7']], { trusted: ['unix'] }, from(null))
  t.equal(client, null)
})

test('proxyHeaders: changes the scope in place', async (t) => {
  const scope = httpScope({ ...from(proxy), headers: [['x-forwarded-proto', 'https']] })
  t.equal(await through({ trusted: [proxy] }, scope), scope)
  t.equal(scope.scheme, 'https')
})

// ---- proto

const protos: ReadonlyArray<readonly [values: string[], http: string, websocket: string]> = [
  [['https'], 'https', 'wss'],
  [['http'], 'http', 'ws'],
  [['wss'], 'https', 'wss'],
  [['ws'], 'http', 'ws'],
  [['HTTPS'], 'https', 'wss'],
  [['http', 'https'], 'https', 'wss'],
  [['https, http'], 'http', 'ws'],
  [['https', 'evil'], 'http', 'ws'],
  [['javascript'], 'http', 'ws'],
  [[''], 'http', 'ws'],
  [[' , '], 'http', 'ws'],
  [[], 'http', 'ws'],
]

for (const [values, http, websocket] of protos) {
  test(`proxyHeaders: x-forwarded-proto ${JSON.stringify(values)} makes ${http} and ${websocket}`, async (t) => {
    const headers = values.map((value) => ['x-forwarded-proto', value] as const)
    const seen = await through({ trusted: [proxy] }, websocketScope({ ...from(proxy), headers }))
    t.strictSame([(await seenBy(headers)).scheme, seen.scheme], [http, websocket])
  })
}

// ---- for: walked from right to left

const chains: ReadonlyArray<readonly [trusted: string[], values: string[], client: readonly [string, number]]> = [
  [[proxy], ['192.0.2.7'], ['192.0.2.7', 0]],
  [[proxy], ['1.1.1.1, 192.0.2.7'], ['192.0.2.7', 0]],
  [[proxy], ['192.0.2.7, 10.0.0.1'], ['192.0.2.7', 0]],
  [['10.0.0.0/8'], ['1.1.1.1, 192.0.2.7, 10.2.2.2, 10.3.3.3'], ['192.0.2.7', 0]],
  [['10.0.0.0/8'], ['1.1.1.1', '192.0.2.7, 10.2.2.2'], ['192.0.2.7', 0]],
  [['10.0.0.0/8'], ['10.4.4.4, 10.2.2.2'], ['10.4.4.4', 0]],
  [['*'], ['1.1.1.1, 192.0.2.7, 10.2.2.2'], ['1.1.1.1', 0]],
  // port shapes
  [[proxy], ['192.0.2.7:80'], ['192.0.2.7', 80]],
  [[proxy], ['[2001:db8::1]:80'], ['2001:db8::1', 80]],
  [[proxy], ['[2001:db8::1]'], ['2001:db8::1', 0]],
  [[proxy], ['2001:db8::1'], ['2001:db8::1', 0]],
  [['10.0.0.0/8'], ['192.0.2.7:1, 10.2.2.2:2'], ['192.0.2.7', 1]],
  [['10.0.0.0/8'], ['192.0.2.7, [::ffff:10.2.2.2]:2'], ['192.0.2.7', 0]],
  // names and what is no address stops the walk
  [[proxy], ['192.0.2.7, unknown'], ['unknown', 0]],
  [[proxy], ['192.0.2.7, _hidden'], ['_hidden', 0]],
  [[proxy], ['192.0.2.7, 1024.1.1.1'], ['1024.1.1.1', 0]],
  [[proxy], ['192.0.2.7, <script>'], ['unknown', 0]],
  [[proxy], [`192.0.2.7, ${'x'.repeat(300)}`], ['unknown', 0]],
  // empty
  [[proxy], [''], [proxy, 4321]],
  [[proxy], [' , '], [proxy, 4321]],
  [[proxy], [], [proxy, 4321]],
]

for (const [trusted, values, client] of chains) {
  test(`JS 22: of x-forwarded-for ${JSON.stringify(values)} the client is ${client.join(' ')} when ${trusted.join()} is trusted`, async (t) => {
    const headers = values.map((value) => ['x-forwarded-for', value] as const)
    t.strictSame((await seenBy(headers, { trusted }, from(proxy))).client, client)
  })
}

test('proxyHeaders: a client that stays unknown stays null', async (t) => {
  t.equal((await seenBy([['x-forwarded-for', '']], { trusted: ['*'] }, from(null))).client, null)
  const { client: _client, ...scope } = httpScope({ headers: [['x-forwarded-for', '']] })
  t.equal((await through({ trusted: ['*'] }, scope as HTTPScope)).client, null)
})

test('CVE-2015-0219: a name with an underscore is another name', async (t) => {
  t.strictSame((await seenBy([['x_forwarded_for', '192.0.2.7']])).client, [proxy, 4321])
})

test('proxyHeaders: believes by default the client and the scheme only', async (t) => {
  const scope = await seenBy([
    ['x-forwarded-host', 'evil.com'],
    ['x-forwarded-prefix', '/api'],
    ['forwarded', 'for=1.1.1.1'],
  ])
  t.match(scope, { root_path: '', path: '/', client: [proxy, 4321], server: ['127.0.0.1', 8000] })
  t.equal(requestURL(scope).href, 'http://example.org/')
})

// ---- host

const only = (...headers: ProxyHeader[]): ProxyHeadersOptions => ({ trusted: [proxy], headers })

for (const [value, url, server] of [
  ['public.example', 'https://public.example/', ['public.example', 443]],
  ['evil.com, public.example:8443', 'https://public.example:8443/', ['public.example', 8443]],
  ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/', ['2001:db8::1', 8443]],
  ['evil.com:x@legit', 'https://example.org/', ['127.0.0.1', 8000]],
  ['evil.com/path', 'https://example.org/', ['127.0.0.1', 8000]],
  ['', 'https://example.org/', ['127.0.0.1', 8000]],
] as const) {
  test(`proxyHeaders: x-forwarded-host ${JSON.stringify(value)} makes ${url}`, async (t) => {
    const headers = [
      ['x-forwarded-host', value],
      ['x-forwarded-proto', 'https'],
    ] as const
    const scope = await seenBy(headers, only('x-forwarded-host', 'x-forwarded-proto'))
    t.strictSame([requestURL(scope).href, scope.server], [url, server])
  })
}

test('proxyHeaders: a forwarded host has the default port of its scheme', async (t) => {
  const headers = [['x-forwarded-host', 'public.example']] as const
  t.strictSame((await seenBy(headers, only('x-forwarded-host'))).server, ['public.example', 80])
  const socket = websocketScope({ ...from(proxy), scheme: 'wss', headers })
  t.strictSame((await through(only('x-forwarded-host'), socket)).server, ['public.example', 443])
})

test('proxyHeaders: reads the scheme alone when told so', async (t) => {
  const headers = [
    ['x-forwarded-for', '1.1.1.1'],
    ['x-forwarded-proto', 'https'],
  ] as const
  const { client, scheme } = await seenBy(headers, only('x-forwarded-proto'))
  t.strictSame([client, scheme], [[proxy, 4321], 'https'])
})

// ---- prefix

for (const [value, prefix] of [
  ['/api', '/api'],
  ['/api/', '/api'],
  ['/a/b', '/a/b'],
  ['/evil, /api', '/api'],
  ['/caf%C3%A9', '/café'],
  ['/', ''],
  ['api', ''],
  ['//evil.com', ''],
  ['/api//x', ''],
  ['/../x', ''],
  ['/%2e%2e/x', ''],
  ['/a%2Fb', ''],
  ['/a%5Cb', ''],
  ['/a%00b', ''],
  ['/a\\b', ''],
  ['/a?b', ''],
  ['/a#b', ''],
  ['/%ZZ', ''],
  ['/%FF', ''],
  ['', ''],
] as const) {
  test(`proxyHeaders: x-forwarded-prefix ${JSON.stringify(value)} makes the root path ${JSON.stringify(prefix)}`, async (t) => {
    const scope = await seenBy([['x-forwarded-prefix', value]], only('x-forwarded-prefix'), {
      path: '/items',
      raw_path: '/items',
    })
    t.strictSame([scope.root_path, scope.path], [prefix, `${prefix}/items`])
    t.equal(decodeURIComponent(scope.raw_path!), `${prefix}/items`)
  })
}

test('proxyHeaders: a prefix goes before a root path, and before a path that was received otherwise', async (t) => {
  const changes = { root_path: '/v1', path: '/v1/items', raw_path: null }
  const scope = await seenBy([['x-forwarded-prefix', '/api']], only('x-forwarded-prefix'), changes)
  t.match(scope, { root_path: '/api/v1', path: '/api/v1/items', raw_path: null })
})

test('proxyHeaders: the path "*" has no place under a prefix', async (t) => {
  const scope = await seenBy([['x-forwarded-prefix', '/api']], only('x-forwarded-prefix'), {
    path: '*',
    method: 'OPTIONS',
  })
  t.match(scope, { root_path: '', path: '*' })
})

test('proxyHeaders: routes match below a prefix, and URLs have it', async (t) => {
  const app = new Application({ middleware: [proxyHeaders({ trusted: ['*'], headers: ['x-forwarded-prefix'] })] })
  app.get('/items', (request) => new PlainTextResponse(request.urlFor('items').href), { name: 'items' })
  const scope = httpScope({
    path: '/items',
    headers: [
      ['host', 'a.example'],
      ['x-forwarded-prefix', '/api'],
    ],
  })
  t.equal((await outcomeOf(app, scope)).text, 'http://a.example/api/items')
})

// ---- Forwarded: RFC 7239

const forwardeds: ReadonlyArray<
  readonly [value: string, trusted: string[], client: readonly [string, number], url: string]
> = [
  ['for=192.0.2.7;proto=https;host=public.example', [proxy], ['192.0.2.7', 0], 'https://public.example/'],
  ['for="[2001:db8::1]:4711"', [proxy], ['2001:db8::1', 4711], 'http://example.org/'],
  ['for=1.1.1.1;proto=https;host=evil.com, for=192.0.2.7', [proxy], ['192.0.2.7', 0], 'http://example.org/'],
  [
    'for=1.1.1.1;host=evil.com, for=192.0.2.7;proto=https;host=public.example, for=10.2.2.2;proto=http',
    ['10.0.0.0/8'],
    ['192.0.2.7', 0],
    'https://public.example/',
  ],
  ['for=10.3.3.3;proto=https, for=10.2.2.2', ['10.0.0.0/8'], ['10.3.3.3', 0], 'https://example.org/'],
  ['for=1.1.1.1;proto=https, for=2.2.2.2', ['*'], ['1.1.1.1', 0], 'https://example.org/'],
  ['for=1.1.1.1, proto=https', [proxy], [proxy, 4321], 'https://example.org/'],
  ['for=unknown;proto=https', [proxy], ['unknown', 0], 'https://example.org/'],
  ['for=_secret;host="evil.com/x"', [proxy], ['_secret', 0], 'http://example.org/'],
  ['for=192.0.2.7;proto=gopher', [proxy], ['192.0.2.7', 0], 'http://example.org/'],
  ['', [proxy], [proxy, 4321], 'http://example.org/'],
  // A client opened a quote that swallows what the proxy adds: it must not pass for the proxy itself.
  ['for="_x, for=192.0.2.7;proto=https', [proxy], ['unknown', 0], 'http://example.org/'],
]

for (const [value, trusted, client, url] of forwardeds) {
  test(`proxyHeaders: forwarded ${value} comes from ${client[0]} and is ${url}`, async (t) => {
    const scope = await seenBy(
      [
        ['forwarded', value],
        ['x-forwarded-for', '9.9.9.9'],
      ],
      { trusted, headers: ['forwarded'] },
    )
    t.strictSame([scope.client, requestURL(scope).href], [client, url])
  })
}

test('proxyHeaders: without a Forwarded field the scope stays as it is', async (t) => {
  t.strictSame((await seenBy([['x-forwarded-for', '9.9.9.9']], only('forwarded'))).client, [proxy, 4321])
})

test('proxyHeaders: reads Forwarded of a WebSocket', async (t) => {
  const headers = [
    ['host', 'example.org'],
    ['forwarded', 'for=192.0.2.7;proto=https'],
  ] as const
  const scope: WebSocketScope = await through(only('forwarded'), websocketScope({ ...from(proxy), headers }))
  t.strictSame([scope.client, scope.scheme], [['192.0.2.7', 0], 'wss'])
})

// ---- lifespan, long fields, set-up

test('proxyHeaders: lets a lifespan pass', async (t) => {
  const scope = lifespanScope()
  t.equal(await through({ trusted: ['*'] }, scope), scope)
})

test('proxyHeaders: a chain as long as a head may be is read', async (t) => {
  const chain = `192.0.2.7, ${Array.from({ length: 4000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`).join(', ')}`
  t.strictSame((await seenBy([['x-forwarded-for', chain]], { trusted: ['10.0.0.0/8'] })).client, ['192.0.2.7', 0])
})

for (const [options, message] of [
  [{ trusted: [] }, /Cannot trust the proxies \[\]: expected a list such as/],
  [{}, /Cannot trust the proxies undefined/],
  [{ trusted: '127.0.0.1' }, /Cannot trust the proxies "127.0.0.1"/],
  [{ trusted: ['10.0.0.0/33'] }, /the prefix must be a number from 0 to 32/],
  [{ trusted: ['10.0.0.256'] }, /Cannot use "10.0.0.256" as an address or range/],
  [{ trusted: ['localhost'] }, /Cannot use "localhost"/],
  [{ trusted: ['*'], headers: ['x-real-ip'] }, /Cannot read the proxy header "x-real-ip": expected one of forwarded, /],
  [
    { trusted: ['*'], headers: ['forwarded', 'x-forwarded-for'] },
    /a proxy sets one kind, so the other would be the client's/,
  ],
] as const) {
  test(`proxyHeaders: refuses ${JSON.stringify(options)} when it is made`, async (t) => {
    t.throws(() => proxyHeaders(options as unknown as ProxyHeadersOptions), { name: 'TypeError', message })
  })
}
