import { brotliDecompressSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import { test } from 'tap'
import { endpointApp } from '../../../lib/endpoint/endpoint-app.ts'
import type { Endpoint } from '../../../lib/endpoint/endpoint.ts'
import { EventSourceResponse } from '../../../lib/response/event-source-response.ts'
import { Response } from '../../../lib/response/response.ts'
import type { ResponseOptions } from '../../../lib/response/response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { StreamingResponse } from '../../../lib/response/streaming-response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { ASGIApp, Send } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import { AppDriver } from '../../../lib/testing/app-driver.ts'
import { httpScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { TestResponse } from '../../../lib/testing/test-response.ts'
import { compression } from '../../../middleware/compression/compression.ts'
import { receiveNothing, recorder } from '../../support/messages.ts'
import { codings, zstdCoding } from '../../../middleware/compression/coding.ts'
import type { CompressionOptions } from '../../../middleware/compression/compression.ts'

const long = 'A long text that says the same again and again. '.repeat(100)
const huge = long.repeat(100)

function decode(encoding: string | null, body: Uint8Array): string {
  const decoders: Record<string, (body: Uint8Array) => Uint8Array> = {
    br: brotliDecompressSync,
    gzip: gunzipSync,
    deflate: inflateSync,
    zstd: (zlib as unknown as { zstdDecompressSync(body: Uint8Array): Uint8Array }).zstdDecompressSync,
  }
  return Buffer.from(encoding === null ? body : decoders[encoding]!(body)).toString()
}

async function fetched(
  endpoint: Endpoint | ASGIApp,
  {
    accept = 'gzip',
    method = 'GET',
    ...options
  }: CompressionOptions & { accept?: string | null; method?: string } = {},
): Promise<{ response: TestResponse; encoding: string | null; body: Uint8Array; text: string }> {
  const app = endpoint.length === 3 ? (endpoint as ASGIApp) : endpointApp(endpoint as Endpoint)
  await using client = await TestClient.open(compression(options)(app))
  const headers = accept === null ? [] : [['accept-encoding', accept] as const]
  const response = await client.request(method, '/', { headers })
  const body = await response.bytes()
  const encoding = response.headers.get('content-encoding')
  return { response, encoding, body, text: method === 'HEAD' ? '' : decode(encoding, body) }
}

const text =
  (options?: ResponseOptions, body = long): Endpoint =>
  () =>
    new PlainTextResponse(body, options)

// RFC 9110 §12.5.3; Starlette 1.9 GZip and its quirk: q=0 counts here, and no coding is found by a part of its name.
const negotiated: readonly (readonly [accept: string | null, encoding: string | null])[] = [
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br', 'br'],
  ['deflate', 'deflate'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['gzip;q=0', null],
  ['gzip;q=0, *', 'br'],
  ['*', 'br'],
  ['*;q=0', null],
  ['identity', null],
  ['identity;q=0.1, gzip', 'gzip'],
  ['identity, gzip;q=0.5', null],
  ['gzippy', null],
  ['x-gzip-not', null],
  ['', null],
  [null, null],
]

for (const [accept, expected] of negotiated) {
  test(`compression: accept-encoding ${JSON.stringify(accept)} gives ${expected ?? 'identity'}`, async (t) => {
    const { response, encoding, text: seen } = await fetched(text(), { accept, encodings: ['br', 'gzip', 'deflate'] })
    t.equal(encoding, expected)
    t.equal(seen, long)
    t.equal(response.headers.get('vary'), 'Accept-Encoding')
  })
}

// What is left alone, and whether the answer depends on the request; Starlette 1.9 GZip, rows of test_gzip.
const left: readonly (readonly [name: string, endpoint: Endpoint | ASGIApp, vary: boolean])[] = [
  ['a short body', text({}, 'short'), true],
  ['an empty body', text({}, ''), true],
  [
    'a body that is coded already',
    () => {
      return new Response(gzipSync(long), { mediaType: 'text/plain', headers: { 'content-encoding': 'gzip' } })
    },
    false,
  ],
  ['no-transform', text({ headers: { 'cache-control': 'public, No-Transform' } }), false],
  ['a part of a file', text({ status: 206, headers: { 'content-range': `bytes 0-1/2` } }), false],
  ['an image', () => new Response(long, { mediaType: 'image/png' }), false],
  ['a film', () => new Response(long, { mediaType: 'video/mp4' }), false],
  ['an archive', () => new Response(long, { mediaType: 'application/zip' }), false],
  ['a body of no type', () => new Response(long), false],
  ['a type that is malformed', () => new Response(long, { headers: { 'content-type': 'text' } }), false],
  ['204', () => new Response(null, { status: 204 }), false],
  ['304', () => new Response(null, { status: 304, headers: { 'content-type': 'text/plain' } }), false],
]

for (const [name, endpoint, vary] of left) {
  test(`compression: leaves alone ${name}`, async (t) => {
    const plain = await fetched(endpoint, { accept: null })
    const { response, encoding, body } = await fetched(endpoint)
    t.equal(encoding, plain.encoding)
    t.strictSame(body, plain.body)
    t.equal(response.headers.get('content-length'), plain.response.headers.get('content-length'))
    t.equal(response.headers.get('vary'), vary ? 'Accept-Encoding' : null)
  })
}

for (const mediaType of [
  'text/css',
  'application/json',
  'application/ld+json',
  'image/svg+xml',
  'application/atom+xml',
  'font/ttf',
]) {
  test(`compression: compresses ${mediaType}`, async (t) => {
    t.equal((await fetched(() => new Response(long, { mediaType }))).encoding, 'gzip')
  })
}

for (const [name, body] of [
  ['a small body, as text', long],
  ['a large body, as text', huge],
  ['a small body, as bytes', Buffer.from(long)],
  ['a large body, as bytes', Buffer.from(huge)],
] as const) {
  for (const accept of codings.keys()) {
    test(`compression: ${name}, in ${accept}, has the length that is announced`, async (t) => {
      const {
        response,
        encoding,
        body: coded,
        text: seen,
      } = await fetched(() => new PlainTextResponse(body), { accept })
      t.equal(encoding, accept)
      t.equal(seen, String(body))
      t.equal(response.headers.get('content-length'), String(coded.length))
      t.ok(coded.length < body.length / 4)
    })
  }
}

test('compression: an answer to HEAD has the fields of that to GET, its length left out', async (t) => {
  const { response: get } = await fetched(text({ headers: { etag: '"a"' } }))
  const { response: head, body } = await fetched(text({ headers: { etag: '"a"' } }), { method: 'HEAD' })
  const fields = (response: TestResponse): string[][] =>
    [...response.headers].filter(([name]) => name !== 'content-length').map((pair) => [...pair])
  t.strictSame(fields(head), fields(get))
  t.equal(head.headers.get('content-length'), null)
  t.equal(body.length, 0)
  t.equal((await fetched(text({}, 'short'), { method: 'HEAD' })).response.headers.get('content-length'), '5')
})

test('compression: an answer to HEAD of unknown length is one of a stream', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.body' })
  }
  t.equal((await fetched(app, { method: 'HEAD' })).encoding, 'gzip')
  t.equal((await fetched(app)).encoding, null)
})

for (const [etag, coded] of [
  ['"a"', 'W/"a"'],
  ['W/"a"', 'W/"a"'],
  ['broken', 'broken'],
] as const) {
  test(`compression: the etag ${etag} becomes ${coded}`, async (t) => {
    t.equal((await fetched(text({ headers: { etag } }))).response.headers.get('etag'), coded)
    t.equal((await fetched(text({ headers: { etag } }), { accept: null })).response.headers.get('etag'), etag)
  })
}

test('compression: does not offer ranges of what it has coded', async (t) => {
  const { response } = await fetched(text({ headers: { 'accept-ranges': 'bytes' } }))
  t.equal(response.headers.get('accept-ranges'), null)
})

// Rule 27: Vary comes from the server's own rules.
test('rule 27: adds to the vary of the app, and to no vary of the request', async (t) => {
  const { response } = await fetched(text({ headers: { vary: 'Origin, accept-encoding' } }))
  t.equal(response.headers.get('vary'), 'Origin, accept-encoding')
  t.equal(
    (await fetched(text({ headers: { vary: 'Origin' } }))).response.headers.get('vary'),
    'Origin, Accept-Encoding',
  )
})

async function* chunks(): AsyncGenerator<string, void, undefined> {
  yield 'one '
  yield ''
  yield 'two '
  yield long
}

for (const accept of codings.keys()) {
  test(`compression: a stream in ${accept} is whole, and of unknown length`, async (t) => {
    const stream: Endpoint = () =>
      new StreamingResponse(chunks(), { mediaType: 'text/plain', headers: { 'content-length': '4808' } })
    const { response, encoding, text: seen } = await fetched(stream, { accept })
    t.strictSame([encoding, seen], [accept, `one two ${long}`])
    t.equal(response.headers.get('content-length'), null)
  })

  // Starlette leaves event streams alone; flushed with each event they can be compressed.
  test(`compression: every event of a stream in ${accept} arrives when it is sent`, async (t) => {
    let next = (): void => {}
    async function* events(): AsyncGenerator<string, void, undefined> {
      for (let index = 0; index < 3; index++) {
        yield `event ${index}`
        await new Promise<void>((resolve) => (next = resolve))
      }
    }
    const app = compression()(endpointApp(() => new EventSourceResponse(events())))
    await using client = await TestClient.open(app)
    const response = await client.get('/', { headers: { 'accept-encoding': accept } })
    const decoders = {
      br: zlib.createBrotliDecompress,
      gzip: zlib.createGunzip,
      deflate: zlib.createInflate,
      zstd: (zlib as unknown as { createZstdDecompress(): Transform }).createZstdDecompress,
    }
    const decoder = decoders[accept]()
    const seen: string[] = []
    decoder.on('data', (data: Buffer) => seen.push(...data.toString().match(/event \d/g)!))
    for await (const piece of response) {
      const before = seen.length
      await new Promise<void>((resolve) => decoder.write(piece, () => resolve()))
      await new Promise(setImmediate)
      if (seen.length > before) next()
    }
    t.strictSame(seen, ['event 0', 'event 1', 'event 2'])
  })
}

test('compression: a stream is taken from its maker no faster than it is read', async (t) => {
  let made = 0
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      made++
      yield Buffer.from(Array.from({ length: 4096 }, () => Math.floor(Math.random() * 256)))
    }
  }
  const stream = endpointApp(() => new StreamingResponse(endless(), { mediaType: 'text/plain' }))
  await using client = await TestClient.open(compression()(stream), { unreadLimitBytes: 65_536 })
  const response = await client.get('/', { headers: { 'accept-encoding': 'gzip' } })
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
  t.ok(made < 40, `${made} pieces were made`)
  for await (const piece of response) {
    t.ok(piece.length > 0)
    break
  }
})

