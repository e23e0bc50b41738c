import { test } from 'tap'
import { Request } from '../../../lib/request/request.ts'
import type { Receive } from '../../../lib/spec/app.ts'
import type { HTTPReceiveMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, receiveNothing, receiving, receivingBody, recorder } from '../../support/messages.ts'
import { refusal } from '../../support/refusal.ts'

const nothing = (): void => {}
const disconnect: HTTPReceiveMessage = { type: 'http.disconnect' }

function post(receive: Receive, headers: Record<string, string> = {}, changes: Record<string, unknown> = {}): Request {
  const scope = httpScope({ method: 'POST', headers: Object.entries(headers), ...changes })
  return new Request(scope, receive)
}

function postJSON(...pieces: string[]): Request {
  return post(receivingBody(...pieces), { 'content-type': 'application/json' })
}

async function chunksOf(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk).toString())
  return chunks
}

test('Request: method is that of the scope', async (t) => {
  t.equal(post(receiveNothing).method, 'POST')
})

test('Request: mediaType is parsed from content-type', async (t) => {
  t.match(post(receiveNothing, { 'content-type': 'Text/HTML; charset=utf-8' }).mediaType, { essence: 'text/html' })
  t.equal(post(receiveNothing, { 'content-type': 'text' }).mediaType, null)
  t.equal(post(receiveNothing).mediaType, null)
})

const bodies: readonly (readonly [pieces: readonly string[], text: string])[] = [
  [[''], ''],
  [['abc'], 'abc'],
  [['ab', 'c'], 'abc'],
  [['a', '', 'b', 'c', ''], 'abc'],
]

for (const [pieces, text] of bodies) {
  test(`Request: bytes(), text() and stream() of ${JSON.stringify(pieces)}`, async (t) => {
    t.equal(Buffer.from(await post(receivingBody(...pieces)).bytes()).toString(), text)
    t.equal(await post(receivingBody(...pieces)).text(), text)
    t.strictSame(
      await chunksOf(post(receivingBody(...pieces)).stream()),
      pieces.filter((piece) => piece !== ''),
    )
  })
}

test('Request: a body of one message is not copied', async (t) => {
  const body = Buffer.from('abc')
  t.equal(await post(receivingBody(body)).bytes(), body)
})

test('Request: an absent body is empty', async (t) => {
  for (const message of [{ type: 'http.request' }, { type: 'http.request', body: null, more_body: null }] as const) {
    t.equal((await post(receiving(message)).bytes()).length, 0)
    t.strictSame(await chunksOf(post(receiving(message)).stream()), [])
  }
  const inPieces = receiving({ type: 'http.request', more_body: true }, { type: 'http.request' })
  t.equal((await post(inPieces).bytes()).length, 0)
})

test('Request: the body can be read in every form, any number of times', async (t) => {
  const request = postJSON('{"a"', ':1}')
  t.strictSame(await request.json(), { a: 1 })
  t.equal(await request.text(), '{"a":1}')
  t.equal((await request.bytes()).length, 7)
  t.equal(await request.bytes(), await request.bytes())
  t.strictSame(await chunksOf(request.stream()), ['{"a":1}'])
  t.strictSame(await chunksOf(request.stream()), ['{"a":1}'])
})

test('Request: json() parses once', async (t) => {
  const request = postJSON('{"a":1}')
  t.equal(await request.json(), await request.json())
})

test('Request: readers that start at once share the body', async (t) => {
  for (const pieces of [['{"a":1}'], ['{"a"', ':1}']]) {
    const request = postJSON(...pieces)
    const [json, text, bytes, chunks] = await Promise.all([
      request.json(),
      request.text(),
      request.bytes(),
      chunksOf(request.stream()),
    ])
    t.strictSame([json, text, bytes.length, chunks], [{ a: 1 }, '{"a":1}', 7, ['{"a":1}']])
  }
})

test('Request: what json() refuses can still be read as text', async (t) => {
  const request = postJSON('{oops')
  await t.rejects(request.json(), refusal(400, 'The body is not valid JSON at line 1, column 2'))
  await t.rejects(request.json(), refusal(400))
  t.equal(await request.text(), '{oops')
})

test('Request: text() that is not UTF-8 is refused', async (t) => {
  await t.rejects(post(receivingBody(Buffer.from([0xff]))).text(), refusal(400, 'The body is not valid UTF-8'))
})

test('Request: an empty body is not JSON', async (t) => {
  await t.rejects(postJSON('').json(), refusal(400, 'The body is empty, expected JSON'))
})

