import { test } from 'tap'
import type { Send } from '../../../../lib/spec/app.ts'
import type { SendMessage } from '../../../../lib/spec/messages.ts'
import { echo, gate, get, http, post, reply, serving, unlinted } from '../serving.ts'

/** An app that sends messages one after the other. */
function sending(...messages: readonly unknown[]): ReturnType<typeof http> {
  return http(async (_scope, _receive, send) => {
    for (const message of messages) await send(message as SendMessage)
  })
}

const start = { type: 'http.response.start', status: 200 }
const withLength = (length: string): object => ({ ...start, headers: [['content-length', length]] })
const body = (text: string, more = false): object => ({ type: 'http.response.body', body: text, more_body: more })

/** Apps that fail before anything is on the wire, and what the operator reads. */
const beforeTheHead: ReadonlyArray<readonly [what: string, app: ReturnType<typeof http>, log: RegExp]> = [
  [
    'throws',
    http(async () => {
      throw new Error('boom')
    }),
    /^The app failed: GET "\/": boom$/,
  ],
  [
    'throws at once, without a promise',
    http(() => {
      throw new Error('boom')
    }),
    /boom$/,
  ],
  [
    'throws what is no error',
    http(async () => {
      throw 'boom' // eslint-disable-line
    }),
    /boom$/,
  ],
  ['returns without an answer', http(async () => {}), /^The app returned without completing its answer: GET "\/"$/],
  ['returns no promise', http((() => 7) as never), /without completing/],
  ['returns after the start', sending(start), /without completing/],
  ['sends a body before the start', sending(body('a')), /the state is "before the response"/],
  ['starts twice', sending(start, start), /the state is "in the body"/],
  ['sends an unknown type', sending({ type: 'http.nonsense' }), /Cannot send "http.nonsense"/],
  ['sends nothing', sending(undefined), /Cannot read|Cannot send/],
  ['sends a body of a number', sending(start, { type: 'http.response.body', body: 7 }), /body is 7/],
  ['sends a status of text', sending({ ...start, status: '200' }), /status is "200"/],
  ['sends an informational status', sending({ ...start, status: 103 }), /status is 103/],
  ['sends a flag of a number', sending(start, { ...body('a'), more_body: 1 }), /more_body is 1/],
  ['sends headers that are none', sending({ ...start, headers: 'a: b' }), /headers is "a: b"/],
  ['sends a length that is none', sending(withLength('-1'), body('')), /content-length/],
  ['sends a longer body than announced', sending(withLength('2'), body('abc')), /longer than its "content-length"/],
  ['sends a shorter body than announced', sending(withLength('4'), body('abc')), /shorter than its "content-length"/],
  ['sends a longer piece than announced', sending(withLength('2'), body('abc', true)), /longer/],
  ['asks for a push', sending({ type: 'http.response.push', path: '/', headers: [] }), /push/],
  ['sends debug information', sending({ type: 'http.response.debug', info: {} }), /debug/],
]
for (const [what, app, log] of beforeTheHead) {
  test(`serve(): an app that ${what}: 500, close, a line in the log`, async (t) => {
    const served = await serving(t, unlinted(app))
    const wire = (await served.open()).send(get())

    const answer = await wire.answer()

    t.same([answer.status, answer.body], [500, 'Internal Server Error'])
    t.match(answer.headers, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    t.ok(await wire.closed)
    t.equal(served.log.length, 1)
    t.match(served.log[0], log)
    t.match(served.records, [{ status: 500 }])
  })
}

test('serve(): an app that fails on HEAD: 500 without a body', async (t) => {
  const { ask } = await serving(t, unlinted(http(async () => {})))

  const answer = await ask('HEAD / HTTP/1.1\r\nhost: a\r\n\r\n')

  t.same([answer.status, answer.headers['content-length']], [500, '21'])
})

/** Apps that fail after a part of the answer is out. */
const afterTheHead: ReadonlyArray<readonly [what: string, app: ReturnType<typeof http>, log: RegExp]> = [
  [
    'throws',
    http(async (_scope, _receive, send) => {
      await send(start as SendMessage)
      await send(body('abc', true) as SendMessage)
      throw new Error('boom')
    }),
    /boom$/,
  ],
  ['returns', sending(start, body('abc', true)), /without completing/],
  ['starts again', sending(start, body('abc', true), start), /the state is "in the body"/],
  ['sends too much', sending(withLength('4'), body('abc', true), body('de')), /longer/],
  ['sends too little', sending(withLength('9'), body('abc', true), body('')), /shorter/],
]
for (const [what, app, log] of afterTheHead) {
  test(`serve(): an app that ${what} within its answer: the client sees an incomplete answer`, async (t) => {
    const served = await serving(t, unlinted(app))
    const wire = (await served.open()).send(get())

    await t.rejects(wire.answer(), /The connection ended/)

    t.equal(served.log.length, 1)
    t.match(served.log[0], log)
  })
}

test('serve(): an HTTP/1.0 answer of no length that the app cuts short ends with a reset', async (t) => {
  const { open } = await serving(t, unlinted(sending(start, body('abc', true))))
  const wire = (await open()).send('GET / HTTP/1.0\r\n\r\n')

  t.equal(await wire.closed, false)
})

/** Apps that fail when their answer is complete: the client has nothing to complain of. */
const afterTheEnd: ReadonlyArray<readonly [what: string, app: ReturnType<typeof http>, log: RegExp]> = [
  [
    'throws',
    http(async (_scope, _receive, send) => {
      await reply(send, 'fine')
      throw new Error('boom')
    }),
    /boom$/,
  ],
  ['sends on', sending(start, body('fine'), body('more')), /the state is "complete"/],
]
for (const [what, app, log] of afterTheEnd) {
  test(`serve(): an app that ${what} after its answer: a line in the log, and the connection goes on`, async (t) => {
    const served = await serving(t, unlinted(app))
    const wire = (await served.open()).send(get())

    const first = await wire.answer()
    const second = await wire.send(get()).answer()

    t.same([first.body, second.body], ['fine', 'fine'])
    t.match(served.log, [log, log])
  })
}

test('send(): what was refused was never sent', async (t) => {
  const refused: string[] = []
  const app = http(async (_scope, _receive, send) => {
    const attempt = async (message: unknown): Promise<unknown> =>
      send(message as SendMessage).catch((error: Error) => refused.push(error.name))
    await attempt(body('a'))
    await attempt({ ...start, status: 99 })
    await attempt({ ...start, headers: [['a b', 'c']] })
    await attempt(start)
    await attempt(start)
    await attempt({ type: 'http.response.body', body: 7 })
    await attempt(body('fine'))
  })
  const { ask, log } = await serving(t, unlinted(app))

  const answer = await ask(get())

  t.same([answer.status, answer.body], [200, 'fine'])
  t.same(
    refused,
    Array.from({ length: 5 }, () => 'ProtocolViolation'),
  )
  t.same(log, [])
})

test('send(): an app that swallows a wrong length is cut all the same', async (t) => {
  const later = gate<unknown>()
  const app = http(async (_scope, _receive, send: Send) => {
    await send(withLength('4') as SendMessage)
    await send(body('abc', true) as SendMessage)
    await send(body('de') as SendMessage).catch(() => {})
    later.open(await send(body('e') as SendMessage).catch((error: unknown) => error))
  })
  const { open } = await serving(t, unlinted(app))
  const wire = (await open()).send(get())

  await t.rejects(wire.answer(), /The connection ended/)

  t.match(await later.opened, { name: 'ClientDisconnected' })
})

// Rule 25: CRLF in a header value, and what else may not stand there. Source: RFC 9110 §5.5, RFC 9112 §11.1.
const injections: ReadonlyArray<readonly [name: string, value: string]> = [
  ['x-a', 'a\r\nset-cookie: b=c'],
  ['x-a', 'a\r\n\r\n<script>'],
  ['x-a', 'a\nb: c'],
  ['x-a', 'a\rb: c'],
  ['x-a', 'a\0b'],
  ['x-a', 'a\x7f'],
  ['x-a', 'snow ☃'],
  ['x-a\r\nb', 'c'],
  ['x-a: b\r\nc', 'd'],
  ['x a', 'b'],
  ['', 'b'],
  ['x-ä', 'b'],
]
for (const [name, value] of injections) {
  test(`rule 25: the field ${JSON.stringify([name, value])} is refused, and nothing of it reaches the wire`, async (t) => {
    const app = http(async (_scope, _receive, send) => reply(send, '', [[name, value]]))
    const { open, log } = await serving(t, unlinted(app))

    const text = await (await open()).send(get()).rest()

    t.match(text, /^HTTP\/1\.1 500 Internal Server Error\r\n/)
    t.notMatch(text, /x-a|set-cookie|script|x a/)
    t.match(log, [/Cannot send "http\.response\.start"/])
  })
}

test('rule 25: so are fields in trailers and in a second start', async (t) => {
  const refused: unknown[] = []
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'a' })
    await send({ type: 'http.response.trailers', headers: [['x-a', 'b\r\nc: d']] }).catch((e: Error) =>
      refused.push(e.name),
    )
    await send({ type: 'http.response.trailers', headers: [['x-a', 'b']] })
  })
  const { ask } = await serving(t, unlinted(app))

  const { trailers } = await ask(get('/', 'te: trailers'))

  t.same(refused, ['ProtocolViolation'])
  t.same(trailers, ['x-a: b'])
})

