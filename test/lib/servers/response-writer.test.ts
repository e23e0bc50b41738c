import { test } from 'tap'
import { Headers } from '../../../lib/http/headers.ts'
import type { ExchangeSettings } from '../../../lib/servers/exchange-settings.ts'
import { ResponseWriter } from '../../../lib/servers/response-writer.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Extensions } from '../../../lib/spec/extensions.ts'
import type { HTTPSendMessage } from '../../../lib/spec/messages.ts'
import { fileOf, quiet, RecordingTransport, settings } from './recording-transport.ts'

const everything: Extensions = {
  'http.response.early_hint': {},
  'http.response.pathsend': {},
  'http.response.trailers': {},
  'http.response.zerocopysend': {},
}

interface Desk {
  readonly writer: ResponseWriter
  readonly transport: RecordingTransport
  /** How often the answer was said to be complete. */
  readonly completions: { count: number }
  send(...messages: readonly object[]): Promise<void>
}

/** A writer over a recording transport. */
function desk({ method = 'GET', extensions = everything, ...changes }: DeskOptions = {}): Desk {
  const transport = new RecordingTransport()
  const completions = { count: 0 }
  const observer = { responseComplete: () => void completions.count++ }
  const writer = new ResponseWriter({ method, extensions }, transport, settings(changes), observer)
  const send = async (...messages: readonly object[]): Promise<void> => {
    for (const message of messages) await writer.send(message as HTTPSendMessage)
  }
  return { writer, transport, completions, send }
}

interface DeskOptions extends Partial<ExchangeSettings> {
  readonly method?: string
  readonly extensions?: Extensions
}

const start = (
  status: number = 200,
  headers: readonly (readonly [string, string])[] = [],
  trailers = false,
): object => ({
  type: 'http.response.start',
  status,
  headers,
  trailers,
})
const body = (text: string, more = false): object => ({ type: 'http.response.body', body: text, more_body: more })
const trailers = (headers: readonly (readonly [string, string])[], more = false): object => ({
  type: 'http.response.trailers',
  headers,
  more_trailers: more,
})
const pathsend = { type: 'http.response.pathsend', path: '/file' }
const zerocopysend = (content: string, more: object = {}): object => ({
  type: 'http.response.zerocopysend',
  file: fileOf(content),
  ...more,
})
const hint = (links: Iterable<string>): object => ({ type: 'http.response.early_hint', links })
const ofLength = (length: number): readonly (readonly [string, string])[] => [['content-length', String(length)]]

/** Whole answers, and what reaches the transport. */
const answers: ReadonlyArray<
  readonly [what: string, options: DeskOptions, messages: readonly object[], calls: unknown]
