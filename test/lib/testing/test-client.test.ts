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
  await t.rejects(client.post('/', { files: { a: 'b' }, body: '1' }), /more than one of json, form and body/)
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
  ['a buffer', { body: new Uint8Array([0x61, 0x62]).buffer }, 'ab', { 'content-length': '2' }],
  ['a Blob', { body: new Blob(['a'], { type: 'x/y' }) }, 'a', { 'content-type': 'x/y', 'content-length': '1' }],
  ['a Blob without a type', { body: new Blob(['a']) }, 'a', { 'content-length': '1' }],
  [
    'parameters',
    { body: new URLSearchParams({ a: 'b c' }) },
    'a=b+c',
    { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '5' },
  ],
  ['a list', { body: ['a', new Uint8Array([0x62])] }, 'ab', { 'transfer-encoding': 'chunked' }],
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

const tls = {
  server_cert: null,
  client_cert_chain: [],
  client_cert_name: 'CN=ada',
  client_cert_error: null,
  tls_version: 0x0304,
  cipher_suite: null,
}

test('TestClient: offers facts on TLS and pushes when it is told to', async (t) => {
  const pushing = app({
    async http({ extensions }, _receive, send) {
      await send({ type: 'http.response.push', path: '/a.css', headers: [['accept', 'text/css']] })
      await answer(send, { body: extensions.tls!.client_cert_name! })
    },
    async websocket({ extensions }, _receive, send) {
      t.strictSame(Object.keys(extensions), ['tls', 'websocket.http.response', 'server.shutdown.signal'])
      await send({ type: 'websocket.accept' })
    },
  })
  const extensions = { tls, 'http.response.push': {} }
  await using client = await TestClient.open(pushing, { baseUrl: 'https://testserver', extensions })
  const response = await client.get('/')
  await client.websocket('/')
  t.equal(await response.text(), 'CN=ada')
  t.equal(response.pushes.length, 1)
  t.equal(response.pushes[0]!.path, '/a.css')
  t.equal(response.pushes[0]!.headers.get('accept'), 'text/css')
})

test('TestClient: an app that is not offered pushes must not push', async (t) => {
  const pushing = app({
    async http(_scope, _receive, send) {
      await send({ type: 'http.response.push', path: '/', headers: [] })
    },
  })
  for (const lint of [true, false]) {
    await using client = await TestClient.open(pushing, { lint })
    await t.rejects(client.get('/'), /does not offer "http.response.push"/)
  }
})

/** The body of a form as its app sees it, without the boundary. */
async function formSeen(options: RequestOptions): Promise<{ body: string; type: string; length: string }> {
  await using client = await TestClient.open(mirror)
  const seen = await (await client.post('/', options)).json<Mirrored>()
  const fields = new Map(seen.headers)
  const [type, boundary] = fields.get('content-type')!.split('; boundary=')
  return { body: seen.body.replaceAll(boundary!, 'b'), type: type!, length: fields.get('content-length')! }
}

/** RFC 7578 §4.2, with the encoding of names in HTML. */
const forms: ReadonlyArray<readonly [what: string, options: RequestOptions, body: string]> = [
  [
    'fields before files',
    { form: { title: 'Spring' }, files: { photo: 'jpeg' } },
    '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nSpring\r\n' +
      '--b\r\ncontent-disposition: form-data; name="photo"; filename="photo"\r\ncontent-type: application/octet-stream\r\n\r\njpeg\r\n--b--\r\n',
  ],
  [
    'several files of one name, each with its type',
    {
      files: {
        f: [
          { name: 'a.txt', content: new Uint8Array([0x61]) },
          { name: 'b.txt', content: 'b', type: 'x/y' },
          new File(['c'], 'c.png', { type: 'image/png' }),
          new Blob(['d'], { type: 'text/css' }),
        ],
      },
    },
    '--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\na\r\n' +
      '--b\r\ncontent-disposition: form-data; name="f"; filename="b.txt"\r\ncontent-type: x/y\r\n\r\nb\r\n' +
      '--b\r\ncontent-disposition: form-data; name="f"; filename="c.png"\r\ncontent-type: image/png\r\n\r\nc\r\n' +
      '--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\ncontent-type: text/css\r\n\r\nd\r\n--b--\r\n',
  ],
  [
    'names with quotes and line ends',
    { files: { 'a"\r\n': { name: '"\n', content: '' } } },
    '--b\r\ncontent-disposition: form-data; name="a%22%0D%0A"; filename="%22%0A"\r\ncontent-type: application/octet-stream\r\n\r\n\r\n--b--\r\n',
  ],
  ['no files', { files: {} }, '--b--\r\n'],
]

