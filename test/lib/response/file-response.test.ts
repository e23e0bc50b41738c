import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { FileUnavailable } from '../../../lib/exceptions/file-unavailable.ts'
import { FileResponse } from '../../../lib/response/file-response.ts'
import type { FileResponseOptions } from '../../../lib/response/file-response.ts'
import type { OpenFile } from '../../../lib/response/open-file.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { TestResponse } from '../../../lib/testing/test-response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Send } from '../../../lib/spec/app.ts'
import type { HTTPResponseStartMessage, SendMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../../support/messages.ts'

const onWindows = process.platform === 'win32'
const directory = mkdtempSync(join(tmpdir(), 'stelline-file-response-'))
process.on('exit', () => rmSync(directory, { recursive: true }))

const modified = new Date('2020-06-15T12:30:45.500Z')
const lastModified = 'Mon, 15 Jun 2020 12:30:45 GMT'

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  utimesSync(path, modified, modified)
  return path
}

const digits = file('digits.txt', '0123456789'.repeat(10))
/** More than one piece. */
const largeBytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff))
const large = file('large.bin', largeBytes)
const empty = file('empty.txt', '')

async function get(
  path: string,
  { method = 'GET', headers = {}, ...options }: FileResponseOptions & { method?: string } = {},
  request: Record<string, string> = {},
): Promise<TestResponse> {
  await using client = await TestClient.open(new FileResponse(path, { headers, ...options }))
  const response = await client.request(method, '/', { headers: request })
  await response.bytes()
  return response
}

const etag = (await get(digits)).headers.get('etag')!

test('FileResponse: sends the file with its type, length and validators', async (t) => {
  const response = await get(digits)
  t.equal(response.status, 200)
  t.strictSame(
    [...response.headers],
    [
      ['content-type', 'text/plain; charset=utf-8'],
      ['accept-ranges', 'bytes'],
      ['last-modified', lastModified],
      ['etag', etag],
      ['content-length', '100'],
    ],
  )
  t.match(etag, /^"[\da-z-]+"$/)
  t.equal(await response.text(), '0123456789'.repeat(10))
})

test('FileResponse: sends a file of several pieces', async (t) => {
  const response = await get(large)
  t.equal(response.headers.get('content-type'), 'application/octet-stream')
  t.ok(largeBytes.equals(await response.bytes()))
})

test('FileResponse: sends an empty file', async (t) => {
  const response = await get(empty)
  t.equal(response.headers.get('content-length'), '0')
  t.equal(await response.text(), '')
})

test('FileResponse: takes a file URL and a relative path', async (t) => {
  const url = pathToFileURL(digits)
  t.equal(new FileResponse(url).path, digits)
  t.equal(new FileResponse('package.json').path, join(process.cwd(), 'package.json'))
})

for (const path of ['', 'a\0b', undefined, 7, new URL('https://example.org/')]) {
  test(`FileResponse: refuses ${String(path)} as a path`, async (t) => {
    t.throws(() => new FileResponse(path as string), TypeError)
  })
}

/** What the user says wins over what the file says. */
const fields: readonly (readonly [
  what: string,
  options: FileResponseOptions,
  expected: Record<string, string | null>,
])[] = [
  ['a media type', { mediaType: 'text/css' }, { 'content-type': 'text/css; charset=utf-8' }],
  ['a media type by the name', { filename: 'a.png' }, { 'content-type': 'image/png' }],
  ['a name', { filename: 'a.txt' }, { 'content-disposition': 'attachment; filename=a.txt' }],
  ['an attachment, which must not be sniffed', { filename: 'a.txt' }, { 'x-content-type-options': 'nosniff' }],
  ['an attachment without a name', { contentDisposition: 'attachment' }, { 'content-disposition': 'attachment' }],
  [
    'a file to be shown',
    { filename: 'a.txt', contentDisposition: 'inline' },
    { 'content-disposition': 'inline; filename=a.txt', 'x-content-type-options': null },
  ],
  ['no name', {}, { 'content-disposition': null, 'x-content-type-options': null }],
  [
    'a name of other letters: RFC 6266, RFC 8187',
    { filename: '文件.txt' },
    { 'content-disposition': `attachment; filename="??.txt"; filename*=UTF-8''%E6%96%87%E4%BB%B6.txt` },
  ],
  [
    'headers',
    { headers: { etag: '"mine"', 'last-modified': 'x', 'accept-ranges': 'none' } },
    { etag: '"mine"', 'last-modified': 'x', 'accept-ranges': 'none' },
  ],
  [
    'headers for an attachment',
    { filename: 'a', headers: { 'content-disposition': 'inline' } },
    { 'content-disposition': 'inline' },
  ],
  ['a wrong length', { headers: { 'content-length': '7' } }, { 'content-length': '100' }],
]