test('serve(): values may hold tabs, spaces and bytes above 0x7F', async (t) => {
  const { ask } = await serving(
    t,
    http(async (_scope, _receive, send) => reply(send, '', [['x-a', 'a \t b\xff']])),
  )

  t.equal((await ask(get())).headers['x-a'], 'a \t b\xff')
})

test('serve(): a path in the log is escaped', async (t) => {
  const { ask, log } = await serving(t, unlinted(http(async () => {})))

  await ask(get('/%0a%1b[31m'))

  t.match(log[0], /GET "\/\\n\\u001b\[31m"$/)
})

test('send(): sends that are not awaited come in order, and all resolve', async (t) => {
  const done = gate<number>()
  const app = http(async (_scope, _receive, send) => {
    void send({ type: 'http.response.start', status: 200 })
    const sent: Array<Promise<void>> = []
    for (let i = 0; i < 1000; i++)
      sent.push(send({ type: 'http.response.body', body: `${i} `.padEnd(2000), more_body: true }))
    sent.push(send({ type: 'http.response.body', body: 'end' }))
    done.open((await Promise.all(sent)).length)
  })
  const { ask } = await serving(t, app)

  const answer = await ask(get())

  t.same(answer.body.split(/ +/), [...Array.from({ length: 1000 }, (_, i) => String(i)), 'end'])
  t.equal(await done.opened, 1001)
})

