import { test } from 'tap'
import type { HTTPScope } from '../../../../lib/spec/scope.ts'
import type { Scene } from '../serving.ts'
import { bodyOf, echo, gate, get, http, paths, post, reply, serving, unlinted } from '../serving.ts'

/** The scope that a request makes. */
async function scopeOf(t: Scene, request: string, options = {}): Promise<HTTPScope> {
  const scopes: HTTPScope[] = []
  const app = http(async (scope, _receive, send) => {
    scopes.push(scope)
    await reply(send, '')
  })
  const { open } = await serving(t, app, options)
  await (await open()).send(request).answer()
  return scopes[0]!
}

test('serve(): the scope holds what the contract promises', async (t) => {
  const { ask, server } = await serving(
    t,
    http(async ({ headers, client, state, extensions, ...rest }, _receive, send) => {
      const shown = { ...rest, headers: [...headers], host: client?.[0], state, extensions: Object.keys(extensions) }
      await reply(send, JSON.stringify(shown))
    }),
  )

  const { body } = await ask('GET /a%20b/%2Fc?q=%41&r HTTP/1.1\r\nHost: example.org\r\nX-A: 1\r\nx-a: 2\r\n\r\n')

  t.same(JSON.parse(body), {
    type: 'http',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    method: 'GET',
    scheme: 'http',
    path: '/a b//c',
    raw_path: '/a%20b/%2Fc',
    query_string: 'q=%41&r',
    root_path: '',
    headers: [
      ['host', 'example.org'],
      ['x-a', '1'],
      ['x-a', '2'],
    ],
    host: '127.0.0.1',
    server: ['127.0.0.1', server.port],
    state: {},
    extensions: [
      'http.disconnect.signal',
      'http.response.early_hint',
      'http.response.pathsend',
      'http.response.zerocopysend',
      'server.shutdown.signal',
    ],
  })
})

test('serve(): a copy of the scope keeps everything', async (t) => {
  const scope = await scopeOf(t, get())

  t.same(Object.keys({ ...scope }), Object.keys(scope))
})

test('serve(): rootPath stands before path and raw_path', async (t) => {
  const { path, raw_path, root_path } = await scopeOf(t, get('/a%20b'), { rootPath: '/api/' })

  t.same([path, raw_path, root_path], ['/api/a b', '/api/a%20b', '/api'])
})

test('serve(): OPTIONS * has the path * under any rootPath', async (t) => {
  const request = 'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n'

  t.equal((await scopeOf(t, request)).path, '*')
  t.equal((await scopeOf(t, request, { rootPath: '/api' })).path, '*')
})

test('serve(): a rootPath without a slash is refused', async (t) => {
  await t.rejects(serving(t, echo, { rootPath: 'api' }), { name: 'TypeError' })
})

test('serve(): the values of request fields are bytes', async (t) => {
  const { headers } = await scopeOf(t, get('/', 'x-a: caf\xe9'))

  t.same([...headers].at(-1), ['x-a', 'caf\xe9'])
})

test('serve(): request fields may be called constructor and __proto__', async (t) => {
  const { headers } = await scopeOf(t, get('/', '__proto__: a', 'constructor: b', '__proto__: c'))

  t.same([...headers].slice(1), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['__proto__', 'c'],
  ])
})

test('serve(): each request has its own copy of the state', async (t) => {
  const app = http(async ({ state }, _receive, send) => {
    state['count'] = Number(state['count'] ?? 0) + 1
    await reply(send, String(state['count']))
  })
  const { ask } = await serving(t, app)

  t.same([(await ask(get())).body, (await ask(get())).body], ['1', '1'])
})

test('serve(): a request may arrive byte by byte', async (t) => {
  const { open } = await serving(t, echo)
  const wire = await open()

  for (const byte of post('hello')) await wire.flush(byte)

  t.equal((await wire.answer()).body, 'hello')
})

// ---- what an answer looks like

test('serve(): an answer has a date, and no server field', async (t) => {
  const { ask } = await serving(t, paths)

  const { headers } = await ask(get())

  t.ok(Math.abs(Date.parse(headers['date']!) - Date.now()) < 5000)
  t.equal(headers['server'], undefined)
})

test('serve(): dateHeader false leaves out the date, whole or streamed', async (t) => {
  const { ask } = await serving(
    t,
    http(async ({ path }, _receive, send) => {
      await send({ type: 'http.response.start', status: 200 })
      if (path === '/streamed') await send({ type: 'http.response.body', body: 'a', more_body: true })
      await send({ type: 'http.response.body', body: 'b' })
    }),
    { dateHeader: false },
  )

  t.equal((await ask(get('/whole'))).headers['date'], undefined)
  t.equal((await ask(get('/streamed'))).headers['date'], undefined)
})

