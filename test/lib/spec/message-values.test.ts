import { test } from 'tap'
import { checkMessageValues, flattenHeaders, unknownType } from '../../../lib/spec/message-values.ts'
import type { HeaderPairs } from '../../../lib/spec/headers.ts'
import type { Message } from '../../../lib/spec/messages.ts'
import type { Direction } from '../../../lib/spec/violations.ts'

type Fields = Readonly<Record<string, unknown>>

/** The messages of one type: what each key may hold, and what it may not. */
interface Case {
  /** The section of the ASGI specification. */
  readonly section: string
  readonly direction: Direction
  readonly type: string
  readonly good: readonly Fields[]
  readonly bad: readonly Fields[]
}

const bytes = new Uint8Array([1])
const pairs = [['content-type', 'text/plain']]
const badPairs = [
  'a: b',
  7,
  {},
  ['a'],
  [['a']],
  [['a', 'b', 'c']],
  [['a b', 'c']],
  [['a', 'b\r\nc']],
  [['a', 7]],
  [{ 0: 'a', 1: 'b', length: 2 }],
]
const file = { read: async () => ({ bytesRead: 0 }) }

const cases: readonly Case[] = [
  {
    section: 'HTTP: Request - receive event',
    direction: 'receive',
    type: 'http.request',
    good: [{}, { body: bytes, more_body: true }, { body: null, more_body: null }, { body: Buffer.from('x') }],
    bad: [{ body: 'text' }, { body: [1] }, { more_body: 1 }],
  },
  { section: 'HTTP: Disconnect - receive event', direction: 'receive', type: 'http.disconnect', good: [{}], bad: [] },
  {
    section: 'HTTP: Response Start - send event',
    direction: 'send',
    type: 'http.response.start',
    good: [
      { status: 200 },
      { status: 999, headers: pairs, trailers: true },
      { status: 204, headers: null },
      { status: 200, headers: new Map([['a', 'b']]) },
    ],
    bad: [
      {},
      { status: null },
      { status: '200' },
      { status: 100 },
      { status: 1000 },
      { status: 200.5 },
      { status: 200, trailers: 'yes' },
      ...badPairs.map((headers) => ({ status: 200, headers })),
    ],
  },
  {
    section: 'HTTP: Response Body - send event',
    direction: 'send',
    type: 'http.response.body',
    good: [{}, { body: bytes }, { body: 'text', more_body: true }, { body: null, more_body: null }],
    bad: [{ body: 7 }, { body: {} }, { more_body: 'yes' }],
  },
  {
    section: 'Extensions: HTTP Trailers',
    direction: 'send',
    type: 'http.response.trailers',
    good: [{}, { headers: pairs, more_trailers: true }],
    bad: [{ headers: 'x' }, { more_trailers: 1 }],
  },
  {
    section: 'Extensions: Early Hints',
    direction: 'send',
    type: 'http.response.early_hint',
    good: [{ links: [] }, { links: ['</a.css>; rel=preload'] }, { links: new Set(['</a>']) }],
    bad: [{}, { links: null }, { links: '</a>' }, { links: ['a\nb'] }, { links: [7] }, { links: {} }],
  },
  {
    section: 'Extensions: Path Send',
    direction: 'send',
    type: 'http.response.pathsend',
    good: [{ path: '/tmp/größe' }],
    bad: [{}, { path: 7 }],
  },
  {
    section: 'Extensions: Zero Copy Send',
    direction: 'send',
    type: 'http.response.zerocopysend',
    good: [{ file }, { file, offset: 0, count: 1, more_body: true }],
    bad: [{}, { file: 3 }, { file: {} }, { file, offset: -1 }, { file, count: 1.5 }, { file, more_body: 1 }],
  },
  {
    section: 'Extensions: HTTP/2 Server Push',
    direction: 'send',
    type: 'http.response.push',
    good: [{ path: '/a', headers: pairs }],
    bad: [{ path: '/a' }, { headers: [] }, { path: '/ā', headers: [] }],
  },
  {
    section: 'Extensions: Debug',
    direction: 'send',
    type: 'http.response.debug',
    good: [{ info: {} }, { info: 'x' }],
    bad: [{}],
  },
  {
    section: 'WebSocket: Connect - receive event',
    direction: 'receive',
    type: 'websocket.connect',
    good: [{}],
    bad: [],
  },
  {
    section: 'WebSocket: Receive - receive event',
    direction: 'receive',
    type: 'websocket.receive',
    good: [{ text: '' }, { bytes }, { text: null, bytes }],
    bad: [{}, { text: 'a', bytes }, { text: 7 }, { bytes: 'a' }, { text: null, bytes: null }],
  },
  {
    section: 'WebSocket: Disconnect - receive event',
    direction: 'receive',
    type: 'websocket.disconnect',
    good: [{ code: 1005 }, { code: 1006, reason: 'lost' }, { code: 4999, reason: null }],
    bad: [{}, { code: 999 }, { code: 5000 }, { code: '1000' }, { code: 1000, reason: 7 }],
  },
  {
    section: 'WebSocket: Accept - send event',
    direction: 'send',
    type: 'websocket.accept',
    good: [{}, { subprotocol: 'chat.v1', headers: pairs }, { subprotocol: null, headers: null }],
    bad: [{ subprotocol: '' }, { subprotocol: 'a b' }, { subprotocol: 7 }, { headers: 7 }],
  },
  {
    section: 'WebSocket: Send - send event',
    direction: 'send',
    type: 'websocket.send',
    good: [{ text: '' }, { bytes }, { bytes: 'as UTF-8' }, { text: undefined, bytes }],
    bad: [{}, { text: 'a', bytes }, { text: bytes }, { bytes: 7 }],
  },
  {
    section: 'WebSocket: Close - send event; RFC 6455 §7.4',
    direction: 'send',
    type: 'websocket.close',
    good: [
      {},
      ...[1000, 1003, 1007, 1014, 3000, 4999].map((code) => ({ code })),
      { reason: 'ü'.repeat(61) },
      { reason: 'x'.repeat(123) },
    ],
    bad: [
      ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, '1000', 1000.5].map((code) => ({ code })),
      { reason: 'x'.repeat(124) },
      { reason: 'ü'.repeat(62) },
      { reason: 7 },
    ],
  },
  {
    section: 'Extensions: WebSocket Denial Response',
    direction: 'send',
    type: 'websocket.http.response.start',
    good: [{ status: 401, headers: pairs }],
    bad: [{}, { status: 101 }, { status: 401, headers: 'x' }],
  },
  {
    section: 'Extensions: WebSocket Denial Response',
    direction: 'send',
    type: 'websocket.http.response.body',
    good: [{}, { body: 'no', more_body: true }],
    bad: [{ body: 7 }, { more_body: 7 }],
  },
  { section: 'Lifespan: Startup', direction: 'receive', type: 'lifespan.startup', good: [{}], bad: [] },
  { section: 'Lifespan: Shutdown', direction: 'receive', type: 'lifespan.shutdown', good: [{}], bad: [] },
  { section: 'Lifespan: Startup Complete', direction: 'send', type: 'lifespan.startup.complete', good: [{}], bad: [] },
  {
    section: 'Lifespan: Startup Failed',
    direction: 'send',
    type: 'lifespan.startup.failed',
    good: [{}, { message: 'no database' }],
    bad: [{ message: new Error('no database') }],
  },
  {
    section: 'Lifespan: Shutdown Complete',
    direction: 'send',
    type: 'lifespan.shutdown.complete',
    good: [{}],
    bad: [],
  },
  {
    section: 'Lifespan: Shutdown Failed',
    direction: 'send',
    type: 'lifespan.shutdown.failed',
    good: [{}, { message: 'stuck' }],
    bad: [{ message: 7 }],
  },
]