> = [
  [
    'one message is answered at once, with its length',
    {},
    [start(), body('abc')],
    [['respond', 200, ['content-length', '3'], false, 'abc', 3]],
  ],
  [
    'an absent body is empty',
    {},
    [start(), { type: 'http.response.body' }],
    [['respond', 200, ['content-length', '0'], false, '', 0]],
  ],
  ['text is counted in UTF-8', {}, [start(), body('é€')], [['respond', 200, ['content-length', '5'], false, 'é€', 5]]],
  [
    'bytes are sent as they are',
    {},
    [start(), { ...body(''), body: Buffer.from('ab') }],
    [['respond', 200, ['content-length', '2'], false, 'ab', 2]],
  ],
  [
    'the length that the app gives stays',
    {},
    [start(200, ofLength(3)), body('abc')],
    [['respond', 200, ['content-length', '3'], false, 'abc', 3]],
  ],
  ['204 has neither length nor body', {}, [start(204), body('abc')], [['respond', 204, [], false, null, 3]]],
  ['304 has no body, and no length of its own', {}, [start(304), body('')], [['respond', 304, [], false, null, 0]]],
  [
    'HEAD has the length that GET would have',
    { method: 'HEAD' },
    [start(), body('abc')],
    [['respond', 200, ['content-length', '3'], false, null, 3]],
  ],
  [
    'HEAD without a body has no length',
    { method: 'HEAD' },
    [start(), body('')],
    [['respond', 200, [], false, null, 0]],
  ],
  [
    'HEAD may announce another length',
    { method: 'HEAD' },
    [start(200, ofLength(9)), body('')],
    [['respond', 200, ['content-length', '9'], false, null, 0]],
  ],
  [
    'default fields are added where they are absent',
    { defaultHeaders: ['a', '1', 'b', '2'] },
    [start(200, [['a', '3']]), body('')],
    [['respond', 200, ['a', '3', 'content-length', '0', 'b', '2'], false, '', 0]],
  ],
  [
    'a draining server closes',
    { draining: true },
    [start(), body('')],
    [['respond', 200, ['content-length', '0'], true, '', 0]],
  ],
  [
    'the app may close',
    {},
    [start(200, [['connection', 'close']]), body('')],
    [['respond', 200, ['content-length', '0'], true, '', 0]],
  ],
  [
    'pieces follow the head',
    {},
    [start(), body('a', true), body('b')],
    [
      ['start', 200, [], false],
      ['write', 'a', 1],
      ['end', 'b', 1, []],
    ],
  ],
  [
    'an empty last piece is no piece',
    {},
    [start(), body('a', true), body('')],
    [
      ['start', 200, [], false],
      ['write', 'a', 1],
      ['end', null, 0, []],
    ],
  ],
  [
    'an empty first piece writes the head now',
    {},
    [start(), body('', true), body('a')],
    [['start', 200, [], false], ['flush'], ['end', 'a', 1, []]],
  ],
  [
    'pieces to HEAD are dropped',
    { method: 'HEAD' },
    [start(), body('a', true), body('b')],
    [['start', 200, [], false], ['flush'], ['end', null, 1, []]],
  ],
  [
    'pieces that make up the length',
    {},
    [start(200, ofLength(2)), body('a', true), body('b')],
    [
      ['start', 200, ['content-length', '2'], false],
      ['write', 'a', 1],
      ['end', 'b', 1, []],
    ],
  ],
  [
    'trailers end the answer',
    {},
    [
      start(200, [], true),
      body('a'),
      trailers([['X', '1']], true),
      trailers([
        ['y', '2'],
        ['content-length', '3'],
      ]),
    ],
    [
      ['start', 200, [], false],
      ['write', 'a', 1],
      ['end', null, 0, ['x', '1', 'y', '2']],
    ],
  ],
  [
    'trailers that nobody asked for are dropped',
    { extensions: {} },
    [start(200, [], true), body('a'), trailers([['x', '1']])],
    [
      ['start', 200, [], false],
      ['write', 'a', 1],
      ['end', null, 0, []],
    ],
  ],
  [
    'early hints go ahead',
    {},
    [hint(['</a>; rel=preload']), hint(new Set(['<b>', '<c>'])), start(), body('')],
    [
      ['earlyHint', ['</a>; rel=preload']],
      ['earlyHint', ['<b>', '<c>']],
      ['respond', 200, ['content-length', '0'], false, '', 0],
    ],
  ],
  [
    'a file is a body of known length',
    {},
    [start(), pathsend],
    [
      ['start', 200, ['content-length', '4'], false],
      ['write', 'file', 4],
      ['end', null, 0, []],
    ],
  ],
  [
    'a file to HEAD is its length',
    { method: 'HEAD' },
    [start(), pathsend],
    [
      ['start', 200, ['content-length', '4'], false],
      ['end', null, 0, []],
    ],
  ],
  [
    'a file for 304 is nothing',
    {},
    [start(304), pathsend],
    [
      ['start', 304, [], false],
      ['end', null, 0, []],
    ],
  ],
  [
    'a file behind a piece is no known length',
    {},
    [start(), body('a', true), pathsend],
    [
      ['start', 200, [], false],
      ['write', 'a', 1],
      ['write', 'file', 4],
      ['end', null, 0, []],
    ],
  ],
  [
    'a part of an open file',
    {},
    [start(), zerocopysend('012345', { offset: 1, count: 2 })],
    [
      ['start', 200, [], false],
      ['write', '12', 2],
      ['end', null, 0, []],
    ],
  ],
  [
    'parts of open files and pieces',
    {},
    [start(), zerocopysend('01', { more_body: true }), body('a')],
    [['start', 200, [], false], ['write', '01', 2], ['flush'], ['end', 'a', 1, []]],
  ],
]
for (const [what, options, messages, calls] of answers) {
  test(`ResponseWriter: ${what}`, async (t) => {
    const { writer, transport, completions, send } = desk(options)
    transport.files.set('/file', 'file')
    await send(...messages)
    t.strictSame(transport.calls, calls)
    t.equal(completions.count, 1)
    t.equal(writer.complete, true)
    t.equal(writer.headWritten, true)
  })
}