test('serve(): serverHeader and headers are added to every answer that does not set them', async (t) => {
  const app = http(async ({ path }, _receive, send) => {
    await reply(send, '', path === '/own' ? [['x-a', 'own']] : [])
  })
  const options = { serverHeader: 'stelline', headers: [['x-a', 'default'] as const, ['x-b', '1'] as const] }
  const { ask } = await serving(t, app, options)

  const { headers } = await ask(get())
  const own = await ask(get('/own'))
  const refused = await ask(get('/%zz'))

  t.match(headers, { server: 'stelline', 'x-a': 'default', 'x-b': '1' })
  t.equal(own.headers['x-a'], 'own')
  t.match(refused.headers, { server: 'stelline', 'x-a': 'default', 'x-b': '1', date: / GMT$/ })
})

test('serve(): a server field among headers takes the place of serverHeader', async (t) => {
  const { ask } = await serving(t, paths, { serverHeader: 'stelline', headers: [['Server', 'mine']] })

  t.equal((await ask(get())).headers['server'], 'mine')
})

test("serve(): the app's own date stays the only one", async (t) => {
  const date = 'Thu, 01 Jan 1970 00:00:00 GMT'
  const { ask } = await serving(
    t,
    http(async (_scope, _receive, send) => reply(send, '', [['date', date]])),
  )

  t.equal((await ask(get())).headers['date'], date)
})

test('serve(): header names are written in lower case and in order, duplicates kept', async (t) => {
  const app = http(async (_scope, _receive, send) =>
    reply(send, '', [
      ['x-b', '1'],
      ['set-cookie', 'a=1'],
      ['x-a', '2'],
      ['set-cookie', 'b=2'],
    ]),
  )
  const { ask } = await serving(t, app, { dateHeader: false })

  t.same((await ask(get())).lines.slice(1, 5), ['x-b: 1', 'set-cookie: a=1', 'x-a: 2', 'set-cookie: b=2'])
})

const latin1Bodies: ReadonlyArray<readonly [what: string, body: string | Uint8Array]> = [
  ['ASCII text', 'abc'],
  ['other text', 'abc ☃'],
  ['bytes', Buffer.from('abc ☃')],
]
for (const [what, body] of latin1Bodies) {
  for (const streamed of [false, true]) {
    test(`serve(): a latin-1 field value is one byte per character before ${what}${streamed ? ', streamed' : ''}`, async (t) => {
      const app = http(async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status: 200, headers: [['x-a', 'caf\xe9 \t\xff']] })
        if (streamed) await send({ type: 'http.response.body', body, more_body: true })
        await send({ type: 'http.response.body', body })
      })
      const { ask } = await serving(t, app)

      const answer = await ask(get())

      t.equal(answer.headers['x-a'], 'caf\xe9 \t\xff')
      t.equal(
        Buffer.from(answer.body, 'latin1').toString(),
        Buffer.from(body)
          .toString()
          .repeat(streamed ? 2 : 1),
      )
    })
  }
}

test('serve(): headers may be any iterable, also one that can be read once', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    const headers = (function* (): Generator<readonly [string, string]> {
      yield ['x-a', '1']
      yield ['x-b', '2']
    })()
    await send({ type: 'http.response.start', status: 200, headers })
    await send({ type: 'http.response.body', body: new Map([['a', 1]]).size.toString() })
  })
  const { ask } = await serving(t, app)

  t.match((await ask(get())).headers, { 'x-a': '1', 'x-b': '2' })
})

test('serve(): headers are copied: a list that the app changes later does no harm', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    const headers: Array<[string, string]> = [['x-a', '1']]
    await send({ type: 'http.response.start', status: 200, headers })
    headers[0]![1] = 'a\r\nx-b: 2'
    await send({ type: 'http.response.body' })
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(get())).headers['x-a'], '1')
})

test('serve(): the head waits for the first body message', async (t) => {
  const start = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    start.open()
    throw new Error('too early')
  })
  const { ask } = await serving(t, app)

  const { status, body } = await ask(get())

  await start.opened
  t.same([status, body], [500, 'Internal Server Error'])
})

/** What an app sends, what the request is, and how the answer is framed. */
const framings: ReadonlyArray<
  readonly [
    what: string,
    request: string,
    start: { status: number; length?: string },
    bodies: string[],
    expected: object,
  ]