test('compression: pieces that nobody awaits stay in order, before the trailers', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    const start = {
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
      trailers: true,
    }
    void send(start as SendMessage)
    for (const body of ['a', 'b', 'c']) void send({ type: 'http.response.body', body, more_body: body !== 'c' })
    void send({ type: 'http.response.trailers', headers: [['x-end', '1']] })
  }
  const sent: SendMessage[] = []
  await compression()(app)(
    httpScope({ headers: [['accept-encoding', 'gzip']] }),
    () => Promise.reject(new Error('not read')),
    async (message) => void sent.push(message),
  )
  const bodies = sent.flatMap((message) => (message.type === 'http.response.body' ? [message.body as Uint8Array] : []))
  t.equal(gunzipSync(Buffer.concat(bodies)).toString(), 'abc')
  await new Promise(setImmediate)
  t.equal(sent.at(-1)!.type, 'http.response.trailers')
})

test('compression: waits for nothing where the server waits for nothing', async (t) => {
  const calls: Promise<void>[] = []
  const app: ASGIApp = (_scope, _receive, send) => {
    const start = (type: string): SendMessage => ({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', type]],
    })
    calls.push(send(start('image/png')), send({ type: 'http.response.body', body: null }))
    calls.push(send(start('text/plain')), send({ type: 'http.response.body' }))
    calls.push(send(start('text/plain')), send({ type: 'http.response.body', body: long }))
    return settled
  }
  const { send, sent } = recorder()
  await compression()(app)(httpScope({ headers: [['accept-encoding', 'gzip']] }), receiveNothing, send)
  t.ok(calls.every((call) => call === settled))
  t.equal(sent.length, 6)
})

