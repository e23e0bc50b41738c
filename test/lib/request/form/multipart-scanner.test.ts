import { test } from 'tap'
import { MultipartScanner } from '../../../../lib/request/form/multipart-scanner.ts'
import { multipartBytes, piecesOf } from '../../../support/multipart.ts'
import { refusal } from '../../../support/refusal.ts'

/** The heads and contents of the parts that a scanner finds. */
function scan(pieces: readonly Buffer[], boundary = 'b', maxHeadBytes = 4096): (readonly [string, string])[] {
  const scanner = new MultipartScanner(boundary, maxHeadBytes)
  const parts: [string, string][] = []
  for (const piece of pieces) {
    scanner.push(piece)
    for (let event = scanner.next(); event !== null; event = scanner.next()) {
      if (event.type === 'head') parts.push([event.bytes.toString('latin1'), ''])
      if (event.type === 'content') parts.at(-1)![1] += event.bytes.toString('latin1')
    }
  }
  scanner.end()
  return parts
}

const whole: readonly (readonly [what: string, body: string, parts: readonly (readonly [string, string])[]])[] = [
  ['one part', '--b\na: 1\n\nx\n--b--\n', [['a: 1', 'x']]],
  ['no line end after the last boundary', '--b\na: 1\n\nx\n--b--', [['a: 1', 'x']]],
  [
    'two parts',
    '--b\na: 1\nc: 2\n\nx\ny\n--b\na: 3\n\n\n--b--',
    [
      ['a: 1\r\nc: 2', 'x\r\ny'],
      ['a: 3', ''],
    ],
  ],
  ['no part', '--b--', []],
  ['no header field', '--b\n\nx\n--b--', [['', 'x']]],
  ['no header field and no content', '--b\n\n\n--b--', [['', '']]],
  ['no content: RFC 2046 §5.1.1 has the delimiter begin with the empty line', '--b\na: 1\n\n--b--', [['a: 1', '']]],
  ['blank lines before', '\n\n--b\na: 1\n\nx\n--b--', [['a: 1', 'x']]],
  ['a preamble', 'preamble\n--b\na: 1\n\nx\n--b--', [['a: 1', 'x']]],
  ['a preamble with what begins as the boundary does', '--a\n\r--b\n--b\na: 1\n\nx\n--b--', [['a: 1', 'x']]],
  ['an epilogue', '--b\na: 1\n\nx\n--b--\n--b\na: 2\n\n\n--b--', [['a: 1', 'x']]],
  ['spaces after a boundary', '--b \t \na: 1\n\nx\n--b--', [['a: 1', 'x']]],
  [
    'contents that resemble the boundary',
    '--b\n\n\r\r\n-\n--\n--\r--b\n-b\n--b--',
    [['', '\r\r\r\n-\r\n--\r\n--\r--b\r\n-b']],
  ],
  ['contents that end in line ends', '--b\n\nx\n\n\r\n--b--', [['', 'x\r\n\r\n\r']]],
  ['contents of any byte', '--b\n\n\0\x80\xff\n--b--', [['', '\0\x80\xff']]],
]

for (const [what, body, parts] of whole) {
  const bytes = multipartBytes(body)
  test(`MultipartScanner: ${what}, in pieces of any length`, async (t) => {
    for (let length = 1; length <= bytes.length; length++) {
      t.strictSame(scan(piecesOf(bytes, length)), parts, `pieces of ${length}`)
    }
  })
}

const refused: readonly (readonly [what: string, body: string, detail: string])[] = [
  ['an empty body', '', 'The form ends before its closing boundary'],
  ['no boundary', 'abc', 'The form ends before its closing boundary'],
  ['an end in the boundary', '--b\na: 1\n\nx\n--', 'The form ends before its closing boundary'],
  ['an end after a boundary', '--b\na: 1\n\nx\n--b', 'The form ends before its closing boundary'],
  ['an end in the last boundary', '--b\na: 1\n\nx\n--b-', 'The form ends before its closing boundary'],
  ['an end in a head', '--b\na: 1\n', 'The form ends before its closing boundary'],
  ['an end in a content', '--b\na: 1\n\nx', 'The form ends before its closing boundary'],
  ['a boundary that goes on', '--bx\na: 1\n\nx\n--b--', 'A line of the form begins with its boundary and goes on'],
  [
    'a boundary that goes on later',
    '--b\n\nx\n--b-x\n--b--',
    'A line of the form begins with its boundary and goes on',
  ],
  ['a boundary before a bare CR', '--b\rx', 'A line of the form begins with its boundary and goes on'],
  ['many spaces after a boundary', `--b${' '.repeat(65)}\n`, 'A line of the form begins with its boundary and goes on'],
  ['another boundary than the declared one', '--c\na: 1\n\nx\n--b--', 'The form has no part that begins with its'],
]

for (const [what, body, detail] of refused) {
  const bytes = multipartBytes(body)
  test(`MultipartScanner: refuses ${what}`, async (t) => {
    t.throws(() => scan([bytes]), refusal(400, detail))
    t.throws(() => scan(piecesOf(bytes, 1)), refusal(400, detail))
  })
}

test('MultipartScanner: refuses a head above its limit before it is complete', async (t) => {
  const detail = 'A part of the form has more than 4 bytes of header fields'
  t.strictSame(scan([multipartBytes('--b\na: 1\n\nx\n--b--')], 'b', 4), [['a: 1', 'x']])
  t.throws(() => scan([multipartBytes('--b\na: 12\n\nx\n--b--')], 'b', 4), refusal(400, detail))
  const scanner = new MultipartScanner('b', 4)
  scanner.push(multipartBytes('--b\na: 12'))
  t.throws(() => scanner.next(), refusal(400, detail))
})

test('MultipartScanner: hands contents on without a copy', async (t) => {
  const scanner = new MultipartScanner('b', 4096)
  scanner.push(multipartBytes('--b\n\n'))
  scanner.next()
  const piece = Buffer.from('abc')
  scanner.push(piece)
  const event = scanner.next()
  t.match(event, { type: 'content' })
  t.equal(event?.type === 'content' && event.bytes.buffer, piece.buffer)
})

const period = 'ab'.repeat(128)
const costly: readonly (readonly [what: string, body: (size: number) => string, boundary?: string])[] = [
  ['a preamble', (size) => 'x'.repeat(size)],
  ['a preamble of line ends', (size) => '\r\n'.repeat(size / 2)],
  ['an epilogue of line ends', (size) => `--b--${'\r\n'.repeat(size / 2)}`],
  ['carriage returns', (size) => `--b\r\n\r\n${'\r'.repeat(size)}`],
  ['line ends', (size) => `--b\r\n\r\n${'\r\n'.repeat(size / 2)}`],
  ['beginnings of the boundary', (size) => `--b\r\n\r\n${'\r\n--'.repeat(size / 4)}`],
  ['a boundary of repetitions', (size) => `--${period}\r\n\r\n${`${period}b`.repeat(size / 257)}`, period],
  ['all but the end of a boundary', (size) => `\r\n--${period.slice(0, -1)}`.repeat(size / 259), period],
]

for (const [what, body, boundary = 'b'] of costly) {
  test(`MultipartScanner: ${what}, in 8 MB, takes time in proportion`, async (t) => {
    const pieces = piecesOf(Buffer.from(body(8_000_000)), 65_536)
    const startedAt = performance.now()
    try {
      scan([...pieces, Buffer.from(`\r\n--${boundary}--`)], boundary)
    } catch {}
    t.ok(performance.now() - startedAt < 2000)
  })
}
