import { createServer } from 'node:http'
import { test } from 'tap'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { toResponse } from '../../../lib/response/to-response.ts'
import type { HTTPResponseStartMessage } from '../../../lib/spec/messages.ts'
import { httpScope, receiveNothing, recorder } from '../../support/messages.ts'

const FetchResponse = globalThis.Response

async function sentBy(value: unknown): Promise<{ status: number; headers: [string, string][]; body: string }> {
  const { send, sent } = recorder()
  await toResponse(value).respond(httpScope(), receiveNothing, send)
  const start = sent[0] as HTTPResponseStartMessage
  const bodies = sent.slice(1).map((message) => Buffer.from((message as { body: string | null }).body ?? ''))
  return {
    status: start.status,
    headers: [...start.headers!] as [string, string][],
    body: Buffer.concat(bodies).toString(),
  }
}

test('toResponse: a Response is itself', async (t) => {
  const response = new PlainTextResponse('x')
  t.equal(toResponse(response), response)
})

test('toResponse: a Fetch Response is converted', async (t) => {
  const sent = await sentBy(FetchResponse.json({ a: 1 }, { status: 201, headers: { 'x-a': '1' } }))
  t.strictSame(sent, {
    status: 201,
    headers: [
      ['content-type', 'application/json'],
      ['x-a', '1'],
    ],
    body: '{"a":1}',
  })
})

test('toResponse: the cookies of a Fetch Response stay apart', async (t) => {
  const response = new FetchResponse(null)
  response.headers.append('set-cookie', 'a=1')
  response.headers.append('set-cookie', 'b=2')
  t.strictSame((await sentBy(response)).headers, [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['content-length', '0'],
  ])
})

test('toResponse: a Fetch Response without content', async (t) => {
  t.strictSame(await sentBy(new FetchResponse(null, { status: 204 })), { status: 204, headers: [], body: '' })
})

test('toResponse: a Fetch Response that was not modified', async (t) => {
  const response = new FetchResponse(null, { status: 304, headers: { etag: '"a"' } })
  t.strictSame(await sentBy(response), { status: 304, headers: [['etag', '"a"']], body: '' })
})

test('toResponse: a Fetch Response over a stream is sent as it comes', async (t) => {
  const sent = await sentBy(new FetchResponse(ReadableStream.from([Buffer.from('a'), Buffer.from('b')])))
  t.strictSame(sent, { status: 200, headers: [], body: 'ab' })
})

test('toResponse: a Fetch redirect', async (t) => {
  const { status, headers } = await sentBy(FetchResponse.redirect('https://example.org/', 302))
  t.equal(status, 302)
  t.strictSame(headers[0], ['location', 'https://example.org/'])
})

test('toResponse: a Fetch Response of the network loses what belonged to its connection and its coding', async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      connection: 'keep-alive, X-Hop',
      'x-hop': '1',
      'x-a': '1',
      'content-encoding': 'identity',
      'content-length': '2',
    })
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const { headers, body } = await sentBy(await fetch(`http://127.0.0.1:${port}/`, { keepalive: false }))
  t.equal(body, 'ok')
  t.strictSame(
    headers.filter(([name]) => name !== 'date'),
    [['x-a', '1']],
  )
})

test('toResponse: a Fetch Response of the network without a coding keeps its length', async (t) => {
  const response = new FetchResponse('ok', { headers: { 'content-length': '2', 'keep-alive': 'timeout=5' } })
  Object.defineProperty(response, 'url', { value: 'http://example.org/' })
  t.strictSame((await sentBy(response)).headers, [
    ['content-length', '2'],
    ['content-type', 'text/plain;charset=UTF-8'],
  ])
})

test('toResponse: a Fetch Response that was read is refused', async (t) => {
  const response = new FetchResponse('x')
  await response.text()
  t.throws(() => toResponse(response), {
    name: 'TypeError',
    message: 'Cannot respond with a Fetch Response: its body was read before, expected an unread one',
  })
})

test('toResponse: Response.error() is refused', async (t) => {
  t.throws(() => toResponse(FetchResponse.error()), {
    name: 'TypeError',
    message: /^Cannot respond with Response.error\(\)/,
  })
})

const refused: readonly (readonly [value: unknown, message: string])[] = [
  [undefined, 'Cannot respond with undefined: expected a Response or a Fetch Response; is a "return" missing?'],
  [
    null,
    'Cannot respond with null: expected a Response or a Fetch Response; wrap the value, for example in a JSONResponse',
  ],
  [
    'x',
    'Cannot respond with "x": expected a Response or a Fetch Response; wrap the value, for example in a JSONResponse',
  ],
  [
    { constructor: { name: 'Response' } },
    'Cannot respond with an object of class Object: expected a Response or a Fetch Response; wrap the value, for example in a JSONResponse',
  ],
]

for (const [value, message] of refused) {
  test(`toResponse: ${JSON.stringify(value)} is refused`, async (t) => {
    t.throws(() => toResponse(value), new TypeError(message))
  })
}
