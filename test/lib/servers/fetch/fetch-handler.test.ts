import { test } from 'tap'
import type { Test } from 'tap'
import { toFetchHandler } from '../../../../lib/servers/fetch/fetch-handler.ts'
import type { FetchHandler, FetchOptions } from '../../../../lib/servers/fetch/fetch-handler.ts'
import type { ServerLog } from '../../../../lib/servers/server-log.ts'
import type { AppLike, ASGIApp } from '../../../../lib/spec/app.ts'
import type { HTTPScope } from '../../../../lib/spec/scope.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { bodyOf, echo, gate, http, reply } from '../serving.ts'

/** A handler inside `lint()`, and what it tells its operator. */
function handling(t: Test, app: AppLike, options: FetchOptions = {}): { fetch: FetchHandler; log: string[] } {
  const log: string[] = []
  const note = (message: string, error?: unknown): void => {
    log.push(error === undefined ? message : `${message}: ${(error as Error).message}`)
  }
  const report = (breach: Error & { side: string }): void => {
    if (breach.side === 'server') t.fail(breach.message)
  }
  const quiet: ServerLog = { info() {}, warn: note, error: note }
  const fetch = toFetchHandler(lint(app, { report }), { lifespan: 'off', log: quiet, ...options })
  return { fetch, log }
}

const hello = http((_scope, _receive, send) => reply(send, 'hello', [['content-type', 'text/plain']]))

test('toFetchHandler: answers a Request with a Response', async (t) => {
  const { fetch } = handling(t, hello)
  const response = await fetch(new Request('http://localhost/'))

  t.equal(response.status, 200)
  t.strictSame(
    [...response.headers],
    [
      ['content-length', '5'],
      ['content-type', 'text/plain'],
    ],
  )
  t.equal(await response.text(), 'hello')
})

/** What scopes are made of a request. */
const scopes: readonly (readonly [what: string, request: Request, options: FetchOptions, scope: Partial<HTTPScope>])[] =
  [
    [
      'a URL',
      new Request('https://example.org:8443/a%20b/%C3%A9?c=%2F#d', { method: 'PATCH', headers: { Accept: 'x' } }),
      {},
      {
        type: 'http',
        asgi: { version: '3.0', spec_version: '2.5' },
        http_version: '1.1',
        method: 'PATCH',
        scheme: 'https',
        path: '/a b/é',
        raw_path: '/a%20b/%C3%A9',
        query_string: 'c=%2F',
        root_path: '',
        client: null,
        server: ['example.org', 8443],
      },
    ],
    ['the port of http', new Request('http://h/'), {}, { server: ['h', 80], scheme: 'http' }],
    ['the port of https', new Request('https://[::1]/'), {}, { server: ['::1', 443] }],
    ['an IPv6 address with a port', new Request('http://[::1]:8/'), {}, { server: ['::1', 8] }],
    [
      'a prefix that the URL lacks',
      new Request('http://h/x'),
      { rootPath: '/é/' },
      { path: '/é/x', raw_path: '/%C3%A9/x', root_path: '/é' },
    ],
    [
      'a prefix that the URL has',
      new Request('http://h/api/x'),
      { rootPath: '/api' },
      { path: '/api/x', root_path: '/api' },
    ],
    ['the prefix alone', new Request('http://h/api'), { rootPath: '/api' }, { path: '/api', root_path: '/api' }],
    [
      'a client',
      new Request('http://h/', { headers: { 'x-ip': '1.2.3.4' } }),
      { client: ({ headers }) => [headers.get('x-ip')!, 0] },
      { client: ['1.2.3.4', 0] },
    ],
  ]

for (const [what, request, options, expected] of scopes) {
  test(`toFetchHandler: the scope of ${what}`, async (t) => {
    let seen: HTTPScope | null = null
    const app = http((scope, _receive, send) => {
      seen = scope
      return reply(send, '')
    })
    await handling(t, app, options).fetch(request)
    t.match(seen, expected)
  })
}

