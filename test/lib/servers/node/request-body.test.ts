import type { Socket } from 'node:net'
import { once } from 'node:events'
import { test } from 'tap'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import { bodyOf, echo, gate, get, http, post, reply, serving } from '../serving.ts'

const chunkedHead = 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n'

/** Answers without looking at the body. */
const early = http(async (_scope, _receive, send) => reply(send, 'early'))

// ---- how a body is delimited

/** Source: RFC 9112 §6 and §7. */
const bodies: ReadonlyArray<readonly [what: string, request: string, body: string]> = [
  ['of known length', post('hello'), 'hello'],
  ['of length 0', post(''), ''],
  ['of length 00', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 00\r\n\r\n', ''],
  ['of length 05', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 05\r\n\r\nhello', 'hello'],
  ['without any length', 'POST / HTTP/1.1\r\nhost: a\r\n\r\n', ''],
  ['in chunks', `${chunkedHead}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`, 'abc0123456789'],
  ['in chunks, empty', `${chunkedHead}0\r\n\r\n`, ''],
  ['in chunks with extensions', `${chunkedHead}3;a=b;c="d"\r\nabc\r\n0;e\r\n\r\n`, 'abc'],
  ['in chunks with trailers', `${chunkedHead}3\r\nabc\r\n0\r\nx-trailer: 1\r\n\r\n`, 'abc'],
  ['in chunks, named in upper case', `${chunkedHead.replace('chunked', 'CHUNKED')}1\r\na\r\n0\r\n\r\n`, 'a'],
  ['of a GET', get('/', 'content-length: 3') + 'abc', 'abc'],
]
for (const [what, request, body] of bodies) {
  test(`receive(): a body ${what}`, async (t) => {
    const { open } = await serving(t, echo)
    const wire = await open()

    const first = await wire.send(request).answer()
    const second = await wire.send(request).answer()

    t.same([first.body, second.body], [body, body])
  })
}

// ---- answers that come before the body was read

const unread: ReadonlyArray<readonly [what: string, request: string]> = [
  ['a small body', post('a'.repeat(1000))],
  ['a body of just the limit', post('a'.repeat(65_536))],
  ['a small body in chunks', `${chunkedHead}3\r\nabc\r\n0\r\n\r\n`],
]
for (const [what, request] of unread) {
  test(`send(): an answer before ${what} was read keeps the connection`, async (t) => {
    const { open } = await serving(t, early)
    const wire = (await open()).send(request)

    const first = await wire.answer()
    const second = await wire.send(get()).answer()

    t.same([first.body, first.headers['connection'], second.body], ['early', 'keep-alive', 'early'])
  })
}

test('send(): an answer before the body arrived keeps the connection', async (t) => {
  const { open } = await serving(t, early)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc')

  const first = await wire.answer()
  const second = await wire.send('def', get()).answer()

  t.same([first.body, second.body], ['early', 'early'])
})

test('send(): an answer after a part of the body was read keeps the connection', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await receive()
    await reply(send, 'early')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc')

  const first = await wire.answer()
  const second = await wire.send('def', get()).answer()

  t.same([first.body, second.body], ['early', 'early'])
})

test('maxDiscardedBytes: a longer body closes the connection, and the answer is not lost to a reset', async (t) => {
  const { open } = await serving(t, early, { maxDiscardedBytes: 1000 })
  const wire = (await open()).send(post('a'.repeat(1001)))

  const answer = await wire.answer()
  // The client goes on sending after the answer.
  wire.send(Buffer.alloc(500_000))

  t.same([answer.body, answer.headers['connection']], ['early', 'close'])
  t.ok(await wire.closed)
})

for (const reads of [false, true]) {
  test(`maxDiscardedBytes: an endless chunked body that the app ${reads ? 'stops reading' : 'never reads'} is cut`, async (t) => {
    const app = http(async (_scope, receive, send) => {
      if (reads) await receive()
      await reply(send, 'early')
    })
    const { open } = await serving(t, app, { maxDiscardedBytes: 10_000 })
    const wire = (await open()).send(chunkedHead, '3\r\nabc\r\n')
    const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`

    const answer = await wire.answer()
    let sent = 0
    while (await wire.flush(chunk)) sent += 4096

    t.equal(answer.body, 'early')
    // What the buffers of both systems hold, and what is thrown away for the sake of the answer.
    t.ok(sent < 100_000_000, `${sent} bytes were taken`)
  })
}

/** Answers 413 once that many bytes of the body were read. */
function readingUpTo(bytes: number): ASGIApp {
  return http(async (_scope, receive, send) => {
    for (let read = 0; read < bytes;) {
      const message = await receive()
      if (message.type !== 'http.request') return
      read += message.body?.length ?? 0
    }
    await send({ type: 'http.response.start', status: 413 })
    await send({ type: 'http.response.body', body: 'too large' })
  })
}

const chunkOf1000 = `3e8\r\n${'a'.repeat(1000)}\r\n`

// RFC 9112 §9.6: who is going to close says so. Nobody knows how long a body in chunks is: what has come tells.
test('maxDiscardedBytes: an answer says that it closes when a body in chunks has brought more already', async (t) => {
  const { open } = await serving(t, readingUpTo(2000), { maxDiscardedBytes: 1999 })
  const wire = (await open()).send(chunkedHead, chunkOf1000, chunkOf1000)

  const answer = await wire.answer()
  // The client goes on sending after the answer.
  wire.send(Buffer.alloc(500_000))

  t.same([answer.status, answer.body, answer.headers['connection']], [413, 'too large', 'close'])
  t.ok(await wire.closed)
})

test('maxDiscardedBytes: an announced close takes place when a body in chunks ends after all', async (t) => {
  const { open } = await serving(t, readingUpTo(2000), { maxDiscardedBytes: 1999 })
  const wire = (await open()).send(chunkedHead, chunkOf1000, chunkOf1000)

  const answer = await wire.answer()
  wire.send('0\r\n\r\n', get())

  t.same([answer.headers['connection'], await wire.rest()], ['close', ''])
})

test('maxDiscardedBytes: a body in chunks that has brought no more may still end, and keeps the connection', async (t) => {
  const { open } = await serving(t, readingUpTo(2000), { maxDiscardedBytes: 2000 })
  const wire = (await open()).send(chunkedHead, chunkOf1000, chunkOf1000)

  const first = await wire.answer()
  wire.send(chunkOf1000, '0\r\n\r\n', chunkedHead, chunkOf1000, chunkOf1000)
  const second = await wire.answer()

  t.same([first.headers['connection'], second.status], ['keep-alive', 413])
})

test('maxDiscardedBytes: cuts once, however much comes', async (t) => {
  const warned = t.capture(process, 'emitWarning')
  const { open } = await serving(t, early, { maxDiscardedBytes: 1 })
  const wire = (await open()).send(chunkedHead)

  const answer = await wire.answer()
  for (let i = 0; i < 200; i++) wire.send(`1\r\na\r\n`)
  await wire.closed

  t.equal(answer.body, 'early')
  t.same(warned(), [])
})

// ---- Expect: 100-continue

test('expect: 100-continue is answered when the app asks for the body', async (t) => {
  const asked = gate()
  const app = http(async (_scope, receive, send) => {
    await asked.opened
    await reply(send, (await bodyOf(receive)).text)
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(post('abc', 'expect: 100-continue').slice(0, -3))

  t.equal(wire.socket.bytesRead, 0)
  asked.open()
  const informed = await wire.until('\r\n\r\n')
  const answer = await wire.send('abc').answer()

  t.equal(informed, 'HTTP/1.1 100 Continue\r\n\r\n')
  t.equal(answer.body, 'abc')
})

test('expect: 100-continue: the connection closes when the body was never asked for', async (t) => {
  const { open } = await serving(t, early)
  const wire = (await open()).send(post('abc', 'expect: 100-continue').slice(0, -3))

  const answer = await wire.answer()

  t.same([answer.status, answer.headers['connection']], [200, 'close'])
  t.equal(await wire.rest(), '')
})

test('expect: 100-continue: the connection goes on when the body was asked for', async (t) => {
  const { open } = await serving(t, echo)
  const wire = (await open()).send(post('abc', 'Expect: 100-Continue'))

  await wire.until('100 Continue\r\n\r\n')
  const first = await wire.answer()
  const second = await wire.send(post('next')).answer()

  t.same([first.body, second.body], ['abc', 'next'])
})

test('expect: 100-continue: nothing is said after the answer has begun', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: (await bodyOf(receive)).text })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(post('bc', 'expect: 100-continue'))

  t.equal((await wire.answer()).body, 'abc')
})

test('expect: 100-continue without a body is not answered', async (t) => {
  const { open } = await serving(t, echo)

  const answer = await (await open()).send(get('/', 'expect: 100-continue')).answer()

  t.equal(answer.status, 200)
})

test('expect: 100-continue means nothing in HTTP/1.0', async (t) => {
  const { ask } = await serving(t, echo)

  t.equal((await ask('POST / HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\na')).body, 'a')
})

test('expect: anything else is refused with 417', async (t) => {
  const { open } = await serving(t, echo)
  const wire = (await open()).send(get('/', 'expect: a-miracle'))

  const answer = await wire.answer()

  t.same([answer.status, answer.headers['connection']], [417, 'close'])
  t.ok(await wire.closed)
})

// ---- malformed and missing bodies

test('receive(): a malformed chunk is answered with 400, and the app sees a disconnect', async (t) => {
  const seen = gate<boolean>()
  const app = http(async ({ extensions }, receive, send) => {
    const { signal } = extensions['http.disconnect.signal']!
    const { complete } = await bodyOf(receive)
    seen.open(signal.aborted && !complete)
    await reply(send, 'too late')
  })
  const { open, log } = await serving(t, app)
  const wire = (await open()).send(chunkedHead, '3\r\nabc\r\nzz\r\n')

  const answer = await wire.answer()

  t.same([answer.status, answer.headers['connection']], [400, 'close'])
  t.ok(await seen.opened)
  t.equal(await wire.rest(), '')
  t.same(log, [])
})

test('receive(): a malformed chunk after the answer began cuts the connection', async (t) => {
  const seen = gate<boolean>()
  const app = http(async (_scope, receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'abc', more_body: true })
    seen.open((await bodyOf(receive)).complete)
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(chunkedHead)

  await wire.until('abc\r\n')
  wire.send('zz\r\n')

  t.equal(await seen.opened, false)
  t.equal(await wire.rest(), '')
})

test('receive(): a malformed chunk after the answer was complete closes the connection', async (t) => {
  const { open } = await serving(t, early)
  const wire = (await open()).send(chunkedHead)

  const { body } = await wire.answer()
  wire.send('zz\r\n')

  t.equal(body, 'early')
  t.equal(await wire.rest(), '')
})

test('receive(): a body that ends early is answered with 400 to a client that waits', async (t) => {
  const seen = gate<boolean>()
  const app = http(async (_scope, receive) => seen.open((await bodyOf(receive)).complete))
  const { open, log } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\nabc').finish()

  t.equal((await wire.answer()).status, 400)
  t.equal(await seen.opened, false)
  t.same(log, [])
})

// ---- back-pressure

test('receive(): an app that does not read holds the client back', async (t) => {
  const size = 200_000_000
  const asked = gate()
  let most = 0
  const app = http(async (_scope, receive, send) => {
    await receive()
    await asked.opened
    await reply(send, 'enough')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n`)
  const piece = Buffer.alloc(1_000_000)

  // Until the buffers of both systems are full; then nothing is taken any more.
  while (wire.socket.write(piece) || (await drains(wire.socket))) most += piece.length
  asked.open()
  const answer = await wire.answer()

  t.ok(most < size / 2, `${most} bytes were taken`)
  t.same([answer.body, answer.headers['connection']], ['enough', 'close'])
})

/** Tells whether a socket drains; when it is quiet for some turns of the loop with bytes waiting, it does not. */
async function drains(socket: Socket): Promise<boolean> {
  const before = socket.bytesWritten - socket.writableLength
  const quiet = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(socket.bytesWritten - socket.writableLength !== before), 200)
  })
  return Promise.race([once(socket, 'drain').then(() => true), quiet])
}

