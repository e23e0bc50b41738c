import { test } from 'tap'
import { fieldsFor, isRefusal, readHead, readTarget, refusalOf } from '../../../lib/servers/request-head.ts'

const head = (headers: readonly string[], version = '1.1'): Parameters<typeof refusalOf>[0] => ({
  method: 'GET',
  target: '/',
  version,
  headers,
})

/** Fields and what they are refused with, or null. Source: RFC 9112 §3.2, §6.1; RFC 3986 §3.2. */
const fields: ReadonlyArray<readonly [headers: readonly string[], text: string | null]> = [
  [['Host', 'a'], null],
  [['host', ''], null],
  [['HOST', 'example.org:8000'], null],
  [['host', 'a:'], null],
  [['host', '127.0.0.1'], null],
  [['host', '[::1]'], null],
  [['host', '[::ffff:1.2.3.4]:80'], null],
  [['host', "a!$&'()*+,;=-._~%20"], null],
  [['host', 'a', 'hose', 'b', 'content-Lengti', 'x', 'transfer-encodinh', 'y'], null],
  [[], 'Missing Host header'],
  [['host', 'a', 'Host', 'a'], 'More than one Host header'],
  [['host', 'a@b'], 'Invalid Host header'],
  [['host', '%2'], 'Invalid Host header'],
  [['host', '[::1'], 'Invalid Host header'],
  [['host', ':80'], 'Invalid Host header'],
  [['host', ':'], 'Invalid Host header'],
  [['host', '[....]'], 'Invalid Host header'],
  [['host', '[127.0.0.1]'], 'Invalid Host header'],
  [['host', '[1:2:3]'], 'Invalid Host header'],
  [['host', '[::1]x'], 'Invalid Host header'],
  [['host', '[x]'], 'Invalid Host header'],
  [['host', 'a:b'], 'Invalid Host header'],
  [['host', 'ä'], 'Invalid Host header'],
  [['host', 'a\nb'], 'Invalid Host header'],
  [['host', 'localhost:3000/x?'], 'Invalid Host header'],
  [['host', 'evil.com:fake@legit'], 'Invalid Host header'],
  [['host', 'a', 'Transfer-Encoding', 'chunked'], null],
  [['host', 'a', 'transfer-encoding', 'Chunked'], null],
  [['host', 'a', 'transfer-encoding', 'chunked '], 'Unsupported Transfer-Encoding'],
  [['host', 'a', 'transfer-encoding', 'gzip'], 'Unsupported Transfer-Encoding'],
  [['host', 'a', 'transfer-encoding', 'chunked', 'transfer-encoding', 'chunked'], 'Unsupported Transfer-Encoding'],
  [['host', 'a', 'content-length', '1'], null],
  [['host', 'a', 'content-length', '1', 'transfer-encoding', 'chunked'], 'Both Transfer-Encoding and Content-Length'],
  [['host', 'a', 'Transfer-Encoding', 'chunked', 'Content-Length', '1'], 'Both Transfer-Encoding and Content-Length'],
]
for (const [headers, text] of fields) {
  test(`refusalOf: ${JSON.stringify(headers)}`, (t) => {
    t.equal(refusalOf(head(headers), 100)?.text ?? null, text)
    t.end()
  })
}

const versions: ReadonlyArray<readonly [version: string, status: number | null]> = [
  ['1.1', null],
  ['1.0', null],
  ['0.9', 505],
  ['2.0', 505],
]
for (const [version, status] of versions) {
  test(`refusalOf: version ${version}`, (t) => {
    t.equal(refusalOf(head(['host', 'a'], version), 100)?.status ?? null, status)
    t.end()
  })
}

test('refusalOf: HTTP/1.0 needs no host', (t) => {
  t.equal(refusalOf(head([], '1.0'), 100), null)
  t.end()
})

test('refusalOf: HTTP/1.0 knows no chunks', (t) => {
  const chunked = ['transfer-encoding', 'chunked']

  t.match(refusalOf(head(chunked, '1.0'), 100), { status: 400, text: 'Transfer-Encoding in HTTP/1.0' })
  t.match(refusalOf(head([...chunked, 'content-length', '1'], '1.0'), 100), { status: 400 })
  t.equal(refusalOf(head(['content-length', '1'], '1.0'), 100), null)
  t.end()
})

test('refusalOf: counts the fields first', (t) => {
  t.equal(refusalOf(head(['host', 'a', 'b', 'c']), 2), null)
  t.match(refusalOf(head(['host', 'a', 'host', 'b', 'c', 'd']), 2), { status: 431 })
  t.end()
})

