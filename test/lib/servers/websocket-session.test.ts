import { test } from 'tap'
import type { FlatHeaders, ResponseTransport } from '../../../lib/servers/http-transport.ts'
import { WebSocketSession } from '../../../lib/servers/websocket-session.ts'
import type { WebSocketTransport } from '../../../lib/servers/websocket-transport.ts'
import type { Receive, Send } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import { websocketScope } from '../../support/messages.ts'
import { quiet, RecordingTransport, settings } from './recording-transport.ts'

/** A WebSocket transport that writes down what it is told. */
class RecordingSocket extends RecordingTransport implements WebSocketTransport {
  /** What happens as the handshake is completed. */
  onAccept: () => void = () => {}

  accept(subprotocol: string | null, headers: FlatHeaders): void {
    this.calls.push(['accept', subprotocol, headers])
    this.onAccept()
  }

  deny(): ResponseTransport {
    this.calls.push(['deny'])
    return this
  }

  send(data: string | Uint8Array): boolean {
    this.calls.push(['send', typeof data === 'string' ? data : Buffer.from(data).toString('hex')])
    return this.keepsUp
  }

  close(code: number, reason: string): void {
    this.calls.push(['close', code, reason])
  }
}

type App = (receive: Receive, send: Send) => Promise<void>
const forever = new Promise<never>(() => {})

/** A session over a recording transport, with the app called. */
function run(app: App = () => forever) {
  const transport = new RecordingSocket()
  const shared = settings()
  const events: string[] = []
  const observer = {
    sessionEnded: () => void events.push('session ended'),
    appEnded: () => void events.push('app ended'),
  }
  const scope = websocketScope({ subprotocols: ['chat'] })
  const session = new WebSocketSession({ scope, transport, observer, settings: shared })
  session.run((_scope, receive, send) => app(receive, send))
  const send = async (...messages: readonly object[]): Promise<void> => {
    for (const message of messages) await session.send(message as SendMessage)
  }
  return { session, transport, events, lines: shared.lines, send }
}

const accept = { type: 'websocket.accept' }
const close = { type: 'websocket.close' }
const text = (value: string): object => ({ type: 'websocket.send', text: value })
const denial = (status: number, headers: readonly (readonly [string, string])[] = []): object => ({
  type: 'websocket.http.response.start',
  status,
  headers,
})
const denialBody = (body: string, more = false): object => ({
  type: 'websocket.http.response.body',
  body,
  more_body: more,
})
const boom = new Error('boom')

test('WebSocketSession: the connect comes first, then what the peer sends', async (t) => {
  const { session, send } = run()
  t.strictSame(await session.receive(), { type: 'websocket.connect' })
  await send(accept)
  session.message('a')
  session.message(new Uint8Array([1]))
  t.strictSame(await session.receive(), { type: 'websocket.receive', text: 'a' })
  t.strictSame(await session.receive(), { type: 'websocket.receive', bytes: new Uint8Array([1]) })
})

test('WebSocketSession: what has arrived is read before the disconnect, which repeats', async (t) => {
  const { session, send, events } = run()
  await session.receive()
  await send(accept)
  session.message('a')
  session.disconnect(1001, 'bye')
  session.message('late')
  session.disconnect(1006, '')
  t.match(await session.receive(), { text: 'a' })
  for (let i = 0; i < 2; i++)
    t.strictSame(await session.receive(), { type: 'websocket.disconnect', code: 1001, reason: 'bye' })
  t.strictSame(events, ['session ended'])
})

test('WebSocketSession: a peer that runs ahead is held back, also with empty messages', async (t) => {
  const { session, transport, send } = run()
  await session.receive()
  await send(accept)
  for (let i = 0; i < 1025; i++) session.message('')
  t.strictSame(transport.names, ['accept', 'pause'])
  for (let i = 0; i < 1024; i++) await session.receive()
  t.strictSame(transport.names, ['accept', 'pause', 'resume'])
})

/** What the app sends in order, and what reaches the transport. */
const conversations: ReadonlyArray<
  readonly [what: string, messages: readonly object[], calls: unknown, status: number, bytes: number]
