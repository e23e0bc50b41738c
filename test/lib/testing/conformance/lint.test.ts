import { test } from 'tap'
import { Headers } from '../../../../lib/http/headers.ts'
import { settled } from '../../../../lib/spec/app.ts'
import type { ASGIApp, Receive, Send } from '../../../../lib/spec/app.ts'
import type { Extensions } from '../../../../lib/spec/extensions.ts'
import type { HeaderPairs } from '../../../../lib/spec/headers.ts'
import type { ReceiveMessage, SendMessage } from '../../../../lib/spec/messages.ts'
import type { Scope } from '../../../../lib/spec/scope.ts'
import { ClientDisconnected, ProtocolViolation } from '../../../../lib/spec/violations.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../../../lib/testing/scopes.ts'

const start: SendMessage = { type: 'http.response.start', status: 200 }
const body: SendMessage = { type: 'http.response.body' }

const every: Extensions = {
  'http.response.debug': {},
  'http.response.early_hint': {},
  'http.response.pathsend': {},
  'http.response.push': {},
  'http.response.trailers': {},
  'http.response.zerocopysend': {},
  'websocket.http.response': {},
}

/** What a linted call did: how it ended, what was reported, and what reached the server. */
interface Outcome {
  readonly error: unknown
  readonly reports: ProtocolViolation[]
  readonly sent: SendMessage[]
}

/** Runs an app inside lint on a server that gives these messages. */
async function run(app: ASGIApp, scope: Scope, messages: readonly ReceiveMessage[] = []): Promise<Outcome> {
  const reports: ProtocolViolation[] = []
  const sent: SendMessage[] = []
  const queue = [...messages]
  const receive: Receive = async () => queue.shift()!
  const send: Send = (message) => {
    sent.push(message)
    return settled
  }
  const linted = lint(app, { report: (violation) => reports.push(violation) })
  const error = await linted(scope, receive, send).then(
    () => null,
    (reason: unknown) => reason,
  )
  return { error, reports, sent }
}

/** An app that sends messages and nothing else. */
const sending =
  (...messages: readonly unknown[]): ASGIApp =>
  async (_scope, _receive, send) => {
    for (const message of messages) await send(message as SendMessage)
  }

/** An app that receives a number of messages. */
const receiving =
  (count: number): ASGIApp =>
  async (_scope, receive) => {
    for (let i = 0; i < count; i++) await receive()
  }

test('lint: passes what is in order, as the same objects', async (t) => {
  const headers = [['content-length', '2']] as const
  const messages: SendMessage[] = [
    { type: 'http.response.start', status: 200, headers },
    { type: 'http.response.body', body: 'a', more_body: true },
    { type: 'http.response.body', body: new Uint8Array(1) },
  ]
  const request: ReceiveMessage = { type: 'http.request' }
  const seen: unknown[] = []
  const app: ASGIApp = async (scope, receive, send) => {
    seen.push(scope, await receive())
    for (const message of messages) await send(message)
  }
  const scope = httpScope()
  const { error, reports, sent } = await run(app, scope, [request])
  t.equal(error, null)
  t.strictSame(reports, [])
  t.equal(seen[0], scope)
  t.equal(seen[1], request)
  for (const [index, message] of messages.entries()) t.equal(sent[index], message)
})

test('lint: hands back the promise of the server', async (t) => {
  const promise = Promise.resolve()
  let returned: unknown
  const app: ASGIApp = async (_scope, _receive, send) => {
    returned = send(start)
    await send(body)
  }
  await lint(app)(
    httpScope(),
    async () => ({ type: 'http.disconnect' }),
    () => promise,
  )
  t.equal(returned, promise)
})

test('lint: takes an object with "asgi"', async (t) => {
  await t.resolves(
    lint({ asgi: sending(start, body) })(
      httpScope(),
      async () => ({ type: 'http.disconnect' }),
      () => settled,
    ),
  )
})