for (const [what, options, body] of forms) {
  test(`TestClient.post: sends a form of ${what}`, async (t) => {
    const seen = await formSeen(options)
    t.equal(seen.body, body)
    t.equal(seen.type, 'multipart/form-data')
    t.equal(Number(seen.length), Buffer.byteLength(body) + (body.split('--b').length - 1) * 35)
  })
}

test('TestClient.post: sends a FormData of the platform', async (t) => {
  const form = new FormData()
  form.append('a', 'ü')
  form.append('f', new File(['x'], 'f.txt', { type: 'text/plain' }))
  const { body } = await formSeen({ body: form })
  t.equal(
    body,
    '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nü\r\n' +
      '--b\r\ncontent-disposition: form-data; name="f"; filename="f.txt"\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--\r\n',
  )
})

test('TestClient.headers: what is changed counts from the next request on', async (t) => {
  await using client = await TestClient.open(mirror, { headers: { 'x-a': '1' } })
  client.headers.set('x-a', '2')
  const { headers } = await (await client.get('/')).json<Mirrored>()
  t.equal(new Map(headers).get('x-a'), '2')
})

test('TestClient: authenticates by name and password, for a request or for all', async (t) => {
  await using client = await TestClient.open(mirror, { auth: ['ada', 'pass:wörd'] })
  const sent = async (options: RequestOptions): Promise<string | undefined> =>
    new Map((await (await client.get('/', options)).json<Mirrored>()).headers).get('authorization')
  t.equal(await sent({}), `Basic ${Buffer.from('ada:pass:wörd').toString('base64')}`)
  t.equal(await sent({ auth: ['bob', ''] }), 'Basic Ym9iOg==')
  await t.rejects(client.get('/', { auth: ['a:b', ''] }), /Cannot authenticate as "a:b": a name has no colon/)
  await t.rejects(client.get('/', { auth: ['a', '\n'] }), /Cannot authenticate as "a"/)
})

test('TestClient: cookies of a request go beside those of the client and replace them', async (t) => {
  const seeing = app({
    http: ({ headers }, _receive, send) => answer(send, { body: new Map(headers).get('cookie') ?? 'none' }),
    async websocket({ headers }, _receive, send) {
      await send({ type: 'websocket.accept' })
      await send({ type: 'websocket.send', text: new Map(headers).get('cookie') ?? 'none' })
    },
  })
  await using client = await TestClient.open(seeing, { cookies: { a: '1', b: '2' } })
  const sent = async (options: RequestOptions): Promise<string> => (await client.get('/', options)).text()
  t.equal(await sent({ cookies: { b: '3', c: '4' } }), 'a=1; b=3; c=4')
  t.equal(await sent({ cookies: {} }), 'a=1; b=2')
  t.equal(await (await client.websocket('/', { cookies: { b: '5' } })).receiveText(), 'a=1; b=5')
  await t.rejects(client.get('/', { cookies: { a: '1; b=2' } }), /Cannot set cookie "a"/)
  client.cookies.clear()
  t.equal(await sent({}), 'none')
  t.equal(await sent({ cookies: { c: '4' } }), 'c=4')
})