test('ResponseWriter: status and bytesSent tell what is on the wire', async (t) => {
  const { writer, send } = desk()
  await send(start(201))
  t.strictSame([writer.status, writer.bytesSent, writer.headWritten, writer.complete], [0, 0, false, false])
  await send(body('é', true))
  t.strictSame([writer.status, writer.bytesSent, writer.headWritten, writer.complete], [201, 2, true, false])
  await send(body('a'))
  t.strictSame([writer.status, writer.bytesSent, writer.complete], [201, 3, true])
})

test('ResponseWriter: bytes that are dropped are not counted', async (t) => {
  const { writer, send } = desk({ method: 'HEAD' })
  await send(start(), body('abc', true), body('def'))
  t.equal(writer.bytesSent, 0)
})

test('ResponseWriter: the fields of a Headers are taken as they are', async (t) => {
  const { transport, send } = desk()
  const headers = new Headers([['content-length', '0']])
  await send({ ...start(), headers }, body(''))
  t.equal(transport.calls[0]![2], headers.flat)
})

test('ResponseWriter: a request without a method is answered as GET', async (t) => {
  const transport = new RecordingTransport()
  const writer = new ResponseWriter({ extensions: {} }, transport, settings(), { responseComplete() {} })
  await writer.send(start() as HTTPSendMessage)
  await writer.send(body('a') as HTTPSendMessage)
  t.match(transport.calls, [['respond', 200, ['content-length', '1'], false, 'a', 1]])
})

test('ResponseWriter: send() returns the shared promise when there is nothing to wait for', async (t) => {
  const { writer } = desk()
  for (const message of [start(), body('a', true), body('b')]) t.equal(writer.send(message as HTTPSendMessage), settled)
})

/** Each state, by the messages that lead to it, and what it does not allow. */
const states: ReadonlyArray<readonly [state: string, before: readonly object[], refused: readonly object[]]> = [
  ['before the response', [], [body(''), trailers([]), pathsend, zerocopysend('a')]],
  ['in the body', [start()], [start(), trailers([]), hint([])]],
  ['in the body', [start(), body('a', true)], [start(), trailers([]), hint([])]],
  ['in the body, before trailers', [start(200, [], true)], [start(), trailers([]), hint([])]],
  ['in the trailers', [start(200, [], true), body('')], [start(), body(''), pathsend, zerocopysend('a'), hint([])]],
  ['complete', [start(), body('')], [start(), body(''), trailers([]), pathsend, zerocopysend('a'), hint([])]],
]
for (const [state, before, refused] of states) {
  for (const message of refused as ReadonlyArray<{ type: string }>) {
    test(`ResponseWriter: "${message.type}" is refused after ${before.length} messages, ${state}`, async (t) => {
      const { transport, send } = desk()
      await send(...before)
      const calls = [...transport.calls]
      await t.rejects(send(message), {
        name: 'ProtocolViolation',
        side: 'application',
        message: `Cannot send "${message.type}": the state is "${state}"`,
      })
      t.strictSame(transport.calls, calls)
    })
  }
}

/** Messages of a wrong value, or that the server does not offer: nothing of them reaches the transport. */
const refusals: ReadonlyArray<
  readonly [what: string, before: readonly object[], message: object, error: RegExp, extensions?: Extensions]
