import { test } from 'tap'
import { CookieJar } from '../../../lib/testing/cookie-jar.ts'

const home = 'http://www.example.org/a/b'

/** What comes back to a URL of what another one has set: RFC 6265 §5.2 to §5.4. */
const matching: ReadonlyArray<readonly [what: string, from: string, field: string, to: string, header: string | null]> =
  [
    ['a plain cookie', home, 'a=1', home, 'a=1'],
    ['blanks around name and value', home, ' a\t= 1 ; path=/', home, 'a=1'],
    ['an "=" in the value', home, 'a=b=c', home, 'a=b=c'],
    ['quotes are part of the value', home, 'a="1"', home, 'a="1"'],
    ['an empty value', home, 'a=', home, 'a='],
    ['no name', home, '=1', home, null],
    ['no "="', home, 'a', home, null],
    ['host only: another host', home, 'a=1', 'http://example.org/a/', null],
    ['host only: a subdomain', home, 'a=1', 'http://x.www.example.org/a/', null],
    ['domain: itself', home, 'a=1; Domain=www.example.org', home, 'a=1'],
    ['domain: its subdomain', home, 'a=1; Domain=www.example.org', 'http://x.www.example.org/a/', 'a=1'],
    [
      'domain: parent, with a dot and in capitals',
      home,
      'a=1; DOMAIN=.Example.ORG',
      'http://other.example.org/a/',
      'a=1',
    ],
    ['domain: no suffix of the host', home, 'a=1; Domain=example.com', home, null],
    ['domain: a suffix without a dot before', home, 'a=1; Domain=ample.org', home, null],
    ['domain: a subdomain of the host', home, 'a=1; Domain=x.www.example.org', 'http://x.www.example.org/a/', null],
    ['domain: a top-level domain', home, 'a=1; Domain=org', home, null],
    ['domain: the host, without dots', 'http://testserver/', 'a=1; Domain=testserver', 'http://testserver/', 'a=1'],
    [
      'domain: the host, without dots, no subdomain',
      'http://testserver/',
      'a=1; Domain=testserver',
      'http://x.testserver/',
      null,
    ],
    ['domain: empty is absent', home, 'a=1; Domain=', home, 'a=1'],
    ['domain: a dot is absent', home, 'a=1; Domain=.', 'http://x.www.example.org/a/', null],
    [
      'domain: the last one counts',
      home,
      'a=1; Domain=example.com; Domain=example.org',
      'http://example.org/a/',
      'a=1',
    ],
    ['domain: an address has no suffix', 'http://10.0.0.1/', 'a=1; Domain=0.0.1', 'http://10.0.0.1/', null],
    ['path: the default is the directory', home, 'a=1', 'http://www.example.org/a', 'a=1'],
    ['path: not above it', home, 'a=1', 'http://www.example.org/', null],
    ['path: not beside it', home, 'a=1', 'http://www.example.org/ab', null],
    ['path: the default at the root', 'http://www.example.org/x', 'a=1', home, 'a=1'],
    ['path: given', home, 'a=1; Path=/a/b', 'http://www.example.org/a/b/c', 'a=1'],
    ['path: given with "/" at the end', home, 'a=1; Path=/a/', 'http://www.example.org/a/c', 'a=1'],
    ['path: given and not under it', home, 'a=1; Path=/a/', 'http://www.example.org/a', null],
    ['path: not absolute is the default', home, 'a=1; Path=x', home, 'a=1'],
    ['secure: over TLS', home, 'a=1; Secure', 'https://www.example.org/a/', 'a=1'],
    ['secure: not without', home, 'a=1; Secure', home, null],
    ['max-age: in the future', home, 'a=1; Max-Age=10', home, 'a=1'],
    ['max-age: zero', home, 'a=1; Max-Age=0', home, null],
    ['max-age: negative', home, 'a=1; Max-Age=-1', home, null],
    ['max-age: not a number', home, 'a=1; Max-Age=1h', home, 'a=1'],
    ['max-age: wins over expires', home, 'a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT', home, 'a=1'],
    ['expires: in the past', home, 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', home, null],
    ['expires: in the future', home, 'a=1; Expires=Fri, 31 Dec 2100 00:00:00 GMT', home, 'a=1'],
    ['expires: no date', home, 'a=1; Expires=soon', home, 'a=1'],
    ['unknown attributes', home, 'a=1; Priority=High; constructor=x', home, 'a=1'],
  ]

for (const [what, from, field, to, header] of matching) {
  test(`CookieJar: ${what}`, async (t) => {
    const jar = new CookieJar()
    jar.store(from, [field])
    t.equal(jar.header(to), header)
  })
}

test('CookieJar: a cookie expires by the clock of the jar', async (t) => {
  let now = 0
  const jar = new CookieJar({ now: () => now })
  jar.store(home, ['a=1; Max-Age=10', 'b=2; Expires=Thu, 01 Jan 1970 00:00:20 GMT'])
  now = 9999
  t.equal(jar.header(home), 'a=1; b=2')
  now = 10_000
  t.equal(jar.header(home), 'b=2')
  now = 20_000
  t.equal(jar.size, 0)
})

test('CookieJar: a cookie is removed by one that has expired', async (t) => {
  const jar = new CookieJar()
  jar.store(home, ['a=1', 'a=; Max-Age=0'])
  t.equal(jar.header(home), null)
})

test('CookieJar: longer paths come first, then older cookies; one that is set again keeps its place', async (t) => {
  const jar = new CookieJar()
  jar.store(home, ['a=1; Path=/', 'b=2; Path=/', 'c=3; Path=/a', 'a=4; Path=/'])
  t.equal(jar.header(home), 'c=3; a=4; b=2')
})

test('CookieJar: keeps cookies of one name apart by path and domain', async (t) => {
  const jar = new CookieJar()
  jar.store(home, ['a=1; Path=/', 'a=2; Path=/a', 'a=3; Path=/; Domain=example.org'])
  t.equal(jar.size, 3)
})

test('CookieJar.set: puts in a cookie for one host', async (t) => {
  const jar = new CookieJar()
  jar.set('http://testserver/deep/path', 'a', '1')
  t.equal(jar.header('http://testserver/'), 'a=1')
  t.equal(jar.header('http://other/'), null)
})

test('CookieJar.set: refuses what would not stay whole', async (t) => {
  const jar = new CookieJar()
  for (const [name, value] of [
    ['a b', ''],
    ['', ''],
    ['a', 'b;c'],
    ['a', 'b\n'],
    ['a', ' b'],
  ] as const) {
    t.throws(() => jar.set(home, name, value), TypeError)
  }
})

test('CookieJar: get, delete, clear and iteration', async (t) => {
  const jar = new CookieJar()
  jar.store(home, ['a=1; HttpOnly; SameSite=Lax; Secure', 'b=2', '__proto__=3'])
  t.equal(jar.get('b'), '2')
  t.equal(jar.get('__proto__'), '3')
  t.equal(jar.get('constructor'), null)
  t.strictSame([...jar][0], {
    name: 'a',
    value: '1',
    domain: 'www.example.org',
    hostOnly: true,
    path: '/a',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    expiresAt: null,
  })
  jar.delete('a')
  t.equal(jar.get('a'), null)
  jar.clear()
  t.equal(jar.size, 0)
})