test('TestResponse.cookies: those that a response sets, with their attributes', async (t) => {
  const headers = [
    ['set-cookie', 'a=1; HttpOnly'],
    ['set-cookie', 'b=2; Max-Age=0'],
    ['set-cookie', 'c=3; Domain=other.example'],
  ] as const
  await using client = await TestClient.open(answering({ headers }))
  const response = await client.get('/')
  t.strictSame(
    [...response.cookies].map(({ name, value, httpOnly }) => [name, value, httpOnly]),
    [['a', '1', true]],
  )
  t.equal(response.cookies, response.cookies)
})

test('TestResponse: names its status', async (t) => {
  await using client = await TestClient.open(answering(({ path }) => ({ status: Number(path.slice(1)) })))
  t.equal((await client.get('/404')).reason, 'Not Found')
  t.equal((await client.get('/599')).reason, '')
})

test('TestResponse.raiseForStatus: resolves with the response, or rejects for an error with what it says', async (t) => {
  const failing = answering(({ path }) => ({ status: Number(path.slice(1)), body: 'no such note' }))
  await using client = await TestClient.open(failing)
  for (const path of ['/200', '/300', '/399']) {
    const response = await client.get(path)
    t.equal(await response.raiseForStatus(), response)
  }
  for (const status of [400, 500]) {
    await t.rejects((await client.get(`/${status}`)).raiseForStatus(), {
      code: 'STELLINE_UNEXPECTED_STATUS',
      status,
      message: `Expected an answer that is no error: http://testserver/${status} answered ${status} with no content-type: no such note`,
    })
  }
  const read = await client.get('/404')
  for await (const _ of read);
  await t.rejects(read.raiseForStatus(), /answered 404 with no content-type: $/)
})

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

test('TestResponse.lines: gives the lines of the body as they come', async (t) => {
  const lines = app({
    async http(_scope, _receive, send) {
      await send({ type: 'http.response.start', status: 200 })
      for (const body of ['a\r', '\nb', 'c\n\n', new Uint8Array([0xc3]), new Uint8Array([0xa9]), '\rd']) {
        await send({ type: 'http.response.body', body, more_body: true })
      }
      await send({ type: 'http.response.body' })
    },
  })
  await using client = await TestClient.open(lines)
  t.strictSame(await allOf((await client.get('/')).lines()), ['a', 'bc', '', 'é\rd'])
})

test('TestResponse.lines: a last line may have its end, and leaving disconnects', async (t) => {
  let left = false
  const endless = app({
    async http({ extensions }, _receive, send) {
      extensions['http.disconnect.signal']!.signal.addEventListener('abort', () => (left = true))
      await send({ type: 'http.response.start', status: 200 })
      for (;;) await send({ type: 'http.response.body', body: 'tick\n', more_body: true })
    },
  })
  await using client = await TestClient.open(endless)
  for await (const line of (await client.get('/')).lines()) {
    t.equal(line, 'tick')
    break
  }
  t.ok(left)
  await using other = await TestClient.open(answering({ body: 'a\n' }))
  t.strictSame(await allOf((await other.get('/')).lines()), ['a'])
})

test('TestResponse: tells the template and the context of the last rendering', async (t) => {
  const rendering = app({
    async http({ path }, _receive, send) {
      if (path === '/rendered') {
        for (const template of ['layout', 'page']) {
          await send({ type: 'http.response.debug', info: { template, context: { name: template } } })
        }
        await send({ type: 'http.response.debug', info: 'text' })
        await send({ type: 'http.response.debug', info: { timing: 1 } })
      }
      await answer(send)
    },
  })
  await using client = await TestClient.open(rendering)
  const rendered = await client.get('/rendered')
  const plain = await client.get('/')
  t.strictSame([rendered.template, rendered.context], ['page', { name: 'page' }])
  t.strictSame([plain.template, plain.context], [null, null])
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
