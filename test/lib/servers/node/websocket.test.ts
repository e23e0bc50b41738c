import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'tap'
import { WebSocket } from 'ws'
import type { ServeOptions } from '../../../../lib/servers/options.ts'
import { gate, handshake, serving, unlinted, websocket } from '../serving.ts'
import type { Scene, Serving } from '../serving.ts'
import { closeOf, closing, frame, opcodes } from '../../../support/websocket-frame.ts'
import type { Wire } from '../../../support/wire.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'

/** Sends every message back; at the end tells what it was told. */
function echo(told: (message: unknown) => void = () => {}): ASGIApp {
  return websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    for (;;) {
      const message = await receive()
      if (message.type !== 'websocket.receive') return told(message)
      await send({ ...message, type: 'websocket.send' })
    }
  })
}

/** An open WebSocket. */
async function opened(t: Scene, app: ASGIApp, options: ServeOptions = {}): Promise<Serving & { wire: Wire }> {
  const served = await serving(t, app, options)
  const wire = (await served.open()).send(handshake())
  await wire.answer()
  return { ...served, wire }
}

test('websocket: text comes back as text, bytes as bytes', async (t) => {
  const { wire } = await opened(t, echo())

  wire.send(
    frame({ opcode: opcodes.text, payload: 'snow ☃' }),
    frame({ opcode: opcodes.bytes, payload: Buffer.from([0, 255]) }),
  )
  const [text, bytes] = [await wire.frame(), await wire.frame()]

  t.same([text.opcode, String(text.payload)], [opcodes.text, 'snow ☃'])
  t.same([bytes.opcode, [...bytes.payload]], [opcodes.bytes, [0, 255]])
})

test('websocket: messages have the shape of the contract', async (t) => {
  const seen = gate<unknown[]>()
  const app = websocket(async (_scope, receive, send) => {
    const messages: unknown[] = [await receive()]
    await send({ type: 'websocket.accept' })
    for (let i = 0; i < 4; i++) messages.push(await receive())
    seen.open(messages)
  })
  const { wire } = await opened(t, app)

  wire.send(frame({ opcode: opcodes.text, payload: 'a' }), frame({ opcode: opcodes.bytes, payload: 'b' }))
  wire.send(frame({ opcode: opcodes.close, payload: closing(4005, 'bye') }))

  t.same(await seen.opened, [
    { type: 'websocket.connect' },
    { type: 'websocket.receive', text: 'a' },
    { type: 'websocket.receive', bytes: Buffer.from('b') },
    { type: 'websocket.disconnect', code: 4005, reason: 'bye' },
    { type: 'websocket.disconnect', code: 4005, reason: 'bye' },
  ])
})

test('websocket: empty messages are messages', async (t) => {
  const { wire } = await opened(t, echo())

  wire.send(frame({ opcode: opcodes.text }), frame({ opcode: opcodes.bytes }))
  const [text, bytes] = [await wire.frame(), await wire.frame()]

  t.same([text.opcode, text.payload.length, bytes.opcode, bytes.payload.length], [1, 0, 2, 0])
})

test('websocket: bytes may be given as text, that is UTF-8', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await send({ type: 'websocket.send', bytes: '☃' })
    await send({ type: 'websocket.send', text: null, bytes: Buffer.from('a') })
    await receive()
  })
  const { wire, server, records } = await opened(t, app)

  const [first, second] = [await wire.frame(), await wire.frame()]
  wire.reset()
  await server.close()

  t.same([first.opcode, String(first.payload), second.opcode], [opcodes.bytes, '☃', opcodes.bytes])
  t.match(records, [{ protocol: 'websocket', method: 'GET', target: '/', status: 101, bytesSent: 4 }])
})