> = [
  ['one message gets a length', get(), { status: 200 }, ['abc'], { 'content-length': '3' }],
  ['one message keeps its length', get(), { status: 200, length: '3' }, ['abc'], { 'content-length': '3' }],
  ['an empty message gets a length', get(), { status: 200 }, [''], { 'content-length': '0' }],
  ['several messages are chunked', get(), { status: 200 }, ['a', 'bc'], { 'transfer-encoding': 'chunked' }],
  ['an empty piece does not end the body', get(), { status: 200 }, ['a', '', 'bc'], { 'transfer-encoding': 'chunked' }],
  ['an announced length is kept', get(), { status: 200, length: '3' }, ['a', 'bc'], { 'content-length': '3' }],
]
for (const [what, request, { status, length }, bodies, expected] of framings) {
  test(`serve(): framing: ${what}`, async (t) => {
    const app = http(async (_scope, _receive, send) => {
      const headers: Array<[string, string]> = length === undefined ? [] : [['content-length', length]]
      await send({ type: 'http.response.start', status, headers })
      for (const [at, body] of bodies.entries()) {
        await send({ type: 'http.response.body', body, more_body: at < bodies.length - 1 })
      }
    })
    const { ask } = await serving(t, app)

    const answer = await ask(request)

    t.match(answer.headers, expected)
    t.notOk('content-length' in answer.headers && 'transfer-encoding' in answer.headers)
    t.equal(answer.body, bodies.join(''))
  })
}

/** Answers that must not have a body. Source: RFC 9110 §6.4.1, §8.6, §9.3.2. */
const bodyless: ReadonlyArray<
  readonly [
    what: string,
    method: string,
    status: number,
    headers: Array<[string, string]>,
    bodies: string[],
    length: string | undefined,
  ]
> = [
  ['HEAD gets the length that GET would have had', 'HEAD', 200, [], ['abc'], '3'],
  ['HEAD keeps an announced length', 'HEAD', 200, [['content-length', '7']], [''], '7'],
  ['HEAD without a body and a length gets none', 'HEAD', 200, [], [''], undefined],
  ['HEAD of a stream gets no length', 'HEAD', 200, [], ['a', 'b'], undefined],
  ['204', 'GET', 204, [], ['abc'], undefined],
  ['204 without its length', 'GET', 204, [['content-length', '3']], ['abc'], undefined],
  ['304', 'GET', 304, [], ['abc'], undefined],
  ['304 with the length of a 200', 'GET', 304, [['content-length', '3']], [''], '3'],
  ['204 of a stream', 'GET', 204, [], ['a', 'b'], undefined],
  ['205', 'GET', 205, [], ['abc'], '0'],
  ['205 with another length', 'GET', 205, [['content-length', '3']], ['abc'], '0'],
  ['205 of a stream', 'GET', 205, [], ['a', 'b'], '0'],
  ['205 of HEAD', 'HEAD', 205, [], ['abc'], '0'],
]
for (const [what, method, status, headers, bodies, length] of bodyless) {
  test(`serve(): no body: ${what}`, async (t) => {
    const app = http(async ({ path }, _receive, send) => {
      if (path === '/next') return reply(send, 'next')
      await send({ type: 'http.response.start', status, headers })
      for (const [at, body] of bodies.entries()) {
        await send({ type: 'http.response.body', body, more_body: at < bodies.length - 1 }).catch(() => {})
      }
    })
    const { open } = await serving(t, unlinted(app))
    const wire = await open()

    const answer = await wire.send(`${method} / HTTP/1.1\r\nhost: a\r\n\r\n`).answer(true)
    const next = await wire.send(get('/next')).answer()

    t.equal(answer.headers['content-length'], length)
    t.equal(next.body, 'next')
  })
}

/** Statuses and the reason that stands behind them. Source: the IANA registry of HTTP status codes. */
const reasons: ReadonlyArray<readonly [status: number, line: string]> = [
  [200, 'HTTP/1.1 200 OK'],
  [413, 'HTTP/1.1 413 Content Too Large'],
  [422, 'HTTP/1.1 422 Unprocessable Content'],
  [299, 'HTTP/1.1 299 '],
  [418, 'HTTP/1.1 418 '],
  [999, 'HTTP/1.1 999 '],
]
for (const [status, line] of reasons) {
  for (const streamed of [false, true]) {
    test(`serve(): the line of a ${streamed ? 'streamed' : 'whole'} answer with status ${status}`, async (t) => {
      const app = http(async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status })
        if (streamed) await send({ type: 'http.response.body', body: 'a', more_body: true })
        await send({ type: 'http.response.body', body: 'b' })
      })
      const { ask } = await serving(t, app)

      t.equal((await ask(get())).lines[0], line)
    })
  }
}

