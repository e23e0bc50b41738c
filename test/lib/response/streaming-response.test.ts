import { Readable } from 'node:stream'
import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { StreamingResponse } from '../../../lib/response/streaming-response.ts'
import type { Chunk, Chunks } from '../../../lib/response/chunk-source.ts'
import type { ResponseOptions } from '../../../lib/response/response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Send } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import type { HTTPScope } from '../../../lib/spec/scope.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../../support/messages.ts'

const gone = new ClientDisconnected()
const nothing = (): void => {}

/** A source that tells what becomes of it: it gives its chunks, then waits forever. */
class ProbeSource implements AsyncIterableIterator<Chunk> {
  readonly #chunks: Chunk[]
  readonly #waits: () => void
  /** Resolves when it is asked for more than it has. */
  readonly waiting: Promise<void>
  asked = 0
  returned = 0

  constructor(...chunks: Chunk[]) {
    let reached = nothing
    this.waiting = new Promise((resolve) => (reached = resolve))
    this.#waits = reached
    this.#chunks = chunks
  }

  next(): Promise<IteratorResult<Chunk>> {
    this.asked++
    const value = this.#chunks.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    this.#waits()
    return new Promise(() => {})
  }

  return(): Promise<IteratorResult<Chunk>> {
    this.returned++
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** A scope whose server tells of a disconnect by itself. */
function scopeWithSignal(): { scope: HTTPScope; leave: () => void } {
  const controller = new AbortController()
  const scope = httpScope({ extensions: { 'http.disconnect.signal': { signal: controller.signal } } })
  return { scope, leave: () => controller.abort(gone) }
}

async function bodyOf(chunks: Chunks, scope: HTTPScope = httpScope()): Promise<unknown[]> {
  const { send, sent } = recorder()
  await new StreamingResponse(chunks).respond(scope, receiveNothing, send)
  return sent.slice(1).map((message) => {
    const { body, more_body } = message as { body: Chunk; more_body: boolean }
    return [Buffer.from(body as string).toString(), more_body]
  })
}

/** Lets turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

async function* slowly(...chunks: Chunk[]): AsyncGenerator<Chunk, void, undefined> {
  for (const chunk of chunks) {
    await turns(3)
    yield chunk
  }
}

async function* generate(...chunks: Chunk[]): AsyncGenerator<Chunk, void, undefined> {
  yield* chunks
}

function* generateAtOnce(...chunks: Chunk[]): Generator<Chunk, void, undefined> {
  yield* chunks
}

const sources: readonly (readonly [what: string, make: () => Chunks])[] = [
  ['an array', () => ['a', Buffer.from('b')]],
  ['a Set', () => new Set(['a', 'b'])],
  ['a generator', () => generateAtOnce('a', 'b')],
  ['an async generator', () => generate('a', Buffer.from('b'))],
  [
    'a web stream',
    () => new ReadableStream<Chunk>({ start: (c) => (c.enqueue('a'), c.enqueue(Buffer.from('b')), c.close()) }),
  ],
  ['a Node stream', () => Readable.from(['a', 'b'])],
  ['a Node stream of bytes', () => Readable.from([Buffer.from('a'), Buffer.from('b')], { objectMode: true })],
]

for (const [what, make] of sources) {
  test(`StreamingResponse: sends ${what}, chunk by chunk`, async (t) => {
    t.strictSame(await bodyOf(make()), [
      ['a', true],
      ['b', true],
      ['', false],
    ])
  })

  test(`StreamingResponse: sends ${what} where the server tells of disconnects`, async (t) => {
    t.strictSame(await bodyOf(make(), scopeWithSignal().scope), [
      ['a', true],
      ['b', true],
      ['', false],
    ])
  })

  test(`StreamingResponse: for HEAD ${what} is cancelled`, async (t) => {
    t.strictSame(await bodyOf(make(), httpScope({ method: 'HEAD' })), [['', false]])
  })
}

const options: readonly (readonly [options: ResponseOptions | undefined, flat: readonly string[]])[] = [
  [undefined, []],
  [{ mediaType: 'text/csv' }, ['content-type', 'text/csv; charset=utf-8']],
  [{ headers: { 'content-length': '2' } }, ['content-length', '2']],
  [{ status: 201, headers: { a: '1' } }, ['a', '1']],
]

for (const [given, flat] of options) {
  test(`StreamingResponse: fields with ${JSON.stringify(given)}`, async (t) => {
    t.strictSame(new StreamingResponse(['a'], given).headers.flat, flat)
  })
}

test('StreamingResponse: a subclass may name its media type', async (t) => {
  class EventStream extends StreamingResponse {
    constructor(chunks: Chunks) {
      super(chunks, undefined, { contentType: 'text/event-stream', streamed: true })
    }
  }
  t.strictSame(new EventStream([]).headers.flat, ['content-type', 'text/event-stream'])
})

for (const value of ['text', Buffer.from('bytes'), null, undefined, 5, {}, () => {}]) {
  test(`StreamingResponse: ${value === null ? 'null' : typeof value} is no source`, async (t) => {
    t.throws(() => new StreamingResponse(value as Chunks), {
      name: 'TypeError',
      message: /^Cannot stream .*: expected an iterable/,
    })
  })
}

test('StreamingResponse: a status without content is refused', async (t) => {
  t.throws(() => new StreamingResponse(['a'], { status: 204 }), TypeError)
})

test('StreamingResponse: asks for a chunk only when the one before was taken', async (t) => {
  const source = new ProbeSource('a', 'b')
  const sent: SendMessage[] = []
  const takes: (() => void)[] = []
  const send: Send = (message) => {
    sent.push(message)
    return message.type === 'http.response.start' ? settled : new Promise((resolve) => takes.push(resolve))
  }
  void new StreamingResponse(source).respond(httpScope(), receiveNothing, send)
  await new Promise(setImmediate)
  t.equal(source.asked, 1)
  t.equal(sent.length, 2)
  takes.shift()!()
  await new Promise(setImmediate)
  t.equal(source.asked, 2)
  t.equal(sent.length, 3)
})

test('StreamingResponse: that the client left while a chunk was sent is no error, and cancels the source', async (t) => {
  for (const at of [0, 1, 2]) {
    const source = new ProbeSource('a', 'b')
    await new StreamingResponse(source).respond(httpScope(), receiveNothing, recorder({ at, error: gone }).send)
    t.equal(source.returned, 1, `at message ${at}`)
  }
})

test('StreamingResponse: another failure to send cancels the source and is reported', async (t) => {
  const source = new ProbeSource('a', 'b')
  const failure = new Error('broken')
  await t.rejects(
    new StreamingResponse(source).respond(httpScope(), receiveNothing, recorder({ at: 2, error: failure }).send),
    failure,
  )
  t.equal(source.returned, 1)
})

test('StreamingResponse: an async generator that is cancelled runs its finally', async (t) => {
  const events: string[] = []
  async function* generator(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield 'a'
    } finally {
      events.push('closed')
    }
  }
  await new StreamingResponse(generator()).respond(httpScope(), receiveNothing, recorder({ at: 3, error: gone }).send)
  t.strictSame(events, ['closed'])
})

test('StreamingResponse: a client that leaves while the source is awaited cancels the source', async (t) => {
  const { scope, leave } = scopeWithSignal()
  const source = new ProbeSource('a')
  const { send, sent } = recorder()
  const responding = new StreamingResponse(source).respond(scope, receiveNothing, send)
  await source.waiting
  leave()
  await responding
  t.equal(source.returned, 1)
  t.equal(sent.length, 2)
  await new Promise(setImmediate)
  t.equal(sent.length, 2)
})

test('StreamingResponse: a source that lets itself be waited for does not keep back the head', async (t) => {
  const { send, sent } = recorder()
  void new StreamingResponse(new ProbeSource()).respond(httpScope(), receiveNothing, send)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  t.strictSame(sent[1], { type: 'http.response.body', body: '', more_body: true })
})

test('StreamingResponse: that the head cannot be sent ahead is found out with the next chunk', async (t) => {
  const source = new ProbeSource()
  let give: (chunk: Chunk) => void = nothing
  source.next = () => new Promise((resolve) => (give = (value) => resolve({ done: false, value })))
  const responding = new StreamingResponse(source).respond(
    httpScope(),
    receiveNothing,
    recorder({ at: 1, error: gone }).send,
  )
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  give('a')
  await responding
  t.equal(source.returned, 1)
})

test('StreamingResponse: a web stream that is awaited is cancelled with the reason', async (t) => {
  const { scope, leave } = scopeWithSignal()
  let pulled = nothing
  const waiting = new Promise<void>((resolve) => (pulled = resolve))
  const reasons: unknown[] = []
  const stream = new ReadableStream<Chunk>({
    pull: () => {
      pulled()
      return new Promise(() => {})
    },
    cancel: (reason) => void reasons.push(reason),
  })
  const { send, sent } = recorder()
  const responding = new StreamingResponse(stream).respond(scope, receiveNothing, send)
  await waiting
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  leave()
  await responding
  await new Promise(setImmediate)
  t.strictSame(reasons, [gone])
  t.match(sent.slice(1), [{ body: '', more_body: true }])
})

test('StreamingResponse: a Node stream that is awaited is destroyed', async (t) => {
  const { scope, leave } = scopeWithSignal()
  const stream = new Readable({ read() {} })
  const responding = new StreamingResponse(stream).respond(scope, receiveNothing, recorder().send)
  await new Promise(setImmediate)
  leave()
  await responding
  t.equal(stream.destroyed, true)
})

test('StreamingResponse: a source that cannot be cancelled does not keep the response', async (t) => {
  for (const cancelled of [() => Promise.reject(new Error('no')), () => new Promise<never>(() => {})]) {
    const { scope, leave } = scopeWithSignal()
    const source = new ProbeSource()
    source.return = cancelled
    const responding = new StreamingResponse(source).respond(scope, receiveNothing, recorder().send)
    await source.waiting
    leave()
    await t.resolves(responding)
  }
})

test('StreamingResponse: a client that leaves between two slow chunks stops the source, even if send does not fail', async (t) => {
  const { scope, leave } = scopeWithSignal()
  let returned = false
  async function* slow(): AsyncGenerator<string, void, undefined> {
    try {
      await turns(3)
      yield 'a'
      await turns(3)
      yield 'b'
    } finally {
      returned = true
    }
  }
  const { send, sent } = recorder()
  const leaving: Send = (message) => {
    if (message.type === 'http.response.body' && message.body === 'a') leave()
    return send(message)
  }
  await new StreamingResponse(slow()).respond(scope, receiveNothing, leaving)
  await turns(6)
  t.ok(returned)
  t.notOk(sent.some((message) => message.type === 'http.response.body' && message.body === 'b'))
})

test('StreamingResponse: asks a source no further for a client that has left before', async (t) => {
  const source = new ProbeSource('a', 'b')
  const refusing: Send = () => Promise.reject(gone)
  await new StreamingResponse(source).respond(httpScope(), receiveNothing, refusing)
  t.strictSame([source.asked, source.returned], [1, 1])
})

test('StreamingResponse: a source that is slow is not waited for when the head cannot be sent', async (t) => {
  const source = new ProbeSource()
  const refusing: Send = () => Promise.reject(new Error('refused'))
  await t.rejects(new StreamingResponse(source).respond(httpScope(), receiveNothing, refusing), { message: 'refused' })
  t.equal(source.returned, 1)
})

test('StreamingResponse: a source that fails before its first chunk leaves the answer to whoever handles the error', async (t) => {
  async function* failing(): AsyncGenerator<string, void, undefined> {
    await settled
    if (gone.message !== '') throw new HTTPException(404)
    yield 'a'
  }
  const { sent, send } = recorder()
  await t.rejects(new StreamingResponse(failing()).respond(httpScope(), receiveNothing, send), new HTTPException(404))
  t.strictSame(sent, [])
})

test('StreamingResponse: the head of a slow source goes out after one turn, alone', async (t) => {
  const { sent, send } = recorder()
  const source = new ProbeSource()
  void new StreamingResponse(source).respond(httpScope(), receiveNothing, send)
  await settled
  t.strictSame(sent, [])
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  t.strictSame(
    sent.map(({ type }) => type),
    ['http.response.start', 'http.response.body'],
  )
})

test('StreamingResponse: a client that has left before a slow source is waited for stops it', async (t) => {
  const { scope, leave } = scopeWithSignal()
  leave()
  const source = new ProbeSource()
  await new StreamingResponse(source).respond(scope, receiveNothing, recorder().send)
  t.equal(source.returned, 1)
})

test('StreamingResponse: takes no signal for a source that is quick, since that would make one', async (t) => {
  const extension = {
    get signal(): AbortSignal {
      throw new Error('the signal was read')
    },
  }
  const scope = httpScope({ extensions: { 'http.disconnect.signal': extension } })
  t.equal((await bodyOf(['a'], scope)).length, 2)
  t.equal((await bodyOf(generate('a', 'b'), scope)).length, 3)
})

test('StreamingResponse: a source that fails because the client has left fails nothing, even before it was slow', async (t) => {
  const { scope, leave } = scopeWithSignal()
  async function* leaving(): AsyncGenerator<string, void, undefined> {
    yield 'a'
    leave()
    throw new Error('aborted')
  }
  const { send, sent } = recorder()
  await t.resolves(new StreamingResponse(leaving()).respond(scope, receiveNothing, send))
  t.equal(sent.length, 2)
})

test('StreamingResponse: removes its listener when it is done', async (t) => {
  const { scope } = scopeWithSignal()
  const { signal } = scope.extensions['http.disconnect.signal']!
  const listeners: string[] = []
  signal.addEventListener = (type: string) => void listeners.push(`+${type}`)
  signal.removeEventListener = (type: string) => void listeners.push(`-${type}`)
  await bodyOf(slowly('a'), scope)
  await new Promise(setImmediate)
  t.strictSame(listeners, ['+abort', '-abort'])
})

test('StreamingResponse: the failure of a source is reported', async (t) => {
  const failure = new Error('broken')
  async function* failing(): AsyncGenerator<string, void, undefined> {
    yield 'a'
    throw failure
  }
  for (const scope of [httpScope(), scopeWithSignal().scope]) {
    const { send, sent } = recorder()
    await t.rejects(new StreamingResponse(failing()).respond(scope, receiveNothing, send), failure)
    t.equal(sent.length, 2)
  }
})

test('StreamingResponse: a Node stream that fails before it is read fails the response, not the process', async (t) => {
  const failure = new Error('broken')
  const stream = new Readable({ read() {} })
  const response = new StreamingResponse(stream)
  stream.destroy(failure)
  await new Promise(setImmediate)
  await t.rejects(response.respond(httpScope(), receiveNothing, recorder().send), failure)
})

test('StreamingResponse: a chunk that is neither text nor bytes is refused, and the source cancelled', async (t) => {
  const source = new ProbeSource('a', 5 as unknown as Chunk)
  await t.rejects(new StreamingResponse(source).respond(httpScope(), receiveNothing, recorder().send), {
    name: 'TypeError',
    message: 'Cannot stream a chunk: it is 5, expected a string or a Uint8Array',
  })
  t.equal(source.returned, 1)
})

test('StreamingResponse: for HEAD an endless source is cancelled without being read', async (t) => {
  const source = new ProbeSource('a')
  const { send, sent } = recorder()
  await new StreamingResponse(source).respond(httpScope({ method: 'HEAD' }), receiveNothing, send)
  t.strictSame([source.asked, source.returned, sent.length], [0, 1, 2])
})

test('StreamingResponse: over a collection it can be sent twice', async (t) => {
  const response = new StreamingResponse(['a'])
  for (let i = 0; i < 2; i++) {
    const { send, sent } = recorder()
    await response.respond(httpScope(), receiveNothing, send)
    t.equal(sent.length, 3)
  }
})

test('StreamingResponse: over a source that can be read once it is sent once', async (t) => {
  for (const [, make] of sources.slice(2)) {
    const response = new StreamingResponse(make())
    await response.respond(httpScope(), receiveNothing, recorder().send)
    await t.rejects(response.respond(httpScope(), receiveNothing, recorder().send), {
      message: 'Cannot send a StreamingResponse again: its source can be read once, expected a new response',
    })
  }
})

test('StreamingResponse: a background runs after the last chunk, and when the client left', async (t) => {
  for (const failure of [undefined, { at: 1, error: gone }]) {
    let runs = 0
    const response = new StreamingResponse(['a'], { background: () => runs++ })
    await response.respond(httpScope(), receiveNothing, recorder(failure).send)
    t.equal(runs, 1)
  }
})

test('StreamingResponse: refuses a WebSocket handshake chunk by chunk', async (t) => {
  const { send, sent } = recorder()
  const scope = websocketScope({ extensions: { 'websocket.http.response': {} } })
  await new StreamingResponse(generate('a'), { status: 403 }).respond(scope, receiveNothing, send)
  t.match(sent, [
    { type: 'websocket.http.response.start', status: 403 },
    { type: 'websocket.http.response.body', body: 'a', more_body: true },
    { type: 'websocket.http.response.body', body: '', more_body: false },
  ])
})

test('StreamingResponse: where a refusal carries no body the source is cancelled', async (t) => {
  const source = new ProbeSource('a')
  const { send, sent } = recorder()
  await new StreamingResponse(source).respond(websocketScope(), receiveNothing, send)
  t.strictSame(sent, [{ type: 'websocket.close' }])
  t.strictSame([source.asked, source.returned], [0, 1])
})

test('StreamingResponse: a Blob brings its type and its length, and can be sent twice', async (t) => {
  const response = new StreamingResponse(new Blob(['a', 'b'], { type: 'text/csv' }))
  t.strictSame(response.headers.flat, ['content-type', 'text/csv', 'content-length', '2'])
  for (const _ of [1, 2]) {
    const { send, sent } = recorder()
    await response.respond(httpScope(), receiveNothing, send)
    const text = sent.map((message) => Buffer.from((message as { body?: Chunk }).body ?? '').toString()).join('')
    t.equal(text, 'ab')
  }
})

test('StreamingResponse: fields that are given win over those of a Blob, which may have none', async (t) => {
  const typed = new Blob(['a'], { type: 'text/csv' })
  t.equal(
    new StreamingResponse(typed, { mediaType: 'text/plain' }).headers.get('content-type'),
    'text/plain; charset=utf-8',
  )
  t.equal(new StreamingResponse(typed, { headers: { 'content-type': 'a/b' } }).headers.get('content-type'), 'a/b')
  t.strictSame(new StreamingResponse(new Blob(['a'])).headers.flat, ['content-length', '1'])
})

const offersTrailers = { extensions: { 'http.response.trailers': {} } }

test('StreamingResponse: trailers follow the body where they are taken', async (t) => {
  const { send, sent } = recorder()
  let seen = ''
  async function* source(): AsyncGenerator<string, void, undefined> {
    seen += 'ab'
    yield 'ab'
  }
  const response = new StreamingResponse(source(), { trailers: async () => ({ 'x-seen': seen }) })
  await response.respond(httpScope(offersTrailers), receiveNothing, send)
  t.match(sent, [
    { type: 'http.response.start', trailers: true },
    { body: 'ab', more_body: true },
    { body: '', more_body: false },
    { type: 'http.response.trailers' },
  ])
  t.strictSame([...(sent[3] as unknown as { headers: Iterable<unknown> }).headers], [['x-seen', 'ab']])
})

for (const [what, scope] of [
  ['a server or a client that does not take them', httpScope()],
  ['HEAD', httpScope({ ...offersTrailers, method: 'HEAD' })],
  ['a refused handshake', websocketScope({ extensions: { 'websocket.http.response': {} } })],
] as const) {
  test(`StreamingResponse: there are no trailers for ${what}`, async (t) => {
    const { send, sent } = recorder()
    const trailers = (): never => t.fail('it was called') as never
    await new StreamingResponse(['a'], { trailers }).respond(scope, receiveNothing, send)
    t.notOk(sent.some((message) => 'trailers' in message || message.type === 'http.response.trailers'))
  })
}

test('StreamingResponse: there are no trailers when the source fails or the client has left', async (t) => {
  const trailers = (): never => t.fail('it was called') as never
  async function* failing(): AsyncGenerator<string, void, undefined> {
    yield 'a'
    throw new Error('broken')
  }
  const response = new StreamingResponse(failing(), { trailers })
  await t.rejects(response.respond(httpScope(offersTrailers), receiveNothing, recorder().send), { message: 'broken' })
  const left = new StreamingResponse(['a', 'b'], { trailers })
  await left.respond(httpScope(offersTrailers), receiveNothing, recorder({ at: 2, error: gone }).send)
})

test('StreamingResponse: trailers that fail fail the response', async (t) => {
  const response = new StreamingResponse(['a'], { trailers: () => Promise.reject(new Error('no checksum')) })
  await t.rejects(response.respond(httpScope(offersTrailers), receiveNothing, recorder().send), {
    message: 'no checksum',
  })
})
