import { test } from 'tap'
import { AccessLog, formatAccess } from '../../../lib/cli/access-log.ts'
import type { AccessRecord } from '../../../lib/servers/access-record.ts'

const record: AccessRecord = {
  protocol: 'http',
  client: ['127.0.0.1', 1234],
  method: 'GET',
  target: '/path?query=1',
  httpVersion: '1.1',
  status: 200,
  durationMs: 12.4,
  bytesSent: 5,
}

const lines: readonly (readonly [what: string, change: Partial<AccessRecord>, line: string])[] = [
  ['a request', {}, '127.0.0.1:1234 - "GET /path?query=1 HTTP/1.1" 200 12ms'],
  ['a client at an IPv6 address', { client: ['::1', 80] }, '[::1]:80 - "GET /path?query=1 HTTP/1.1" 200 12ms'],
  ['no client address', { client: null }, '- - "GET /path?query=1 HTTP/1.1" 200 12ms'],
  ['no answer', { status: 0 }, '127.0.0.1:1234 - "GET /path?query=1 HTTP/1.1" - 12ms'],
  [
    'a WebSocket',
    { protocol: 'websocket', status: 101 },
    '127.0.0.1:1234 - "WEBSOCKET /path?query=1 HTTP/1.1" 101 12ms',
  ],
  [
    'a forged line in the path',
    { target: '/\r\n127.0.0.1 - "GET /admin HTTP/1.1" 200' },
    '127.0.0.1:1234 - "GET /\\x0d\\x0a127.0.0.1 - \\x22GET /admin HTTP/1.1\\x22 200 HTTP/1.1" 200 12ms',
  ],
  [
    'an ANSI sequence, DEL, a C1 control and a backslash in the path',
    { target: '/\x1b[2J\x7f\x9b\\' },
    '127.0.0.1:1234 - "GET /\\x1b[2J\\x7f\\x9b\\x5c HTTP/1.1" 200 12ms',
  ],
  ['a line separator in the path', { target: '/\u2028' }, '127.0.0.1:1234 - "GET /\\u{2028} HTTP/1.1" 200 12ms'],
  ['a forged method', { method: 'GET\n' }, '127.0.0.1:1234 - "GET\\x0a /path?query=1 HTTP/1.1" 200 12ms'],
]

for (const [what, change, line] of lines) {
  test(`formatAccess: ${what}`, async (t) => {
    t.equal(formatAccess({ ...record, ...change }), line)
  })
}

test('AccessLog: writes the lines of one turn in one piece', async (t) => {
  const written: string[] = []
  const log = new AccessLog((text) => written.push(text))
  log.add(record)
  log.add(record)
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(written, [`${formatAccess(record)}\n`.repeat(2)])
})

test('AccessLog: flush() writes at once what is waiting, and nothing twice', async (t) => {
  const written: string[] = []
  const log = new AccessLog((text) => written.push(text))
  log.add(record)
  log.flush()
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(written.length, 1)
})