test('toFetchHandler: the fields of a request, with the authority of its URL as host unless it has one', async (t) => {
  const seen: unknown[] = []
  const app = http((scope, _receive, send) => {
    seen.push([...scope.headers])
    return reply(send, '')
  })
  const { fetch } = handling(t, app)
  await fetch(
    new Request('http://here:81/', {
      headers: [
        ['b', '1'],
        ['b', '2'],
        ['Cookie', 'c=1'],
      ],
    }),
  )
  await fetch(new Request('http://here/', { headers: { host: 'there' } }))

  t.strictSame(seen, [
    [
      ['host', 'here:81'],
      ['b', '1, 2'],
      ['cookie', 'c=1'],
    ],
    [['host', 'there']],
  ])
})

for (const url of ['http://h/%ZZ', 'http://h/%FF', 'http://h/a%00b']) {
  test(`toFetchHandler: ${url} is refused before the app`, async (t) => {
    const { fetch } = handling(t, () => {
      throw new Error('called')
    })
    const response = await fetch(new Request(url))
    t.equal(response.status, 400)
    t.equal(await response.text(), 'Invalid request target')
  })
}

test('toFetchHandler: what is no whole URL is refused, too', async (t) => {
  const { fetch } = handling(t, hello)
  const odd = Object.create(new Request('http://h/'), { url: { value: '/x' }, method: { value: 'GET' } }) as Request
  const pathless = { url: { value: 'http://h?x' }, method: { value: 'GET' }, headers: { value: new Headers() } }
  const { signal } = new AbortController()
  t.equal((await fetch(odd)).status, 400)
  t.equal((await fetch(Object.create(null, { ...pathless, signal: { value: signal } }) as Request)).status, 200)
})

test('toFetchHandler: a WebSocket handshake gets 501 and the reason', async (t) => {
  const { fetch } = handling(t, hello)
  const response = await fetch(new Request('http://h/', { headers: { upgrade: 'WebSocket' } }))
  t.equal(response.status, 501)
  t.match(await response.text(), /^WebSockets are not available here/)
})

test('toFetchHandler: a request whose body was read fails', async (t) => {
  const { fetch } = handling(t, hello)
  const request = new Request('http://h/', { method: 'POST', body: 'x' })
  await request.text()
  await t.rejects(fetch(request), {
    message: 'Cannot answer POST http://h/: the body of the request was read before, expected an unread one',
  })
})

/** Answers without a body. */
const bodiless: readonly (readonly [method: string, status: number])[] = [
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 205],
  ['GET', 304],
]

for (const [method, status] of bodiless) {
  test(`toFetchHandler: ${method} with ${status} has no body`, async (t) => {
    for (const pieces of [1, 2]) {
      const app = http(async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status, headers: status === 200 ? [['content-length', '2']] : [] })
        if (pieces === 2) await send({ type: 'http.response.body', body: status === 200 ? 'x' : '', more_body: true })
        await send({ type: 'http.response.body', body: status === 200 ? 'y'.repeat(3 - pieces) : '' })
      })
      const response = await handling(t, app).fetch(new Request('http://h/', { method }))
      t.equal(response.status, status)
      t.equal(await response.text(), '')
      if (status === 200) t.equal(response.headers.get('content-length'), '2')
    }
  })
}

test('toFetchHandler: keeps repeated fields apart, and leaves out those of a connection', async (t) => {
  const app = http((_scope, _receive, send) =>
    reply(send, 'x', [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['connection', 'close'],
      ['x', 'é'],
    ]),
  )
  const { headers } = await handling(t, app).fetch(new Request('http://h/'))
  t.strictSame(headers.getSetCookie(), ['a=1', 'b=2'])
  t.equal(headers.get('connection'), null)
  t.equal(headers.get('x'), 'é')
})

