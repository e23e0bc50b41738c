import { test } from 'tap'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import { bodyOf, get, handshake, post, reply, serving } from '../serving.ts'
import type { Serving } from '../serving.ts'
import { frame, opcodes } from '../../../support/websocket-frame.ts'
import type { Wire } from '../../../support/wire.ts'
import { Random } from './random.ts'

const seed = 20_260_101
const batches = 120
const connectionsPerBatch = 40

const chunked =
  'POST /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n5;x=y\r\nhello\r\n0\r\nx-t: 1\r\n\r\n'

const requests: readonly string[] = [
  get('/'),
  get('/a?b=c', 'connection: close'),
  get('/caf%C3%A9', 'accept: */*', 'cookie: a=b; c=d'),
  'HEAD /h HTTP/1.1\r\nhost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET http://example.org/abs HTTP/1.1\r\nhost: example.org\r\n\r\n',
  'GET /old HTTP/1.0\r\n\r\n',
  'GET /old HTTP/1.0\r\nconnection: keep-alive\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n',
  post('hello world'),
  post('x'.repeat(3000)),
  post('abc', 'expect: 100-continue'),
  post('abc', 'connection: Upgrade, HTTP2-Settings', 'upgrade: h2c'),
  get('/', 'proxy-connection: upgrade', 'upgrade: foo'),
  chunked,
  handshake(),
  handshake('/deny'),
  handshake('/', 'sec-websocket-protocol: a, b', 'sec-websocket-extensions: permessage-deflate'),
]

const frames: readonly Buffer[] = [
  frame({ opcode: opcodes.text, payload: 'hello ☃' }),
  frame({ opcode: opcodes.bytes, payload: Buffer.alloc(300, 7) }),
  frame({ opcode: opcodes.text, payload: 'a', last: false }),
  frame({ opcode: opcodes.continuation, payload: 'b' }),
  frame({ opcode: opcodes.ping, payload: 'p' }),
  frame({ opcode: opcodes.pong }),
  frame({ opcode: opcodes.close, payload: Buffer.from([3, 232]) }),
  frame({ opcode: opcodes.bytes, payload: Buffer.alloc(70_000) }),
]

/** Does what a path or a body makes it do; fails for nothing that a client sends. */
const app: ASGIApp = async (scope, receive, send) => {
  if (scope.type === 'websocket') {
    await receive()
    if (scope.path === '/deny') return send({ type: 'websocket.close' })
    await send({ type: 'websocket.accept' })
    for (;;) {
      const message = await receive()
      if (message.type !== 'websocket.receive') return
      await send({ ...message, type: 'websocket.send' })
    }
  }
  if (scope.type !== 'http') throw new Error('no lifespan')
  if (scope.path.length % 3 === 0) return reply(send, 'unread')
  const { text, complete } = await bodyOf(receive)
  if (!complete) return
  if (scope.path.length % 2 === 0) return reply(send, text)
  await send({ type: 'http.response.start', status: 200 })
  await send({ type: 'http.response.body', body: text, more_body: true })
  await send({ type: 'http.response.body', body: 'end' })
}

const interesting: readonly string[] = [
  '\r\n',
  '\r\n\r\n',
  '\r',
  '\n',
  '\0',
  ' ',
  ':',
  ';',
  ',',
  '%',
  '%zz',
  '%00',
  '\xff',
  '\x80',
  '-1',
  '+1',
  '0x1',
  '\t',

  '99999999999999999999',
  'chunked',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
  'Host: b\r\n',

  'Connection: close\r\n',
  'Upgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  'HTTP/1.1',
  'HTTP/0.9',
  '0\r\n\r\n',

  '__proto__: a\r\n',
  'constructor: b\r\n',
  '#',
  '?',
  '*',
  '@',
  '//',
  '\\',
  '\u007f',
]

/** Bytes that a client should not send: one or several mutations of what it may send. */
function mutated(random: Random, original: Buffer): Buffer {
  let bytes = original
  for (let count = random.below(4); count > 0; count--) bytes = mutatedOnce(random, bytes)
  return bytes
}

function mutatedOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const to = Math.min(bytes.length, at + random.below(20))
  const part = (from: number, end?: number): Buffer => bytes.subarray(from, end)
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([part(0, at), Buffer.from([random.below(256)]), part(at + 1)])
    case 1:
      return Buffer.concat([part(0, at), Buffer.from(random.pick(interesting), 'latin1'), part(at)])
    case 2:
      return Buffer.concat([part(0, at), part(to)])
    case 3:
      return Buffer.concat([part(0, to), part(at)])
    case 4:
      return part(0, at)
    case 5:
      return Buffer.concat([part(0, at), Buffer.from(Array.from({ length: 8 }, () => random.below(256))), part(at)])
    default:
      return Buffer.from(part(0).map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte)))
  }
}

