import { test } from 'tap'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { RequestOptions } from '../../../lib/testing/client-options.ts'
import { CookieJar } from '../../../lib/testing/cookie-jar.ts'
import { answer, answering, app, mirror } from './raw-apps.ts'
import type { Mirrored } from './raw-apps.ts'

test('TestClient.get: resolves with the answer of the app', async (t) => {
  await using client = await TestClient.open(answering({ headers: [['x-a', '1']], body: 'Grüße' }))
  const response = await client.get('/path?q')
  t.equal(response.status, 200)
  t.ok(response.ok)
  t.notOk(response.redirected)
  t.equal(response.url, 'http://testserver/path?q')
  t.equal(response.headers.get('X-A'), '1')
  t.equal(await response.text(), 'Grüße')
})

test('TestClient: takes an object with "asgi"', async (t) => {
  await using client = await TestClient.open({ asgi: answering({ status: 404 }) })
  const response = await client.get('/')
  t.equal(response.status, 404)
  t.notOk(response.ok)
})

const shorthands = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const

for (const name of shorthands) {
  test(`TestClient.${name}: sends its method`, async (t) => {
    await using client = await TestClient.open(mirror)
    const seen = await (await client[name]('/')).json<Mirrored>()
    t.equal(seen.method, name.toUpperCase())
  })
}

test('TestClient.head: drops the body and keeps its length', async (t) => {
  await using client = await TestClient.open(answering({ headers: [['content-length', '5']], body: 'hello' }))
  const response = await client.head('/')
  t.equal(response.headers.get('content-length'), '5')
  t.equal(await response.text(), '')
})

test('TestClient.request: writes the method in capitals', async (t) => {
  await using client = await TestClient.open(mirror)
  t.equal((await (await client.request('propfind', '/')).json<Mirrored>()).method, 'PROPFIND')
})

test('TestClient.request: refuses what is no request', async (t) => {
  await using client = await TestClient.open(mirror)
  await t.rejects(client.request('GET /', '/'), /Cannot request with method "GET \/": it is not a token/)
  await t.rejects(client.get('users'), /does not start with "\/"/)
  await t.rejects(client.get('/', { headers: { 'a b': 'c' } }), TypeError)
  await t.rejects(client.post('/', { json: 1, body: '1' }), /more than one of json, form and body/)
  await t.rejects(client.post('/', { json: () => {} }), /has no form in JSON/)
})

test('TestClient: makes a scope as a server does', async (t) => {
  await using client = await TestClient.open(mirror)
  t.match(await (await client.get('/a%20b/%2561?q=%20')).json(), {
    method: 'GET',
    scheme: 'http',
    http_version: '1.1',
    path: '/a b/%61',
    raw_path: '/a%20b/%2561',
    query_string: 'q=%20',
    root_path: '',
    client: ['testclient', 50000],
    server: ['testserver', 80],
    headers: [
      ['host', 'testserver'],
      ['user-agent', 'testclient'],
      ['accept', '*/*'],
    ],
    body: '',
  })
})

test('TestClient: a base URL, a root path and a client of its own', async (t) => {
  const options = { baseUrl: 'https://example.org:8443/v1', rootPath: '/api', client: null }
  await using client = await TestClient.open(mirror, options)
  const response = await client.get('/users')
  t.equal(response.url, 'https://example.org:8443/api/v1/users')
  t.match(await response.json(), {
    scheme: 'https',
    path: '/api/v1/users',
    raw_path: '/api/v1/users',
    root_path: '/api',
    client: null,
    server: ['example.org', 8443],
    headers: [['host', 'example.org:8443']],
  })
})

test('TestClient: refuses a bad base before anything runs', async (t) => {
  await t.rejects(TestClient.open(mirror, { baseUrl: 'testserver' }), /Cannot use base URL "testserver"/)
  await t.rejects(TestClient.open(mirror, { rootPath: 'api' }), /Cannot use root path "api"/)
})

