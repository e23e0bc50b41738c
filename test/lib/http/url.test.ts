import { test } from 'tap'
import { requestOrigin, requestURL } from '../../../lib/http/url.ts'
import type { URLParts } from '../../../lib/http/url.ts'

function parts(changes: Partial<URLParts>): URLParts {
  return {
    scheme: 'http',
    path: '/',
    raw_path: null,
    query_string: '',
    headers: [['host', 'example.org']],
    server: ['127.0.0.1', 8000],
    ...changes,
  }
}

const urls: readonly (readonly [what: string, changes: Partial<URLParts>, href: string])[] = [
  ['a plain request', {}, 'http://example.org/'],
  ['a path and a query', { path: '/a/b', query_string: 'c=d' }, 'http://example.org/a/b?c=d'],
  ['a port', { headers: [['host', 'example.org:8080']] }, 'http://example.org:8080/'],
  ['the default port', { scheme: 'https', headers: [['host', 'example.org:443']] }, 'https://example.org/'],
  ['an IPv6 host', { headers: [['host', '[::1]:8080']] }, 'http://[::1]:8080/'],
  ['an upper-case host', { headers: [['host', 'EXAMPLE.org']] }, 'http://example.org/'],
  ['a WebSocket', { scheme: 'wss', headers: [['host', 'example.org:443']] }, 'wss://example.org/'],
  ['no host', { headers: [] }, 'http://127.0.0.1:8000/'],
  ['no host, an IPv6 server', { headers: [], server: ['::1', 80] }, 'http://[::1]/'],
  ['no host, a Unix socket', { headers: [], server: ['/run/app.sock', null] }, 'http://localhost/'],
  ['no host, no server', { headers: [], server: null }, 'http://localhost/'],
  ['a decoded path', { path: '/a b/é?#%' }, 'http://example.org/a%20b/%C3%A9%3F%23%25'],
  ['control characters in the path', { path: '/a\t\r\nb\0' }, 'http://example.org/a%09%0D%0Ab%00'],
  ['a raw path', { path: '/a b', raw_path: '/a%20b' }, 'http://example.org/a%20b'],
  ['a slash that the client encoded', { path: '/a/b', raw_path: '/a%2Fb' }, 'http://example.org/a%2Fb'],
  ['a raw path of another request', { path: '/a', raw_path: '/b' }, 'http://example.org/a'],
  ['a raw path that does not decode', { path: '/%ZZ', raw_path: '/%ZZ' }, 'http://example.org/%25ZZ'],
  ['raw bytes in the path', { path: '/é', raw_path: '/\xc3\xa9' }, 'http://example.org/%C3%A9'],
  ['a "#" in the raw path', { path: '/a#b', raw_path: '/a#b' }, 'http://example.org/a%23b'],
  ['raw bytes in the query', { query_string: 'a=\xc3\xa9 b' }, 'http://example.org/?a=%C3%A9%20b'],
  ['a "?" in front of the query', { query_string: '?a' }, 'http://example.org/??a'],
  ['a "#" in the query', { query_string: 'a#b' }, 'http://example.org/?a%23b'],
  ['OPTIONS *', { path: '*' }, 'http://example.org/*'],
]

for (const [what, changes, href] of urls) {
  test(`requestURL: ${what}`, async (t) => {
    t.equal(requestURL(parts(changes)).href, href)
  })
}

/** RFC 9110 §7.2: a Host that is more than a host and a port is ignored. */
const hosts: readonly string[] = [
  '',
  'evil.example@example.org',
  'evil.example:fake@example.org',
  'example.org/evil',
  'example.org\\evil',
  'example.org?x',
  'example.org#x',
  'example.org:80:80',
  'example.org:',
  'example.org:x',
  'example.org:99999',
  'example.org, evil.example',
  'evil.example example.org',
  'exa\tmple.org',
  'exämple.org',
  'ex%61mple.org',
  '[::1',
  '::1',
  '[::g]',
  '[]',
  '1.2.3.999',
  'http://evil.example',
]

for (const host of hosts) {
  test(`requestURL: Host ${JSON.stringify(host)} is ignored`, async (t) => {
    const scope = parts({ headers: [['host', host]], path: '/x' })
    t.equal(requestURL(scope).href, 'http://127.0.0.1:8000/x')
  })
}

test('requestURL: of two Host fields neither is believed', async (t) => {
  const scope = parts({
    headers: [
      ['host', 'a.example'],
      ['host', 'b.example'],
    ],
  })
  t.equal(requestURL(scope).host, '127.0.0.1:8000')
})

/** A path may look like an authority to a parser that sees the joined string. */
const paths: readonly string[] = [
  '//evil.example/x',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '@evil.example',
  ':80@evil.example/',
  '.evil.example',
  'http://evil.example/',
  '/%2F/evil.example',
  '',
]

for (const path of paths) {
  test(`requestURL: path ${JSON.stringify(path)} does not become another authority`, async (t) => {
    for (const raw_path of [null, path]) {
      const url = requestURL(parts({ path, raw_path }))
      t.equal(url.host, 'example.org')
      t.equal(url.username, '')
      t.equal(url.protocol, 'http:')
    }
  })
}

test('requestOrigin: scheme, host and port without a trailing slash', async (t) => {
  t.equal(
    requestOrigin(parts({ headers: [['host', 'Example.org:8443']], scheme: 'https' })),
    'https://example.org:8443',
  )
  t.equal(requestOrigin(parts({ headers: [['host', 'example.org:80']], scheme: 'ws' })), 'ws://example.org')
})