test('compression: waits where the server waits', async (t) => {
  const sent: string[] = []
  const slow: Send = async (message) => {
    await new Promise(setImmediate)
    sent.push(message.type)
  }
  for (const more of [false, true]) {
    const app: ASGIApp = async (_scope, _receive, send) => {
      await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
      await send({ type: 'http.response.body', body: long, more_body: more })
      if (more) await send({ type: 'http.response.body' })
    }
    await compression()(app)(httpScope({ headers: [['accept-encoding', 'gzip']] }), receiveNothing, slow)
  }
  const [start, body] = ['http.response.start', 'http.response.body']
  t.strictSame(sent, [start, body, start, body, body])
})

test('compression: an empty piece begins a stream', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.body', more_body: true })
    await send({ type: 'http.response.body', body: 'end' })
  }
  const { send, sent } = recorder()
  await compression()(app)(httpScope({ headers: [['accept-encoding', 'gzip']] }), receiveNothing, send)
  const bodies = sent.flatMap((message) => (message.type === 'http.response.body' ? [message.body as Uint8Array] : []))
  t.equal(gunzipSync(Buffer.concat(bodies)).toString(), 'end')
})

test('compression: an answer without fields has no type, and is left alone', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: long })
  }
  t.equal((await fetched(app)).encoding, null)
})