test('lint: refuses a bad scope before the app is called', async (t) => {
  let called = false
  const app: ASGIApp = async () => {
    called = true
  }
  const { error, reports } = await run(app, httpScope({ method: 'get' }))
  t.match(error, { side: 'server', message: 'method is "get"' })
  t.strictSame(reports, [error])
  t.notOk(called)
})

/** Messages of the server that break the contract, after those that do not. */
const serverBreaches: ReadonlyArray<
  readonly [what: string, scope: Scope, messages: readonly unknown[], message: RegExp]
> = [
  ['a value', httpScope(), [{ type: 'http.request', body: 'text' }], /body is "text", expected a Uint8Array/],
  ['a type', httpScope(), [{ type: 'http.requests' }], /expected a type of the contract/],
  ['the order', httpScope(), [{ type: 'http.request' }, { type: 'http.request' }], /the state is "request complete"/],
  ['the protocol', httpScope(), [{ type: 'websocket.connect' }], /the state is "in the request body"/],
  ['the direction', httpScope(), [{ type: 'http.response.body' }], /the state is "in the request body"/],
  [
    'a message before the accept',
    webSocketScope(),
    [{ type: 'websocket.connect' }, { type: 'websocket.receive', text: 'early' }],
    /the app has not accepted/,
  ],
  ['a shutdown first', lifespanScope(), [{ type: 'lifespan.shutdown' }], /the state is "before start-up"/],
  [
    'the order of start-up and shutdown',
    lifespanScope(),
    [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }],
    /the state of the app's answer is "starting", expected nothing before or instead/,
  ],
  [
    'the repetition of a disconnect',
    webSocketScope(),
    [
      { type: 'websocket.connect' },
      { type: 'websocket.disconnect', code: 1006 },
      { type: 'websocket.disconnect', code: 1012 },
    ],
    /code is 1012, expected 1006 as before/,
  ],
]

for (const [what, scope, messages, message] of serverBreaches) {
  test(`lint: the receive of a message throws when the server breaks ${what}`, async (t) => {
    const { error, reports } = await run(receiving(messages.length), scope, messages as ReceiveMessage[])
    t.match(error, { side: 'server', message })
    t.strictSame(reports, [error])
  })
}

test('lint: a shutdown after a failed start-up is a breach of the server', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.failed' })
    await receive()
  }
  const { error } = await run(app, lifespanScope(), [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }])
  t.match(error, { side: 'server', message: /the state of the app's answer is "failed"/ })
})

test('lint: a disconnect may repeat', async (t) => {
  const gone: ReceiveMessage = { type: 'websocket.disconnect', code: 1006 }
  const { error } = await run(receiving(3), webSocketScope(), [{ type: 'websocket.connect' }, gone, gone])
  t.equal(error, null)
})

/** Servers that call an app in a way that it cannot work with. */
const badCalls: ReadonlyArray<readonly [what: string, receive: unknown, send: unknown, message: RegExp]> = [
  ['without receive', undefined, () => settled, /Cannot call the app: receive is undefined, expected a function/],
  ['without send', async () => ({ type: 'http.disconnect' }), {}, /send is an object of class Object/],
  [
    'with a receive that gives no promise',
    () => ({ type: 'http.request' }),
    () => settled,
    /receive\(\) returned an object/,
  ],
  [
    'with a send that gives no promise',
    async () => ({ type: 'http.request' }),
    () => undefined,
    /send\(\) returned undefined/,
  ],
]

for (const [what, receive, send, message] of badCalls) {
  test(`lint: a call ${what} is a breach of the server`, async (t) => {
    const reports: ProtocolViolation[] = []
    const app: ASGIApp = async (_scope, take, give) => {
      await take()
      await give(start)
    }
    const linted = lint(app, { report: (violation) => reports.push(violation) })
    await t.rejects(linted(httpScope(), receive as Receive, send as Send), { side: 'server', message })
    t.equal(reports.length, 1)
  })
}

test('lint: a server may take an answer after the disconnect: the client may have closed its half only', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send(start)
    await send({ type: 'http.response.body', body: 'a' })
  }
  const { error, reports } = await run(app, httpScope(), [{ type: 'http.disconnect' }])
  t.equal(error, null)
  t.strictSame(reports, [])
})