> = [
  ['an accept', [accept], [['accept', null, []]], 101, 0],
  [
    'an accept with a subprotocol and fields',
    [{ ...accept, subprotocol: 'chat', headers: [['A', 'b']] }],
    [['accept', 'chat', ['a', 'b']]],
    101,
    0,
  ],
  ['text', [accept, text('é')], [['accept'], ['send', 'é']], 101, 2],
  [
    'bytes',
    [accept, { type: 'websocket.send', bytes: new Uint8Array([1, 255]) }],
    [['accept'], ['send', '01ff']],
    101,
    2,
  ],
  ['a string as bytes', [accept, { type: 'websocket.send', bytes: 'é' }], [['accept'], ['send', 'c3a9']], 101, 2],
  ['a close', [accept, close], [['accept'], ['close', 1000, ''], ['resume']], 101, 0],
  [
    'a close with code and reason',
    [accept, { ...close, code: 4000, reason: 'why' }],
    [['accept'], ['close', 4000, 'why'], ['resume']],
    101,
    0,
  ],
  ['a refusal', [close], [['deny'], ['resume'], ['respond', 403, Array, true, 'Forbidden', 9]], 403, 9],
  [
    'a denial',
    [denial(401, [['a', 'b']]), denialBody('no')],
    [['deny'], ['resume'], ['respond', 401, ['a', 'b', 'content-length', '2'], false, 'no', 2]],
    401,
    2,
  ],
  [
    'a denial in pieces',
    [denial(404), denialBody('n', true), denialBody('o')],
    [['deny'], ['start', 404], ['write', 'n', 1], ['resume'], ['end', 'o', 1, []]],
    404,
    2,
  ],
]
for (const [what, messages, calls, status, bytes] of conversations) {
  test(`WebSocketSession: ${what} reaches the transport`, async (t) => {
    const { session, transport, send } = run()
    await send(...messages)
    t.match(transport.calls, calls)
    t.equal(transport.calls.length, (calls as unknown[]).length)
    t.strictSame([session.status, session.bytesSent], [status, bytes])
  })
}

/** Each state, by the messages that lead to it, and what it does not allow. */
const states: ReadonlyArray<readonly [state: string, before: readonly object[], refused: readonly object[]]> = [
  ['connecting', [], [text('a'), denialBody('')]],
  ['open', [accept], [accept, denial(403), denialBody('')]],
  ['in the denial response', [denial(403)], [accept, close, text('a'), denial(403)]],
  ['in the denial response', [denial(403), denialBody('a', true)], [accept, close, text('a'), denial(403)]],
  ['closed', [close], [accept, close, text('a'), denial(403), denialBody('')]],
  ['closed', [accept, close], [accept, close, text('a'), denial(403), denialBody('')]],
  ['closed', [denial(403), denialBody('')], [accept, close, text('a'), denial(403), denialBody('')]],
]
for (const [state, before, refused] of states) {
  for (const message of refused as ReadonlyArray<{ type: string }>) {
    test(`WebSocketSession: "${message.type}" is refused after ${before.length} messages, ${state}`, async (t) => {
      const { transport, send } = run()
      await send(...before)
      const calls = [...transport.calls]
      await t.rejects(send(message), { name: 'ProtocolViolation', message: `the state is "${state}"` })
      t.strictSame(transport.calls, calls)
    })
  }
}

/** Messages of a wrong value: nothing of them reaches the transport, and the state stays. */
const refusals: ReadonlyArray<readonly [what: string, before: readonly object[], message: object, error: RegExp]> = [
  [
    'a subprotocol that was not offered',
    [],
    { ...accept, subprotocol: 'other' },
    /subprotocol is "other", expected one that the client offers/,
  ],
  ['a subprotocol that is no token', [], { ...accept, subprotocol: 'a b' }, /subprotocol is "a b"/],
  ['a field with a line break', [], { ...accept, headers: [['a', 'b\r\nc: d']] }, /headers is/],
  [
    'a field with a line break, in what is no array',
    [],
    { ...accept, headers: new Set([['a', 'b\r\nc: d']]) },
    /the value of header "a"/,
  ],
  ['neither text nor bytes', [accept], { type: 'websocket.send' }, /expected exactly one of them/],
  ['both text and bytes', [accept], { type: 'websocket.send', text: 'a', bytes: 'b' }, /expected exactly one of them/],
  ['a number as text', [accept], { type: 'websocket.send', text: 7 }, /text is 7/],
  ['a close code that may not be sent', [accept], { ...close, code: 1006 }, /code is 1006/],
  ['a reason that is too long', [accept], { ...close, reason: 'x'.repeat(124) }, /reason is/],
  ['an informational denial', [], denial(101), /status is 101/],
  ['a denial with a body of a number', [denial(403)], { ...denialBody(''), body: 7 }, /body is 7/],
]
for (const [what, before, message, expected] of refusals) {
  test(`WebSocketSession: ${what} is refused, and something else may be sent`, async (t) => {
    const { transport, send } = run()
    await send(...before)
    const calls = [...transport.calls]
    await t.rejects(send(message), { name: 'ProtocolViolation', side: 'application', message: expected })
    t.strictSame(transport.calls, calls)
    await send(before[0] === accept || before.length === 0 ? close : denialBody(''))
  })
}