/** What one client sends: requests and frames, pipelined, some of them mutated. */
function conversation(random: Random): Buffer {
  const pieces: Buffer[] = []
  for (let count = 1 + random.below(4); count > 0; count--) {
    const request = random.pick(requests)
    pieces.push(mutated(random, Buffer.from(request, 'latin1')))
    if (!request.includes('websocket')) continue
    for (let more = random.below(6); more > 0; more--) pieces.push(mutated(random, random.pick(frames)))
  }
  return Buffer.concat(pieces)
}

/** Sends in pieces, and leaves in one of the ways that clients leave. */
async function converse(random: Random, wire: Wire): Promise<void> {
  const bytes = conversation(random)
  const cuts = random.below(4)
  let sent = 0
  for (let i = 0; i < cuts; i++) {
    const to = sent + random.below(bytes.length - sent + 1)
    await wire.flush(bytes.subarray(sent, to))
    sent = to
  }
  await wire.flush(bytes.subarray(sent))
  if (random.chance(15)) wire.reset()
  else wire.finish()
}

/** Reads answers until the end, and returns their statuses. A WebSocket is read frame by frame. */
async function statusesOf(wire: Wire): Promise<number[]> {
  const text = await wire.rest()
  const statuses: number[] = []
  for (let rest = text; rest !== '';) {
    const [head, status] =
      /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(?:[!#$%&'*+.^_`|~\w-]+: [^\r\n]*\r\n)*\r\n/.exec(rest) ?? []
    if (head === undefined) throw new Error(`Not an answer: ${JSON.stringify(rest.slice(0, 200))}`)
    statuses.push(Number(status))
    if (status === '101') return statuses
    rest = afterBody(head, rest.slice(head.length))
  }
  return statuses
}

/** Cuts off one body; an answer to HEAD, whose request the reader does not know, is told by what follows. */
function afterBody(head: string, rest: string): string {
  if (/^HTTP\/1\.1 (?:1\d\d|204|304)/.test(head) || rest.startsWith('HTTP/1.1 ')) return rest
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
  if (length !== undefined) return rest.slice(Number(length))
  if (!/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return ''
  const end = /(?:^|\r\n)0\r\n\r\n/.exec(rest)
  return end === null ? '' : rest.slice(end.index + end[0].length)
}

async function attack(random: Random, served: Serving): Promise<number[]> {
  const wire = await served.open()
  const [statuses] = await Promise.all([statusesOf(wire), converse(random, wire)])
  await wire.closed
  return statuses
}

/** Tells whether a server still serves. Under short times a busy machine may be too slow for a single request. */
async function goesOn(served: Serving): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await served.ask(get('/good')).catch(() => null)
    if (answer?.status === 200) return true
  }
  return false
}

const modes: ReadonlyArray<readonly [what: string, options: object]> = [
  ['as it is by default', {}],
  ['with small limits', { maxHeaderBytes: 400, maxHeaderCount: 6, maxRequestsPerConnection: 2, maxDiscardedBytes: 10 }],
  ['with short times', { headersTimeoutMs: 30, requestTimeoutMs: 40 }],
  ['with compression and small messages', { websocket: { compression: true, maxMessageBytes: 1000, maxFragments: 3 } }],
]
for (const [at, [what, options]] of modes.entries()) {
  test(`fuzz: a server ${what} answers, refuses or closes, and goes on`, { timeout: 110_000 }, async (t) => {
    const crashes: unknown[] = []
    const crashed = (error: unknown): unknown => crashes.push(error)
    process.on('unhandledRejection', crashed).on('uncaughtException', crashed)
    t.teardown(() => process.off('unhandledRejection', crashed).off('uncaughtException', crashed))
    const served = await serving(t, app, { websocket: { closeTimeoutMs: 50 }, ...options })
    const counts = new Map<number, number>()

    for (let batch = 0; batch < batches / modes.length; batch++) {
      const clients = Array.from({ length: connectionsPerBatch }, (_, client) =>
        attack(new Random(seed + at * 1_000_000 + batch * 1000 + client), served),
      )
      for (const status of (await Promise.all(clients)).flat()) counts.set(status, (counts.get(status) ?? 0) + 1)
      t.ok(await goesOn(served))
    }
    await served.server.close()

    t.same(crashes, [])
    t.same(served.log, [], 'no app was blamed')
    t.equal(served.server.connections, 0)
    const faults = [...counts.keys()].filter((status) => status >= 500 && status !== 501 && status !== 505)
    t.same(faults, [])
    for (const status of [200, 400]) t.ok(counts.get(status), `${status}: ${counts.get(status)} times`)
    t.comment(JSON.stringify(Object.fromEntries(counts)))
  })
}