test('lint: a server that refuses an answer after the disconnect is in order', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send(start)
  }
  const reports: ProtocolViolation[] = []
  const linted = lint(app, { report: (violation) => reports.push(violation) })
  const refused = new ClientDisconnected()
  await t.rejects(
    linted(
      httpScope(),
      async () => ({ type: 'http.disconnect' }),
      () => Promise.reject(refused),
    ),
    refused,
  )
  t.strictSame(reports, [])
})

test('lint: a message of a WebSocket may come once the app has accepted', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await receive()
  }
  const { error } = await run(app, webSocketScope(), [
    { type: 'websocket.connect' },
    { type: 'websocket.receive', text: '' },
  ])
  t.equal(error, null)
})

const withLength = (length: string, status = 200) => ({
  type: 'http.response.start',
  status,
  headers: [['content-length', length]],
})
const offered = httpScope({ extensions: every })
const notLowered: HeaderPairs = [['Content-Type', 'text/plain']]
const denial = { type: 'websocket.http.response.start', status: 401 }
const denialBody = { type: 'websocket.http.response.body' }
const file = { read: async () => ({ bytesRead: 0 }) }

/** Messages of an app of which the last one breaks the contract. */
const appBreaches: ReadonlyArray<readonly [what: string, scope: Scope, messages: readonly unknown[], message: RegExp]> =
  [
    ['no message', httpScope(), [null], /type is undefined/],
    ['a value', httpScope(), [{ ...start, status: '200' }], /status is "200"/],
    ['a type', httpScope(), [{ type: 'http.response' }], /expected a type of the contract/],
    ['the order', httpScope(), [body], /the state is "before the response"/],
    ['a second start', httpScope(), [start, start], /the state is "in the body"/],
    ['a body too many', httpScope(), [start, body, body], /the state is "complete"/],
    ['a message of the server', httpScope(), [{ type: 'http.disconnect' }], /the state is "before the response"/],
    [
      'header names',
      httpScope(),
      [{ ...start, headers: notLowered }],
      /a header name is "Content-Type", expected a name in lower case/,
    ],
    [
      'header names of an iterator',
      httpScope(),
      [{ ...start, headers: new Map([['A', 'b']]).entries() }],
      /a header name is "A"/,
    ],
    [
      'header values of an iterator',
      httpScope(),
      [{ ...start, headers: new Map([['a', 'b\n']]).entries() }],
      /headers is \[\["a", "b\\n"\]\]/,
    ],
    ['links of an iterator', offered, [{ type: 'http.response.early_hint', links: new Set(['a\n']) }], /links is/],
    [
      'names of trailers',
      offered,
      [{ ...start, trailers: true }, body, { type: 'http.response.trailers', headers: notLowered }],
      /a header name/,
    ],
    ['names at the accept', webSocketScope(), [{ type: 'websocket.accept', headers: notLowered }], /a header name/],
    ['names of a denial', webSocketScope({ extensions: every }), [{ ...denial, headers: notLowered }], /a header name/],
    ['the length: not a number', httpScope(), [withLength('two')], /"content-length" is "two"/],
    [
      'the length: two numbers',
      httpScope(),
      [
        {
          ...start,
          headers: [
            ['content-length', '1'],
            ['content-length', '2'],
          ],
        },
      ],
      /"content-length" is "2"/,
    ],
    [
      'the length: too long',
      httpScope(),
      [withLength('2'), { ...body, body: 'ä', more_body: true }, { ...body, body: 'b' }],
      /the body has 3 bytes in all, expected 2/,
    ],
    [
      'the length: too long before the end',
      httpScope(),
      [withLength('1'), { ...body, body: 'ab', more_body: true }],
      /the body has 2 bytes so far, expected 1/,
    ],
    [
      'the length: too short',
      httpScope(),
      [withLength('2'), { ...body, body: 'a' }],
      /the body has 1 bytes in all, expected 2/,
    ],
    [
      'the length of a denial',
      webSocketScope({ extensions: every }),
      [{ ...denial, headers: [['content-length', '1']] }, denialBody],
      /the body has 0 bytes in all/,
    ],
    [
      'a body on 204',
      httpScope(),
      [
        { ...start, status: 204 },
        { ...body, body: 'a' },
      ],
      /expected none since the status is 204/,
    ],
    [
      'a body on 304',
      httpScope({ method: 'HEAD' }),
      [
        { ...start, status: 304 },
        { ...body, body: 'a' },
      ],
      /expected none since the status is 304/,
    ],
    [
      'the offer: debug',
      httpScope(),
      [{ type: 'http.response.debug', info: {} }],
      /does not offer "http.response.debug"/,
    ],
    [
      'the offer: early hint',
      httpScope(),
      [{ type: 'http.response.early_hint', links: [] }],
      /does not offer "http.response.early_hint"/,
    ],
    [
      'the offer: push',
      httpScope(),
      [{ type: 'http.response.push', path: '/', headers: [] }],
      /does not offer "http.response.push"/,
    ],
    [
      'the offer: pathsend',
      httpScope(),
      [start, { type: 'http.response.pathsend', path: '/a' }],
      /does not offer "http.response.pathsend"/,
    ],
    [
      'the offer: zerocopysend',
      httpScope(),
      [start, { type: 'http.response.zerocopysend', file }],
      /does not offer "http.response.zerocopysend"/,
    ],
    [
      'the offer: announced trailers',
      httpScope(),
      [{ ...start, trailers: true }],
      /does not offer "http.response.trailers"/,
    ],
    [
      'the offer: trailers',
      httpScope(),
      [{ type: 'http.response.trailers' }],
      /does not offer "http.response.trailers"/,
    ],
    ['the offer: denial', webSocketScope(), [denial], /does not offer "websocket.http.response"/],
    ['the offer: denial body', webSocketScope(), [denialBody], /does not offer "websocket.http.response"/],
    ['the offer on a lifespan', lifespanScope(), [{ type: 'http.response.debug', info: {} }], /does not offer/],
    [
      'a subprotocol that none asked for',
      webSocketScope(),
      [{ type: 'websocket.accept', subprotocol: 'chat' }],
      /the client offers none/,
    ],
    [
      'a subprotocol of its own',
      webSocketScope({ subprotocols: ['a', 'b'] }),
      [{ type: 'websocket.accept', subprotocol: 'c' }],
      /expected one of \["a", "b"\]/,
    ],
    ['a relative path', offered, [start, { type: 'http.response.pathsend', path: 'a' }], /expected an absolute path/],
    [
      'the path of a push',
      offered,
      [{ type: 'http.response.push', path: 'a', headers: [] }],
      /path is "a", expected a path of bytes that starts with "\/"/,
    ],
    [
      'an early shutdown',
      lifespanScope(),
      [{ type: 'lifespan.startup.complete' }, { type: 'lifespan.shutdown.complete' }],
      /"lifespan.shutdown" was not received/,
    ],
    [
      'an early failure of shutdown',
      lifespanScope(),
      [{ type: 'lifespan.startup.complete' }, { type: 'lifespan.shutdown.failed' }],
      /"lifespan.shutdown" was not received/,
    ],
  ]

