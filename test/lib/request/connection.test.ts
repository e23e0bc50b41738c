import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { Headers } from '../../../lib/http/headers.ts'
import { URLPath } from '../../../lib/http/url-path.ts'
import { Request } from '../../../lib/request/request.ts'
import type { Extensions } from '../../../lib/spec/extensions.ts'
import { httpScope } from '../../support/messages.ts'
import { refusal } from '../../support/refusal.ts'

function request(changes: Parameters<typeof httpScope>[0] = {}): Request {
  return new Request(httpScope(changes))
}

test('Connection: views are built once', async (t) => {
  const { scope } = request({ headers: [['cookie', 'a=1']], query_string: 'b=2' })
  const views = new Request(scope)
  for (const name of ['url', 'headers', 'queryParams', 'cookies', 'client', 'signal', 'shutdownSignal'] as const) {
    t.equal(views[name], views[name], name)
  }
})

test('Connection: url is the URL that was requested', async (t) => {
  t.equal(request({ path: '/a b', query_string: 'c=d' }).url.href, 'http://example.org/a%20b?c=d')
})

test('Connection: neither Host nor path makes url another authority', async (t) => {
  const url = request({ path: '//evil.example', headers: [['host', 'a@evil.example']] }).url
  t.equal(url.host, '127.0.0.1:8000')
})

test('Connection: path is the path of the scope, not normalised', async (t) => {
  t.equal(request({ path: '/a/../%61 b' }).path, '/a/../%61 b')
})

test('Connection: headers are those of the server when it has a Headers', async (t) => {
  const headers = Headers.fromRaw(['Host', 'a'])
  t.equal(request({ headers }).headers, headers)
})

test('Connection: queryParams are decoded', async (t) => {
  t.equal(request({ query_string: 'q=a+b%C3%A9' }).queryParams.get('q'), 'a bé')
})

test('Connection: more than 1000 query parameters are the fault of the client', async (t) => {
  t.equal(request({ query_string: '&a'.repeat(1000) }).queryParams.size, 1000)
  const tooMany = request({ query_string: '&a'.repeat(1001) })
  t.throws(() => tooMany.queryParams, refusal(400, 'The query has more than 1000 parameters'))
  t.throws(() => tooMany.queryParams, HTTPException)
})

test('Connection: pathParams are those that routing found', async (t) => {
  const path_params = { id: 1 }
  t.equal(request({ path_params }).pathParams, path_params)
})

test('Connection: without routing there are no pathParams, not even inherited ones', async (t) => {
  for (const changes of [{}, { path_params: null }]) {
    const { pathParams } = request(changes)
    t.equal(pathParams['constructor'], undefined)
    t.strictSame(Object.keys(pathParams), [])
  }
})

test('Connection: cookies of several fields are read together, RFC 9113 §8.2.3', async (t) => {
  const { cookies } = request({
    headers: [
      ['cookie', 'a=1'],
      ['cookie', 'b=2; a=3'],
    ],
  })
  t.strictSame(
    [...cookies],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  )
})

test('Connection: without a cookie field there are no cookies', async (t) => {
  t.equal(request().cookies.size, 0)
})

test('Connection: client is the address, or null', async (t) => {
  t.strictSame(request().client, { host: '192.0.2.1', port: 50_000 })
  for (const client of [null, undefined]) {
    const scope = { ...httpScope(), client } as ReturnType<typeof httpScope>
    t.equal(new Request(scope).client, null)
  }
})

test('Connection: state and app are those of the scope', async (t) => {
  const state = { database: 1 }
  const app = {}
  const { state: seen, app: owner } = request({ state, app })
  t.equal(seen, state)
  t.equal(owner, app)
})

test('Connection: signal and shutdownSignal are those that the server offers', async (t) => {
  const gone = new AbortController().signal
  const shutdown = new AbortController().signal
  const offered = request({
    extensions: { 'http.disconnect.signal': { signal: gone }, 'server.shutdown.signal': { signal: shutdown } },
  })
  t.equal(offered.signal, gone)
  t.equal(offered.shutdownSignal, shutdown)
})

test('Connection: where the server offers no signals, they are not aborted', async (t) => {
  for (const plain of [request(), new Request({ ...httpScope(), extensions: undefined as unknown as Extensions })]) {
    t.equal(plain.signal.aborted, false)
    t.equal(plain.shutdownSignal.aborted, false)
  }
})

test('Connection: urlFor() builds the absolute URL of a route', async (t) => {
  const url_resolver = {
    resolveURL: (name: string, params: object) => new URLPath(encodeURI(`/${name}/${JSON.stringify(params)}`)),
  }
  const scope = { url_resolver, root_path: '/mounted', path: '/mounted/x' }
  t.equal(request(scope).urlFor('item', { id: 1 }).href, 'http://example.org/mounted/item/%7B%22id%22:1%7D')
  t.equal(request({ ...scope, app_root_path: '/ä' }).urlFor('item').href, 'http://example.org/%C3%A4/item/%7B%7D')
})

test('Connection: urlFor() keeps a path that looks like an authority a path', async (t) => {
  const url_resolver = { resolveURL: () => new URLPath('//evil.example') }
  t.equal(request({ url_resolver }).urlFor('item').href, 'http://example.org//evil.example')
})

test('Connection: urlFor() without a router is an error that says so', async (t) => {
  t.throws(() => request().urlFor('item'), {
    name: 'TypeError',
    message: 'Cannot build the URL of "item": the connection has passed no router',
  })
})

for (const [what, changes, href] of [
  ['a root', {}, 'http://example.org/'],
  ['a root_path', { root_path: '/api v1', path: '/api v1/x' }, 'http://example.org/api%20v1/'],
  ['a mount', { root_path: '/api/mount', app_root_path: '/api', path: '/api/mount/x' }, 'http://example.org/api/'],
  ['a root_path like an authority', { root_path: '//evil.example' }, 'http://example.org//evil.example/'],
  ['a query', { query_string: 'a=b' }, 'http://example.org/'],
] as const) {
  test(`Connection: baseUrl with ${what} is ${href}`, async (t) => {
    const connection = request(changes)
    t.equal(connection.baseUrl.href, href)
    t.equal(connection.baseUrl, connection.baseUrl)
  })
}