test("serve(): the app's transfer-encoding and keep-alive are ignored", async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await reply(send, 'abc', [
      ['transfer-encoding', 'gzip'],
      ['keep-alive', 'timeout=900'],
    ])
  })
  const { ask } = await serving(t, app)

  const { headers } = await ask(get())

  t.equal(headers['transfer-encoding'], undefined)
  t.equal(headers['keep-alive'], 'timeout=5')
  t.equal(headers['content-length'], '3')
})

test('serve(): a big answer arrives whole', async (t) => {
  const text = 'snow ☃ '.repeat(300_000)
  const { ask } = await serving(
    t,
    http(async (_scope, _receive, send) => reply(send, text)),
  )

  const { body } = await ask(get())

  t.ok(Buffer.from(body, 'latin1').equals(Buffer.from(text)))
})

// ---- HTTP/1.0

test('serve(): HTTP/1.0 is answered and the connection closed', async (t) => {
  const { open } = await serving(
    t,
    http(async ({ http_version }, _receive, send) => reply(send, http_version)),
  )
  const wire = (await open()).send('GET / HTTP/1.0\r\n\r\n')

  const answer = await wire.answer()

  t.same([answer.body, answer.headers['connection']], ['1.0', 'close'])
  t.ok(await wire.closed)
})

test('serve(): HTTP/1.0 with keep-alive keeps the connection for answers of known length', async (t) => {
  const { open } = await serving(t, paths)
  const wire = (await open()).send('GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n')

  const first = await wire.answer()
  const second = await wire.send('GET /b HTTP/1.0\r\n\r\n').answer()

  t.same([first.headers['connection'], first.body, second.body], ['keep-alive', '/a', '/b'])
})

test('serve(): HTTP/1.0 gets no chunks and no trailer field: the connection ends the body', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['trailer', 'x-a']] })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: 'b' })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n')

  const answer = await wire.answer()

  t.same([answer.body, answer.headers['transfer-encoding'], answer.headers['connection']], ['ab', undefined, 'close'])
  t.ok(await wire.closed)
})

test('serve(): an HTTP/1.0 request may have a body', async (t) => {
  const { ask } = await serving(t, echo)

  t.equal((await ask('POST / HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc')).body, 'abc')
})

// ---- receive

test('receive(): a request without a body is one empty message, then disconnect after the answer', async (t) => {
  const got = gate<unknown[]>()
  const app = http(async (_scope, receive, send) => {
    const messages = [await receive()]
    await reply(send, '')
    messages.push(await receive(), await receive())
    got.open(messages)
  })
  const { ask } = await serving(t, app)

  await ask(get())

  t.same(await got.opened, [
    { type: 'http.request', body: new Uint8Array(0), more_body: false },
    { type: 'http.disconnect' },
    { type: 'http.disconnect' },
  ])
})

test('receive(): after an answer that came before the body was asked for, gives a disconnect', async (t) => {
  const got = gate<unknown>()
  const app = http(async (_scope, receive, send) => {
    await reply(send, '')
    got.open(await receive())
  })
  const { ask } = await serving(t, app)

  await ask(post('abc'))

  t.same(await got.opened, { type: 'http.disconnect' })
})

test('receive(): several calls at a time are served in their order', async (t) => {
  const app = http(async (_scope, receive, send) => {
    const both = await Promise.all([receive(), receive()])
    await reply(send, both.map((message) => String('body' in message ? message.body : '')).join('|'))
  })
  const { open } = await serving(t, app)
  const wire = await open()

  await wire.flush('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n')
  const { body } = await wire.send('1\r\nb\r\n0\r\n\r\n').answer()

  t.equal(body, 'a|b')
})

test('receive(): a body comes as it arrives', async (t) => {
  const first = gate()
  const app = http(async (_scope, receive, send) => {
    await receive()
    first.open()
    await bodyOf(receive)
    await reply(send, 'done')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc')

  await first.opened
  const { body } = await wire.send('def').answer()

  t.equal(body, 'done')
})

test('send(): works while the request is still arriving', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'early ', more_body: true })
    await send({ type: 'http.response.body', body: (await bodyOf(receive)).text })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc')

  await wire.until('early ')
  const rest = await wire.send('def').until('0\r\n\r\n')

  t.match(rest, 'abcdef')
})