test('WebSocketSession: a denial body of a wrong length is refused, and may be sent again', async (t) => {
  const { transport, send } = run()
  await send(denial(403, [['content-length', '2']]))
  await t.rejects(send(denialBody('abc')), { message: /longer than its "content-length"/ })
  await send(denialBody('ab'))
  t.strictSame(transport.names, ['deny', 'resume', 'respond'])
})

test('WebSocketSession: send() waits for a slow peer', async (t) => {
  const { session, transport, send } = run()
  await send(accept)
  transport.keepsUp = false
  let waiting = 2
  const sent = [text('a'), text('b')].map((message) => send(message).then(() => waiting--))
  await quiet()
  t.equal(waiting, 2)
  session.drained()
  await Promise.all(sent)
  t.equal(waiting, 0)
})

test('WebSocketSession: a disconnect ends the wait for a slow peer, and refuses what follows', async (t) => {
  const { session, transport, send } = run()
  await send(accept)
  transport.keepsUp = false
  const sent = send(text('a'))
  session.disconnect(1006, '')
  await t.rejects(sent, { name: 'ClientDisconnected', code: 'EPIPE' })
  await t.rejects(send(text('b')), { name: 'ClientDisconnected' })
  await t.rejects(send(close), { name: 'ClientDisconnected' })
})

test('WebSocketSession: the messages of a denial need not be awaited', async (t) => {
  const { session, transport } = run()
  const sent = [denial(403), denialBody('n', true), denialBody('o')].map((message) =>
    session.send(message as SendMessage),
  )
  await Promise.all(sent)
  t.strictSame(transport.names, ['deny', 'start', 'write', 'resume', 'end'])
  t.equal(session.status, 403)
})

/** Fields that a denial cannot have. */
const badDenials: ReadonlyArray<readonly [what: string, headers: ReadonlyArray<[string, string]>, message: RegExp]> = [
  ['a content-length that is no number', [['content-length', 'x']], /"content-length" is "x", expected a number/],
  ['a value with a line end', [['x-a', 'b\r\nc: d']], /x-a/],
]
for (const [what, headers, message] of badDenials) {
  test(`WebSocketSession: a denial with ${what} is refused by its name, and the app may still accept`, async (t) => {
    const { transport, send } = run()
    await t.rejects(send(denial(403, headers)), { name: 'ProtocolViolation', message })
    await t.rejects(send({ ...denial(403), headers: new Map(headers) }), {
      message: /^Cannot send "websocket\.http\.response\.start":/,
    })
    await send(accept)
    t.strictSame(transport.names, ['accept'])
  })
}

test('WebSocketSession: a denial waits for a slow peer', async (t) => {
  const { session, transport, send } = run()
  await send(denial(403))
  transport.keepsUp = false
  let waiting = true
  const sent = send(denialBody('a', true)).then(() => {
    waiting = false
  })
  await quiet()
  t.equal(waiting, true)
  session.drained()
  await sent
  t.equal(waiting, false)
})

test('WebSocketSession: a disconnect ends the wait of a denial', async (t) => {
  const { session, transport, send } = run()
  await send(denial(403))
  transport.keepsUp = false
  const sent = send(denialBody('a', true))
  session.disconnect(1006, '')
  await t.rejects(sent, { name: 'ClientDisconnected' })
})

test('WebSocketSession: a client that is lost in the handshake is told after the accept', async (t) => {
  const { session, transport, send } = run()
  transport.onAccept = () => session.disconnect(1006, '')
  await send(accept)
  await t.rejects(send(text('a')), { name: 'ClientDisconnected' })
})

