import fc from 'fast-check'
import { test } from 'tap'
import {
  includeQueryParams,
  maskPassword,
  removeQueryParams,
  replaceQueryParams,
  replaceURL,
} from '../../../lib/http/url-changes.ts'
import type { URLChanges } from '../../../lib/http/url-changes.ts'

const full = 'https://user:pass@example.org:8443/a/b?c=d#e'

/** RFC 3986 §3: each part by itself. */
const replaced: readonly (readonly [what: string, changes: URLChanges, href: string, url?: string])[] = [
  ['nothing', {}, full],
  ['the scheme', { scheme: 'http' }, 'http://user:pass@example.org:8443/a/b?c=d#e'],
  ['the scheme, whose default port goes', { scheme: 'http' }, 'http://example.org/', 'https://example.org:80/'],
  ['the scheme by that of WebSockets', { scheme: 'WSS' }, 'wss://user:pass@example.org:8443/a/b?c=d#e'],
  ['the user and keeps the password', { username: 'you' }, 'https://you:pass@example.org:8443/a/b?c=d#e'],
  ['the userinfo by nothing', { username: null, password: null }, 'https://example.org:8443/a/b?c=d#e'],
  [
    'the password by one with marks',
    { password: 'p@ss:/?#' },
    'https://user:p%40ss%3A%2F%3F%23@example.org:8443/a/b?c=d#e',
  ],
  [
    'the host and keeps userinfo and port',
    { hostname: 'other.example' },
    'https://user:pass@other.example:8443/a/b?c=d#e',
  ],
  ['the host by an IPv6 address', { hostname: '[::1]' }, 'https://user:pass@[::1]:8443/a/b?c=d#e'],
  [
    'the host by a name beyond ASCII',
    { hostname: 'bücher.example' },
    'https://xn--bcher-kva.example/',
    'https://a.example',
  ],
  ['the port of an IPv6 address', { port: 1 }, 'http://[::1]:1/', 'http://[::1]:8080/'],
  ['the port by the default one', { port: null }, 'https://user:pass@example.org/a/b?c=d#e'],
  ['the path', { path: '/x y/é' }, 'https://user:pass@example.org:8443/x%20y/%C3%A9?c=d#e'],
  ['the path, whose escapes stay', { path: '/%2F%41' }, 'https://a.example/%2F%41', 'https://a.example/'],
  ['the path, in which marks are data', { path: '/?#' }, 'https://a.example/%3F%23', 'https://a.example/'],
  ['the query by a string', { query: 'x=%20' }, 'https://user:pass@example.org:8443/a/b?x=%20#e'],
  [
    'the query by pairs',
    { query: { x: [1, 'a b'], y: true } },
    'https://a.example/?x=1&x=a+b&y=true',
    'https://a.example/',
  ],
  ['the query, in which a number sign is data', { query: 'a#b' }, 'https://a.example/?a%23b', 'https://a.example/'],
  ['the query by nothing', { query: null }, 'https://user:pass@example.org:8443/a/b#e'],
  ['the fragment', { fragment: 'f g' }, 'https://user:pass@example.org:8443/a/b?c=d#f%20g'],
  ['the fragment by nothing', { fragment: null }, 'https://user:pass@example.org:8443/a/b?c=d'],
]

for (const [what, changes, href, url = full] of replaced) {
  test(`replaceURL: replaces ${what}`, async (t) => {
    t.equal(replaceURL(url, changes).href, href)
  })
}

test('replaceURL: leaves its argument alone', async (t) => {
  const url = new URL(full)
  t.not(replaceURL(url, { path: '/x' }), url)
  t.equal(url.href, full)
})

const refused: readonly (readonly [changes: URLChanges, message: string])[] = [
  [{ scheme: 'javascript' }, 'Cannot replace the scheme of a URL by "javascript": expected a scheme of the same kind'],
  [{ scheme: '' }, 'Cannot replace the scheme of a URL by "": expected a scheme of the same kind'],
  ...['', 'a/b', 'a\\b', 'user@a', 'a:80', 'a?b', 'a#b', 'a%2fb', 'a b', '[::1', '[g]', '1.2.3.999'].map(
    (hostname): readonly [URLChanges, string] => [
      { hostname },
      `Cannot replace the hostname of a URL by ${JSON.stringify(hostname)}: expected a name or an address without a port`,
    ],
  ),
  [{ port: 65_536 }, 'Cannot replace the port of a URL by 65536: expected an integer from 0 to 65535'],
  [{ port: -1 }, 'Cannot replace the port of a URL by -1: expected an integer from 0 to 65535'],
  [{ port: 1.5 }, 'Cannot replace the port of a URL by 1.5: expected an integer from 0 to 65535'],
  [{ path: 'x' }, 'Cannot replace the path of a URL by "x": expected a path that begins with "/"'],
]

for (const [changes, message] of refused) {
  test(`replaceURL: ${JSON.stringify(changes)} is refused`, async (t) => {
    t.throws(() => replaceURL(full, changes), new TypeError(message))
  })
}

test('replaceURL: whatever the path, the authority stays', async (t) => {
  const path = fc.string({ unit: fc.constantFrom('/', '\\', '@', ':', '?', '#', '%', '.', 'a', '\t', '\n') })
  const property = fc.property(path, (tail) => {
    const url = replaceURL('https://example.org:8443/', { path: `/${tail}` })
    return url.origin === 'https://example.org:8443' && url.username === '' && url.search === '' && url.hash === ''
  })
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 1000 }))
})

const url = 'https://example.org/?page=3&tag=a&tag=b#top'

test('includeQueryParams: adds names and replaces present ones at their place', async (t) => {
  t.equal(includeQueryParams(url, { search: 'x y' }).search, '?page=3&tag=a&tag=b&search=x+y')
  t.equal(includeQueryParams(url, { page: 4, tag: 'c' }).search, '?page=4&tag=c')
  t.equal(includeQueryParams(url, 'page=1&page=2').search, '?page=1&page=2&tag=a&tag=b')
  t.equal(includeQueryParams(url, [['x', 'y']]).href, 'https://example.org/?page=3&tag=a&tag=b&x=y#top')
})

test('includeQueryParams: blank values are kept', async (t) => {
  t.equal(includeQueryParams('https://example.org/?a=&b', { c: '' }).search, '?a=&b=&c=')
})

test('replaceQueryParams: leaves no other name', async (t) => {
  t.equal(replaceQueryParams(url, { order: 'name' }).href, 'https://example.org/?order=name#top')
  t.equal(replaceQueryParams(url, {}).href, 'https://example.org/#top')
})

test('removeQueryParams: removes one name or several', async (t) => {
  t.equal(removeQueryParams(url, 'tag').search, '?page=3')
  t.equal(removeQueryParams(url, ['page', 'tag', 'none']).href, 'https://example.org/#top')
})

test('includeQueryParams, replaceQueryParams and removeQueryParams: leave their argument alone', async (t) => {
  const given = new URL(url)
  includeQueryParams(given, { a: 1 })
  replaceQueryParams(given, { a: 1 })
  removeQueryParams(given, 'page')
  t.equal(given.href, url)
})

test('maskPassword: hides the password and nothing else', async (t) => {
  t.equal(maskPassword(full), 'https://user:********@example.org:8443/a/b?c=d#e')
  t.equal(maskPassword(new URL('https://:pass@example.org')), 'https://:********@example.org/')
  t.equal(maskPassword('https://user@example.org/?password=x'), 'https://user@example.org/?password=x')
  t.equal(maskPassword('redis://:secret@[::1]:6379/0'), 'redis://:********@[::1]:6379/0')
})