test('receive(): a big body arrives whole though the app reads slowly', async (t) => {
  const body = 'x'.repeat(3_000_000)
  const app = http(async (_scope, receive, send) => {
    let length = 0
    for (;;) {
      const message = await receive()
      if (message.type !== 'http.request') break
      length += message.body!.length
      await new Promise((resolve) => setImmediate(resolve))
      if (!message.more_body) break
    }
    await reply(send, String(length))
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(post(body))).body, '3000000')
})

test('receive(): a small body arrives whole though the app asks for it after it has come', async (t) => {
  const app = http(async (_scope, receive, send) => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    await reply(send, (await bodyOf(receive)).text)
  })
  const { open } = await serving(t, app)
  const wire = await open()

  const first = await wire.send(post('hello')).answer()
  const second = await wire.send(post('again')).answer()

  t.same([first.body, second.body], ['hello', 'again'])
})

test('receive(): a small body in a thousand pieces is held back and arrives whole', async (t) => {
  const { opened, open: goOn } = gate()
  const app = http(async (_scope, receive, send) => {
    const first = await receive()
    await opened
    const { text } = await bodyOf(receive)
    await reply(send, `${first.type === 'http.request' ? String(first.body) : ''}${text}`)
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2000\r\n\r\n')
  wire.socket.setNoDelay()

  for (let sent = 0; sent < 1500; sent += 1) {
    await wire.flush(String(sent % 10))
    await new Promise((resolve) => setImmediate(resolve))
  }
  goOn()
  const answer = await wire.send('x'.repeat(500)).answer()

  t.equal(answer.body, '0123456789'.repeat(150) + 'x'.repeat(500))
})