/** RFC 9110 §15.5.16; RFC 6839 §3.1 for the suffix. */
const mediaTypes: readonly (readonly [value: string | null, accepted: boolean])[] = [
  ['application/json', true],
  ['Application/JSON', true],
  ['application/json; charset=utf-8', true],
  ['application/problem+json', true],
  [null, false],
  ['', false],
  ['text/plain', false],
  ['text/json', false],
  ['application/jsonp', false],
  ['text/plain; a=application/json', false],
  ['application/json, text/plain', false],
  ['application/json; charset', false],
  ['multipart/form-data; boundary=x', false],
]

for (const [value, accepted] of mediaTypes) {
  test(`Request: json() ${accepted ? 'takes' : 'refuses'} content-type ${JSON.stringify(value)}`, async (t) => {
    const request = post(receivingBody('1'), value === null ? {} : { 'content-type': value })
    if (accepted) return t.equal(await request.json(), 1)
    await t.rejects(request.json(), refusal(415, 'The body is not declared as JSON: expected content-type '))
    return t.equal(await request.json({ anyMediaType: true }), 1)
  })
}

test('Request: a body above the limit is refused before it is read when its length is announced', async (t) => {
  const request = post(receiveNothing, { 'content-length': '1048577', 'content-type': 'application/json' })
  for (const reading of [request.bytes(), request.text(), request.json()]) {
    await t.rejects(reading, refusal(413, 'The body is larger than 1048576 bytes'))
  }
})

const endless: Receive = () => Promise.resolve({ type: 'http.request', body: Buffer.alloc(65_536), more_body: true })

test('Request: a body is refused at the first byte above the limit, however it comes', async (t) => {
  await t.rejects(post(endless).bytes(), refusal(413))
  await t.rejects(post(receivingBody('12345')).bytes({ maxBodyBytes: 4 }), refusal(413))
  await t.rejects(post(receivingBody('12345', '')).bytes({ maxBodyBytes: 4 }), refusal(413))
  await t.rejects(post(receivingBody('123', '45')).bytes({ maxBodyBytes: 4 }), refusal(413))
  t.equal((await post(receivingBody('12', '34')).bytes({ maxBodyBytes: 4 })).length, 4)
})

test('Request: what was refused as too large stays refused', async (t) => {
  const request = post(receivingBody('123', '45'))
  await t.rejects(request.bytes({ maxBodyBytes: 4 }), refusal(413))
  await t.rejects(request.bytes(), refusal(413))
})

test('Request: each reader has its own limit', async (t) => {
  const request = post(receivingBody('12345'))
  t.equal((await request.bytes()).length, 5)
  await t.rejects(request.text({ maxBodyBytes: 4 }), refusal(413))
})

test('Request: the scope may set the limit, the reader comes first', async (t) => {
  const scope = { max_body_bytes: 4 }
  await t.rejects(post(receivingBody('12345'), {}, scope).text(), refusal(413))
  t.equal(await post(receivingBody('12345'), {}, scope).text({ maxBodyBytes: Infinity }), '12345')
})

test('Request: a limit that is no number is refused, not ignored', async (t) => {
  for (const maxBodyBytes of [NaN, -1, '1mb']) {
    t.throws(() => post(receiveNothing).bytes({ maxBodyBytes: maxBodyBytes as number }), TypeError)
  }
})

test('Request: a content-length that is no number does not count', async (t) => {
  t.equal(await post(receivingBody('a'), { 'content-length': 'x' }).text(), 'a')
})

test('Request: stream() has no limit and waits for each piece', async (t) => {
  let received = 0
  const receive: Receive = () => {
    received++
    return Promise.resolve({ type: 'http.request', body: Buffer.alloc(1_000_000), more_body: received < 3 })
  }
  let bytes = 0
  for await (const chunk of post(receive, { 'content-length': '3000000' }).stream()) {
    bytes += chunk.length
    t.equal(received * 1_000_000, bytes)
  }
  t.equal(bytes, 3_000_000)
})

test('Request: the body can be streamed once', async (t) => {
  const request = post(receivingBody('a'))
  t.strictSame(await chunksOf(request.stream()), ['a'])
  t.throws(() => request.stream(), { code: 'STELLINE_BODY_CONSUMED' })
  for (const reading of [request.bytes(), request.text(), request.json({ anyMediaType: true })]) {
    await t.rejects(reading, { name: 'BodyConsumed', code: 'STELLINE_BODY_CONSUMED' })
  }
})

