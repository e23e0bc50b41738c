import { test } from 'tap'
import { echo, get, http, paths, post, reply, serving } from '../serving.ts'

/** Requests that no app may see, and how they are answered. */
const refusals: ReadonlyArray<readonly [what: string, request: string, status: number]> = [
  // RFC 9112 §3
  ['garbage', 'garbage\r\n\r\n', 400],
  ['HTTP/0.9', 'GET /\r\n\r\n', 505],
  ['HTTP/0.9 by name', 'GET / HTTP/0.9\r\nhost: a\r\n\r\n', 505],
  ['HTTP/2.0 by name', 'GET / HTTP/2.0\r\nhost: a\r\n\r\n', 505],
  ['HTTP/1.2', 'GET / HTTP/1.2\r\nhost: a\r\n\r\n', 400],
  ['a version in lower case', 'GET / http/1.1\r\nhost: a\r\n\r\n', 400],
  ['an unknown method', 'NONSENSE / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['a method in lower case', 'get / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['the method constructor', 'constructor / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  // Rule 17, RFC 3986 §2.1
  ['rule 17: an escape that is none', get('/%zz'), 400],
  ['rule 17: a lone percent sign', get('/%'), 400],
  ['rule 17: an overlong escape', get('/%c0%af'), 400],
  ['rule 17: half a surrogate', get('/%ed%a0%80'), 400],
  ['rule 17: NUL', get('/a%00b'), 400],
  // Rule 18, RFC 9112 §3.2
  ['rule 18: the asterisk form of GET', get('*'), 400],
  ['rule 18: the authority form of GET', get('example.org:80'), 400],
  ['rule 18: an absolute target with userinfo', get('http://user@example.org/'), 400],
  ['rule 18: an absolute target with user and password', get('http://a:b@example.org/'), 400],
  ['rule 18: an absolute target without a host', get('http:///a'), 400],
  ['rule 18: an absolute target with a port of no host', get('http://:80/x'), 400],
  ['rule 18: an absolute target with brackets around no address', get('http://[....]/x'), 400],
  ['rule 18: an absolute target with a bad port', get('http://example.org:8o/'), 400],
  ['rule 18: a target of another scheme', get('ftp://example.org/'), 400],
  ['rule 18: a target without a slash', get('a'), 400],
  ['a target with a fragment', get('/a#b'), 400],
  ['a target with bytes that had to be escaped', get('/caf\xe9'), 400],
  ['a target with a control character', get('/a\x01'), 400],
  // RFC 9112 §3.2, RFC 9110 §7.2
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two hosts', get('/', 'host: example.com'), 400],
  ['the same host twice', get('/', 'Host: example.org'), 400],
  ['a host with userinfo', 'GET / HTTP/1.1\r\nhost: a@b\r\n\r\n', 400],
  ['a host with a path', 'GET / HTTP/1.1\r\nhost: a/b\r\n\r\n', 400],
  ['a host with a query', 'GET / HTTP/1.1\r\nhost: a?b\r\n\r\n', 400],
  ['a host with a space', 'GET / HTTP/1.1\r\nhost: a b\r\n\r\n', 400],
  ['a host with a list', 'GET / HTTP/1.1\r\nhost: a, b\r\n\r\n', 400],
  ['a host with a bad port', 'GET / HTTP/1.1\r\nhost: a:b\r\n\r\n', 400],
  // Rules 19 and 20, RFC 9112 §6.1 and §6.3
  ['rule 19: Transfer-Encoding: gzip, chunked', get('/', 'transfer-encoding: gzip, chunked'), 400],
  ['rule 19: Transfer-Encoding: identity', get('/', 'transfer-encoding: identity'), 400],
  ['rule 19: Transfer-Encoding: chunked, chunked', get('/', 'transfer-encoding: chunked, chunked'), 400],
  ['rule 19: Transfer-Encoding: xchunked', get('/', 'transfer-encoding: xchunked'), 400],
  ['rule 19: two Transfer-Encodings', get('/', 'transfer-encoding: chunked', 'transfer-encoding: chunked'), 400],
  ['rule 19: an empty Transfer-Encoding', get('/', 'transfer-encoding: '), 400],
  [
    'rule 19: chunks in HTTP/1.0',
    'POST / HTTP/1.0\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['rule 20: both framings', post('abc', 'transfer-encoding: chunked'), 400],
  ['rule 20: both framings, the other way round', get('/', 'transfer-encoding: chunked', 'content-length: 3'), 400],
  ['rule 20: two lengths', post('abc', 'content-length: 4'), 400],
  ['rule 20: the same length twice', post('abc', 'content-length: 3'), 400],
  ['rule 20: a length with a sign', get('/', 'content-length: +3'), 400],
  ['rule 20: a length in hexadecimal', get('/', 'content-length: 0x3'), 400],
  ['rule 20: a list of lengths', get('/', 'content-length: 3, 3'), 400],
  ['rule 20: a negative length', get('/', 'content-length: -1'), 400],
  ['rule 20: an empty length', get('/', 'content-length: '), 400],
  ['rule 20: a length beyond 64 bits', get('/', 'content-length: 99999999999999999999'), 400],
  ['rule 20: a space before the colon', get('/', 'content-length : 3'), 400],
  ['rule 20: a folded line', get('/', 'x-a: b\r\n c'), 400],
  ['rule 20: a line end of a lone LF', 'GET / HTTP/1.1\nhost: a\n\n', 400],
  ['rule 20: a line end of a lone CR', get('/', 'x-a: b\rx-b: c'), 400],
  ['rule 20: a head that ends with CR LF CR and more', 'GET / HTTP/1.1\r\nhost: a\r\n\rX', 400],
  ['a field without a name', get('/', ': a'), 400],
  ['a field without a colon', get('/', 'abc'), 400],
  ['a name with a space', get('/', 'a b: c'), 400],
  ['a value with NUL', get('/', 'a: \0'), 400],
  // RFC 9110 §9.3.6
  ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n', 501],
]
for (const [what, request, status] of refusals) {
  test(`serve(): ${what} is answered with ${status} and a closed connection`, async (t) => {
    const called: string[] = []
    const app = http(async ({ path }, _receive, send) => {
      called.push(path)
      await reply(send, '')
    })
    const { open, log } = await serving(t, app)
    const wire = (await open()).send(request, get('/next'))

    const answer = await wire.answer()

    t.equal(answer.status, status)
    t.equal(answer.headers['connection'], 'close')
    t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(await wire.rest(), '')
    t.same(called, [])
    t.same(log, [])
  })
}

/** Requests at the edge of what is refused. */
const accepted: ReadonlyArray<readonly [what: string, request: string, path: string]> = [
  ['an absolute target', get('http://example.org/a'), '/a'],
  ['an absolute target in upper case', get('HTTP://EXAMPLE.ORG/a'), '/a'],
  ['an absolute target without a path', get('http://example.org'), '/'],
  ['an absolute target with only a query', get('http://example.org?a'), '/'],
  ['an absolute https target', get('https://example.org:8443/a'), '/a'],
  ['a double slash', get('//a//b'), '//a//b'],
  ['dot segments', get('/a/../b/./c'), '/a/../b/./c'],
  ['a backslash', get('/a%5Cb\\c'), '/a\\b\\c'],
  ['an escaped slash', get('/a%2Fb'), '/a/b'],
  ['an escaped percent sign, decoded once', get('/%2561'), '/%61'],
  ['an escaped question mark', get('/a%3Fb?c'), '/a?b'],
  ['UTF-8', get('/caf%C3%A9/%E2%98%83'), '/café/☃'],
  ['escapes in a query that do not decode', get('/a?%zz'), '/a'],
  ['NUL in a query', get('/a?%00'), '/a'],
  ['an empty host', 'GET /a HTTP/1.1\r\nhost:\r\n\r\n', '/a'],
  ['an IPv6 host', 'GET /a HTTP/1.1\r\nhost: [::1]:8000\r\n\r\n', '/a'],
  ['no host in HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', '/a'],
  ['Transfer-Encoding: Chunked', get('/a', 'Transfer-Encoding: Chunked') + '0\r\n\r\n', '/a'],
  ['empty lines before a request', `\r\n\r\n${get('/a')}`, '/a'],
  ['an empty value', get('/a', 'x-a:'), '/a'],
]
for (const [what, request, path] of accepted) {
  test(`serve(): ${what} is served`, async (t) => {
    const { ask } = await serving(t, paths)

    const { status, body } = await ask(request)

    t.same([status, Buffer.from(body, 'latin1').toString()], [200, path])
  })
}

/** Absolute targets, and the host that the app sees. Source: RFC 9112 §3.2.2. */
const authorities: ReadonlyArray<readonly [request: string, headers: unknown]> = [
  [
    'GET http://a:80/ HTTP/1.1\r\nx-a: host\r\nHost: evil\r\n\r\n',
    [
      ['x-a', 'host'],
      ['host', 'a:80'],
    ],
  ],
  [
    'GET http://a/ HTTP/1.0\r\nx-a: b\r\n\r\n',
    [
      ['host', 'a'],
      ['x-a', 'b'],
    ],
  ],
  ['GET / HTTP/1.1\r\nhost: b\r\n\r\n', [['host', 'b']]],
]
for (const [request, headers] of authorities) {
  test(`serve(): the host of ${JSON.stringify(request)}`, async (t) => {
    const app = http(async (scope, _receive, send) => reply(send, JSON.stringify([...scope.headers])))
    const { ask } = await serving(t, app)

    t.same(JSON.parse((await ask(request)).body), headers)
  })
}

test('serve(): a request that ends within its head is answered with 400', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send('GET / HTTP/1.1\r\nho').finish()

  t.equal((await wire.answer()).status, 400)
})

test('serve(): HEAD is refused without a body', async (t) => {
  const { ask } = await serving(t, paths)

  const { status, headers } = await ask('HEAD /%zz HTTP/1.1\r\nhost: a\r\n\r\n')

  t.same([status, headers['content-length']], [400, '22'])
})

test('serve(): a refused request with a big body is answered, not reset', async (t) => {
  const { open } = await serving(t, echo)
  const wire = (await open()).send('POST /%zz HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n')

  const answer = await wire.answer()
  wire.send(Buffer.alloc(1_000_000))

  t.equal(answer.status, 400)
  t.ok(await wire.closed)
})

test('serve(): garbage that goes on and on is answered once', async (t) => {
  const { open } = await serving(t, echo)
  const wire = (await open()).send('garbage\r\n\r\n')
  for (let i = 0; i < 100; i++) wire.send('garbage\r\n\r\n')

  const text = await wire.rest()

  t.equal(text.split('HTTP/1.1').length, 2)
})

test('serve(): CONNECT waits for its turn', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send(get('/a'), 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n')

  const answers = [await wire.answer(), await wire.answer()]

  t.same(
    answers.map(({ status }) => status),
    [200, 501],
  )
})

test('serve(): a client that is gone before it is answered does no harm', async (t) => {
  const { open, ask } = await serving(t, paths)

  for (const text of ['garbage\r\n\r\n', 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', get('/%zz')]) {
    const wire = await open()
    await wire.flush(text)
    wire.reset()
  }

  t.equal((await ask(get('/a'))).body, '/a')
})