test('toFetchHandler: a status that the standard does not know becomes 500, and is told', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 700 })
    await send({ type: 'http.response.body', body: 'odd' })
  })
  const { fetch, log } = handling(t, app)
  t.equal((await fetch(new Request('http://h/'))).status, 500)
  t.strictSame(log, ['Cannot answer with status 700: the Fetch standard ends at 599'])
})

test('toFetchHandler: send waits for the reader of the answer', async (t) => {
  let sent = 0
  const done = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    for (; sent < 100; sent++) await send({ type: 'http.response.body', body: 'z'.repeat(20_000), more_body: true })
    await send({ type: 'http.response.body', body: 'end' })
    done.open()
  })
  const response = await handling(t, app).fetch(new Request('http://h/'))
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.ok(sent < 10, `${sent} pieces`)

  t.equal((await response.arrayBuffer()).byteLength, 2_000_003)
  await done.opened
})

test('toFetchHandler: the head is there before the body', async (t) => {
  const more = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 201 })
    await send({ type: 'http.response.body', body: '', more_body: true })
    await more.opened
    await send({ type: 'http.response.body', body: new Uint8Array([120]) })
  })
  const response = await handling(t, app).fetch(new Request('http://h/'))
  t.equal(response.status, 201)
  more.open()
  t.equal(await response.text(), 'x')
})

test('toFetchHandler: a body is read as the app receives it, and no faster', async (t) => {
  let pulled = 0
  const go = gate()
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (++pulled > 50) controller.close()
        else controller.enqueue(new Uint8Array(10_000))
      },
    },
    { highWaterMark: 0 },
  )
  const app = http(async (_scope, receive, send) => {
    await receive()
    await go.opened
    await reply(send, String((await bodyOf(receive)).text.length))
  })
  const answered = handling(t, app).fetch(new Request('http://h/', { method: 'POST', body, duplex: 'half' }))
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.ok(pulled < 12, `${pulled} pieces`)
  go.open()

  t.equal(await (await answered).text(), '490000')
})

test('toFetchHandler: an app that receives slowly lets the body flow again', async (t) => {
  const { fetch } = handling(t, echo)
  const body = 'e'.repeat(500_000)
  t.equal(await (await fetch(new Request('http://h/', { method: 'PUT', body }))).text(), body)
})

test('toFetchHandler: what is left of a body when the app has answered is left', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await receive()
    await reply(send, 'enough')
  })
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      controller.enqueue(new Uint8Array(10))
    },
    cancel() {
      cancelled = true
    },
  })
  const response = await handling(t, app).fetch(new Request('http://h/', { method: 'POST', body, duplex: 'half' }))
  t.equal(await response.text(), 'enough')
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(cancelled, false)
})

test('toFetchHandler: a body that breaks is a client that has left', async (t) => {
  const heard = gate<unknown>()
  const app = http(async (_scope, receive) => {
    heard.open(await receive())
  })
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('broken')) })
  const response = await handling(t, app).fetch(new Request('http://h/', { method: 'POST', body, duplex: 'half' }))
  t.strictSame(await heard.opened, { type: 'http.disconnect' })
  t.equal(response.status, 499)
})

/** When a client leaves, by its signal. */
const leavings: readonly (readonly [when: string, before: boolean, started: boolean])[] = [
  ['before the call', true, false],
  ['before the answer', false, false],
  ['within the answer', false, true],
]