test('websocket: fragments make one message, with control frames between them', async (t) => {
  const { wire } = await opened(t, echo())

  wire.send(
    frame({ opcode: opcodes.text, payload: 'a', last: false }),
    frame({ opcode: opcodes.ping, payload: 'p' }),
    frame({ opcode: opcodes.continuation, payload: 'b', last: false }),
    frame({ opcode: opcodes.continuation, payload: 'c' }),
  )
  const [pong, text] = [await wire.frame(), await wire.frame()]

  t.same([pong.opcode, String(pong.payload), String(text.payload)], [opcodes.pong, 'p', 'abc'])
})

test('websocket: exchanges a message of 16 MiB', async (t) => {
  const { server } = await serving(t, echo())
  const client = new WebSocket(server.url.replace('http', 'ws'), { perMessageDeflate: false })
  const sent = randomBytes(16 * 1024 * 1024)
  await once(client, 'open')

  client.send(sent)
  const [received] = (await once(client, 'message')) as [Buffer]
  client.terminate()

  t.equal(createHash('sha1').update(received).digest('hex'), createHash('sha1').update(sent).digest('hex'))
})

test('websocket: a message that arrives byte by byte', async (t) => {
  const { wire } = await opened(t, echo())

  for (const byte of frame({ opcode: opcodes.text, payload: 'slow' })) await wire.flush(Buffer.from([byte]))

  t.equal(String((await wire.frame()).payload), 'slow')
})

// ---- the peer closes

/** Close frames of the peer, what the server answers, and what the app is told. Source: RFC 6455 §7.1.5, §7.4. */
const peerCloses: ReadonlyArray<
  readonly [what: string, payload: Uint8Array, answered: number, told: { code: number; reason: string }]
> = [
  ['1000', closing(1000), 1000, { code: 1000, reason: '' }],
  ['1001 with a reason', closing(1001, 'away ☃'), 1001, { code: 1001, reason: 'away ☃' }],
  ['4999', closing(4999), 4999, { code: 4999, reason: '' }],
  ['no code', Buffer.alloc(0), 1005, { code: 1005, reason: '' }],
]
for (const [what, payload, answered, told] of peerCloses) {
  test(`websocket.disconnect: the peer closes with ${what}`, async (t) => {
    const seen = gate<unknown>()
    const { wire } = await opened(t, echo(seen.open))

    wire.send(frame({ opcode: opcodes.close, payload }))
    const close = closeOf(await wire.frame())

    t.equal(close?.code, answered)
    t.same(await seen.opened, { type: 'websocket.disconnect', ...told })
    t.ok(await wire.closed)
  })
}

for (const [how, leave] of [
  ['ends the connection', (wire: Wire) => wire[Symbol.dispose]()],
  ['resets the connection', (wire: Wire) => wire.reset()],
] as const) {
  test(`websocket.disconnect: 1006 when the peer ${how}`, async (t) => {
    const seen = gate<unknown>()
    const { wire, log, server } = await opened(t, echo(seen.open))

    leave(wire)

    t.same(await seen.opened, { type: 'websocket.disconnect', code: 1006, reason: '' })
    await server.close()
    t.same(log, [])
  })
}

test('websocket.disconnect: messages that have arrived are received before it', async (t) => {
  const closed = gate()
  const seen = gate<unknown[]>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await closed.opened
    seen.open([await receive(), await receive(), await receive(), await receive()])
  })
  const { wire } = await opened(t, app)

  wire.send(frame({ opcode: opcodes.text, payload: 'a' }), frame({ opcode: opcodes.text, payload: 'b' }))
  wire.send(frame({ opcode: opcodes.close, payload: closing(1000) }))
  await wire.frame()
  closed.open()

  t.match(await seen.opened, [{ text: 'a' }, { text: 'b' }, { code: 1000 }, { code: 1000 }])
})

test('websocket.disconnect: frames after the close are not looked at', async (t) => {
  const seen = gate<unknown>()
  const { wire } = await opened(t, echo(seen.open))

  wire.send(frame({ opcode: opcodes.close, payload: closing(1000) }), frame({ opcode: opcodes.text, payload: 'late' }))

  t.match(await seen.opened, { type: 'websocket.disconnect', code: 1000 })
  t.match(closeOf(await wire.frame()), { code: 1000 })
})