for (const [what, body] of [
  ['a text', long],
  ['a body of bytes', Buffer.from(long)],
] as const) {
  test(`compression: ${what} of no announced length is measured`, async (t) => {
    const app = (length: number): ASGIApp => {
      return async (_scope, _receive, send) => {
        await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
        await send({ type: 'http.response.body', body: body.slice(0, length) })
      }
    }
    const seen = [await fetched(app(1024)), await fetched(app(1023))].map(({ encoding }) => encoding)
    t.strictSame(seen, ['gzip', null])
  })
}

test('compression: an answer whose body is left out has none, however little is to be compressed', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.body' })
  }
  await using client = await TestClient.open(compression({ minimumBytes: 0 })(app))
  const response = await client.get('/', { headers: { 'accept-encoding': 'gzip' } })
  t.strictSame([response.headers.get('content-encoding'), await response.text()], [null, ''])
})

test('compression: a whole body that nobody awaits is waited for', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    void send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    void send({ type: 'http.response.body', body: huge })
  }
  t.equal((await fetched(app)).text, huge)
})

test('compression: what is sent as a file stays a file', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.pathsend', path: '/file' })
  }
  const driver = new AppDriver(compression()(app), httpScope({ headers: [['accept-encoding', 'gzip']] }))
  t.strictSame(
    [...((await driver.next()) as { headers: Iterable<unknown> }).headers],
    [
      ['content-type', 'text/plain'],
      ['vary', 'Accept-Encoding'],
    ],
  )
  t.equal((await driver.next()).type, 'http.response.pathsend')
})

test('compression: early hints go before the head', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.debug', info: 1 })
    await send({ type: 'http.response.body', body: long })
  }
  const driver = new AppDriver(compression()(app), httpScope({ headers: [['accept-encoding', 'gzip']] }))
  const types = [(await driver.next()).type, (await driver.next()).type, (await driver.next()).type]
  t.strictSame(types, ['http.response.debug', 'http.response.start', 'http.response.body'])
})

test('compression: an error before the body can still be answered', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    const headers = [['content-type', 'text/plain']] as const
    await send({ type: 'http.response.start', status: 200, headers })
    await send({ type: 'http.response.start', status: 500, headers })
    await send({ type: 'http.response.body', body: 'failed' })
  }
  const { response, text: seen } = await fetched(app)
  t.strictSame([response.status, seen], [500, 'failed'])
})

test('compression: an app that fails in a stream fails, and is left no stream', async (t) => {
  const app: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
    await send({ type: 'http.response.body', body: long, more_body: true })
    void send({ type: 'http.response.body', body: long, more_body: true }).catch(() => {})
    throw new Error('in the middle')
  }
  await using client = await TestClient.open(compression()(app), { raiseServerErrors: false })
  const response = await client.get('/', { headers: { 'accept-encoding': 'gzip' } })
  await t.rejects(response.text())
})

