import { test } from 'tap'
import { readRange } from '../../../lib/http/byte-range.ts'
import { contentDisposition } from '../../../lib/http/content-disposition.ts'
import { parseCookies, serializeCookie } from '../../../lib/http/cookies.ts'
import { parseEntityTags } from '../../../lib/http/entity-tag.ts'
import { FormData } from '../../../lib/http/form-data.ts'
import { parseForwarded, parseForwardedList, parseForwardedNode } from '../../../lib/http/forwarded.ts'
import { Headers, MutableHeaders } from '../../../lib/http/headers.ts'
import { parseMediaType } from '../../../lib/http/media-type.ts'
import { acceptableLanguages } from '../../../lib/http/negotiation.ts'
import { QueryParams } from '../../../lib/http/query-params.ts'
import { encodeEvent } from '../../../lib/http/server-sent-event.ts'
import { includeQueryParams, replaceURL } from '../../../lib/http/url-changes.ts'
import { URLPath } from '../../../lib/http/url-path.ts'
import { requestURL } from '../../../lib/http/url.ts'
import type { URLParts } from '../../../lib/http/url.ts'
import { mergeVary } from '../../../lib/http/vary.ts'
import { bestMs } from '../../support/best-time.ts'

/*
 * What has gone wrong with the values of HTTP elsewhere, each with the identifier of its advisory.
 */

const plain: URLParts = {
  scheme: 'http',
  path: '/admin',
  raw_path: '/admin',
  query_string: '',
  headers: [['host', 'example.org']],
  server: ['10.0.0.1', 8000],
}

const objectNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

test('CVE-2026-48710, CVE-2026-33131, GHSA-3vj8-jmxq-cgj5: a Host with a path or a query moves no part of the URL', async (t) => {
  for (const host of ['example.com/abc?bar=', 'localhost:3000/x?', 'example.com#', 'example.com\\x']) {
    const url = requestURL({ ...plain, headers: [['host', host]] })
    t.equal(url.href, 'http://10.0.0.1:8000/admin', host)
  }
})

test('koa 55ab9ba: a Host with userinfo is not believed', async (t) => {
  const url = requestURL({ ...plain, headers: [['host', 'evil.com:fake@legit.example']] })
  t.equal(url.host, '10.0.0.1:8000')
})

test('CVE-2026-54282, GHSA-jp82-jpqv-5vv3: a path never becomes the authority of a URL', async (t) => {
  for (const path of ['@google.com', '//evil.com', '/\\evil.com', '\\\\evil.com', 'http://evil.com/']) {
    t.equal(requestURL({ ...plain, path, raw_path: path }).host, 'example.org', path)
  }
  t.equal(replaceURL('https://example.org/', { path: '//evil.com' }).host, 'example.org')
  t.equal(new URLPath('//evil.com').makeAbsoluteURL('https://example.org').host, 'example.org')
})

test('CVE-2020-7695, CRLF in a value: no header, cookie, event or file name splits a response', async (t) => {
  const split = 'x\r\nset-cookie: evil=1'
  t.throws(() => new Headers({ a: split }), TypeError)
  t.throws(() => new MutableHeaders().set('a', split), TypeError)
  t.throws(() => new MutableHeaders().append(split, '1'), TypeError)
  t.throws(() => new MutableHeaders().update({ a: split }), TypeError)
  t.throws(() => new MutableHeaders().addVary(split), TypeError)
  t.throws(() => serializeCookie(split, '1'), TypeError)
  t.throws(() => serializeCookie('a', '1', { path: `/${split}` }), TypeError)
  t.notMatch(serializeCookie('a', split), /[\r\n]/)
  t.notMatch(contentDisposition('attachment', split), /[\r\n]/)
  t.throws(() => encodeEvent({ event: split, data: '' }), TypeError)
})

test('CVE-2026-44546: no vertical tab, form feed or separator stands in a field value', async (t) => {
  for (const character of ['\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x7f', '\0']) {
    t.throws(() => new Headers({ a: `x${character}y` }), TypeError, JSON.stringify(character))
  }
})