test('websocket.send: throws when the peer has gone', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await receive()
    const error: unknown = await send({ type: 'websocket.send', text: 'a' }).catch((e: unknown) => e)
    seen.open(error)
    throw error
  })
  const { wire, log, server } = await opened(t, app)

  wire.reset()

  t.match(await seen.opened, { name: 'ClientDisconnected', code: 'EPIPE' })
  await server.close()
  t.same(log, [])
})

test('websocket.send: throws when the peer leaves while it waits', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    for (;;) {
      const error = await send({ type: 'websocket.send', bytes: Buffer.alloc(1_000_000) }).catch((e: unknown) => e)
      if (error !== undefined) return seen.open(error)
    }
  })
  const { wire } = await opened(t, app)

  await wire.frame()
  wire.socket.pause()
  wire.reset()

  t.match(await seen.opened, { name: 'ClientDisconnected' })
})

// ---- the app closes, or ends

/** How an app ends, and what its peer is told. Source: the contract; RFC 6455 §7.4.1. */
const appCloses: ReadonlyArray<
  readonly [what: string, end: (send: Parameters<ASGIApp>[2]) => Promise<void>, told: object, log: RegExp[]]
> = [
  ['closes', (send) => send({ type: 'websocket.close' }), { code: 1000, reason: '' }, []],
  [
    'closes with null for both',
    (send) => send({ type: 'websocket.close', code: null, reason: null }),
    { code: 1000 },
    [],
  ],
  ['closes with a code', (send) => send({ type: 'websocket.close', code: 4002 }), { code: 4002, reason: '' }, []],
  [
    'closes with a code and a reason',
    (send) => send({ type: 'websocket.close', code: 1013, reason: 'later ☃' }),
    { code: 1013, reason: 'later ☃' },
    [],
  ],
  ['returns', () => Promise.resolve(), { code: 1000, reason: '' }, []],
  ['throws', () => Promise.reject(new Error('boom')), { code: 1011, reason: 'Internal Server Error' }, [/boom$/]],
  ['accepts again', (send) => send({ type: 'websocket.accept' }), { code: 1011 }, [/the state is "open"/]],
  [
    'sends text and bytes',
    (send) => send({ type: 'websocket.send', text: 'a', bytes: 'b' }),
    { code: 1011 },
    [/exactly one/],
  ],
  ['sends nothing', (send) => send({ type: 'websocket.send' }), { code: 1011 }, [/exactly one/]],
  ['closes with 1005', (send) => send({ type: 'websocket.close', code: 1005 }), { code: 1011 }, [/code is 1005/]],
  ['closes with 1006', (send) => send({ type: 'websocket.close', code: 1006 }), { code: 1011 }, [/code is 1006/]],
  ['closes with 1015', (send) => send({ type: 'websocket.close', code: 1015 }), { code: 1011 }, [/code is 1015/]],
  [
    'closes with bytes for a reason',
    (send) => send({ type: 'websocket.close', reason: new Float64Array(2) as never }),
    { code: 1011 },
    [/reason is/],
  ],
  [
    'closes with a long reason',
    (send) => send({ type: 'websocket.close', reason: '☃'.repeat(42) }),
    { code: 1011 },
    [/at most 123 bytes/],
  ],
]
for (const [what, end, told, log] of appCloses) {
  test(`websocket.close: an app that ${what}`, async (t) => {
    const app = websocket(async (_scope, receive, send) => {
      await receive()
      await send({ type: 'websocket.accept' })
      await end(send)
    })
    const served = await opened(t, unlinted(app) as never)
    const { wire } = served

    const close = closeOf(await wire.frame())
    wire.send(frame({ opcode: opcodes.close, payload: closing(1000) }))

    t.match(close, told)
    t.ok(await wire.closed)
    t.match(served.log, log)
    t.equal(served.log.length, log.length)
  })
}