> = [
  ['a status of text', [], { ...start(), status: '200' }, /status is "200"/],
  ['an informational status', [], start(199), /status is 199/],
  ['a status above 999', [], start(1000), /status is 1000/],
  ['a flag that is none', [], { ...start(), trailers: 1 }, /trailers is 1/],
  ['a header with a line break', [], start(200, [['a', 'b\r\nc: d']]), /value of header "a"/],
  ['a header without a name', [], start(200, [['', 'b']]), /a header name is ""/],
  ['a length that is none', [], start(200, [['content-length', 'x']]), /a number of bytes/],
  ['a body of a number', [start()], { ...body(''), body: 7 }, /body is 7/],
  ['a more_body that is no flag', [start()], { ...body(''), more_body: 'yes' }, /more_body is "yes"/],
  [
    'a longer body',
    [start(200, ofLength(2))],
    body('abc'),
    /^Cannot send a body longer than its "content-length": 3 bytes were given, expected 2$/,
  ],
  [
    'a shorter body',
    [start(200, ofLength(2))],
    body('a'),
    /^Cannot send a body shorter than its "content-length": 1 bytes were given, expected 2$/,
  ],
  ['a longer first piece', [start(200, ofLength(2))], body('abc', true), /longer/],
  ['a shorter body before trailers', [start(200, ofLength(2), true)], body('a'), /shorter/],
  ['a hint that is no field value', [], hint(['a\r\nb']), /links is/],
  [
    'a hint that is no field value, in what is no array',
    [],
    hint(new Set(['a\r\nb'])),
    /a link is "a\\r\\nb", expected a field value/,
  ],
  [
    'a hint that is not offered',
    [],
    hint(['a']),
    /the server does not offer the extension "http.response.early_hint"/,
    {},
  ],
  ['a path that is not offered', [start()], pathsend, /does not offer the extension "http.response.pathsend"/, {}],
  [
    'a file that is not offered',
    [start()],
    zerocopysend('a'),
    /does not offer the extension "http.response.zerocopysend"/,
    {},
  ],
  ['a path that is no text', [start()], { ...pathsend, path: 7 }, /path is 7/],
  ['a file that is none', [start()], { type: 'http.response.zerocopysend', file: 7 }, /file is 7/],
  ['a negative offset', [start()], zerocopysend('a', { offset: -1 }), /offset is -1/],
  [
    'a push',
    [],
    { type: 'http.response.push', path: '/', headers: [] },
    /does not offer the extension "http.response.push"/,
  ],
  [
    'debug information',
    [],
    { type: 'http.response.debug', info: {} },
    /does not offer the extension "http.response.debug"/,
  ],
  ['an unknown type', [], { type: 'constructor' }, /Cannot send "constructor"/],
]
for (const [what, before, message, expected, extensions] of refusals) {
  test(`ResponseWriter: ${what} is refused, and leaves the answer open`, async (t) => {
    const { transport, writer, send } = desk(extensions === undefined ? {} : { extensions })
    await send(...before)
    await t.rejects(send(message), { name: 'ProtocolViolation', message: expected })
    t.strictSame(transport.calls, [])
    t.equal(writer.headWritten, false)
  })
}

test('ResponseWriter: trailers with a wrong flag are refused, and may be sent again', async (t) => {
  const { transport, send } = desk()
  await send(start(200, [], true), body('a'))
  await t.rejects(send({ ...trailers([]), more_trailers: 1 }), { message: /more_trailers is 1/ })
  await send(trailers([]))
  t.strictSame(transport.names, ['start', 'write', 'end'])
})

for (const [what, last] of [
  ['longer', body('bcd')],
  ['longer', body('bcd', true)],
  ['shorter', body('')],
] as const) {
  test(`ResponseWriter: a body ${what} than announced, told in pieces, cuts the connection`, async (t) => {
    const { transport, send } = desk()
    await send(start(200, ofLength(3)), body('a', true))
    await t.rejects(send(last), { name: 'ProtocolViolation', message: new RegExp(`a body ${what} than`) })
    t.strictSame(transport.names, ['start', 'write', 'abort'])
    await t.rejects(send(body('b')), { name: 'ClientDisconnected', code: 'EPIPE' })
  })
}

test('ResponseWriter: send() waits for a slow peer', async (t) => {
  const { transport, writer, send } = desk()
  await send(start())
  transport.keepsUp = false
  let waited = true
  const sent = send(body('a', true)).then(() => {
    waited = false
  })
  await quiet()
  t.equal(waited, true)
  writer.drained()
  await sent
  t.equal(waited, false)
})

test('ResponseWriter: all who wait for a slow peer go on together', async (t) => {
  const { transport, writer, send } = desk()
  await send(start())
  transport.keepsUp = false
  const sent = [send(body('a', true)), send(body('b', true))]
  writer.drained()
  await Promise.all(sent)
  t.strictSame(transport.names, ['start', 'write', 'write'])
})