for (const [what, scope, messages, message] of appBreaches) {
  test(`lint: the send of a message throws when the app breaks ${what}`, async (t) => {
    const { error, reports, sent } = await run(sending(...messages), scope)
    t.match(error, { side: 'application', message })
    t.strictSame(reports, [error])
    t.equal(sent.length, messages.length - 1)
  })
}

test('lint: an app must not send after it has returned', async (t) => {
  let give: Send | null = null
  const app: ASGIApp = async (_scope, _receive, send) => {
    give = send
    await send(start)
    await send(body)
  }
  const { error, reports, sent } = await run(app, httpScope())
  const late = give as unknown as Send
  await t.rejects(late({ type: 'http.response.debug', info: 1 }), {
    side: 'application',
    message: 'Cannot send "http.response.debug": the app has returned, await what it sends',
  })
  await t.rejects(late(null as unknown as SendMessage), /Cannot send undefined: the app has returned/)
  t.equal(error, null)
  t.equal(reports.length, 2)
  t.equal(sent.length, 2)
})

/** Sequences with something special that are in order all the same. */
const inOrder: ReadonlyArray<readonly [what: string, scope: Scope, messages: readonly unknown[]]> = [
  ['the length of what GET would get, for HEAD', httpScope({ method: 'HEAD' }), [withLength('5'), body]],
  ['the length of what was not modified', httpScope(), [withLength('5', 304), body]],
  [
    'an empty body on 204',
    httpScope(),
    [
      { ...start, status: 204 },
      { ...body, body: '' },
    ],
  ],
  [
    'a file as the body, whatever its length',
    offered,
    [withLength('5'), { type: 'http.response.pathsend', path: '/a' }],
  ],
  [
    'a file before bytes',
    offered,
    [withLength('5'), { type: 'http.response.zerocopysend', file, more_body: true }, { ...body, body: 'a' }],
  ],
  [
    'trailers',
    offered,
    [{ ...start, trailers: true }, body, { type: 'http.response.trailers', headers: [['a', 'b']] }],
  ],
  [
    'hints, pushes and debug information',
    offered,
    [
      { type: 'http.response.early_hint', links: ['</a>'] },
      { type: 'http.response.push', path: '/', headers: [] },
      { type: 'http.response.debug', info: 1 },
      start,
      body,
    ],
  ],
  ['a Headers', httpScope(), [{ ...start, headers: new Headers({ a: 'b' }) }, body]],
  [
    'a subprotocol that the client offers',
    webSocketScope({ subprotocols: ['chat'] }),
    [{ type: 'websocket.accept', subprotocol: 'chat' }, { type: 'websocket.close' }],
  ],
  ['a refusal', webSocketScope(), [{ type: 'websocket.close' }]],
  ['a denial', webSocketScope({ extensions: every }), [denial, denialBody]],
]