test('websocket.close: the app is told of its own close', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await send({ type: 'websocket.close', code: 4000, reason: 'done' })
    const late = await send({ type: 'websocket.send', text: 'late' }).catch((error: Error) => error.name)
    seen.open([await receive(), late])
  })
  await opened(t, unlinted(app) as never)

  t.same(await seen.opened, [{ type: 'websocket.disconnect', code: 4000, reason: 'done' }, 'ProtocolViolation'])
})

test('websocket.close: what was sent before arrives before', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    for (let i = 0; i < 100; i++) void send({ type: 'websocket.send', text: `${i}` })
    await send({ type: 'websocket.close' })
  })
  const { wire } = await opened(t, app)

  const texts: string[] = []
  for (let i = 0; i < 100; i++) texts.push(String((await wire.frame()).payload))

  t.same(
    texts,
    Array.from({ length: 100 }, (_, i) => `${i}`),
  )
  t.match(closeOf(await wire.frame()), { code: 1000 })
})

test('closeTimeoutMs: a peer that does not answer a close is cut', async (t) => {
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
  })
  const { wire } = await opened(t, app, { websocket: { closeTimeoutMs: 30 } })

  t.match(closeOf(await wire.frame()), { code: 1000 })
  await wire.closed
})

test('websocket.close: works although the app has not read what the peer sent', async (t) => {
  const sent = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await sent.opened
  })
  // The closing handshake must not wait for its time to be up.
  const { wire, server } = await opened(t, app, { websocket: { closeTimeoutMs: Infinity } })

  for (let i = 0; i < 100; i++) await wire.flush(frame({ opcode: opcodes.bytes, payload: Buffer.alloc(10_000) }))
  sent.open()
  const close = closeOf(await wire.frame())
  wire.send(frame({ opcode: opcodes.close, payload: closing(1000) }))
  await wire.closed
  await server.close()

  t.match(close, { code: 1000 })
})

// ---- a peer that breaks the protocol

/** What a peer may not send, and the close code that tells it so. Source: RFC 6455 §5, §7.4.1, §8.1; rules 59, 62, 63. */
const breaches: ReadonlyArray<readonly [what: string, frames: readonly Uint8Array[], code: number]> = [
  ['rule 63: a frame without a mask', [frame({ opcode: opcodes.text, payload: 'a', masked: false })], 1002],
  ['rule 63: a reserved bit', [frame({ opcode: opcodes.text, payload: 'a', reserved: 4 })], 1002],
  ['rule 63: a reserved opcode', [frame({ opcode: 3 })], 1002],
  ['rule 63: a reserved control opcode', [frame({ opcode: 11 })], 1002],
  ['rule 63: invalid UTF-8', [frame({ opcode: opcodes.text, payload: Buffer.from([0xc3, 0x28]) })], 1007],
  [
    'rule 63: invalid UTF-8 over fragments',
    [
      frame({ opcode: opcodes.text, payload: Buffer.from([0xe2, 0x98]), last: false }),
      frame({ opcode: opcodes.continuation, payload: Buffer.from([0xff]) }),
    ],
    1007,
  ],
  ['rule 63: a close code of 1005', [frame({ opcode: opcodes.close, payload: closing(1005) })], 1002],
  ['rule 63: a close code of 1006', [frame({ opcode: opcodes.close, payload: closing(1006) })], 1002],
  ['rule 63: a close code of 1015', [frame({ opcode: opcodes.close, payload: closing(1015) })], 1002],
  ['rule 63: a close code of 999', [frame({ opcode: opcodes.close, payload: closing(999) })], 1002],
  ['rule 63: half a close code', [frame({ opcode: opcodes.close, payload: Buffer.from([3]) })], 1002],
  [
    'rule 63: a close reason of invalid UTF-8',
    [frame({ opcode: opcodes.close, payload: Buffer.from([3, 232, 255]) })],
    1007,
  ],
  ['a control frame of 126 bytes', [frame({ opcode: opcodes.ping, payload: 'a'.repeat(126) })], 1002],
  ['a fragmented control frame', [frame({ opcode: opcodes.ping, last: false })], 1002],
  ['a continuation of nothing', [frame({ opcode: opcodes.continuation, payload: 'a' })], 1002],
  [
    'a message within a message',
    [frame({ opcode: opcodes.text, payload: 'a', last: false }), frame({ opcode: opcodes.text, payload: 'b' })],
    1002,
  ],
  ['a message above maxMessageBytes', [frame({ opcode: opcodes.bytes, payload: Buffer.alloc(1001) })], 1009],
  [
    'fragments that are too big together',
    [
      frame({ opcode: opcodes.bytes, payload: Buffer.alloc(600), last: false }),
      frame({ opcode: opcodes.continuation, payload: Buffer.alloc(401) }),
    ],
    1009,
  ],
  ['rule 59: a length that is not sent', [Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4])], 1009],
  [
    'rule 59: more fragments than maxFragments',
    [
      frame({ opcode: opcodes.text, payload: 'a', last: false }),
      ...Array.from({ length: 20 }, () => frame({ opcode: opcodes.continuation, payload: 'a', last: false })),
    ],
    1008,
  ],
]
for (const [what, frames, code] of breaches) {
  test(`websocket: ${what} closes with ${code}`, async (t) => {
    const seen = gate<unknown>()
    const limits = { maxMessageBytes: 1000, maxFragments: 20 }
    const { wire, log } = await opened(t, echo(seen.open), { websocket: limits })

    wire.send(...frames)

    t.equal(closeOf(await wire.frame())?.code, code)
    wire.finish()
    t.match(await seen.opened, { type: 'websocket.disconnect', code: 1006 })
    t.same(log, [])
  })
}