/** How the app ends, and what becomes of the peer and of the log. */
const endings: ReadonlyArray<readonly [what: string, app: App, calls: unknown, log: RegExp | null]> = [
  [
    'returns before it accepts',
    async () => {},
    [['deny'], ['resume'], ['respond', 500]],
    /^The app returned without accepting or refusing: WebSocket "\/"$/,
  ],
  [
    'throws before it accepts',
    () => Promise.reject(boom),
    [['deny'], ['resume'], ['respond', 500]],
    /^The app failed: WebSocket "\/"$/,
  ],
  [
    'throws at once',
    () => {
      throw boom
    },
    [['deny'], ['resume'], ['respond', 500]],
    /^The app failed/,
  ],
  [
    'returns after it accepted',
    async (_receive, send) => send(accept as SendMessage),
    [['accept'], ['close', 1000, ''], ['resume']],
    null,
  ],
  [
    'throws after it accepted',
    async (_receive, send) => {
      await send(accept as SendMessage)
      throw boom
    },
    [['accept'], ['close', 1011, 'Internal Server Error'], ['resume']],
    /^The app failed/,
  ],
  [
    'throws after it closed',
    async (_receive, send) => {
      await send(accept as SendMessage)
      await send(close as SendMessage)
      throw boom
    },
    [['accept'], ['close', 1000, ''], ['resume']],
    /^The app failed/,
  ],
  [
    'returns after it refused',
    async (_receive, send) => send(close as SendMessage),
    [['deny'], ['resume'], ['respond', 403]],
    null,
  ],
  [
    'returns after the start of a denial',
    async (_receive, send) => send(denial(403) as SendMessage),
    [['deny'], ['resume'], ['respond', 500]],
    /without accepting or refusing/,
  ],
  [
    'returns in the middle of a denial',
    async (_receive, send) => {
      await send(denial(403) as SendMessage)
      await send(denialBody('a', true) as SendMessage)
    },
    [['deny'], ['start', 403], ['write', 'a', 1], ['abort'], ['resume']],
    /without accepting or refusing/,
  ],
]
for (const [what, app, calls, log] of endings) {
  test(`WebSocketSession: an app that ${what}`, async (t) => {
    const { transport, events, lines } = run(app)
    await quiet()
    t.match(transport.calls, calls)
    t.equal(transport.calls.length, (calls as unknown[]).length)
    t.strictSame(events, ['session ended', 'app ended'])
    t.match(lines, log === null ? [] : [[log]])
    t.equal(lines.length, log === null ? 0 : 1)
  })
}

test('WebSocketSession: an app that ends with what send() threw has not failed', async (t) => {
  const { session, events, lines } = run(async (receive, send) => {
    await send(accept as SendMessage)
    await receive()
    await receive()
    await send(text('a') as SendMessage)
  })
  await quiet()
  session.disconnect(1001, '')
  await quiet()
  t.strictSame(lines, [])
  t.strictSame(events, ['session ended', 'app ended'])
})

test('WebSocketSession: the scope is that of the handshake', async (t) => {
  const { session } = run()
  t.equal(session.scope.type, 'websocket')
  t.strictSame([session.status, session.bytesSent], [0, 0])
})

test('WebSocketSession: shutdown() closes with 1012 on both sides', async (t) => {
  const { session, transport, send, events } = run()
  await session.receive()
  await send(accept)
  session.shutdown()
  session.shutdown()
  t.match(transport.calls, [['accept'], ['close', 1012, 'The server is shutting down'], ['resume']])
  t.match(await session.receive(), { type: 'websocket.disconnect', code: 1012 })
  await t.rejects(send(text('a')), { name: 'ClientDisconnected' })
  t.strictSame(events, ['session ended'])
})

test('WebSocketSession: shutdown() refuses a handshake that waits for the app', async (t) => {
  const { session, transport, send } = run()
  await session.receive()
  session.shutdown()
  t.match(
    transport.calls.filter(([name]) => name === 'respond'),
    [['respond', 503, Array, true, 'Service Unavailable', 19]],
  )
  t.match(await session.receive(), { type: 'websocket.disconnect', code: 1012 })
  await t.rejects(send(accept), { name: 'ClientDisconnected' })
})

test('WebSocketSession: a peer that catches up when nobody waits is nothing', async (t) => {
  const { session, transport, send } = run()
  await send(accept)
  session.drained()
  await send(text('a'))
  t.strictSame(transport.names, ['accept', 'send'])
})

test('WebSocketSession: shutdown() lets a denial finish', async (t) => {
  const { session, transport, send } = run()
  await send(denial(403), denialBody('a', true))
  session.shutdown()
  await send(denialBody('b'))
  t.strictSame(transport.names, ['deny', 'start', 'write', 'resume', 'end'])
})