test('send(): waits for a client that reads slowly', async (t) => {
  const piece = Buffer.alloc(1_000_000)
  let sent = 0
  const stalled = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    for (; sent < 200; sent++) {
      const taken = send({ type: 'http.response.body', body: piece, more_body: true })
      const timer = setTimeout(() => stalled.open(), 100)
      await taken
      clearTimeout(timer)
    }
    await send({ type: 'http.response.body' })
  })
  const { open } = await serving(t, app)
  const wire = await open()
  wire.socket.pause()

  wire.send(get())
  await stalled.opened
  const before = sent
  wire.socket.resume()
  const { body: all } = await wire.answer()

  t.ok(before < 100, `${before} MB were buffered`)
  t.equal(all.length, 200_000_000)
})

test('send(): sends that wait as the answer ends resolve when the client has caught up', async (t) => {
  const done = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    const slow = send({ type: 'http.response.body', body: Buffer.alloc(20_000_000), more_body: true })
    await Promise.all([slow, send({ type: 'http.response.body', body: 'end' })])
    done.open()
  })
  const { ask } = await serving(t, app)

  const answer = await ask(get())
  await done.opened

  t.equal(answer.body.length, 20_000_003)
})

test('send(): sends that wait as the answer ends are rejected when the client leaves', async (t) => {
  const done = gate<unknown>()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    const slow = send({ type: 'http.response.body', body: Buffer.alloc(50_000_000), more_body: true })
    const end = send({ type: 'http.response.body', body: 'end' })
    done.open(await Promise.all([slow, end]).catch((error: unknown) => error))
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  await wire.until('\r\n\r\n')
  wire.reset()

  t.match(await done.opened, { name: 'ClientDisconnected' })
})

test('serve(): a record that cannot be kept harms nobody', async (t) => {
  const { ask, log } = await serving(t, echo, {
    onAccess: () => {
      throw new Error('disk full')
    },
  })

  t.equal((await ask(post('a'))).body, 'a')
  t.equal((await ask(get('/%zz'))).status, 400)
  t.same(log, ['onAccess failed: disk full', 'onAccess failed: disk full'])
})

test('serve(): every answer is recorded', async (t) => {
  const app = http(async ({ path }, _receive, send) => {
    await send({ type: 'http.response.start', status: path === '/head' ? 204 : 201 })
    await send({ type: 'http.response.body', body: path === '/head' ? '' : 'snow ☃' })
  })
  const { ask, records } = await serving(t, app)

  await ask(get('/a?b=%20c'))
  await ask('HEAD /head HTTP/1.1\r\nhost: a\r\n\r\n')
  await ask(get('/%zz'))

  t.match(records, [
    { protocol: 'http', method: 'GET', target: '/a?b=%20c', httpVersion: '1.1', status: 201, bytesSent: 8 },
    { method: 'HEAD', target: '/head', status: 204, bytesSent: 0 },
    { method: 'GET', target: '/%zz', status: 400, bytesSent: 22 },
  ])
  for (const { durationMs, client } of records) {
    t.ok(durationMs >= 0 && durationMs < 5000)
    t.equal(client![0], '127.0.0.1')
  }
})