for (const { section, direction, type, good, bad } of cases) {
  test(`checkMessageValues: ${type} (${section})`, async (t) => {
    const check = (fields: Fields) => () => checkMessageValues(direction, { type, ...fields } as unknown as Message)
    for (const fields of good) t.doesNotThrow(check(fields))
    const side = direction === 'send' ? 'application' : 'server'
    for (const fields of bad) t.throws(check(fields), { code: 'STELLINE_PROTOCOL_VIOLATION', side })
  })
}

test('checkMessageValues: ignores keys that it does not know', async (t) => {
  const message = { type: 'http.request', __proto__: { body: 'inherited' }, priority: 7 }
  t.throws(() => checkMessageValues('receive', message as unknown as Message), /body is "inherited"/)
  t.doesNotThrow(() => checkMessageValues('receive', { type: 'http.request', priority: 7 } as unknown as Message))
})

test('checkMessageValues: names the key, what it holds and what is expected', async (t) => {
  const message = { type: 'http.response.start', status: '200' } as unknown as Message
  t.throws(() => checkMessageValues('send', message), {
    message: 'Cannot send "http.response.start": status is "200", expected a final status, an integer from 200 to 999',
  })
})

test('checkMessageValues: refuses a type that the contract does not know', async (t) => {
  for (const type of ['http.response', 'constructor', '__proto__', 'toString']) {
    t.throws(() => checkMessageValues('send', { type } as unknown as Message), /expected a type of the contract/)
  }
})

test('checkMessageValues: refuses what has no type', async (t) => {
  for (const message of [null, undefined, 7, {}, { type: 7 }]) {
    t.throws(() => checkMessageValues('receive', message as unknown as Message), /expected the type of a message/)
  }
})

test('checkMessageValues: leaves a one-shot iterable to its reader', async (t) => {
  const headers = new Map([['a', 'b']]).entries()
  checkMessageValues('send', { type: 'http.response.start', status: 200, headers })
  t.strictSame([...headers], [['a', 'b']])
})

test('unknownType: shows the type', async (t) => {
  t.equal(unknownType('send', 'x').message, 'Cannot send "x": type is "x", expected a type of the contract')
})

test('flattenHeaders: makes a flat list with names in lower case', async (t) => {
  const flat = ['content-type', 'text/html', 'set-cookie', 'a=1', 'set-cookie', 'b=2']
  const list: HeaderPairs = [
    ['Content-Type', 'text/html'],
    ['set-cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ]
  t.strictSame(flattenHeaders('x', list), flat)
  t.strictSame(flattenHeaders('x', list[Symbol.iterator]() as IterableIterator<readonly [string, string]>), flat)
})

test('flattenHeaders: takes an absent list as an empty one', async (t) => {
  t.strictSame(flattenHeaders('x', null), [])
  t.strictSame(flattenHeaders('x', undefined), [])
})

test('flattenHeaders: refuses what may not go onto the wire', async (t) => {
  const flatten = (headers: unknown) => () => flattenHeaders('x', headers as HeaderPairs)
  for (const headers of badPairs) t.throws(flatten(headers), { code: 'STELLINE_PROTOCOL_VIOLATION' })
  t.throws(flatten([['a b', 'c']]), { message: 'Cannot send "x": a header name is "a b", expected a token' })
  t.throws(flatten([['A', 'b\nc']]), /the value of header "a" is "b\\nc"/)
})