for (const [when, before, startsAnswer] of leavings) {
  test(`toFetchHandler: a client that leaves ${when} is a disconnect`, async (t) => {
    const controller = new AbortController()
    const waiting = gate()
    const heard: string[] = []
    const ended = gate()
    const app = http(async (scope, receive, send) => {
      scope.extensions['http.disconnect.signal']!.signal.addEventListener('abort', () => heard.push('abort'))
      await receive()
      if (startsAnswer) {
        await send({ type: 'http.response.start', status: 200 })
        await send({ type: 'http.response.body', body: 'x', more_body: true })
      }
      waiting.open()
      heard.push((await receive()).type)
      await send({ type: 'http.response.body', body: 'y', more_body: true }).catch((error: Error) =>
        heard.push(error.name),
      )
      ended.open()
    })
    if (before) controller.abort()
    const answered = handling(
      t,
      startsAnswer
        ? app
        : http(async (scope, receive) => {
            scope.extensions['http.disconnect.signal']!.signal.addEventListener('abort', () => heard.push('abort'))
            await receive()
            waiting.open()
            heard.push((await receive()).type)
            ended.open()
          }),
    ).fetch(new Request('http://h/', { signal: controller.signal }))
    if (!before) await waiting.opened
    controller.abort()
    const response = await answered
    await ended.opened

    t.strictSame(
      heard,
      startsAnswer ? ['abort', 'http.disconnect', 'ClientDisconnected'] : ['abort', 'http.disconnect'],
    )
    if (startsAnswer) await t.rejects(response.text(), { name: 'AbortError' })
    else t.equal(response.status, 499)
  })
}

test('toFetchHandler: a reader that cancels the answer is a client that has left', async (t) => {
  const heard = gate<string>()
  const app = http(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'x', more_body: true })
    heard.open((await receive()).type)
  })
  const response = await handling(t, app).fetch(new Request('http://h/'))
  await response.body!.cancel()
  t.equal(await heard.opened, 'http.disconnect')
})

test('toFetchHandler: an app that fails before its answer gets 500, and a line in the log', async (t) => {
  const { fetch, log } = handling(t, () => {
    throw new Error('mine')
  })
  const response = await fetch(new Request('http://h/x'))
  t.equal(response.status, 500)
  t.equal(await response.text(), 'Internal Server Error')
  t.strictSame(log, ['The app failed: GET "/x": mine'])
})

test('toFetchHandler: an app that fails within its answer cuts it', async (t) => {
  const { fetch, log } = handling(
    t,
    http(async (_scope, _receive, send) => {
      await send({ type: 'http.response.start', status: 200 })
      await send({ type: 'http.response.body', body: 'x', more_body: true })
      throw new Error('mine')
    }),
  )
  const response = await fetch(new Request('http://h/'))
  await t.rejects(response.text(), { message: 'The answer was cut: the app failed before it was complete' })
  t.equal(log.length, 1)
})

/** An app whose lifespan tells what happens. */
function living(heard: string[], startup: () => unknown = () => {}): ASGIApp {
  return async (scope, receive, send) => {
    if (scope.type !== 'lifespan') {
      await send({ type: 'http.response.start', status: 200 })
      return send({ type: 'http.response.body', body: JSON.stringify(scope.state) })
    }
    await receive()
    heard.push('startup')
    try {
      await startup()
    } catch (error) {
      return send({ type: 'lifespan.startup.failed', message: (error as Error).message })
    }
    scope.state['database'] = 'db'
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    heard.push('shutdown')
    await send({ type: 'lifespan.shutdown.complete' })
  }
}

test('toFetchHandler: the first request starts the app, once for all that come meanwhile', async (t) => {
  const heard: string[] = []
  const opened = gate()
  const { fetch } = handling(
    t,
    living(heard, () => opened.opened),
    { lifespan: 'auto' },
  )
  const answers = [fetch(new Request('http://h/')), fetch(new Request('http://h/'))]
  opened.open()
  for (const answer of answers) t.strictSame(await (await answer).json(), { database: 'db' })
  await fetch.close()
  await fetch.close()

  t.strictSame(heard, ['startup', 'shutdown'])
  const late = await fetch(new Request('http://h/'))
  t.equal(late.status, 503)
  await t.rejects(fetch.start(), { message: 'Cannot start the app: it was closed' })
})

test('toFetchHandler: start starts the app before the first request', async (t) => {
  const heard: string[] = []
  const { fetch } = handling(t, living(heard), { lifespan: 'on' })
  await fetch.start()
  t.strictSame(heard, ['startup'])
  await fetch.close()
})