test('maxMessageBytes, maxFragments: what is just within them is fine', async (t) => {
  const { wire } = await opened(t, echo(), { websocket: { maxMessageBytes: 1000, maxFragments: 20 } })
  const pieces = Array.from({ length: 18 }, () => frame({ opcode: opcodes.continuation, payload: 'a', last: false }))

  wire.send(frame({ opcode: opcodes.bytes, payload: Buffer.alloc(1000) }))
  wire.send(frame({ opcode: opcodes.text, payload: 'a', last: false }), ...pieces)
  wire.send(frame({ opcode: opcodes.continuation, payload: 'a' }))

  t.equal((await wire.frame()).payload.length, 1000)
  t.equal(String((await wire.frame()).payload), 'a'.repeat(20))
})

test('maxMessageBytes, maxFragments Infinity: no bound', async (t) => {
  const { wire } = await opened(t, echo(), { websocket: { maxMessageBytes: Infinity, maxFragments: Infinity } })
  const pieces = Array.from({ length: 20_000 }, () =>
    frame({ opcode: opcodes.continuation, payload: 'a', last: false }),
  )

  wire.send(
    frame({ opcode: opcodes.text, last: false }),
    Buffer.concat(pieces),
    frame({ opcode: opcodes.continuation }),
  )

  t.equal((await wire.frame()).payload.length, 20_000)
})

// ---- pings

test('websocket: answers 1,000 pings, each in a segment of its own', async (t) => {
  const { wire } = await opened(t, echo())
  const payloads = Array.from({ length: 1000 }, (_, i) => String(i))

  wire.socket.setNoDelay(true)
  for (const payload of payloads) wire.send(frame({ opcode: opcodes.ping, payload }))
  const answers: Array<Awaited<ReturnType<Wire['frame']>>> = []
  while (answers.length < payloads.length) answers.push(await wire.frame())

  t.ok(answers.every(({ opcode }) => opcode === opcodes.pong))
  t.same(
    answers.map(({ payload }) => String(payload)),
    payloads,
  )
})

test('websocket: answers 1,000 pings in one piece, and the message after them', async (t) => {
  const { wire } = await opened(t, echo())

  wire.send(Buffer.concat(Array.from({ length: 1000 }, () => frame({ opcode: opcodes.ping }))))
  wire.send(frame({ opcode: opcodes.text, payload: 'after' }))
  let pongs = 0
  let next = await wire.frame()
  for (; next.opcode === opcodes.pong; next = await wire.frame()) pongs++

  t.equal(pongs, 1000)
  t.equal(String(next.payload), 'after')
})