for (const [what, options, expected] of fields) {
  test(`FileResponse: ${what}`, async (t) => {
    const { headers } = await get(digits, options)
    for (const [name, value] of Object.entries(expected)) t.equal(headers.get(name), value)
  })
}

test('FileResponse: the header of an attachment cannot be split by its name', async (t) => {
  const { headers } = await get(digits, { filename: 'a\r\nset-cookie: b=1' })
  t.equal(headers.has('set-cookie'), false)
  t.equal(
    headers.get('content-disposition'),
    `attachment; filename="a??set-cookie: b=1"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b%3D1`,
  )
})

test('FileResponse: refuses another disposition when it is made', async (t) => {
  t.throws(() => new FileResponse(digits, { contentDisposition: 'form-data' as 'inline' }), TypeError)
})

test('FileResponse: HEAD gets the fields and no body', async (t) => {
  const response = await get(large, { method: 'HEAD' })
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-length'), '200000')
  t.equal(await response.text(), '')
})

test('FileResponse: another status leaves out conditions, ranges and validators', async (t) => {
  const response = await get(digits, { status: 404 }, { range: 'bytes=0-1', 'if-none-match': '*' })
  t.equal(response.status, 404)
  t.strictSame([...response.headers.keys()], ['content-type', 'content-length'])
  t.equal((await response.text()).length, 100)
})

test('FileResponse: a POST gets the whole file, whatever it asks for', async (t) => {
  const response = await get(digits, { method: 'POST' }, { range: 'bytes=0-1', 'if-none-match': '*' })
  t.equal(response.status, 200)
  t.equal(response.headers.get('etag'), etag)
})

