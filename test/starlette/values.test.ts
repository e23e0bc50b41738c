import { test } from 'tap'
import * as stelline from 'stelline'
import { Request } from 'stelline'
import type { Test } from 'tap'
import {
  FormData,
  Headers,
  includeQueryParams,
  maskPassword,
  MultiMap,
  MutableHeaders,
  MutableMultiMap,
  parseCookies,
  QueryParams,
  reasonPhrase,
  removeQueryParams,
  replaceQueryParams,
  replaceURL,
  requestURL,
  serializeCookie,
  UploadFile,
  URLPath,
} from 'stelline/http'
import type { URLParts } from 'stelline/http'

import { httpScope } from '../support/messages.ts'

/*
 * What the data structures do in Starlette 1.3, fact by fact, and what they do here. "Better" marks where it was corrected.
 */

type Fact = readonly [section: string, feature: string, check: (t: Test) => unknown]

const url = 'https://ada:secret@[::1]:8443/a/b?c=1&d=2#e'
const plain: URLParts = {
  scheme: 'https',
  path: '/a b',
  raw_path: null,
  query_string: 'c=1',
  headers: [['host', 'example.org:443']],
  server: ['10.0.0.1', 8443],
}

const facts: readonly Fact[] = [
  [
    '1.4',
    'a URL comes from the scope; a malformed Host is ignored and a default port dropped',
    (t) => {
      t.equal(requestURL(plain).href, 'https://example.org/a%20b?c=1')
      t.equal(requestURL({ ...plain, headers: [['host', 'a/b?']] }).href, 'https://10.0.0.1:8443/a%20b?c=1')
      t.equal(requestURL({ ...plain, path: '//evil.example' }).host, 'example.org')
    },
  ],
  [
    '1.4',
    'cookies split on ";" even inside quotes, an item without "=" has the name "", an empty item is dropped',
    (t) => {
      t.strictSame(
        [...parseCookies('a="1;2"; word; ; =')],
        [
          ['a', '"1'],
          ['', '2"'],
        ],
      )
      t.equal(parseCookies('word').get(''), 'word')
    },
  ],
  [
    '1.4',
    'better: of cookies with one name the first counts, which has the more specific path, and escapes in quotes are data',
    (t) => {
      t.equal(parseCookies('a=1; a=2').get('a'), '1')
      t.equal(parseCookies('a="x\\054y"').get('a'), 'x\\054y')
    },
  ],
  [
    '1.6',
    'cookies have max-age as a whole number, expires, domain, path, secure, httponly, partitioned and samesite, validated',
    (t) => {
      const everything = { maxAge: 1, expires: new Date(0), domain: 'a.example', path: '/', sameSite: 'lax' } as const
      t.equal(
        serializeCookie('a', 'b', { ...everything, secure: true, httpOnly: true, partitioned: true }),
        'a=b; Max-Age=1; Domain=a.example; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; SameSite=Lax',
      )
      t.equal(serializeCookie('a', 'b', { path: null, sameSite: null }), 'a=b')
      t.throws(() => serializeCookie('a', 'b', { sameSite: 'Lax' as 'lax' }), TypeError)
    },
  ],
  [
    '1.11',
    'replacing parts of a URL keeps userinfo and IPv6',
    (t) => {
      t.equal(replaceURL(url, { hostname: 'b.example' }).href, 'https://ada:secret@b.example:8443/a/b?c=1&d=2#e')
      t.equal(replaceURL(url, { port: null }).href, 'https://ada:secret@[::1]/a/b?c=1&d=2#e')
      t.equal(replaceURL(url, { scheme: 'http' }).href, 'http://ada:secret@[::1]:8443/a/b?c=1&d=2#e')
    },
  ],
  [
    '1.11',
    'query parameters of a URL are included, replaced and removed; blank values stay',
    (t) => {
      t.equal(includeQueryParams('https://a.example/?page=3', { page: 4 }).search, '?page=4')
      t.equal(includeQueryParams('https://a.example/?page=3', { search: 'x' }).search, '?page=3&search=x')
      t.equal(replaceQueryParams('https://a.example/?page=3', { order: 'name' }).search, '?order=name')
      t.equal(removeQueryParams('https://a.example/?page=3&a=', 'page').search, '?a=')
    },
  ],
  [
    '1.11',
    'a printed URL masks its password',
    (t) => t.equal(maskPassword(url), 'https://ada:********@[::1]:8443/a/b?c=1&d=2#e'),
  ],
  [
    '1.11',
    'a URLPath has path, protocol and host, and is made absolute by a base',
    (t) => {
      const base = 'https://example.org/root/'
      t.equal(new URLPath('/a').makeAbsoluteURL(base).href, 'https://example.org/root/a')
      t.equal(new URLPath('/a', { protocol: 'websocket' }).makeAbsoluteURL(base).href, 'wss://example.org/root/a')
      t.equal(new URLPath('/a', { host: 'b.example' }).makeAbsoluteURL(base).href, 'https://b.example/root/a')
    },
  ],
  [
    '1.11',
    'headers are a case-insensitive list with duplicates; a mutable copy shares nothing',
    (t) => {
      const headers = new Headers([
        ['A', '1'],
        ['a', '2'],
        ['b', '3'],
      ])
      const copy = new MutableHeaders(headers)
      copy.set('a', '4')
      t.strictSame(headers.getAll('a'), ['1', '2'])
      t.strictSame([...headers.keys()], ['a', 'a', 'b'])
      t.strictSame([...headers.flat], ['a', '1', 'a', '2', 'b', '3'])
      t.ok(headers.equals(new Headers({ b: '3', a: ['1', '2'] })))
    },
  ],
  [
    '1.11',
    'better: get() joins the values of a repeated field, and headers whose repeated values differ in order are not equal',
    (t) => {
      t.equal(new Headers({ a: ['1', '2'] }).get('a'), '1, 2')
      t.notOk(new Headers({ a: ['1', '2'] }).equals(new Headers({ a: ['2', '1'] })))
    },
  ],
  [
    '1.11',
    'setting a header keeps the first position and drops duplicates; there are setDefault, append, update and Vary merging',
    (t) => {
      const headers = new MutableHeaders({ a: ['1', '2'], b: '3' })
      headers.set('a', '4')
      headers.setDefault('b', '5')
      headers.append('b', '6')
      headers.update({ c: '7' })
      headers.addVary('Accept')
      headers.addVary('accept', 'Origin')
      t.strictSame(headers.flat, ['a', '4', 'b', '3', 'b', '6', 'c', '7', 'vary', 'Accept, Origin'])
    },
  ],
  [
    '1.11',
    'query parameters keep blank values and every value of a name',
    (t) => {
      const params = new QueryParams('a=1&b=&a=2&c')
      t.strictSame(params.getAll('a'), ['1', '2'])
      t.strictSame([params.get('b'), params.get('c'), params.get('d')], ['', '', null])
      t.strictSame([...params].length, 4)
      t.equal(String(params), 'a=1&b=&a=2&c=')
    },
  ],
  [
    '1.11',
    'better: the first value of a name counts, as everywhere here',
    (t) => t.equal(new QueryParams('a=1&a=2').get('a'), '1'),
  ],
  [
    '1.11',
    'multi-maps are immutable or mutable: append, setlist, poplist, update',
    (t) => {
      const map = new MutableMultiMap(new MultiMap([['a', '1']]))
      map.append('a', '2')
      map.setAll('b', ['3', '4'])
      map.update({ c: '5' })
      t.strictSame(map.take('a'), ['1', '2'])
      t.strictSame(
        [...map],
        [
          ['b', '3'],
          ['b', '4'],
          ['c', '5'],
        ],
      )
    },
  ],
  [
    '1.11',
    'an uploaded file has a size and is read asynchronously; closing a form gives up its files',
    async (t) => {
      const file = new UploadFile({ name: 'a.txt', content: Buffer.from('abc') })
      let released = 0
      const form = new FormData([['f', file]], async () => void released++)
      t.equal(file.size, 3)
      t.equal(await file.text(), 'abc')
      t.equal(form.get('f'), file)
      await form.close()
      t.equal(released, 1)
    },
  ],
  [
    '1.11',
    'other: states are plain objects, with the accesses that these have',
    (t) => {
      const state: Record<string, unknown> = new Request(httpScope({ state: { a: 1 } })).state
      state['b'] = 2
      delete state['a']
      t.strictSame([Object.keys(state), 'a' in state], [['b'], false])
    },
  ],
  [
    '1.11',
    'other: settings come from the environment through a schema of one, not through a class of ours',
    (t) => {
      for (const name of ['Config', 'Environ', 'Secret', 'CommaSeparatedStrings']) t.notOk(name in stelline, name)
    },
  ],
  [
    '1.11',
    'other: there are no threads to copy contexts into; what runs at the same time is awaited with the language',
    (t) => t.notOk('runInThreadpool' in stelline),
  ],
  [
    '1.11',
    'statuses have the names of RFC 9110',
    (t) => {
      const names = [413, 414, 416, 422].map(reasonPhrase)
      t.strictSame(names, ['Content Too Large', 'URI Too Long', 'Range Not Satisfiable', 'Unprocessable Content'])
    },
  ],
]

for (const [section, feature, check] of facts) {
  test(`Starlette §${section}: ${feature}`, async (t) => {
    await check(t)
  })
}
