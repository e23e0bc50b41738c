import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import {
  ClientDisconnected,
  FileResponse,
  JSONResponse,
  PlainTextResponse,
  RedirectResponse,
  Response,
  StreamingResponse,
} from 'stelline'
import type { FileResponseOptions } from 'stelline'
import { TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'
import { httpScope, receiveNothing, recorder, websocketScope } from '../support/messages.ts'

/*
 * What responses do in Starlette 1.3, fact by fact, and what they do here. "Better" marks where it was corrected.
 */

type Fact = readonly [feature: string, check: (t: Test) => Promise<unknown>]

const directory = mkdtempSync(join(tmpdir(), 'stelline-starlette-'))
process.on('exit', () => rmSync(directory, { recursive: true }))
const path = join(directory, 'digits.txt')
writeFileSync(path, '0123456789')
utimesSync(path, 1_592_224_245, 1_592_224_245)

const fieldsOf = (response: Response): Record<string, string> => Object.fromEntries(response.headers)

async function sentBy(response: Response, scope = httpScope()): Promise<readonly object[]> {
  const { send, sent } = recorder()
  await response.respond(scope, receiveNothing, send)
  return sent
}

const responses: readonly Fact[] = [
  [
    'no body is an empty one, text goes out as UTF-8, bytes as they are',
    async (t) => {
      t.equal(new Response().headers.get('content-length'), '0')
      t.equal(new PlainTextResponse('é').headers.get('content-length'), '2')
      const bytes = new Uint8Array([1, 2])
      t.equal(new Response(bytes).body, bytes)
    },
  ],
  [
    'content-length is set unless it is given; not for 204 and 304',
    async (t) => {
      t.equal(
        new PlainTextResponse('a', { headers: { 'content-length': '1' } }).headers.getAll('content-length').length,
        1,
      )
      for (const status of [204, 304]) t.equal(new Response(null, { status }).headers.has('content-length'), false)
    },
  ],
  [
    'a charset is added to text/* that names none',
    async (t) => {
      const typeOf = (mediaType: string): string | null => new Response('', { mediaType }).headers.get('content-type')
      t.equal(typeOf('text/csv'), 'text/csv; charset=utf-8')
      t.equal(typeOf('text/csv; charset=latin-1'), 'text/csv; charset=latin-1')
      t.equal(typeOf('image/png'), 'image/png')
    },
  ],
  [
    'names of fields are in lower case, and those that are given win',
    async (t) => {
      const { headers } = new PlainTextResponse('a', { headers: { 'Content-Type': 'a/b', 'X-A': 'é' } })
      t.strictSame([headers.get('content-type'), headers.get('x-a')], ['a/b', 'é'])
      t.ok([...headers.keys()].every((name) => name === name.toLowerCase()))
    },
  ],
  ['any status from 200 to 999', async (t) => t.equal(new Response(null, { status: 799 }).status, 799)],
  [
    'JSON is compact and keeps what is not ASCII; null is "null"',
    async (t) => {
      t.equal(new JSONResponse({ a: ['é', 1] }).body, '{"a":["é",1]}')
      t.equal(new JSONResponse(null).body, 'null')
    },
  ],
  [
    'NaN and infinities become null, as JSON.stringify has it',
    async (t) => t.equal(new JSONResponse([NaN, Infinity]).body, '[null,null]'),
  ],
  [
    'a redirect is a 307 without a body, its target quoted',
    async (t) => {
      const response = new RedirectResponse("/I ♥ Starlette/?a=b%20c#[d]@!$&'()*+,;")
      t.equal(response.status, 307)
      t.strictSame(fieldsOf(response), {
        'content-length': '0',
        location: "/I%20%E2%99%A5%20Starlette/?a=b%20c#[d]@!$&'()*+,;",
      })
    },
  ],
  [
    'setCookie() has path "/" and SameSite=Lax unless it is told otherwise; better: HttpOnly too',
    async (t) => {
      const cookie = (...args: Parameters<Response['setCookie']>): string | null =>
        new Response().setCookie(...args).headers.get('set-cookie')
      t.equal(cookie('a', 'b'), 'a=b; Path=/; HttpOnly; SameSite=Lax')
      t.equal(cookie('a', '', { path: null, sameSite: null, httpOnly: false }), 'a=')
      t.equal(
        cookie('a', 'b', {
          maxAge: 10,
          expires: new Date(0),
          domain: 'example.org',
          secure: true,
          partitioned: true,
          priority: 'high',
          sameSite: 'none',
        }),
        'a=b; Max-Age=10; Domain=example.org; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None',
      )
      for (const sameSite of ['LAX', 'invalid', '']) {
        t.throws(() => cookie('a', 'b', { sameSite: sameSite as never }), TypeError)
      }
    },
  ],
  [
    'deleteCookie() expires a cookie with the same attributes',
    async (t) => {
      const field = new Response().deleteCookie('a', { path: '/x', domain: 'b.c' }).headers.get('set-cookie')!
      t.match(field, /^a=; Max-Age=0; Domain=b\.c; Path=\/x; Expires=Thu, 01 Jan 1970/)
    },
  ],
  [
    'HEAD keeps the length',
    async (t) => {
      await using client = await TestClient.open(new PlainTextResponse('hello'))
      const response = await client.request('HEAD', '/')
      t.equal(response.headers.get('content-length'), '5')
      t.equal(await response.text(), '')
    },
  ],
  [
    'a stream is of text and bytes, from iterables of both kinds, without a length unless it is given',
    async (t) => {
      t.strictSame(fieldsOf(new StreamingResponse(['a'])), {})
      t.strictSame(fieldsOf(new StreamingResponse(['a'], { headers: { 'content-length': '1' } })), {
        'content-length': '1',
      })
      await using client = await TestClient.open(new StreamingResponse(new Set(['a', Buffer.from('b')])))
      t.equal(await (await client.get('/')).text(), 'ab')
    },
  ],
  [
    'a stream ends when the client leaves, and its source is cancelled',
    async (t) => {
      let cancelled = false
      async function* endless(): AsyncGenerator<string, void, undefined> {
        try {
          for (;;) yield 'a'
        } finally {
          cancelled = true
        }
      }
      const { send } = recorder({ at: 3, error: new ClientDisconnected() })
      await new StreamingResponse(endless()).respond(httpScope(), receiveNothing, send)
      t.ok(cancelled)
    },
  ],
  [
    'background work runs after the last message, also where a handshake is refused',
    async (t) => {
      for (const scope of [httpScope(), websocketScope({ extensions: { 'websocket.http.response': {} } })]) {
        const { send, sent } = recorder()
        let after = -1
        const background = (): void => void (after = sent.length)
        await new StreamingResponse(['a'], { background }).respond(scope, receiveNothing, send)
        t.equal(after, sent.length)
      }
    },
  ],
  [
    'on a WebSocket scope every kind of response refuses the handshake',
    async (t) => {
      const scope = websocketScope({ extensions: { 'websocket.http.response': {} } })
      for (const response of [new JSONResponse(1), new StreamingResponse(['a']), new FileResponse(path)]) {
        const { send, sent } = recorder()
        await response.respond(scope, receiveNothing, send)
        t.ok(sent.every(({ type }) => type.startsWith('websocket.http.response.')))
      }
    },
  ],
]

async function get(
  { method = 'GET', ...options }: FileResponseOptions & { method?: string } = {},
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  await using client = await TestClient.open(new FileResponse(path, options))
  const response = await client.request(method, '/', { headers })
  await response.bytes()
  return response
}

const range = (value: string, more: Record<string, string> = {}): Promise<TestResponse> =>
  get({}, { range: value, ...more })
const lastModified = 'Mon, 15 Jun 2020 12:30:45 GMT'

/** What a range is answered with: the status, `content-range`, and the body where it is one part. */
const ranges: readonly (readonly [
  what: string,
  value: string,
  status: number,
  contentRange: string | null,
  body: string,
])[] = [
  ['a single range', 'bytes=2-4', 206, 'bytes 2-4/10', '234'],
  ['an end beyond the file is clamped', 'bytes=8-99', 206, 'bytes 8-9/10', '89'],
  ['a suffix', 'bytes=-3', 206, 'bytes 7-9/10', '789'],
  ['a suffix longer than the file is the file, as a part', 'bytes=-1000', 206, 'bytes 0-9/10', '0123456789'],
  ['ranges that touch or overlap are merged', 'bytes=4-6,0-2,3-3', 206, 'bytes 0-6/10', '0123456'],
  ['empty members of the list are left out', 'bytes=,1-2,,', 206, 'bytes 1-2/10', '12'],
  ['members that are no ranges are left out', 'bytes=a-b,-,5,1-2', 206, 'bytes 1-2/10', '12'],
  ['no "=" is 400', 'bytes 0-1', 400, null, ''],
  ['no range is 400', 'bytes=', 400, null, ''],
  ['a start behind its end is 400; better: never an empty part', 'bytes=5-4', 400, null, ''],
  ['beyond the file is 416', 'bytes=10-', 416, 'bytes */10', ''],
  ['better: one range beyond the file does not fail the others', 'bytes=2-3,100-', 206, 'bytes 2-3/10', '23'],
  ['better: another unit is ignored', 'items=0-1', 200, null, '0123456789'],
]

const files: readonly Fact[] = [
  [
    'chunks are of 64 KiB',
    async (t) => {
      const large = join(directory, 'large.bin')
      writeFileSync(large, Buffer.alloc(100_000))
      const [, ...bodies] = (await sentBy(new FileResponse(large))) as { body: Uint8Array }[]
      t.strictSame(
        bodies.map(({ body }) => body?.length ?? 0).filter((length) => length > 0),
        [65_536, 34_464],
      )
    },
  ],
  [
    'a file has its type, length, date, a strong entity tag, and takes ranges',
    async (t) => {
      const { headers } = await get()
      t.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
      t.equal(headers.get('content-length'), '10')
      t.equal(headers.get('last-modified'), lastModified)
      t.equal(headers.get('accept-ranges'), 'bytes')
      t.match(headers.get('etag'), /^"[^"]+"$/)
    },
  ],
  [
    'a media type that is given wins, an unknown ending is of bytes',
    async (t) => {
      t.equal(new FileResponse('a.txt', { mediaType: 'a/b' }).headers.get('content-type'), 'a/b')
      t.equal(new FileResponse('a.unknown').headers.get('content-type'), 'application/octet-stream')
    },
  ],
  [
    'content-disposition only with a name; in both forms beyond ASCII; inline when asked',
    async (t) => {
      const of = (options: FileResponseOptions): string | null =>
        new FileResponse(path, options).headers.get('content-disposition')
      t.equal(of({}), null)
      t.equal(of({ filename: 'a.txt' }), 'attachment; filename=a.txt')
      t.match(of({ filename: '你好.txt' }), /filename\*=UTF-8''%E4%BD%A0%E5%A5%BD\.txt/)
      t.equal(of({ filename: 'a.txt', contentDisposition: 'inline' }), 'inline; filename=a.txt')
    },
  ],
  [
    'a missing file and a directory are errors of the app',
    async (t) => {
      for (const wrong of [join(directory, 'missing'), directory]) {
        await t.rejects(sentBy(new FileResponse(wrong)), { code: 'STELLINE_FILE_UNAVAILABLE' })
      }
    },
  ],
  [
    'HEAD has all fields and no body, also of a range',
    async (t) => {
      const whole = await get({ method: 'HEAD' })
      t.strictSame([whole.status, whole.headers.get('content-length'), await whole.text()], [200, '10', ''])
      const part = await get({ method: 'HEAD' }, { range: 'bytes=0-2' })
      t.strictSame([part.status, part.headers.get('content-length'), await part.text()], [206, '3', ''])
      const parts = await get({ method: 'HEAD' }, { range: 'bytes=0-2,5-6' })
      t.match(parts.headers.get('content-type'), /^multipart\/byteranges/)
    },
  ],
  [
    'pathsend is used for whole files only, not for HEAD',
    async (t) => {
      const extensions = { 'http.response.pathsend': {} }
      const types = async (changes: object): Promise<unknown[]> =>
        (await sentBy(new FileResponse(path), httpScope({ extensions, ...changes }))).map(
          (message) => (message as { type: string }).type,
        )
      t.strictSame(await types({}), ['http.response.start', 'http.response.pathsend'])
      t.strictSame(await types({ method: 'HEAD' }), ['http.response.start', 'http.response.body'])
      t.strictSame(await types({ headers: [['range', 'bytes=0-1']] }), ['http.response.start', 'http.response.body'])
    },
  ],
  [
    'several ranges are multipart/byteranges with a boundary of 26 hexadecimal digits and an exact length',
    async (t) => {
      const response = await range('bytes=0-1,5-6')
      const boundary = /^multipart\/byteranges; boundary=([\da-f]{26})$/.exec(
        response.headers.get('content-type')!,
      )![1]!
      const part = (text: string, at: string): string =>
        `--${boundary}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: bytes ${at}/10\r\n\r\n${text}\r\n`
      const body = `${part('01', '0-1')}${part('56', '5-6')}--${boundary}--\r\n`
      t.equal(await response.text(), body)
      t.equal(response.headers.get('content-length'), String(body.length))
      t.equal(response.headers.has('content-range'), false)
    },
  ],
  [
    'if-range is the exact date or entity tag, otherwise the whole file comes',
    async (t) => {
      const etag = (await get()).headers.get('etag')!
      for (const [condition, status] of [
        [etag, 206],
        [lastModified, 206],
        ['"other"', 200],
        [`W/${etag}`, 200],
        ['Mon, 15 Jun 2020 12:30:46 GMT', 200],
      ] as const) {
        t.equal((await range('bytes=0-1', { 'if-range': condition })).status, status, condition)
      }
    },
  ],
  [
    'one object can be sent twice',
    async (t) => {
      const response = new FileResponse(path)
      const before = fieldsOf(response)
      await sentBy(response, httpScope({ headers: [['range', 'bytes=0-1']] }))
      t.strictSame(fieldsOf(response), before)
      t.match((await sentBy(response))[0], { status: 200 })
    },
  ],
]

for (const [feature, check] of [...responses, ...files]) test(`Starlette §1.6: ${feature}`, check)

for (const [what, value, status, contentRange, body] of ranges) {
  test(`Starlette §1.6: ${what}`, async (t) => {
    const response = await range(value)
    t.strictSame([response.status, response.headers.get('content-range')], [status, contentRange])
    if (status < 300) t.equal(await response.text(), body)
  })
}