test('toFetchHandler: a start-up that fails is answered with 500, told once, and tried again', async (t) => {
  const heard: string[] = []
  let failures = 2
  const startup = (): void => {
    if (failures-- > 0) throw new Error('no database')
  }
  const { fetch, log } = handling(t, living(heard, startup), { lifespan: 'auto' })
  const first = [fetch(new Request('http://h/')), fetch(new Request('http://h/'))]
  for (const answer of first) t.equal((await answer).status, 500)
  await t.rejects(fetch.start(), { name: 'LifespanFailed' })
  t.equal((await fetch(new Request('http://h/'))).status, 200)

  t.strictSame(log, ['The app failed to start: The app failed at start-up: no database'])
  await fetch.close()
})

test('toFetchHandler: an app that was closed while it started answers nothing more', async (t) => {
  const opened = gate()
  const { fetch } = handling(
    t,
    living([], () => opened.opened),
    { lifespan: 'auto' },
  )
  const answer = fetch(new Request('http://h/'))
  const closed = fetch.close()
  opened.open()
  t.equal((await answer).status, 503)
  await closed
})

test('toFetchHandler: an app that was closed after its start-up failed has nothing to stop', async (t) => {
  const { fetch } = handling(
    t,
    living([], () => Promise.reject(new Error('no'))),
    { lifespan: 'auto' },
  )
  const starting = fetch.start()
  const closed = fetch.close()
  await t.rejects(starting)
  await t.resolves(closed)
})

test('toFetchHandler: close tells the app, and waits for its calls', async (t) => {
  const order: string[] = []
  const started = gate()
  const app = http(async (scope, _receive, send) => {
    const { signal } = scope.extensions['server.shutdown.signal']!
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'x', more_body: true })
    started.open()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    order.push('told')
    await send({ type: 'http.response.body', body: 'y' })
  })
  const { fetch } = handling(t, app)
  const response = await fetch(new Request('http://h/'))
  await started.opened
  await fetch.close()
  order.push('closed')

  t.strictSame(order, ['told', 'closed'])
  t.equal(await response.text(), 'xy')
})

test('toFetchHandler: close does not wait for ever', async (t) => {
  const { fetch, log } = handling(t, () => new Promise(() => {}), { shutdownTimeoutMs: 20 })
  await fetch.start()
  void fetch(new Request('http://h/'))
  await fetch.close()
  t.strictSame(log, ['Left 1 app calls that had not ended'])
})

test('toFetchHandler: env and context are in the state, unless the lifespan calls something so', async (t) => {
  const app = http((scope, _receive, send) => reply(send, JSON.stringify(scope.state)))
  const { fetch } = handling(t, app)
  const response = await fetch(new Request('http://h/'), { KEY: 'v' }, { ray: 1 })
  t.strictSame(await response.json(), { env: { KEY: 'v' }, context: { ray: 1 } })
})

test('toFetchHandler: the runtime is kept awake until the app has returned and its work has ended', async (t) => {
  const returns = gate()
  const work = gate<string>()
  const app = http(async (_scope, _receive, send) => {
    await reply(send, 'x')
    await returns.opened
  })
  const { fetch } = handling(t, app, { background: () => work.opened })
  const awake: Promise<unknown>[] = []
  await fetch(new Request('http://h/'), {}, { waitUntil: (promise: Promise<unknown>) => awake.push(promise) })
  t.equal(awake.length, 1)
  let over = false
  void awake[0]!.then(() => (over = true))
  returns.open()
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(over, false)
  work.open('done')

  t.equal(await awake[0], 'done')
})

test('toFetchHandler: refuses a rootPath that is no path', async (t) => {
  t.throws(() => toFetchHandler(hello, { rootPath: 'api' }), {
    message: 'Cannot host an app under rootPath "api": it does not start with "/"',
  })
  t.throws(() => toFetchHandler(hello, { shutdownTimeoutMs: 0 }), { name: 'RangeError' })
})