test('compression: a message that cannot be sent is refused by the server', async (t) => {
  const app: ASGIApp = (_scope, _receive, send) =>
    send({ type: 'http.response.start', status: 200, headers: [['a b', 'c']] })
  await using client = await TestClient.open(compression()(app))
  await t.rejects(client.get('/'), { code: 'STELLINE_PROTOCOL_VIOLATION' })
})

// Rule 55: what the app has made is not changed.
test('rule 55: one prepared answer serves many requests', async (t) => {
  const prepared = new PlainTextResponse(long, { headers: { etag: '"a"' } })
  for (const [accept, etag] of [
    ['gzip', 'W/"a"'],
    ['identity', '"a"'],
    ['br', 'W/"a"'],
  ] as const) {
    const { response, text: seen } = await fetched(() => prepared, { accept })
    t.strictSame([response.headers.get('etag'), seen], [etag, long])
  }
  t.strictSame([...prepared.headers.keys()], ['etag', 'content-type', 'content-length'])
})

test('compression: the options decide', async (t) => {
  t.equal((await fetched(text({}, 'short'), { minimumBytes: 0 })).encoding, 'gzip')
  t.equal((await fetched(text({}, ''), { minimumBytes: 0 })).encoding, null)
  t.equal((await fetched(text(), { minimumBytes: Infinity })).encoding, null)
  t.equal((await fetched(text(), { accept: 'gzip, br', encodings: ['gzip', 'br'] })).encoding, 'gzip')
  t.equal((await fetched(text(), { accept: 'br', encodings: ['gzip'] })).encoding, null)
  t.equal((await fetched(text(), { compressible: () => false })).encoding, null)
  const sizes = await Promise.all([1, 9].map(async (gzip) => (await fetched(text(), { levels: { gzip } })).body.length))
  t.ok(sizes[1]! < sizes[0]!)
})

test('compression: WebSockets and the lifespan pass', async (t) => {
  const seen: string[] = []
  const app = compression()(async (scope, receive, send) => {
    seen.push(scope.type)
    await receive()
    if (scope.type === 'websocket') return send({ type: 'websocket.close' })
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    await send({ type: 'lifespan.shutdown.complete' })
  })
  await using client = await TestClient.open(app)
  await client.websocket('/').catch(() => {})
  t.strictSame(seen, ['lifespan', 'websocket'])
})

for (const [options, message] of [
  [
    { encodings: ['lzma'] },
    /^Cannot compress with "lzma": expected some of br, (zstd, )?gzip, deflate, which this Node has$/,
  ],
  [{ levels: { gzip: 10 } }, 'Cannot compress with "gzip" at level 10: expected 0 to 9'],
  [{ levels: { br: 1.5 } }, 'Cannot compress with "br" at level 1.5: expected 0 to 11'],
  [{ levels: { constructor: 1 } }, 'Cannot compress with "constructor" at level 1: expected 0 to -1'],
  [{ minimumBytes: -1 }, 'Cannot compress: minimumBytes is -1, expected a number of bytes'],
  [{ minimumBytes: '1kb' }, 'Cannot compress: minimumBytes is "1kb", expected a number of bytes'],
] as const) {
  test(`rule 36: compression refuses ${JSON.stringify(options)}`, (t) => {
    t.throws(() => compression(options as unknown as CompressionOptions), { message })
    t.end()
  })
}

// This Node may not have it; what is done with it is the same in any case.
test('compression: offers zstd where the platform has it', async (t) => {
  t.strictSame(zstdCoding({}), [])
  const failing = new Error('failed')
  const [[name, coding] = ['', null]] = zstdCoding({
    createZstdCompress: () => zlib.createGzip(),
    zstdCompress: (body, _options, callback) => callback(body.length === 0 ? failing : null, gzipSync(body)),
    zstdCompressSync: (body) => gzipSync(body),
  })
  t.equal(name, 'zstd')
  t.equal(gunzipSync(coding!.wholeSync(Buffer.from('a'), 3)).toString(), 'a')
  t.equal(gunzipSync(await coding!.whole(Buffer.from('a'), 3)).toString(), 'a')
  await t.rejects(coding!.whole(Buffer.from(''), 3), failing)
  t.ok(coding!.stream(3))
})