test('ResponseWriter: abandon() ends the wait, and refuses what follows', async (t) => {
  const { transport, writer, send } = desk()
  await send(start())
  transport.keepsUp = false
  const sent = send(body('a', true))
  writer.abandon()
  await t.rejects(sent, { name: 'ClientDisconnected' })
  await t.rejects(send(body('b')), { name: 'ClientDisconnected' })
})

test('ResponseWriter: after abandon() a message out of order is still a violation', async (t) => {
  const { writer, send } = desk()
  writer.abandon()
  await t.rejects(send(body('')), { name: 'ProtocolViolation' })
  await t.rejects(send(start()), { name: 'ClientDisconnected' })
})

test('ResponseWriter: replace() answers in place of the app and closes', async (t) => {
  const { transport, writer, completions, send } = desk({ defaultHeaders: ['a', '1'] })
  await send(start(200, [['b', '2']]))
  writer.replace(500, 'Sörry')
  const fields = ['content-type', 'text/plain; charset=utf-8', 'content-length', '6', 'a', '1']
  t.strictSame(transport.calls, [['respond', 500, fields, true, 'Sörry', 6]])
  t.strictSame([writer.status, writer.bytesSent, writer.complete, completions.count], [500, 6, true, 1])
  await t.rejects(send(start()), { name: 'ClientDisconnected' })
})

test('ResponseWriter: replace() has no body for HEAD', async (t) => {
  const { transport, writer } = desk({ method: 'HEAD' })
  writer.replace(500, 'Sorry')
  t.match(transport.calls, [['respond', 500, Array, true, null, 5]])
  t.equal(writer.bytesSent, 0)
})

test('ResponseWriter: a file that does not open leaves the answer open', async (t) => {
  const { transport, writer, send } = desk()
  await send(start())
  await t.rejects(send(pathsend), { message: 'ENOENT: /file' })
  t.equal(writer.headWritten, false)
  await send(body('instead'))
  t.strictSame(transport.names, ['respond'])
})

test('ResponseWriter: messages wait for a file on its way', async (t) => {
  const { transport, writer } = desk()
  await writer.send(start() as HTTPSendMessage)
  const file = writer.send(zerocopysend('01', { more_body: true }) as HTTPSendMessage)
  const last = writer.send(body('a') as HTTPSendMessage)
  await Promise.all([file, last])
  t.strictSame(transport.names, ['start', 'write', 'flush', 'end'])
})

test('ResponseWriter: a file that ends before its announced length cuts the connection, and is closed', async (t) => {
  const { transport, send } = desk()
  transport.files.set('/file', 'abc')
  await send(start(200, ofLength(5)))
  await t.rejects(send(pathsend), { message: /shorter than its "content-length": 3 bytes were given, expected 5$/ })
  t.strictSame(transport.names, ['start', 'write', 'abort'])
  t.equal(transport.closedFiles, 1)
})

test('ResponseWriter: a file waits for a slow peer, piece by piece', async (t) => {
  const { transport, writer, send } = desk()
  transport.files.set('/file', 'x'.repeat(100_000))
  transport.keepsUp = false
  await send(start())
  const sent = send(pathsend)
  await quiet()
  t.strictSame(transport.names, ['start', 'write'])
  writer.drained()
  await quiet()
  t.strictSame(transport.names, ['start', 'write', 'write'])
  writer.drained()
  await sent
  t.strictSame(transport.names, ['start', 'write', 'write', 'end'])
  t.equal(transport.closedFiles, 1)
})

test('ResponseWriter: a client that leaves while a file is read ends the sending, and the file is closed', async (t) => {
  const { transport, writer, send } = desk()
  transport.files.set('/file', 'abc')
  await send(start())
  const sent = send(pathsend)
  writer.abandon()
  await t.rejects(sent, { name: 'ClientDisconnected' })
  t.strictSame(transport.calls, [])
  t.equal(transport.closedFiles, 1)
})

test('ResponseWriter: a client that leaves while a file for HEAD is opened ends the sending', async (t) => {
  const { transport, writer, send } = desk({ method: 'HEAD' })
  transport.files.set('/file', 'abc')
  await send(start())
  const sent = send(pathsend)
  writer.abandon()
  await t.rejects(sent, { name: 'ClientDisconnected' })
  t.strictSame([transport.calls, transport.closedFiles], [[], 1])
})