test('TestClient: fields of a request replace those of the client, and those its own', async (t) => {
  await using client = await TestClient.open(mirror, { headers: { accept: 'text/html', 'x-a': ['1', '2'] } })
  const first = await (await client.get('/')).json<Mirrored>()
  const second = await (
    await client.get('/', {
      headers: [
        ['X-A', '3'],
        ['host', 'other'],
      ],
    })
  ).json<Mirrored>()
  t.strictSame(first.headers.slice(2), [
    ['accept', 'text/html'],
    ['x-a', '1'],
    ['x-a', '2'],
  ])
  t.strictSame(second.headers.slice(1), [
    ['accept', 'text/html'],
    ['x-a', '3'],
    ['host', 'other'],
  ])
})

async function* chunks(): AsyncGenerator<string | Uint8Array> {
  yield 'über'
  yield new Uint8Array([0x21])
}

/** What a body becomes: its bytes as text, its media type, and how its end is told. */
const bodies: ReadonlyArray<
  readonly [what: string, options: RequestOptions, body: string, fields: Record<string, string>]
> = [
  [
    'json',
    { json: { a: [1, null] } },
    '{"a":[1,null]}',
    { 'content-type': 'application/json', 'content-length': '14' },
  ],
  ['json null', { json: null }, 'null', { 'content-type': 'application/json', 'content-length': '4' }],
  [
    'form',
    { form: { a: '1 2', b: [3, true] } },
    'a=1+2&b=3&b=true',
    { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '16' },
  ],
  ['text', { body: 'ü' }, 'ü', { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' }],
  ['bytes', { body: new Uint8Array([0x61]) }, 'a', { 'content-length': '1' }],
  ['an iterable', { body: chunks() }, 'über!', { 'transfer-encoding': 'chunked' }],
  ['a stream', { body: new Blob(['streamed']).stream() }, 'streamed', { 'transfer-encoding': 'chunked' }],
  [
    'an iterable of a length',
    { body: chunks(), headers: { 'content-length': '6' } },
    'über!',
    { 'content-length': '6' },
  ],
  [
    'a type of its own',
    { json: 1, headers: { 'content-type': 'application/problem+json' } },
    '1',
    { 'content-type': 'application/problem+json', 'content-length': '1' },
  ],
]

for (const [what, options, body, fields] of bodies) {
  test(`TestClient.post: sends ${what}`, async (t) => {
    await using client = await TestClient.open(mirror)
    const seen = await (await client.post('/', options)).json<Mirrored>()
    t.equal(seen.body, body)
    const described = seen.headers.filter(([name]) => /^content-|^transfer-/.test(name))
    t.strictSame(Object.fromEntries(described), fields)
  })
}

test('TestClient: a query is added to that of the path', async (t) => {
  await using client = await TestClient.open(mirror)
  t.equal((await (await client.get('/?a=1', { query: { b: 2 } })).json<Mirrored>()).query_string, 'a=1&b=2')
})

test('TestClient: leaves out the fields that are between a server and its peer', async (t) => {
  const headers = [
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
    ['x-a', '1'],
  ] as const
  await using client = await TestClient.open(answering({ headers }))
  t.strictSame([...(await client.get('/')).headers], [['x-a', '1']])
})

test('TestClient: an answer that may have no body has none', async (t) => {
  for (const status of [204, 304]) {
    await using client = await TestClient.open(answering({ status, body: 'dropped' }), { lint: false })
    t.equal(await (await client.get('/')).text(), '')
  }
})

test('TestClient: offers the extensions that it can keep', async (t) => {
  const offered: string[][] = []
  const listing = app({
    async http({ extensions }, _receive, send) {
      offered.push(Object.keys(extensions).toSorted())
      await answer(send)
    },
    async websocket({ extensions }, _receive, send) {
      offered.push(Object.keys(extensions).toSorted())
      await send({ type: 'websocket.accept' })
    },
  })
  await using client = await TestClient.open(listing)
  await client.get('/')
  await client.get('/', { headers: { te: 'gzip;q=0.5, Trailers' } })
  await client.websocket('/')
  const always = ['http.disconnect.signal', 'http.response.debug', 'http.response.early_hint']
  t.strictSame(offered, [
    [...always, 'server.shutdown.signal'],
    [...always, 'http.response.trailers', 'server.shutdown.signal'],
    ['server.shutdown.signal', 'websocket.http.response'],
  ])
})

test('TestClient: gives the early hints, the debug information and the trailers of an answer', async (t) => {
  const rich = app({
    async http(_scope, _receive, send) {
      await send({ type: 'http.response.early_hint', links: ['</a.css>'] })
      await send({ type: 'http.response.early_hint', links: new Set(['</b.css>', '</c.css>']) })
      await send({ type: 'http.response.debug', info: { template: 'page' } })
      await send({ type: 'http.response.start', status: 200, trailers: true })
      await send({ type: 'http.response.body', body: 'x' })
      await send({ type: 'http.response.trailers', headers: [['x-sum', '1']], more_trailers: true })
      await send({ type: 'http.response.trailers', headers: [['x-sum', '2']] })
    },
  })
  await using client = await TestClient.open(rich)
  const response = await client.get('/', { headers: { te: 'trailers' } })
  t.strictSame(response.earlyHints, ['</a.css>', '</b.css>', '</c.css>'])
  t.strictSame(response.debug, [{ template: 'page' }])
  t.strictSame((await response.trailers()).getAll('x-sum'), ['1', '2'])
  t.equal(await response.text(), 'x')
})

test('TestClient: an answer without trailers has none', async (t) => {
  await using client = await TestClient.open(answering({ body: 'x' }))
  t.equal((await (await client.get('/')).trailers()).size, 0)
})

test('TestClient: keeps cookies from one request to the next', async (t) => {
  const visits = answering(({ path, headers }) => ({
    headers:
      path === '/set'
        ? [
            ['set-cookie', 'a=1; Path=/'],
            ['set-cookie', 'b=2; Path=/'],
          ]
        : [],
    body: new Map(headers).get('cookie') ?? '',
  }))
  await using client = await TestClient.open(visits, { cookies: { c: '3' } })
  await client.get('/set')
  t.equal(await (await client.get('/')).text(), 'c=3; a=1; b=2')
  t.equal(await (await client.get('http://other/')).text(), '')
  t.equal(await (await client.get('/', { headers: { cookie: 'own=1' } })).text(), 'own=1')
  t.equal(client.cookies.get('b'), '2')
})

test('TestClient: takes a jar of cookies', async (t) => {
  const cookies = new CookieJar()
  await using client = await TestClient.open(answering({ headers: [['set-cookie', 'a=1']] }), { cookies })
  await client.get('/')
  t.equal(client.cookies, cookies)
  t.equal(cookies.get('a'), '1')
})

test('TestClient: runs requests at the same time', async (t) => {
  let waiting: Array<() => void> = []
  const together = app({
    async http(_scope, _receive, send) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length === 3) for (const go of waiting) go()
      })
      await answer(send)
    },
  })
  await using client = await TestClient.open(together)
  const responses = await Promise.all(['/a', '/b', '/c'].map((path) => client.get(path)))
  t.strictSame(
    responses.map(({ url }) => url),
    ['http://testserver/a', 'http://testserver/b', 'http://testserver/c'],
  )
  waiting = []
})

test('TestClient: can be used inside the app of another one', async (t) => {
  const outer = app({
    async http(_scope, _receive, send) {
      await using inner = await TestClient.open(answering({ body: 'inner' }))
      await answer(send, { body: await (await inner.get('/')).bytes() })
    },
  })
  await using client = await TestClient.open(outer)
  t.equal(await (await client.get('/')).text(), 'inner')
})