test('Request: a client that leaves within the body is a ClientDisconnected, in every form', async (t) => {
  const begin: HTTPReceiveMessage = { type: 'http.request', body: Buffer.from('a'), more_body: true }
  for (const messages of [[disconnect], [begin, disconnect]]) {
    const readers: readonly Promise<unknown>[] = [
      post(receiving(...messages)).bytes(),
      post(receiving(...messages)).text(),
      chunksOf(post(receiving(...messages)).stream()),
    ]
    for (const reading of readers) {
      await t.rejects(reading, new ClientDisconnected('Cannot read the body: the client has disconnected'))
    }
  }
})

test('Request: without receive the body cannot be read', async (t) => {
  await t.rejects(new Request(httpScope()).bytes(), {
    message: 'Cannot read the body: the Request was made without "receive"',
  })
})

test('Request: isDisconnected() does not wait for the client', async (t) => {
  t.equal(await post(receiving()).isDisconnected(), false)
})

test('Request: isDisconnected() is true once the client has left, and stays so', async (t) => {
  let received = 0
  const request = post(() => {
    received++
    return Promise.resolve(disconnect)
  })
  t.equal(await request.isDisconnected(), true)
  t.equal(await request.isDisconnected(), true)
  t.equal(received, 1)
})

test('Request: isDisconnected() does not lose a part of the body', async (t) => {
  const request = post(receivingBody('ab', 'c'))
  t.equal(await request.isDisconnected(), false)
  t.equal(await request.isDisconnected(), false)
  t.equal(await request.text(), 'abc')
})

test('Request: isDisconnected() receives one message at a time', async (t) => {
  let deliver: (message: HTTPReceiveMessage) => void = nothing
  let received = 0
  const request = post(() => {
    received++
    return new Promise((resolve) => (deliver = resolve))
  })
  t.equal(await request.isDisconnected(), false)
  t.equal(await request.isDisconnected(), false)
  t.equal(received, 1)
  const reading = request.text()
  t.equal(received, 1)
  deliver({ type: 'http.request', body: Buffer.from('a') })
  t.equal(await reading, 'a')
})

test('Request: isDisconnected() after reading the body met the disconnect', async (t) => {
  const request = post(receiving(disconnect))
  await t.rejects(request.bytes())
  t.equal(await request.isDisconnected(), true)
})

test('Request: a receive that fails while polling fails the next reader', async (t) => {
  const failure = new Error('broken')
  const request = post(() => Promise.reject(failure))
  t.equal(await request.isDisconnected(), false)
  await t.rejects(request.bytes(), failure)
})

test('Request: isDisconnected() asks the signal where the server offers one, and leaves the body alone', async (t) => {
  const controller = new AbortController()
  const request = post(receiveNothing, {}, { extensions: { 'http.disconnect.signal': controller } })
  t.equal(await request.isDisconnected(), false)
  controller.abort()
  t.equal(await request.isDisconnected(), true)
})

test('Request: its own signal is aborted when a disconnect is received', async (t) => {
  const request = post(receiving(disconnect))
  const { signal } = request
  t.equal(signal.aborted, false)
  await request.isDisconnected()
  t.equal(signal.aborted, true)
  t.type(signal.reason, ClientDisconnected)
})

test('Request: its own signal is aborted from the start when the client has left before', async (t) => {
  const request = post(receiving(disconnect))
  await request.isDisconnected()
  t.equal(request.signal.aborted, true)
})

test('Request: sendEarlyHints() sends links where the server can', async (t) => {
  const { send, sent } = recorder()
  const extensions = { 'http.response.early_hint': {} }
  await new Request(httpScope({ extensions }), receiveNothing, send).sendEarlyHints(new Set(['</a.css>; rel=preload']))
  await new Request(httpScope(), receiveNothing, send).sendEarlyHints(['</b.css>; rel=preload'])
  t.strictSame(sent, [{ type: 'http.response.early_hint', links: ['</a.css>; rel=preload'] }])
})

test('Request: without send there are no early hints', async (t) => {
  const scope = httpScope({ extensions: { 'http.response.early_hint': {} } })
  await t.rejects(new Request(scope).sendEarlyHints([]), {
    message: 'Cannot send: the Request was made without "send"',
  })
})

