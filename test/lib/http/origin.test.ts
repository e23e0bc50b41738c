import { test } from 'tap'
import { checkedOrigin, isOwnOrigin, OriginList } from '../../../lib/http/origin.ts'
import { httpScope, websocketScope } from '../../support/messages.ts'

for (const origin of [
  'https://example.org',
  'http://localhost:5173',
  'http://[::1]:8000',
  'capacitor://localhost',
  'chrome-extension://abcdefgh',
]) {
  test(`checkedOrigin: takes ${origin}`, async (t) => {
    t.equal(checkedOrigin(origin), origin)
  })
}

for (const [origin, why] of [
  ['https://example.org/', 'browsers send "https://example.org"'],
  ['https://example.org/path', 'browsers send "https://example.org"'],
  ['https://example.org:443', 'browsers send "https://example.org"'],
  ['https://Example.org', 'browsers send "https://example.org"'],
  ['https://user@example.org', 'browsers send "https://example.org"'],
  ['https://*.example.org', 'browsers send "https://*.example.org"'],
  ['example.org', 'expected a scheme and a host, such as "https://example.org"'],
  ['localhost:8000', 'expected a scheme and a host'],
  ['', 'expected a scheme and a host'],
  ['https://', 'expected a scheme and a host'],
  ['null', 'every sandboxed page and local file has it'],
  [7 as unknown as string, 'expected a scheme and a host'],
] as const) {
  test(`checkedOrigin: refuses ${JSON.stringify(origin)}`, async (t) => {
    t.throws(() => checkedOrigin(origin), { name: 'TypeError', message: new RegExp(why.replace(/[*.]/g, '\\$&')) })
  })
}

// scope scheme, Host, Origin, own?
const owners = [
  ['http', 'example.org', 'http://example.org', true],
  ['https', 'example.org', 'https://example.org', true],
  ['ws', 'example.org', 'http://example.org', true],
  ['wss', 'example.org', 'https://example.org', true],
  // TLS ended at a proxy
  ['http', 'example.org', 'https://example.org', true],
  ['ws', 'example.org', 'https://example.org', true],
  // A page without TLS can be anybody's
  ['https', 'example.org', 'http://example.org', false],
  ['wss', 'example.org', 'http://example.org', false],
  ['http', 'example.org:80', 'http://example.org', true],
  ['https', 'example.org:443', 'https://example.org', true],
  ['http', 'Example.ORG', 'http://example.org', true],
  ['http', 'example.org:8000', 'http://example.org:8000', true],
  ['http', 'example.org:8000', 'http://example.org', false],
  ['http', 'example.org', 'http://example.org:8000', false],
  ['http', 'example.org', 'http://evil.example.org', false],
  ['http', 'example.org', 'http://example.org.evil.com', false],
  ['http', 'example.org', 'null', false],
  ['http', 'example.org', '', false],
  ['http', 'example.org', 'file://', false],
  ['http', 'example.org', 'http://user@example.org', false],
  ['http', 'example.org', 'http://example.org/', false],
  ['http', 'example.org', 'http://example.org, http://example.org', false],
  ['http', null, 'http://null', false],
  ['http', null, 'http://127.0.0.1:8000', true],
] as const

for (const [scheme, host, origin, own] of owners) {
  test(`isOwnOrigin: ${origin} ${own ? 'is' : 'is not'} that of ${scheme}://${host}`, async (t) => {
    const headers: Array<readonly [string, string]> = host === null ? [] : [['host', host]]
    const scope =
      scheme === 'ws' || scheme === 'wss' ? websocketScope({ scheme, headers }) : httpScope({ scheme, headers })
    t.equal(isOwnOrigin(origin, scope), own)
  })
}

test('isOwnOrigin: takes a scope without "server"', async (t) => {
  const { server: _server, ...scope } = httpScope({ headers: [['host', 'example.org:80']] })
  t.equal(isOwnOrigin('http://example.org', scope), true)
})

// Channels 4.3, origin validation: §5.4
const patterns: ReadonlyArray<readonly [pattern: string, allowed: readonly string[], refused: readonly string[]]> = [
  ['*', ['https://example.org', 'null', 'anything'], []],
  [
    'https://example.org',
    ['https://example.org'],
    ['http://example.org', 'https://example.org:8443', 'https://a.example.org'],
  ],
  ['https://example.org:8443', ['https://example.org:8443'], ['https://example.org']],
  [
    'example.org',
    ['https://example.org', 'http://example.org:8000'],
    ['https://a.example.org', 'https://badexample.org'],
  ],
  [
    '.example.org',
    ['https://example.org', 'https://a.b.example.org:1'],
    ['https://badexample.org', 'https://example.org.evil.com'],
  ],
  [
    'https://*.example.org',
    ['https://a.example.org', 'https://a.b.example.org'],
    [
      'https://example.org',
      'http://a.example.org',
      'https://a.example.org:8443',
      'https://aexample.org',
      'null',
      'not a url',
    ],
  ],
  ['https://*.example.org:8443', ['https://a.example.org:8443'], ['https://a.example.org']],
  ['[::1]', ['http://[::1]:8000'], ['http://[::2]']],
  ['localhost', ['http://localhost:5173'], ['http://localhost.evil.com', 'http://user@localhost', 'http://%zz']],
]

for (const [pattern, allowed, refused] of patterns) {
  test(`OriginList: ${pattern} matches what it says`, async (t) => {
    const list = new OriginList([pattern])
    for (const origin of allowed) t.equal(list.has(origin), true, origin)
    for (const origin of refused) t.equal(list.has(origin), false, origin)
  })
}

for (const pattern of [
  'null',
  'https://*',
  'Example.org',
  '*.example.org',
  'https://a.*.org',
  'a b',
  '',
  '[::g]x',
  7 as unknown as string,
]) {
  test(`OriginList: refuses ${JSON.stringify(pattern)}`, async (t) => {
    t.throws(() => new OriginList([pattern]), { name: 'TypeError', message: /Cannot allow the origin / })
  })
}

test('OriginList: refuses what is no list', async (t) => {
  t.throws(() => new OriginList('https://example.org' as unknown as string[]), {
    message: 'Cannot allow the origins "https://example.org": expected an array of strings',
  })
})

test('OriginList: allows nothing when it is empty', async (t) => {
  t.equal(new OriginList([]).has('https://example.org'), false)
})