test('websocket: a peer that pings without reading takes no memory', async (t) => {
  const { wire } = await opened(t, echo())
  const flood = Buffer.concat(
    Array.from({ length: 1000 }, () => frame({ opcode: opcodes.ping, payload: 'a'.repeat(125) })),
  )

  wire.socket.pause()
  for (let i = 0; i < 200; i++) await wire.flush(flood)
  wire.send(frame({ opcode: opcodes.ping, payload: 'last' }))
  wire.socket.resume()
  let pongs = 1
  while (String((await wire.frame()).payload) !== 'last') pongs++

  t.ok(pongs < 200_000, `${pongs} pings were answered`)
})

// ---- pings of the server

test('pingIntervalMs: a peer that answers is kept', async (t) => {
  const { wire } = await opened(t, echo(), { websocket: { pingIntervalMs: 10, pongTimeoutMs: 5000 } })

  for (let i = 0; i < 3; i++) {
    const { opcode, payload } = await wire.frame()
    t.equal(opcode, opcodes.ping)
    wire.send(frame({ opcode: opcodes.pong, payload }))
  }
  wire.send(frame({ opcode: opcodes.text, payload: 'still here' }))

  t.equal(String((await nextText(wire)).payload), 'still here')
})

test('pongTimeoutMs: a peer that does not answer is closed with 1011, and the app told', async (t) => {
  const seen = gate<unknown>()
  const limits = { pingIntervalMs: 10, pongTimeoutMs: 20, closeTimeoutMs: 20 }
  const { wire } = await opened(t, echo(seen.open), { websocket: limits })

  t.equal((await wire.frame()).opcode, opcodes.ping)

  t.match(closeOf(await wire.frame()), { code: 1011, reason: 'No answer to a ping' })
  t.match(await seen.opened, { type: 'websocket.disconnect', code: 1006 })
  await wire.closed
})

test('pingIntervalMs Infinity: no pings; pongTimeoutMs Infinity: no end', async (t) => {
  const { wire } = await opened(t, echo(), { websocket: { pingIntervalMs: 10, pongTimeoutMs: Infinity } })
  const quiet = await opened(t, echo(), { websocket: { pingIntervalMs: Infinity } })

  t.equal((await wire.frame()).opcode, opcodes.ping)
  await new Promise((resolve) => setTimeout(resolve, 50))
  wire.send(frame({ opcode: opcodes.text, payload: 'a' }))
  quiet.wire.send(frame({ opcode: opcodes.text, payload: 'b' }))

  t.equal(String((await nextText(wire)).payload), 'a')
  t.equal((await quiet.wire.frame()).opcode, opcodes.text)
})

test('pongTimeoutMs: a peer whose answers the server does not read is not blamed', async (t) => {
  const read = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await read.opened
    let size = 0
    while (size < 300_000) {
      const message = await receive()
      if (message.type !== 'websocket.receive') return
      size += message.bytes!.length
    }
    await send({ type: 'websocket.send', text: 'read' })
    await receive()
  })
  const { wire } = await opened(t, app, { websocket: { pingIntervalMs: 30, pongTimeoutMs: 1000 } })

  for (let i = 0; i < 30; i++) wire.send(frame({ opcode: opcodes.bytes, payload: Buffer.alloc(10_000) }))
  await new Promise((resolve) => setTimeout(resolve, 2000))
  read.open()

  t.equal(String((await nextText(wire)).payload), 'read')
})

/** The next message, while pings are answered. */
async function nextText(wire: Wire): ReturnType<Wire['frame']> {
  for (;;) {
    const next = await wire.frame()
    if (next.opcode !== opcodes.ping) return next
    wire.send(frame({ opcode: opcodes.pong, payload: next.payload }))
  }
}

// ---- back-pressure