/** RFC 9110 §13: each condition with what it leads to. */
const conditions: readonly (readonly [request: Record<string, string>, status: number])[] = [
  [{ 'if-none-match': etag }, 304],
  [{ 'if-none-match': `W/${etag}` }, 304],
  [{ 'if-none-match': `"x", ${etag}` }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-none-match': '"x"' }, 200],
  [{ 'if-none-match': '"x"', 'if-modified-since': lastModified }, 200],
  [{ 'if-none-match': etag, 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 304],
  [{ 'if-modified-since': lastModified }, 304],
  [{ 'if-modified-since': 'Mon, 15 Jun 2020 12:30:44 GMT' }, 200],
  [{ 'if-modified-since': 'Tue, 16 Jun 2020 12:30:45 GMT' }, 304],
  [{ 'if-match': etag }, 200],
  [{ 'if-match': `W/${etag}` }, 412],
  [{ 'if-match': '"x"' }, 412],
  [{ 'if-match': '*' }, 200],
  [{ 'if-unmodified-since': lastModified }, 200],
  [{ 'if-unmodified-since': 'Mon, 15 Jun 2020 12:30:44 GMT' }, 412],
  [{ 'if-none-match': etag, range: 'bytes=0-1' }, 304],
  [{ 'if-match': '"x"', range: 'bytes=0-1' }, 412],
]

for (const [request, status] of conditions) {
  test(`FileResponse: ${JSON.stringify(request)}: ${status}`, async (t) => {
    t.equal((await get(digits, {}, request)).status, status)
    t.equal((await get(digits, { method: 'HEAD' }, request)).status, status)
  })
}

test('FileResponse: a 304 has what caches need and no body: RFC 9110 §15.4.5', async (t) => {
  const headers = {
    'cache-control': 'no-cache',
    vary: 'accept',
    expires: lastModified,
    'content-location': '/a',
    'x-other': '1',
  }
  const response = await get(digits, { headers, filename: 'a.txt' }, { 'if-none-match': etag })
  t.strictSame([...response.headers.keys()].toSorted(), [
    'cache-control',
    'content-location',
    'etag',
    'expires',
    'vary',
  ])
  t.equal(await response.text(), '')
})

test('FileResponse: conditions are compared with what the user has set', async (t) => {
  const headers = { etag: '"mine"', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' }
  t.equal((await get(digits, { headers }, { 'if-none-match': '"mine"' })).status, 304)
  t.equal((await get(digits, { headers }, { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status, 304)
})

test('FileResponse: a 412 says which version there is, and is not cached as the file would be', async (t) => {
  const response = await get(digits, { headers: { 'cache-control': 'max-age=60' } }, { 'if-match': '"x"' })
  t.strictSame(
    [...response.headers],
    [
      ['etag', etag],
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', '19'],
    ],
  )
  t.equal(await response.text(), 'Precondition Failed')
})

/** RFC 9110 §14, of 100 bytes. */
const singles: readonly (readonly [range: string, contentRange: string, body: string])[] = [
  ['bytes=0-4', 'bytes 0-4/100', '01234'],
  ['bytes=95-', 'bytes 95-99/100', '56789'],
  ['bytes=95-1000', 'bytes 95-99/100', '56789'],
  ['bytes=-5', 'bytes 95-99/100', '56789'],
  ['bytes=-1000', 'bytes 0-99/100', '0123456789'.repeat(10)],
  ['bytes=0-', 'bytes 0-99/100', '0123456789'.repeat(10)],
  ['bytes=5-9,0-4', 'bytes 0-9/100', '0123456789'],
  ['bytes=0-3,2-5', 'bytes 0-5/100', '012345'],
  ['bytes=0-1,200-300', 'bytes 0-1/100', '01'],
]

for (const [range, contentRange, body] of singles) {
  test(`FileResponse: ${range} is one range`, async (t) => {
    const response = await get(digits, {}, { range })
    t.equal(response.status, 206)
    t.equal(response.headers.get('content-range'), contentRange)
    t.equal(response.headers.get('content-length'), String(body.length))
    t.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    t.equal(response.headers.get('etag'), etag)
    t.equal(await response.text(), body)
  })
}

test('FileResponse: a range of several pieces', async (t) => {
  const response = await get(large, {}, { range: 'bytes=1-150000' })
  t.ok(largeBytes.subarray(1, 150_001).equals(await response.bytes()))
})

test('FileResponse: several ranges come as multipart/byteranges of the announced length: RFC 9110 §14.6', async (t) => {
  const response = await get(digits, {}, { range: 'bytes=-2, 0-1, 50-52' })
  t.equal(response.status, 206)
  t.equal(response.headers.has('content-range'), false)
  const [, boundary] = /^multipart\/byteranges; boundary=([\da-f]{26})$/.exec(response.headers.get('content-type')!)!
  const part = (contentRange: string, body: string): string =>
    `--${boundary}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: ${contentRange}\r\n\r\n${body}\r\n`
  const body = `${part('bytes 0-1/100', '01')}${part('bytes 50-52/100', '012')}${part('bytes 98-99/100', '89')}--${boundary}--\r\n`
  t.equal(await response.text(), body)
  t.equal(response.headers.get('content-length'), String(body.length))
})

test('FileResponse: several ranges of several pieces', async (t) => {
  const response = await get(large, { headers: { 'content-type': '' } }, { range: 'bytes=0-99999,100001-' })
  const body = Buffer.from(await response.bytes())
  t.equal(response.headers.get('content-length'), String(body.length))
  const start = body.indexOf('\r\n\r\n') + 4
  t.ok(largeBytes.subarray(0, 100_000).equals(body.subarray(start, start + 100_000)))
  const second = body.indexOf('\r\n\r\n', start + 100_000) + 4
  t.ok(largeBytes.subarray(100_001).equals(body.subarray(second, second + 99_999)))
})

test('FileResponse: HEAD with a range gets the fields of the range', async (t) => {
  const single = await get(digits, { method: 'HEAD' }, { range: 'bytes=0-4' })
  t.equal(single.status, 206)
  t.equal(single.headers.get('content-length'), '5')
  const several = await get(digits, { method: 'HEAD' }, { range: 'bytes=0-1,98-' })
  t.match(several.headers.get('content-type'), /^multipart\/byteranges/)
  t.equal(await several.text(), '')
})

/** RFC 9110 §14.2 and §15.5.17: what is refused, and what is ignored. */
const odd: readonly (readonly [range: string, status: number, text?: string])[] = [
  ['bytes=100-', 416, 'Range Not Satisfiable'],
  ['bytes=-0', 416],
  ['bytes=200-300,400-500', 416],
  [`bytes=${'0-,'.repeat(201)}`, 416],
  ['bytes', 400, 'The Range field has no "="'],
  ['bytes=', 400, 'The Range field names no range'],
  ['bytes=a-b', 400],
  ['bytes=5-4', 400, 'A range of the Range field ends before it starts'],
  ['items=0-1', 200],
]

for (const [range, status, text] of odd) {
  test(`FileResponse: ${range.slice(0, 30)}: ${status}`, async (t) => {
    const response = await get(digits, { headers: { 'cache-control': 'max-age=60', vary: 'accept' } }, { range })
    t.equal(response.status, status)
    if (text !== undefined) t.equal(await response.text(), text)
    t.equal(response.headers.get('content-range'), status === 416 ? 'bytes */100' : null)
    t.equal(response.headers.get('vary'), 'accept')
    t.equal(response.headers.has('cache-control'), status === 200)
  })
}

test('FileResponse: the end of an empty file is the empty file', async (t) => {
  t.equal((await get(empty, {}, { range: 'bytes=-5' })).status, 200)
  t.equal((await get(empty, {}, { range: 'bytes=0-' })).status, 416)
})

/** RFC 9110 §13.1.5. */
const ifRanges: readonly (readonly [ifRange: string, status: number])[] = [
  [etag, 206],
  [lastModified, 206],
  [`W/${etag}`, 200],
  ['"x"', 200],
  ['Mon, 15 Jun 2020 12:30:44 GMT', 200],
  ['Mon, 15 Jun 2020 12:30:46 GMT', 200],
  ['x', 200],
]

for (const [ifRange, status] of ifRanges) {
  test(`FileResponse: if-range ${ifRange}: ${status}`, async (t) => {
    t.equal((await get(digits, {}, { range: 'bytes=0-1', 'if-range': ifRange })).status, status)
  })
}

test('FileResponse: 50,000 ranges in one field are refused in no time (CVE-2025-62727)', async (t) => {
  const range = `bytes=${Array.from({ length: 50_000 }, (_, i) => `${i * 2}-${i * 2}`).join()}`
  const { send, sent } = recorder()
  const scope = httpScope({ headers: [['range', range]] })
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    const startMs = performance.now()
    await new FileResponse(large).respond(scope, receiveNothing, send)
    times.push(performance.now() - startMs)
  }
  t.equal((sent[0] as HTTPResponseStartMessage).status, 416)
  t.ok(Math.min(...times) <= 10)
})

test(
  'FileResponse: a file that is missing, a directory or a pipe is an error that says so',
  { skip: onWindows },
  async (t) => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    const faults: readonly (readonly [path: string, why: string])[] = [
      [join(directory, 'missing'), 'it does not exist, expected a readable file'],
      [join(digits, 'x'), 'it does not exist, expected a readable file'],
      [directory, 'it is a directory, expected a file'],
      [pipe, 'it is not a regular file, expected a file'],
      [join(directory, 'x'.repeat(300)), 'it cannot be opened (ENAMETOOLONG), expected a readable file'],
    ]
    for (const [path, why] of faults) {
      const { send, sent } = recorder()
      const error: unknown = await new FileResponse(path)
        .respond(httpScope(), receiveNothing, send)
        .catch((e: unknown) => e)
      t.type(error, FileUnavailable)
      t.match(error, { code: 'STELLINE_FILE_UNAVAILABLE', path })
      t.ok((error as Error).message.endsWith(`: ${why}`), (error as Error).message)
      t.strictSame(sent, [])
    }
  },
)

test('FileResponse: an error of the system is the cause', async (t) => {
  const response = new FileResponse(join(directory, 'missing'))
  await t.rejects(response.respond(httpScope(), receiveNothing, recorder().send), { cause: { code: 'ENOENT' } })
})

/** Runs a response with extensions, and tells the messages after the start. */
async function sentWith(path: string, extensions: Record<string, object>, range?: string): Promise<SendMessage[]> {
  const { send, sent } = recorder()
  const headers = range === undefined ? [] : [['range', range] as const]
  await new FileResponse(path).respond(httpScope({ headers, extensions }), receiveNothing, send)
  return sent.slice(1)
}

const pathsend = { 'http.response.pathsend': {} }
const zerocopysend = { 'http.response.zerocopysend': {} }

test('FileResponse: hands the path of a whole file to a server that takes paths', async (t) => {
  t.strictSame(await sentWith(digits, pathsend), [{ type: 'http.response.pathsend', path: digits }])
  t.strictSame(await sentWith(large, pathsend), [{ type: 'http.response.pathsend', path: large }])
})

test('FileResponse: a part of a file, HEAD and an empty file send no path', async (t) => {
  t.match(await sentWith(digits, pathsend, 'bytes=0-1'), [{ type: 'http.response.body', body: Buffer.from('01') }])
  t.match(await sentWith(empty, pathsend), [{ type: 'http.response.body', body: '' }])
  const { send, sent } = recorder()
  await new FileResponse(digits).respond(httpScope({ method: 'HEAD', extensions: pathsend }), receiveNothing, send)
  t.match(sent[1], { type: 'http.response.body', body: '' })
})

test('FileResponse: hands the open file to a server that takes handles, whole or in part', async (t) => {
  const both = { ...pathsend, ...zerocopysend }
  t.match(await sentWith(large, both), [
    { type: 'http.response.zerocopysend', offset: 0, count: 200_000, more_body: false },
  ])
  t.match(await sentWith(large, zerocopysend, 'bytes=10-100009'), [
    { type: 'http.response.zerocopysend', offset: 10, count: 100_000, more_body: false },
  ])
})

test('FileResponse: the handle can be read while the message is being sent, and is closed then', async (t) => {
  let source: OpenFile | null = null
  const send: Send = async (message) => {
    if (message.type !== 'http.response.zerocopysend') return
    source = message.file as OpenFile
    const piece = Buffer.alloc(4)
    await source.read(piece, 0, 4, message.offset!)
    t.ok(piece.equals(largeBytes.subarray(10, 14)))
  }
  const scope = httpScope({ headers: [['range', 'bytes=10-100009']], extensions: zerocopysend })
  await new FileResponse(large).respond(scope, receiveNothing, send)
  await t.rejects(source!.read(Buffer.alloc(1), 0, 1, 0), { code: 'EBADF' })
})

test('FileResponse: what is small goes out as one message', async (t) => {
  t.strictSame(await sentWith(digits, zerocopysend, 'bytes=0-4'), [
    { type: 'http.response.body', body: Buffer.from('01234'), more_body: false },
  ])
  t.equal((await sentWith(file('piece.bin', new Uint8Array(65_536)), {})).length, 1)
})

test('FileResponse: without extensions pieces of 64 KiB go out one by one', async (t) => {
  const sent = (await sentWith(large, {})) as { body: Uint8Array; more_body: boolean }[]
  t.strictSame(
    sent.map(({ body, more_body }) => [body.length, more_body]),
    [
      [65_536, true],
      [65_536, true],
      [65_536, true],
      [3392, false],
    ],
  )
})

test('FileResponse: a server may leave out the extensions', async (t) => {
  const { send, sent } = recorder()
  const { extensions: _, ...scope } = httpScope()
  await new FileResponse(digits).respond(scope as never, receiveNothing, send)
  t.equal(sent.length, 2)
})

test('FileResponse: stops reading when the client leaves, closes the file and is no error', async (t) => {
  const { send, sent } = recorder({ at: 2, error: new ClientDisconnected() })
  let ran = false
  const response = new FileResponse(large, { background: () => (ran = true) })
  await response.respond(httpScope(), receiveNothing, send)
  t.equal(sent.length, 2)
  t.ok(ran)
})

test('FileResponse: an error of send comes out', async (t) => {
  const { send } = recorder({ at: 1, error: new Error('broken') })
  await t.rejects(new FileResponse(large).respond(httpScope(), receiveNothing, send), new Error('broken'))
})

test('FileResponse: does not read on while the client does not keep up', async (t) => {
  const sent: string[] = []
  let release = (): void => {}
  const send: Send = (message) => {
    sent.push(message.type)
    return new Promise((resolve) => (release = resolve))
  }
  const responding = new FileResponse(large).respond(httpScope(), receiveNothing, send)
  for (let count = 1; count <= 5; count++) {
    while (sent.length < count) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(sent.length, count)
    release()
  }
  await responding
})

test('FileResponse: a file that becomes shorter while it is sent cuts the answer', async (t) => {
  const path = file('shrinking.bin', largeBytes)
  const { sent, send } = recorder()
  const cutting: Send = (message) => {
    if (sent.length === 1) truncateSync(path, 70_000)
    return send(message)
  }
  await t.rejects(new FileResponse(path).respond(httpScope(), receiveNothing, cutting), {
    code: 'STELLINE_FILE_UNAVAILABLE',
    message: /it has become shorter than the 200000 bytes that it had when it was opened$/,
  })
  const length = sent.slice(1).reduce((sum, message) => sum + (message as { body: Uint8Array }).body.length, 0)
  t.equal(length, 70_000)
  t.match(sent.at(-1), { more_body: true })
})

test('FileResponse: a file that became shorter before its only piece was read fails before the answer starts', async (t) => {
  const path = file('shrunk.txt', 'long enough')
  const { sent, send } = recorder()
  const scope = httpScope()
  // Conditions are weighed between opening and reading.
  Object.defineProperty(scope, 'headers', { get: () => (truncateSync(path, 2), []) })
  await t.rejects(new FileResponse(path).respond(scope, receiveNothing, send), { code: 'STELLINE_FILE_UNAVAILABLE' })
  t.strictSame(sent, [])
})

test('FileResponse: a file that grows while it is sent is sent as long as it was', async (t) => {
  const path = file('growing.bin', largeBytes)
  const { sent, send } = recorder()
  const growing: Send = (message) => {
    if (sent.length === 1) writeFileSync(path, 'more', { flag: 'a' })
    return send(message)
  }
  await new FileResponse(path).respond(httpScope(), receiveNothing, growing)
  const bodies = sent.slice(1).map((message) => (message as { body: Uint8Array }).body)
  t.ok(Buffer.concat(bodies).equals(largeBytes))
})

test('FileResponse: a file that is replaced while it is sent is sent as it was', async (t) => {
  const path = file('replaced.bin', largeBytes)
  const { sent, send } = recorder()
  const replacing: Send = (message) => {
    if (sent.length === 1) renameSync(file('other.bin', new Uint8Array(200_000)), path)
    return send(message)
  }
  await new FileResponse(path).respond(httpScope(), receiveNothing, replacing)
  const bodies = sent.slice(1).map((message) => (message as { body: Uint8Array }).body)
  t.ok(Buffer.concat(bodies).equals(largeBytes))
})

test('FileResponse: the entity tag changes with the content', async (t) => {
  const path = file('changing.txt', 'one')
  const first = (await get(path)).headers.get('etag')
  utimesSync(path, modified, new Date(modified.getTime() + 1))
  t.not((await get(path)).headers.get('etag'), first)
  file('changing.txt', 'three')
  t.not((await get(path)).headers.get('etag'), first)
  file('changing.txt', 'two')
  t.equal((await get(path)).headers.get('etag'), first)
})

test('FileResponse: a change in the future counts as now: RFC 9110 §8.8.2.1', async (t) => {
  const path = file('future.txt', 'x')
  const future = new Date(Date.now() + 3_600_000)
  utimesSync(path, future, future)
  const told = Date.parse((await get(path)).headers.get('last-modified')!)
  t.ok(told <= Date.now() && told < statSync(path).mtimeMs)
})

test('FileResponse: one object may be sent many times, also at once, and stays as it is', async (t) => {
  const response = new FileResponse(large, { headers: { 'x-mine': '1' } })
  await using client = await TestClient.open(response)
  const requests = ['bytes=0-', 'bytes=5-9', 'bytes=0-0,9-9', 'bytes=999999-', 'x=1'].map((range) =>
    client.get('/', { headers: { range } }),
  )
  const answers = await Promise.all(requests)
  t.strictSame(
    answers.map(({ status }) => status),
    [206, 206, 206, 416, 200],
  )
  await Promise.all(answers.map((answer) => answer.bytes()))
  t.ok(largeBytes.equals(await answers[4]!.bytes()))
  t.strictSame(
    [...response.headers],
    [
      ['x-mine', '1'],
      ['content-type', 'application/octet-stream'],
    ],
  )
})

test('FileResponse: refuses a WebSocket with the file, or plainly', async (t) => {
  const offered = recorder()
  const scope = websocketScope({
    extensions: { 'websocket.http.response': {}, ...pathsend },
    headers: [['range', 'bytes=0-1']],
  })
  await new FileResponse(digits, { status: 403 }).respond(scope, receiveNothing, offered.send)
  t.match(offered.sent, [
    { type: 'websocket.http.response.start', status: 403 },
    { type: 'websocket.http.response.body', body: Buffer.from('0123456789'.repeat(10)) },
  ])
  const plain = recorder()
  await new FileResponse(digits).respond(websocketScope(), receiveNothing, plain.send)
  t.strictSame(plain.sent, [{ type: 'websocket.close' }])
})

test('FileResponse: runs its background work after the last byte', async (t) => {
  const { sent, send } = recorder()
  let after = 0
  await new FileResponse(digits, { background: () => (after = sent.length) }).respond(httpScope(), receiveNothing, send)
  t.equal(after, 2)
})

/** Sends a file without extensions to a client that takes every piece at once, and tells the most memory that it took. */
async function peakBytes(path: string): Promise<{ sentBytes: number; peak: number }> {
  let [sentBytes, peak] = [0, 0]
  const before = process.memoryUsage().rss
  const send: Send = (message) => {
    if (message.type === 'http.response.body') sentBytes += (message.body as Uint8Array).length
    if (sentBytes % 16_777_216 === 0) peak = Math.max(peak, process.memoryUsage().rss - before)
    return settled
  }
  await new FileResponse(path).respond(httpScope(), receiveNothing, send)
  return { sentBytes, peak }
}

test('FileResponse: a sparse file of 2 GB streams with bounded memory', { timeout: 120_000 }, async (t) => {
  const path = file('huge.bin', '')
  truncateSync(path, 2_147_483_648)
  const { sentBytes, peak } = await peakBytes(path)
  t.equal(sentBytes, 2_147_483_648)
  t.ok(peak < 200_000_000, `${peak} bytes`)
})

test('FileResponse: reaches beyond 2 GB', async (t) => {
  const path = file('beyond.bin', '')
  truncateSync(path, 5_000_000_000)
  writeFileSync(path, 'end', { flag: 'a' })
  const response = await get(path, {}, { range: 'bytes=-5' })
  t.equal(response.headers.get('content-range'), 'bytes 4999999998-5000000002/5000000003')
  t.equal(await response.text(), '\0\0end')
})

/** The files of the test that are open. */
function openFiles(): string[] {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return links.filter((link) => link.startsWith(directory))
}

test('FileResponse: does not leak descriptors, whatever the end', { skip: process.platform !== 'linux' }, async (t) => {
  const leaving = recorder({ at: 2, error: new ClientDisconnected() })
  const failing = recorder({ at: 1, error: new Error('broken') })
  for (let run = 0; run < 20; run++) {
    await new FileResponse(large).respond(httpScope(), receiveNothing, leaving.send)
    await new FileResponse(large).respond(httpScope(), receiveNothing, failing.send).catch(() => {})
    await new FileResponse(directory).respond(httpScope(), receiveNothing, failing.send).catch(() => {})
    await get(digits, { method: 'HEAD' })
    await get(digits, {}, { 'if-none-match': '*' })
  }
  t.strictSame(openFiles(), [])
})