test('CVE-2015-0219: a name with an underscore is another name', async (t) => {
  const headers = new Headers([
    ['x_forwarded_for', '6.6.6.6'],
    ['x-forwarded-for', '1.1.1.1'],
  ])
  t.equal(headers.get('x-forwarded-for'), '1.1.1.1')
})

test('CVE-2026-21710: a field named as a member of Object.prototype is an ordinary field', async (t) => {
  for (const name of objectNames) {
    const headers = new Headers([[name, '1']])
    t.equal(headers.get(name), '1', name)
    t.strictSame(headers.getAll(name), ['1'], name)
    t.equal(new Headers().get(name), null, name)
    t.equal(new Headers().has(name), false, name)
  }
})

test('CVE-2025-14550: many fields with one name are joined in linear time', async (t) => {
  const headers = Headers.fromRaw(Array.from({ length: 200_000 }, (_, index) => (index % 2 === 0 ? 'A' : '1')))
  t.ok(bestMs(() => headers.get('a')) < 1000)
  t.ok(bestMs(() => new MutableHeaders(headers).set('a', '2')) < 1000)
  t.ok(bestMs(() => headers.equals(new Headers(headers))) < 1000)
})

test('GHSA-q7jf-gf43-6x6p: a Vary is made of the names of the server alone', async (t) => {
  t.equal(mergeVary(null, ['origin']), 'origin')
  t.throws(() => new MutableHeaders().addVary('x, *'), TypeError)
})

test('GHSA-8j4g-w8fx-2239, hono f70e2c31: lists and languages are read in linear time', async (t) => {
  for (const part of [' ,', ' ', '\t', ',', 'a;q=0.1,']) {
    const value = part.repeat(200_000)
    const read = (): void => {
      parseForwardedList(value)
      acceptableLanguages(value, ['en'])
      parseEntityTags(value)
    }
    t.ok(bestMs(read) < 1000, JSON.stringify(part))
  }
})

test('CVE-2025-25200, GHSA-593f-38f6-jp5m: forwarded fields are read in linear time', async (t) => {
  const value = `${'https ,'.repeat(100_000)}x`
  t.ok(bestMs(() => [parseForwardedList(value), parseForwarded(value)]) < 1000)
})

test('GHSA-r354-f388-2fhh, hono 48fa2233: an address with an octet above 255 is none', async (t) => {
  for (const value of ['256.0.0.1', '1.2.3.999', '1.2.3', '01.2.3.4', '[::ffff:1.2.3.256]', '[::1', '::g']) {
    t.equal(parseForwardedNode(value), null, value)
  }
})

test('CVE-2022-39288, CVE-2022-41919, CVE-2025-32442, CVE-2026-3419: a media type is read once, in one way', async (t) => {
  const spellings = ['application/json', 'Application/JSON', 'application/json ;charset=utf-8', ' application/json\t']
  for (const value of spellings) t.equal(parseMediaType(value)?.essence, 'application/json', value)
  const malformed = [
    'application/json garbage',
    'application/json, text/plain',
    'text/plain; application/json',
    'application/json;=',
    '',
  ]
  for (const value of malformed) t.equal(parseMediaType(value), null, value)
})

test('CVE-2024-24762, CVE-2026-28356: parameters are read in linear time', async (t) => {
  for (const part of [';', '; ', '\\', '"', ';a="', '\\"', ';a=b', '=']) {
    const value = `text/plain;x="${part.repeat(100_000)}`
    t.ok(bestMs(() => parseMediaType(value)) < 1000, JSON.stringify(part))
    t.ok(bestMs(() => parseMediaType(`text/plain${part.repeat(100_000)}`)) < 1000, JSON.stringify(part))
  }
})