test('websocket.receive: an app that does not read holds the peer back', async (t) => {
  const read = gate()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    await read.opened
    let count = 0
    for (; count < 100; count++) await receive()
    await send({ type: 'websocket.send', text: String(count) })
  })
  const { wire } = await opened(t, app)
  const message = frame({ opcode: opcodes.bytes, payload: Buffer.alloc(1_000_000) })

  for (let i = 0; i < 100; i++) wire.socket.write(message)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const taken = wire.socket.bytesWritten - wire.socket.writableLength
  read.open()

  t.ok(taken < 50_000_000, `${taken} bytes were taken`)
  t.equal(String((await wire.frame()).payload), '100')
})

test('sendBufferBytes: send() waits for a slow peer', async (t) => {
  let sent = 0
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    for (; sent < 100; sent++) await send({ type: 'websocket.send', bytes: Buffer.alloc(1_000_000) })
  })
  const { wire } = await opened(t, app, { websocket: { sendBufferBytes: 1_000_000 } })

  wire.socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 100))
  const before = sent
  wire.socket.resume()
  let count = 0
  while ((await wire.frame()).opcode === opcodes.bytes) count++

  t.ok(before < 60, `${before} MB were buffered`)
  t.equal(count, 100)
})

// ---- permessage-deflate

test('rule 62: permessage-deflate is off by default', async (t) => {
  const { open } = await serving(t, echo())

  const { headers } = await (await open()).send(handshake('/', 'sec-websocket-extensions: permessage-deflate')).answer()

  t.equal(headers['sec-websocket-extensions'], undefined)
})

test('compression: messages are compressed when it is on', async (t) => {
  const { server } = await serving(t, echo(), { websocket: { compression: true } })
  const client = new WebSocket(server.url.replace('http', 'ws'))
  await once(client, 'open')

  client.send('a'.repeat(100_000))
  const [data] = (await once(client, 'message')) as [Buffer]
  client.terminate()

  t.equal(client.extensions, 'permessage-deflate')
  t.equal(data.length, 100_000)
})

test('rule 62: a bomb is closed with 1009', async (t) => {
  const seen = gate<unknown>()
  const options = { websocket: { compression: true, maxMessageBytes: 10_000 } }
  const { server } = await serving(t, echo(seen.open), options)
  const client = new WebSocket(server.url.replace('http', 'ws'), { perMessageDeflate: { threshold: 0 } })
  await once(client, 'open')

  client.send(Buffer.alloc(1_000_000))
  const [code] = (await once(client, 'close')) as [number]

  t.equal(code, 1009)
  t.match(await seen.opened, { code: 1006 })
})

test('compression: an offer that makes no sense is answered with 400, and the app told', async (t) => {
  const seen = gate<unknown>()
  const app = websocket(async (_scope, receive, send) => {
    await receive()
    await send({ type: 'websocket.accept' })
    seen.open([await receive(), await send({ type: 'websocket.send', text: 'a' }).catch((error: Error) => error.name)])
  })
  const { ask } = await serving(t, app, { websocket: { compression: true } })

  const { status } = await ask(
    handshake('/', 'sec-websocket-extensions: permessage-deflate; server_max_window_bits=99'),
  )

  t.equal(status, 400)
  t.match(await seen.opened, [{ type: 'websocket.disconnect', code: 1006 }, 'ClientDisconnected'])
})

// ---- rule 61 is a matter of the app: it sees the origin

test('rule 61: the app sees the origin and may refuse it', async (t) => {
  const app = websocket(async ({ headers }, receive, send) => {
    await receive()
    const origin = new Map(headers).get('origin')
    await send(origin === 'https://example.org' ? { type: 'websocket.accept' } : { type: 'websocket.close' })
  })
  const { open } = await serving(t, app)

  const mine = await (await open()).send(handshake('/', 'origin: https://example.org')).answer()
  const other = await (await open()).send(handshake('/', 'origin: https://evil.example')).answer()

  t.same([mine.status, other.status], [101, 403])
})
