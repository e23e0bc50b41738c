import { test } from 'tap'
import { frameResponse, withoutFraming } from '../../../lib/servers/response-framing.ts'

/** Answers and how they are framed. Source: RFC 9110 §6.4.1, §8.6; RFC 9112 §6. */
const answers: ReadonlyArray<
  readonly [
    what: string,
    method: string,
    status: number,
    headers: readonly string[],
    framing: { headers?: readonly string[]; contentLength?: number; bodyless?: boolean; close?: boolean },
  ]
> = [
  ['no fields', 'GET', 200, [], { headers: [], contentLength: -1, bodyless: false, close: false }],
  ['a length', 'GET', 200, ['content-length', '7'], { headers: ['content-length', '7'], contentLength: 7 }],
  ['length 0', 'GET', 200, ['content-length', '0'], { contentLength: 0 }],
  ['the same length twice', 'GET', 200, ['content-length', '7', 'content-length', '7'], { contentLength: 7 }],
  ['HEAD', 'HEAD', 200, ['content-length', '7'], { bodyless: true, headers: ['content-length', '7'] }],
  ['204', 'GET', 204, ['x-a', 'b', 'content-length', '7'], { bodyless: true, headers: ['x-a', 'b'] }],
  ['204 without a length', 'GET', 204, ['x-a', 'b'], { bodyless: true, headers: ['x-a', 'b'] }],
  ['304', 'GET', 304, ['content-length', '7'], { bodyless: true, headers: ['content-length', '7'] }],
  ['205', 'GET', 205, ['x-a', 'b'], { bodyless: true, contentLength: 0, headers: ['x-a', 'b', 'content-length', '0'] }],
  [
    '205 with a length',
    'GET',
    205,
    ['content-length', '7', 'connection', 'close'],
    { bodyless: true, contentLength: 0, headers: ['content-length', '0'], close: true },
  ],
  ['205 of HEAD', 'HEAD', 205, ['trailer', 'x-a'], { bodyless: true, headers: ['content-length', '0'] }],
  ['transfer-encoding', 'GET', 200, ['transfer-encoding', 'gzip', 'x-a', 'b'], { headers: ['x-a', 'b'] }],
  ['keep-alive', 'GET', 200, ['keep-alive', 'timeout=9'], { headers: [] }],
  ['connection: close', 'GET', 200, ['connection', 'close'], { headers: [], close: true }],
  ['connection: Close', 'GET', 200, ['connection', 'x-a, Close'], { headers: [], close: true }],
  ['connection: keep-alive', 'GET', 200, ['connection', 'keep-alive'], { headers: [], close: false }],
  ['connection: closed', 'GET', 200, ['connection', 'closed'], { headers: [], close: false }],
  ['trailer with chunks', 'GET', 200, ['trailer', 'x-a'], { headers: ['trailer', 'x-a'] }],
  ['trailer with chunks, and more', 'GET', 200, ['trailer', 'x-a', 'keep-alive', 'a'], { headers: ['trailer', 'x-a'] }],
  [
    'trailer with a length',
    'GET',
    200,
    ['trailer', 'x-a', 'content-length', '1'],
    { headers: ['content-length', '1'] },
  ],
  ['trailer of HEAD', 'HEAD', 200, ['trailer', 'x-a'], { headers: [] }],
]
for (const [what, method, status, headers, framing] of answers) {
  test(`frameResponse: ${what}`, (t) => {
    t.match(frameResponse(method, status, headers), framing)
    if (framing.headers !== undefined) t.same(frameResponse(method, status, headers).headers, framing.headers)
    t.end()
  })
}

test('frameResponse: fields that stay are not copied', (t) => {
  const headers = ['x-a', 'b', 'content-length', '7']

  t.equal(frameResponse('GET', 200, headers).headers, headers)
  t.end()
})

for (const value of ['', '-1', '+1', '1.0', '0x1', '1e3', ' 1', '1,1', '9'.repeat(16), 'NaN']) {
  test(`frameResponse: content-length ${JSON.stringify(value)} is refused`, (t) => {
    t.throws(() => frameResponse('GET', 200, ['content-length', value]), { message: /expected a number of bytes$/ })
    t.end()
  })
}

test('frameResponse: two lengths are refused', (t) => {
  t.throws(() => frameResponse('GET', 200, ['content-length', '1', 'content-length', '2']), {
    name: 'ProtocolViolation',
    message: /is "2", expected one value, here 1$/,
  })
  t.end()
})

test('withoutFraming: leaves out what frames a message', (t) => {
  const trailers = ['x-a', '1', 'content-length', '2', 'transfer-encoding', '3', 'trailer', '4', 'connection', '5']

  t.same(withoutFraming(trailers), ['x-a', '1'])
  t.end()
})

test('frameResponse: an error names the message that began the answer', (t) => {
  t.throws(() => frameResponse('GET', 200, ['content-length', 'x']), {
    message: /^Cannot send "http\.response\.start":/,
  })
  t.throws(() => frameResponse('GET', 200, ['content-length', 'x'], 'websocket.http.response.start'), {
    message: /^Cannot send "websocket\.http\.response\.start":/,
  })
  t.end()
})