test('CVE-2022-24999, CVE-2025-15284, CVE-2026-53538: names with brackets and dots make no structure', async (t) => {
  const params = new QueryParams('a[]=1&a[b]=2&a.b=3&__proto__[x]=4&constructor.prototype.x=5&c=6;d=7')
  t.strictSame([...params.keys()], ['a[]', 'a[b]', 'a.b', '__proto__[x]', 'constructor.prototype.x', 'c'])
  t.equal(params.get('c'), '6;d=7')
  t.equal(({} as { x?: unknown }).x, undefined)
})

test('CVE-2024-45590, CVE-2026-21717: the pairs of a query are capped before they are stored', async (t) => {
  const query = 'a=1&'.repeat(1_000_000)
  t.ok(bestMs(() => t.throws(() => new QueryParams(query, { maxPairs: 1000 }), RangeError)) < 1000)
})

test('elysia 1.4.17, hono ef902257: names of forms and queries that Object.prototype has are ordinary', async (t) => {
  for (const name of objectNames) {
    const pair = [[name, '1']] as const
    t.equal(new FormData(pair).get(name), '1', name)
    t.equal(new FormData().has(name), false, name)
    t.equal(new QueryParams(pair).get(name), '1', name)
    t.equal(new QueryParams().get(name), null, name)
    t.equal(includeQueryParams('https://example.org/', [[name, '1']]).search, `?${name}=1`)
  }
})

test('CVE-2024-47764, GHSA-26pp-8wgv-hjvm, GHSA-5pq2-9x2x-5p6w, CVE-2026-47675: no part of a cookie writes another', async (t) => {
  const evil = 'a; Domain=evil.example'
  const attributes: readonly object[] = [{ path: `/${evil}` }, { domain: evil }, { sameSite: evil }, { priority: evil }]
  t.throws(() => serializeCookie(evil, '1'), TypeError)
  for (const part of attributes) t.throws(() => serializeCookie('a', '1', part), TypeError, JSON.stringify(part))
  t.equal(serializeCookie('a', evil), 'a=a%3B%20Domain%3Devil.example')
})

test('hono cc067c85: a name that begins with U+00A0 does not shadow a cookie', async (t) => {
  t.equal(parseCookies('\u00a0__Host-sid=evil; __Host-sid=good').get('__Host-sid'), 'good')
})

test('cookies of Object.prototype: each is an ordinary name, and the first one counts', async (t) => {
  for (const name of objectNames) {
    t.equal(parseCookies(`${name}=1; ${name}=2`).get(name), '1', name)
    t.equal(parseCookies('').get(name), undefined, name)
  }
})

test('CVE-2025-62727, GHSA-7f5h-v6xp-fcq8: 50,000 ranges are refused, and merged in no time where they are allowed', async (t) => {
  const value = `bytes=${Array.from({ length: 50_000 }, (_, index) => `${index * 2}-${index * 2 + 1}`).join()}`
  t.strictSame(readRange(value, 1_000_000), { kind: 'unsatisfiable' })
  t.ok(bestMs(() => readRange(value, 1_000_000)) < 100)
  t.strictSame(readRange(value, 1_000_000, { maxRanges: 50_000 }), {
    kind: 'parts',
    ranges: [{ first: 0, last: 99_999 }],
  })
})

test('Starlette 1.3.0: a suffix that is longer than the file is the whole file', async (t) => {
  t.strictSame(readRange('bytes=-1000000000', 10), { kind: 'parts', ranges: [{ first: 0, last: 9 }] })
})

test('CVE-2026-33128, GHSA-4hxc-9384-m385: a lone CR begins no other field of an event', async (t) => {
  t.equal(encodeEvent({ data: 'a\rid: 6' }), 'data: a\ndata: id: 6\n\n')
  for (const end of ['\r', '\n', '\0'])
    t.throws(() => encodeEvent({ id: `1${end}data: x` }), TypeError, JSON.stringify(end))
})

test('koa 1904, RFC 6266: the name of a download is neither a path nor another parameter', async (t) => {
  t.equal(contentDisposition('attachment', '../../etc/passwd'), 'attachment; filename=.._.._etc_passwd')
  t.equal(contentDisposition('attachment', 'a"; x="b'), 'attachment; filename="a\\"; x=\\"b"')
})
