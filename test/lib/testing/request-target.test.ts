import { test } from 'tap'
import { requestBase, requestTarget } from '../../../lib/testing/request-target.ts'

const plain = requestBase('http://testserver', '')
const mounted = requestBase('https://testserver:8443/v1/', '/api')

/** What a target becomes: `path rawPath?query`, and the URL. */
const targets: ReadonlyArray<readonly [base: typeof plain, target: string, seen: string, url: string]> = [
  [plain, '/', '/ /?', 'http://testserver/'],
  [plain, '', '/ /?', 'http://testserver/'],
  [plain, '?a=1', '/ /?a=1', 'http://testserver/?a=1'],
  [plain, '/a%20b?c=%20#d', '/a b /a%20b?c=%20', 'http://testserver/a%20b?c=%20'],
  [plain, '/größe?ü', '/größe /gr%C3%B6%C3%9Fe?%C3%BC', 'http://testserver/gr%C3%B6%C3%9Fe?%C3%BC'],
  [plain, '/a/../b/./%2e%2e/c', '/a/../b/./../c /a/../b/./%2e%2e/c?', 'http://testserver/a/../b/./%2e%2e/c'],
  [plain, '//evil/x', '//evil/x //evil/x?', 'http://testserver//evil/x'],
  [plain, '/%2561', '/%61 /%2561?', 'http://testserver/%2561'],
  [plain, '*', '* *?', 'http://testserver/'],
  [plain, 'HTTPS://Other.Example:444/a?b', '/a /a?b', 'https://other.example:444/a?b'],
  [plain, 'http://other.example', '/ /?', 'http://other.example/'],
  [plain, 'http://other.example?a', '/ /?a', 'http://other.example/?a'],
  [plain, 'wss://other.example/a', '/a /a?', 'https://other.example/a'],
  [plain, 'ws://other.example/a', '/a /a?', 'http://other.example/a'],
  [mounted, '/users', '/api/v1/users /api/v1/users?', 'https://testserver:8443/api/v1/users'],
  [mounted, '/api/v1/x', '/api/v1/api/v1/x /api/v1/api/v1/x?', 'https://testserver:8443/api/v1/api/v1/x'],
  [mounted, 'https://testserver:8443/api/x', '/api/x /api/x?', 'https://testserver:8443/api/x'],
  [mounted, 'https://testserver:8443/api', '/api /api?', 'https://testserver:8443/api'],
  [mounted, 'https://testserver:8443/apiary', '/api/apiary /api/apiary?', 'https://testserver:8443/api/apiary'],
]

test('requestTarget: takes a target as the server below the app would', async (t) => {
  for (const [base, target, seen, url] of targets) {
    const result = requestTarget(base, target)
    t.equal(`${result.path} ${result.rawPath}?${result.query}`, seen, target)
    t.equal(result.url, url, target)
  }
})

test('requestTarget: tells the host and the address of the server', async (t) => {
  t.match(requestTarget(plain, '/'), { secure: false, host: 'testserver', server: ['testserver', 80] })
  t.match(requestTarget(mounted, '/'), { secure: true, host: 'testserver:8443', server: ['testserver', 8443] })
  t.match(requestTarget(plain, 'https://[::1]/'), { host: '[::1]', server: ['::1', 443] })
})

/** What the query of the path and the option make together. */
const queries: ReadonlyArray<readonly [path: string, query: Parameters<typeof requestTarget>[2], result: string]> = [
  ['/', undefined, ''],
  ['/?a=1', undefined, 'a=1'],
  ['/', { a: '1 2', b: 3, c: [true, false] }, 'a=1+2&b=3&c=true&c=false'],
  ['/?a=1', { b: '&=' }, 'a=1&b=%26%3D'],
  ['/?a=1', {}, 'a=1'],
  ['/', 'a=1&a=2', 'a=1&a=2'],
  ['/', new URLSearchParams([['ü', '1']]), '%C3%BC=1'],
]

test('requestTarget: adds a query to that of the path', async (t) => {
  for (const [path, query, result] of queries) t.equal(requestTarget(plain, path, query).query, result)
})

const badTargets: ReadonlyArray<readonly [target: string, why: RegExp]> = [
  ['users', /Cannot request "users": the path does not start with "\/"/],
  ['ftp://a/b', /does not start with/],
  ['/%ZZ', /percent-encoding does not decode/],
  ['/%ff', /percent-encoding does not decode/],
  ['http://', /the host is not valid/],
  ['http:///a', /the host is not valid/],
  ['http://a b/', /the host is not valid/],
  ['http://user@host/', /the host is not valid/],
]

test('requestTarget: refuses what no client could send', async (t) => {
  for (const [target, why] of badTargets) t.throws(() => requestTarget(plain, target), why)
})

test('requestBase: refuses what is no base', async (t) => {
  for (const url of ['testserver', 'ftp://testserver', 'http://a/?b', 'http://a/#b', 'http://u@a/']) {
    t.throws(() => requestBase(url, ''), /Cannot use base URL/)
  }
  for (const rootPath of ['api', '/', '/api/']) {
    t.throws(() => requestBase('http://testserver', rootPath), /Cannot use root path/)
  }
})