for (const [what, scope, messages] of inOrder) {
  test(`lint: has nothing against ${what}`, async (t) => {
    const { error, reports, sent } = await run(sending(...messages), scope)
    t.equal(error, null)
    t.strictSame(reports, [])
    t.strictSame(sent, messages)
  })
}

test('lint: leaves a one-shot iterable to the server', async (t) => {
  const headers = new Map([['a', 'b']]).entries()
  const { sent } = await run(sending({ ...start, headers }, body), httpScope())
  t.strictSame(sent[0], { ...start, headers: [['a', 'b']] })
})

test('lint: passes an error of an iterable', async (t) => {
  const failure = new Error('own')
  function* headers(): Generator<readonly [string, string]> {
    yield ['a', 'b']
    throw failure
  }
  const { error, reports } = await run(sending({ ...start, headers: headers() }), httpScope())
  t.equal(error, failure)
  t.strictSame(reports, [])
})

test('lint: holds the app to the scope of the server, whatever is made of it inside', async (t) => {
  const app: ASGIApp = async (scope, _receive, send) => {
    Object.assign(scope, { method: 'GET', extensions: every })
    await send({ ...start, headers: [['content-length', '5']] })
    await send(body)
  }
  t.equal((await run(app, httpScope({ method: 'HEAD' }))).error, null)
})

/** Apps that end in the wrong way. */
const wrongEnds: ReadonlyArray<readonly [what: string, scope: Scope, app: unknown, message: RegExp]> = [
  ['without an answer', httpScope(), sending(), /the state of its answer is "before the response"/],
  ['in the middle of its answer', httpScope(), sending(start), /the state of its answer is "in the body"/],
  ['before it has accepted or refused', webSocketScope(), sending(), /the state of its answer is "connecting"/],
  ['in the middle of a denial', webSocketScope({ extensions: every }), sending(denial), /"in the denial response"/],
  [
    'with a value',
    httpScope(),
    async (...args: Parameters<ASGIApp>) => (await sending(start, body)(...args), 'done'),
    /the value is "done"/,
  ],
  [
    'without an answer to the shutdown',
    lifespanScope(),
    async (...[, receive, send]: Parameters<ASGIApp>) => {
      await receive()
      await send({ type: 'lifespan.startup.complete' })
      await receive()
    },
    /the state of its answer is "started", expected a complete answer/,
  ],
  ['without a promise', httpScope(), () => undefined, /the value is undefined, expected a promise/],
]