/** Targets and what they come to: path, raw path and query. Source: RFC 9112 §3.2. */
const targets: ReadonlyArray<
  readonly [method: string, target: string, parts: readonly [string, string, string] | null]
> = [
  ['GET', '/', ['/', '/', '']],
  ['GET', '/a?b=c?d', ['/a', '/a', 'b=c?d']],
  ['GET', '/?', ['/', '/', '']],
  ['GET', '/a%20b%2Fc', ['/a b/c', '/a%20b%2Fc', '']],
  ['GET', '/%2561', ['/%61', '/%2561', '']],
  ['GET', '/caf%C3%A9', ['/café', '/caf%C3%A9', '']],
  ['GET', '//evil/x', ['//evil/x', '//evil/x', '']],
  ['GET', '/..;/\\', ['/..;/\\', '/..;/\\', '']],
  ['GET', '/"<>^`{|}', ['/"<>^`{|}', '/"<>^`{|}', '']],
  ['GET', 'http://a', ['/', '/', '']],
  ['GET', 'http://a?b', ['/', '/', 'b']],
  ['GET', 'HTTPS://A:1/b%20c?d', ['/b c', '/b%20c', 'd']],
  ['GET', 'http://[::1]/a', ['/a', '/a', '']],
  ['OPTIONS', '*', ['*', '*', '']],
  ['OPTIONS', '/*', ['/*', '/*', '']],
  ['GET', '*', null],
  ['GET', '', null],
  ['GET', '?a', null],
  ['GET', 'a', null],
  ['GET', 'a:80', null],
  ['GET', 'http:', null],
  ['GET', 'http:/a', null],
  ['GET', 'http://', null],
  ['GET', 'http:///a', null],
  ['GET', 'http://?a', null],
  ['GET', 'http://a/%zz', null],
  ['GET', 'http://:80/x', null],
  ['GET', 'http://:/x', null],
  ['GET', 'http://[....]/x', null],
  ['GET', 'http://[1.2.3.4]/x', null],
  ['GET', 'http://[]/x', null],
  ['GET', 'http://a@b/', null],
  ['GET', 'http://a:b@c/', null],
  ['GET', 'http://a\\b/', null],
  ['GET', 'ws://a/', null],
  ['GET', '/a#b', null],
  ['GET', '/ ', null],
  ['GET', '/\x7f', null],
  ['GET', '/\xe9', null],
  ['GET', '/%', null],
  ['GET', '/%4', null],
  ['GET', '/%zz', null],
  ['GET', '/%c0%af', null],
  ['GET', '/%ed%a0%80', null],
]
for (const [method, target, parts] of targets) {
  test(`readTarget: ${method} ${JSON.stringify(target)}`, (t) => {
    const read = readTarget({ method, target })

    t.same(isRefusal(read) ? null : [read.path, read.rawPath, read.query], parts)
    t.end()
  })
}

test('readHead: refuses fields before the target, and NUL in a path but not in a query', (t) => {
  t.match(readHead({ ...head([]), target: '/%' }, 100), { text: 'Missing Host header' })
  t.match(readHead({ ...head(['host', 'a']), target: '/%00' }, 100), { text: 'Invalid request target' })
  t.match(readHead({ ...head(['host', 'a']), target: '/a%20b?%00' }, 100), { path: '/a b', query: '%00' })
  t.end()
})

test('readHead: takes no longer for a host that nearly matches', (t) => {
  const started = performance.now()

  t.match(readHead(head(['host', `${'a'.repeat(1_000_000)}@`]), 100), { text: 'Invalid Host header' })
  t.match(readHead({ ...head(['host', 'a']), target: `http://${'a'.repeat(1_000_000)}@/` }, 100), { status: 400 })
  // What is not linear would take hours.
  t.ok(performance.now() - started < 20_000)
  t.end()
})

test('fieldsFor: the host of an absolute target stands for that of the fields, or before them', async (t) => {
  const target = { path: '/', rawPath: '/', query: '' }
  t.strictSame(fieldsFor(target, ['Host', 'a']), ['Host', 'a'])
  t.strictSame(fieldsFor({ ...target, authority: 'b' }, ['x', 'host', 'Host', 'a']), ['x', 'host', 'Host', 'b'])
  t.strictSame(fieldsFor({ ...target, authority: 'b' }, ['x', 'y']), ['host', 'b', 'x', 'y'])
})
