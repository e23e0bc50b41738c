import { test } from 'tap'
import { URLPath } from '../../../lib/http/url-path.ts'
import type { URLPathOptions } from '../../../lib/http/url-path.ts'

type Case = readonly [path: string, options: URLPathOptions, base: string, href: string]

/** The facts of Starlette's URLPath, with RFC 3986 §5 where a base has more than an origin. */
const urls: readonly Case[] = [
  ['/a', {}, 'https://example.org', 'https://example.org/a'],
  ['/a', {}, 'https://example.org/', 'https://example.org/a'],
  ['/a', {}, 'https://example.org/root/', 'https://example.org/root/a'],
  ['/a', {}, 'https://example.org/root', 'https://example.org/root/a'],
  ['/', {}, 'https://example.org/root', 'https://example.org/root/'],
  ['/a', {}, 'https://example.org/?q#f', 'https://example.org/a'],
  ['/a%2Fb%20c', {}, 'http://[::1]:8000', 'http://[::1]:8000/a%2Fb%20c'],
  ['/a', { protocol: 'http' }, 'https://example.org', 'https://example.org/a'],
  ['/a', { protocol: 'http' }, 'wss://example.org', 'https://example.org/a'],
  ['/a', { protocol: 'http' }, 'ws://example.org', 'http://example.org/a'],
  ['/a', { protocol: 'websocket' }, 'https://example.org', 'wss://example.org/a'],
  ['/a', { protocol: 'websocket' }, 'http://example.org:81', 'ws://example.org:81/a'],
  ['/a', { host: 'api.example' }, 'https://example.org:8443', 'https://api.example/a'],
  ['/a', { host: 'api.example:444', protocol: 'websocket' }, 'https://example.org', 'wss://api.example:444/a'],
  ['/a', { host: '[::1]:444' }, 'https://example.org', 'https://[::1]:444/a'],
  ['/a', {}, 'https://user:pass@example.org', 'https://user:pass@example.org/a'],
  ['/a', { host: 'api.example' }, 'https://user:pass@example.org', 'https://api.example/a'],
  ['//evil.example/a', {}, 'https://example.org', 'https://example.org//evil.example/a'],
]

for (const [path, options, base, href] of urls) {
  test(`URLPath: ${path} ${JSON.stringify(options)} at ${base}`, async (t) => {
    t.equal(new URLPath(path, options).makeAbsoluteURL(base).href, href)
    t.equal(new URLPath(path, options).makeAbsoluteURL(new URL(base)).href, href)
  })
}

test('URLPath: is its path where a string is wanted', async (t) => {
  const path = new URLPath('/a', { protocol: 'http', host: 'example.org' })
  t.equal(String(path), '/a')
  t.strictSame([path.path, path.protocol, path.host], ['/a', 'http', 'example.org'])
  t.strictSame([new URLPath('/').protocol, new URLPath('/').host], [null, null])
})

test('URLPath: a path without a leading slash is refused', async (t) => {
  for (const path of ['', 'a', '@evil.example', 'https://evil.example']) {
    t.throws(
      () => new URLPath(path),
      new TypeError(`Cannot make a URL of the path ${JSON.stringify(path)}: it does not begin with "/"`),
    )
  }
})

test('URLPath: a host that is more than a host and a port is refused', async (t) => {
  for (const host of ['', 'a/b', 'a\\b', 'user@a', 'a:b', 'a?b', 'a#b', 'a b', 'a:99999', '[::1', 'http://a']) {
    t.throws(
      () => new URLPath('/', { host }),
      new TypeError(`Cannot make a URL at the host ${JSON.stringify(host)}: expected a host with an optional port`),
    )
  }
})

test('URLPath: a base that is no URL is refused', async (t) => {
  t.throws(() => new URLPath('/a').makeAbsoluteURL('/b'), TypeError)
})