test('Request: pushPromise() promises a path with what the client says of itself, where the server can', async (t) => {
  const { send, sent } = recorder()
  const headers: [string, string][] = [
    ['host', 'example.org'],
    ['accept', 'text/html'],
    ['accept-encoding', 'br'],
    ['accept-language', 'it'],
    ['authorization', 'Bearer x'],
    ['cache-control', 'no-cache'],
    ['cookie', 'a=b'],
    ['user-agent', 'test'],
  ]
  const extensions = { 'http.response.push': {} }
  await new Request(httpScope({ headers, extensions }), receiveNothing, send).pushPromise('/style.css?v=1')
  await new Request(httpScope({ headers }), receiveNothing, send).pushPromise('/style.css')
  t.strictSame(sent, [
    {
      type: 'http.response.push',
      path: '/style.css?v=1',
      headers: [
        ['accept', 'text/html'],
        ['accept-encoding', 'br'],
        ['accept-language', 'it'],
        ['cache-control', 'no-cache'],
        ['user-agent', 'test'],
      ],
    },
  ])
})

for (const path of [
  'style.css',
  '',
  '//evil.example/a',
  '/\\evil.example',
  '/a b',
  '/\r\nx: y',
  'https://a/',
  1 as never,
]) {
  test(`Request: pushPromise() refuses ${JSON.stringify(path)}`, async (t) => {
    await t.rejects(new Request(httpScope()).pushPromise(path), { name: 'TypeError', message: /^Cannot push / })
  })
}

test('Request: without send there is no push promise', async (t) => {
  const scope = httpScope({ extensions: { 'http.response.push': {} } })
  await t.rejects(new Request(scope).pushPromise('/a'), { message: 'Cannot send: the Request was made without "send"' })
})

test('Request: stream() has the limit of its options, else that of the scope, else none', async (t) => {
  const twice = (): Receive => receivingBody('abc', 'def')
  t.strictSame(await chunksOf(post(twice()).stream({ maxBodyBytes: 6 })), ['abc', 'def'])
  await t.rejects(chunksOf(post(twice()).stream({ maxBodyBytes: 5 })), refusal(413, 'The body is larger than 5 bytes'))
  await t.rejects(chunksOf(post(twice(), {}, { max_body_bytes: 5 }).stream()), refusal(413))
  t.strictSame(await chunksOf(post(twice(), {}, { max_body_bytes: 5 }).stream({ maxBodyBytes: 6 })), ['abc', 'def'])
})

test('Request: stream() answers 413 to an announced length above its limit, and reads nothing', async (t) => {
  const request = post(receiveNothing, { 'content-length': '6' })
  t.throws(() => request.stream({ maxBodyBytes: 5 }), refusal(413, 'The body is larger than 5 bytes'))
})

test('Request: stream() that repeats what was read keeps its limit', async (t) => {
  const request = post(receivingBody('abc'))
  await request.bytes()
  await t.rejects(chunksOf(request.stream({ maxBodyBytes: 2 })), refusal(413))
})

test('Request: the limit of the scope is that of json(), text() and bytes() that name none', async (t) => {
  const json = { 'content-type': 'application/json' }
  const limited = (): Request => post(receivingBody('"abc"'), json, { max_body_bytes: 4 })
  for (const read of [() => limited().json(), () => limited().text(), () => limited().bytes()]) {
    await t.rejects(read(), refusal(413, 'The body is larger than 4 bytes'))
  }
  t.equal(await limited().json({ maxBodyBytes: 5 }), 'abc')
})

test('Request: json() takes a depth', async (t) => {
  await t.rejects(postJSON('[[1]]').json({ maxDepth: 1 }), refusal(400, 'The body nests deeper than 1 levels'))
  t.strictSame(await postJSON('[[1]]').json({ maxDepth: 2 }), [[1]])
  for (const maxDepth of [-1, NaN, '9' as never]) {
    t.throws(() => postJSON('1').json({ maxDepth }), {
      name: 'TypeError',
      message: /^Cannot read the body: maxDepth is /,
    })
  }
})

test('JS 42: json() and text() answer 415 to a coded body, whose bytes can be read', async (t) => {
  const coded = (coding: string): Request =>
    post(receivingBody('"a"'), { 'content-type': 'application/json', 'content-encoding': coding })
  for (const read of [coded('gzip').json(), coded('br').text()]) {
    const refused = await read.catch((error: unknown) => error)
    t.match(refused, { status: 415, headers: { flat: ['accept-encoding', 'identity'] } })
  }
  t.equal(await coded('Identity').json(), 'a')
  t.equal((await coded('gzip').bytes()).length, 3)
})