for (const [what, scope, app, message] of wrongEnds) {
  test(`lint: rejects when the app returns ${what}`, async (t) => {
    const lifespan: ReceiveMessage[] = [{ type: 'lifespan.startup' }, { type: 'lifespan.shutdown' }]
    const { error, reports } = await run(app as ASGIApp, scope, lifespan)
    t.match(error, { side: 'application', message })
    t.strictSame(reports, [error])
  })
}

test('lint: an app may return without an answer when the client has gone', async (t) => {
  const signal = AbortSignal.abort()
  t.equal((await run(receiving(1), httpScope(), [{ type: 'http.disconnect' }])).error, null)
  t.equal((await run(sending(start), httpScope({ extensions: { 'http.disconnect.signal': { signal } } }))).error, null)
  const gone: ReceiveMessage[] = [{ type: 'websocket.connect' }, { type: 'websocket.disconnect', code: 1006 }]
  t.equal((await run(receiving(2), webSocketScope(), gone)).error, null)
})

test('lint: passes the error of an app, thrown at once or later', async (t) => {
  const error = new Error('own')
  const atOnce: ASGIApp = () => {
    throw error
  }
  t.equal((await run(atOnce, httpScope())).error, error)
  t.equal((await run(async () => Promise.reject(error), httpScope())).error, error)
})

test('lint: rejects with the first breach that the app swallowed', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send(body).catch(() => {})
    // Not waited for: the breach must not end the process.
    void send({ ...start, status: 7 })
    await send(start)
    await send(body)
  }
  const { error, reports, sent } = await run(app, httpScope())
  t.match(error, { message: /Cannot send "http.response.body"/ })
  t.equal(reports.length, 2)
  t.strictSame(sent, [start, body])
})

test('lint: does not blame an app for a swallowed breach of the server', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive().catch(() => {})
    await send(start)
    await send(body)
  }
  const { error, reports } = await run(app, httpScope(), [
    { type: 'http.request', body: 'x' } as unknown as ReceiveMessage,
  ])
  t.equal(error, null)
  t.match(reports, [{ side: 'server' }])
})

test('lint: works without a reporter', async (t) => {
  await t.rejects(
    lint(sending(body))(
      httpScope(),
      async () => ({ type: 'http.disconnect' }),
      () => settled,
    ),
    ProtocolViolation,
  )
})

test('lint: a message that the server refused was never sent', async (t) => {
  const refused = new ClientDisconnected()
  let refusals = 0
  const send: Send = () => (refusals++ === 0 ? Promise.reject(refused) : Promise.resolve())
  const app: ASGIApp = async (_scope, _receive, give) => {
    await t.rejects(give(start), refused)
    await give(start)
    await give(body)
  }
  await t.resolves(lint(app)(httpScope(), async () => ({ type: 'http.disconnect' }), send))
})

test('lint: an app whose message was refused may leave its answer as it is', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send(start).catch(() => {})
  }
  const send: Send = () => Promise.reject(new ClientDisconnected())
  await t.resolves(lint(app)(httpScope(), async () => ({ type: 'http.disconnect' }), send))
})

test('lint: of messages that were sent together, the state goes back only where it stands', async (t) => {
  const send: Send = (message) =>
    message.type === 'http.response.start' ? Promise.reject(new ClientDisconnected()) : settled
  const app: ASGIApp = async (_scope, _receive, give) => {
    const started = give(start)
    await give(body)
    await t.rejects(started)
    await t.rejects(give(body), /the state is "complete"/)
  }
  await t.rejects(lint(app)(httpScope(), async () => ({ type: 'http.disconnect' }), send))
})
