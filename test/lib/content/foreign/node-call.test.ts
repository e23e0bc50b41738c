import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished, pipeline } from 'node:stream/promises'
import { test } from 'tap'
import { fromNode } from '../../../../lib/content/foreign/from-node.ts'
import type { NodeApp, RequestListener } from '../../../../lib/content/foreign/node-target.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import type { HTTPSendMessage, SendMessage } from '../../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../../lib/spec/violations.ts'
import { AppDriver } from '../../../../lib/testing/app-driver.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { httpScope, lifespanScope } from '../../../../lib/testing/scopes.ts'
import type { HTTPScopeParts } from '../../../../lib/testing/scopes.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { gate, get, post, serving } from '../../servers/serving.ts'

function drive(listener: RequestListener, parts: HTTPScopeParts = {}): AppDriver {
  return new AppDriver(lint(fromNode(listener)), httpScope(parts), { timeoutMs: 10_000 })
}

/** The text of a body message. */
function textOf(message: SendMessage): string {
  const { body } = message as HTTPSendMessage & { body?: string | Uint8Array }
  return Buffer.from(body ?? '').toString()
}

test('fromNode: needs a function, a server or a Fastify app', async (t) => {
  for (const wrong of [null, 7, {}, { emit: true }] as unknown as NodeApp[]) {
    t.throws(() => fromNode(wrong), {
      name: 'TypeError',
      message:
        /^Cannot make an app of .*: expected a function \(request, response\), a server of node:http or a Fastify/,
    })
  }
})

test('fromNode: gives url, baseUrl and originalUrl as Express has them', async (t) => {
  const app = new Application({
    routes: [
      new Mount(
        '/a b',
        fromNode((request, response) => {
          const { url, baseUrl, originalUrl } = request as IncomingMessage & Record<string, unknown>
          response.end(JSON.stringify({ url, baseUrl, originalUrl }))
        }),
      ),
    ],
  })
  await using client = await TestClient.open(app)

  t.strictSame(await (await client.get('/a%20b/x%2Fy?q=%20')).json(), {
    url: '/x%2Fy?q=%20',
    baseUrl: '/a%20b',
    originalUrl: '/a%20b/x%2Fy?q=%20',
  })
})

test('fromNode: gives the addresses of the connection and every field of the request', async (t) => {
  let seen: unknown
  const driver = drive(
    ({ socket, rawHeaders, headers, headersDistinct, httpVersion, method }, response) => {
      const { remoteAddress, remotePort, localAddress, localPort, remoteFamily } = socket
      const { encrypted } = socket as { encrypted?: boolean }
      seen = { remoteAddress, remotePort, localAddress, localPort, remoteFamily, encrypted, httpVersion, method }
      t.strictSame(rawHeaders, ['host', 'x', 'accept', 'a', 'accept', 'b', 'set-cookie', 'c'])
      t.match(headers, { host: 'x', accept: 'a, b' })
      t.strictSame(headersDistinct['accept'], ['a', 'b'])
      t.strictSame(socket.address(), { address: '::1', port: 443, family: 'IPv6' })
      response.end()
    },
    {
      method: 'PUT',
      scheme: 'https',
      http_version: '2',
      client: ['10.0.0.1', 99],
      server: ['::1', 443],
      headers: [
        ['host', 'x'],
        ['accept', 'a'],
        ['accept', 'b'],
        ['set-cookie', 'c'],
      ],
    },
  )
  await driver.finished

  t.strictSame(seen, {
    remoteAddress: '10.0.0.1',
    remotePort: 99,
    localAddress: '::1',
    localPort: 443,
    remoteFamily: 'IPv4',
    encrypted: true,
    httpVersion: '1.1',
    method: 'PUT',
  })
})

test('fromNode: a connection without addresses has a socket without them, whose settings have no effect', async (t) => {
  const driver = drive(
    ({ socket }, response) => {
      socket.setTimeout(1).setNoDelay().setKeepAlive().ref().unref()
      response.setTimeout(1)
      t.strictSame(socket.address(), {})
      t.equal(socket.remoteFamily, undefined)
      t.equal(socket.writable, true)
      socket.write('into the void')
      response.end()
    },
    { client: null, server: ['/run/app', null], http_version: '1.0' },
  )
  await t.resolves(driver.finished)
})

test('fromNode: an answer in one piece is two messages', async (t) => {
  const driver = drive((_request, response) => void response.setHeader('X-A', '1').end('hello'))

  t.strictSame(await driver.next(), {
    type: 'http.response.start',
    status: 200,
    headers: [['x-a', '1']],
    trailers: false,
  })
  t.strictSame(await driver.next(), { type: 'http.response.body', body: 'hello', more_body: false })
  await driver.finished
})

/** All ways to give the fields of a head, and what becomes of them. */
const heads: readonly (readonly [
  how: string,
  write: (response: ServerResponse) => unknown,
  status: number,
  headers: unknown,
])[] = [
  [
    'an object',
    (response) => response.writeHead(201, { A: 'b', C: ['d', 'e'] }),
    201,
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'e'],
    ],
  ],
  ['a reason', (response) => response.writeHead(202, 'Sure'), 202, []],
  ['a reason and an object', (response) => response.writeHead(202, 'Sure', { n: 1 }), 202, [['n', '1']]],
  [
    'a flat list',
    (response) => response.setHeader('a', '0').writeHead(200, ['A', '1', 'a', '2']),
    200,
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'pairs',
    (response) =>
      response.writeHead(200, [
        ['a', '1'],
        ['b', '2'],
      ] as never),
    200,
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['statusCode', (response) => (response.statusCode = 404), 404, []],
]

for (const [how, write, status, headers] of heads) {
  test(`fromNode: a head given by ${how}`, async (t) => {
    const driver = drive((_request, response) => {
      write(response)
      response.end()
    })
    t.match(await driver.next(), { status, headers })
    await driver.finished
  })
}

test('fromNode: a second head fails as on node:http', async (t) => {
  const driver = drive((_request, response) => {
    response.writeHead(200)
    t.throws(() => response.writeHead(200), { code: 'ERR_HTTP_HEADERS_SENT' })
    t.throws(() => response.setHeader('a', 'b'), { code: 'ERR_HTTP_HEADERS_SENT' })
    response.end()
  })
  await t.resolves(driver.finished)
})

test('fromNode: text in another encoding goes out as its bytes', async (t) => {
  const driver = drive((_request, response) => {
    response.write('é', 'latin1')
    response.end('ff00', 'hex')
  })
  await driver.next()
  t.match(await driver.next(), { body: Buffer.from([0xe9]), more_body: true })
  t.match(await driver.next(), { body: Buffer.from([0xff, 0]), more_body: false })
})

test('fromNode: tells the writer when its pieces were taken, and when the answer is complete', async (t) => {
  const heard: string[] = []
  const driver = drive((_request, response) => {
    response.on('finish', () => heard.push('finish')).on('close', () => heard.push('close'))
    response.write('a', () => heard.push('a'))
    response.end(() => heard.push('end'))
    t.equal(response.writableEnded, true)
  })
  await driver.finished
  await new Promise((resolve) => setImmediate(resolve))

  t.strictSame(heard, ['a', 'finish', 'end', 'close'])
})

test('fromNode: end takes a chunk with a callback', async (t) => {
  const done = gate()
  const driver = drive((_request, response) => void response.end('x', () => done.open()))
  await driver.finished
  await t.resolves(done.opened)
})

test('fromNode: streams of Node know that the answer is complete', async (t) => {
  const completed = gate<string>()
  const driver = drive((_request, response) => {
    void finished(response).then(() => completed.open('complete'))
    response.end('x')
  })
  await driver.finished
  t.equal(await completed.opened, 'complete')
})

test('fromNode: what is written after the end fails as on node:http', async (t) => {
  const failed = gate<unknown>()
  const driver = drive((_request, response) => {
    response.end('x')
    response.on('error', () => {})
    response.write('y', (error) => failed.open(error))
    response.end('z')
  })
  await driver.finished
  t.match(await failed.opened, { code: 'ERR_STREAM_WRITE_AFTER_END' })
})

test('fromNode: what is no content is refused as on node:http', async (t) => {
  const driver = drive((_request, response) => {
    t.throws(() => response.write(7), { code: 'ERR_INVALID_ARG_TYPE' })
    t.throws(() => response.end({} as never), { code: 'ERR_INVALID_ARG_TYPE' })
    response.end()
  })
  await t.resolves(driver.finished)
})

test('fromNode: a head alone goes out when it is flushed', async (t) => {
  const driver = drive((_request, response) => {
    response.flushHeaders()
    response.flushHeaders()
  })
  t.match(await driver.next(), { type: 'http.response.start' })
  t.strictSame(await driver.next(), { type: 'http.response.body', body: '', more_body: true })
  await driver.expectNothing()
  driver.deliver({ type: 'http.request' })
})

test('fromNode: functions that middleware puts in place of writeHead, write and end are called', async (t) => {
  const driver = drive((_request, response) => {
    const { writeHead, write, end } = response
    response.writeHead = (status: number) => writeHead.call(response, status, { 'x-own': 'yes' })
    response.write = ((chunk: string) => write.call(response, chunk.toUpperCase(), 'utf8')) as never
    response.end = ((chunk: string) => end.call(response, chunk.toUpperCase(), 'utf8')) as never
    response.write('a')
    response.end('b')
  })
  t.match(await driver.next(), { headers: [['x-own', 'yes']] })
  t.equal(textOf(await driver.next()), 'A')
  t.equal(textOf(await driver.next()), 'B')
})

test('fromNode: write returns false while the client does not keep up, and "drain" follows', async (t) => {
  const taken = gate()
  const drained = gate()
  const sent: string[] = []
  const app = lint(
    fromNode((_request, response) => {
      t.equal(response.write('x'.repeat(10)), true)
      t.equal(response.write('y'.repeat(20_000)), false)
      t.equal(response.writableNeedDrain, true)
      t.equal(response.writableLength, 20_010)
      response.on('drain', () => {
        t.equal(response.writableNeedDrain, false)
        t.equal(response.writableLength, 0)
        drained.open()
        response.end('z')
      })
    }),
  )
  const running = app(
    httpScope(),
    () => new Promise(() => {}),
    async (message) => {
      if (message.type === 'http.response.body') await taken.opened
      sent.push(textOf(message).slice(0, 1))
    },
  )
  await new Promise((resolve) => setImmediate(resolve))
  taken.open()
  await drained.opened
  await running

  t.strictSame(sent, ['', 'x', 'y', 'z'])
})

test('fromNode: a body is received as it is read, and no faster', async (t) => {
  const go = gate()
  const driver = drive(
    async (request, response) => {
      await go.opened
      let text = ''
      for await (const chunk of request) text += String(chunk)
      response.end(text)
    },
    { method: 'POST', headers: [['transfer-encoding', 'chunked']] },
  )
  await driver.expectNothing()
  go.open()
  driver.deliver({ type: 'http.request', body: Buffer.from('one '), more_body: true })
  driver.deliver({ type: 'http.request', more_body: true })
  driver.deliver({ type: 'http.request', body: Buffer.from('two'), more_body: false })
  await driver.next()

  t.equal(textOf(await driver.next()), 'one two')
})

test('fromNode: a large upload and download pass at the pace of the slower side', async (t) => {
  const app = fromNode((request, response) => pipeline(request, response))
  await using client = await TestClient.open(app, { lifespan: 'off' })
  const piece = Buffer.alloc(50_000, 'p')
  const response = await client.post('/', { body: Array.from({ length: 40 }, () => piece) })

  t.equal((await response.bytes()).length, 2_000_000)
})

test('fromNode: a body that nobody reads is left, and the request ends', async (t) => {
  const closed = gate()
  const driver = drive(
    (request, response) => {
      request.on('close', () => closed.open())
      response.end('no')
    },
    { method: 'POST', headers: [['content-length', '5']] },
  )
  await driver.finished
  await t.resolves(closed.opened)
})

test('fromNode: when the client leaves, request and response close, and the app ends', async (t) => {
  const heard: string[] = []
  const closed = gate()
  const started = gate()
  const { server, open } = await serving(
    t,
    fromNode((request, response) => {
      request.on('aborted', () => heard.push('aborted'))
      request.on('error', (error: Error & { code?: string }) => heard.push(error.code!))
      response.on('finish', () => heard.push('finish'))
      response.on('close', () => {
        t.equal(response.writableFinished, false)
        t.equal(
          response.write('x', () => {}),
          false,
        )
        closed.open()
      })
      response.on('error', () => {})
      response.write('x')
      started.open()
    }),
  )
  const wire = (await open()).send(post('', 'x-a: b'))
  await started.opened
  wire.reset()
  await closed.opened

  t.strictSame(heard, ['aborted', 'ECONNRESET'])
  await server.close()
})

test('fromNode: a client that leaves within its body aborts the request', async (t) => {
  const heard = gate<unknown>()
  const driver = drive(
    (request) => {
      request.on('error', (error) => heard.open(error)).resume()
    },
    { method: 'POST', headers: [['content-length', '5']] },
  )
  driver.deliver({ type: 'http.request', body: Buffer.from('ab'), more_body: true })
  driver.deliver({ type: 'http.disconnect' })

  t.match(await heard.opened, { code: 'ECONNRESET', message: 'aborted' })
  await t.resolves(driver.finished)
})

test('fromNode: a client that had left before is noticed', async (t) => {
  const controller = new AbortController()
  controller.abort()
  const driver = drive((_request, response) => void once(response, 'close'), {
    extensions: { 'http.disconnect.signal': controller },
  })
  await t.resolves(driver.finished)
})

test('fromNode: a send that says that the client has left ends the call', async (t) => {
  const app = fromNode((_request, response) => {
    response.write('x', () => {})
    response.end('y')
  })
  const send = async (): Promise<void> => {
    throw new ClientDisconnected()
  }
  await t.resolves(app(httpScope(), () => new Promise(() => {}), send))
})

test('fromNode: a send that fails fails the call', async (t) => {
  const app = fromNode((_request, response) => void response.end('y'))
  const send = (): Promise<void> => {
    throw new RangeError('no')
  }
  await t.rejects(
    app(httpScope(), () => new Promise(() => {}), send),
    { name: 'RangeError' },
  )
})

for (const [how, listener] of [
  [
    'throws',
    () => {
      throw new RangeError('mine')
    },
  ],
  ['rejects', async () => Promise.reject(new RangeError('mine'))],
  ['destroys its answer with an error', (_request, response) => void response.destroy(new RangeError('mine'))],
  ['destroys its request with an error', (request) => void request.destroy(new RangeError('mine'))],
] as readonly (readonly [string, RequestListener])[]) {
  test(`fromNode: a listener that ${how} fails the call`, async (t) => {
    await t.rejects(drive(listener).finished, { message: 'mine' })
  })
}

test('fromNode: a listener that destroys its answer cuts it', async (t) => {
  const driver = drive((_request, response) => void response.destroy())
  await t.rejects(driver.finished, { message: 'The listener destroyed its answer before it was complete' })
})

test('fromNode: what fails after the answer is complete changes nothing', async (t) => {
  const driver = drive(async (_request, response) => {
    response.end()
    throw new Error('late')
  })
  await t.resolves(driver.finished)
})

test('fromNode: what a listener has no answer to falls through by option', async (t) => {
  const listener: RequestListener = (request, response, next) => {
    if (request.url === '/mine') response.end('mine')
    else next(request.url === '/broken' ? new RangeError('broken') : undefined)
  }
  const app = new Application({
    routes: [new Mount('/legacy', fromNode(listener, { fallThrough: true }))],
    exceptionHandlers: new Map([[404, () => new globalThis.Response('ours', { status: 404 })]]),
  })
  await using client = await TestClient.open(app)

  t.equal(await (await client.get('/legacy/mine')).text(), 'mine')
  t.equal(await (await client.get('/legacy/other')).text(), 'ours')
  await t.rejects(client.get('/legacy/broken'), { message: 'broken' })
})

test('fromNode: falling through is over once the answer has begun', async (t) => {
  const app = fromNode(
    (_request, response, next) => {
      response.write('x')
      next()
      next()
    },
    { fallThrough: true },
  )
  const driver = new AppDriver(lint(app), httpScope())
  await t.rejects(driver.finished, { message: 'The listener called next() after it began to answer' })
})

test('fromNode: outside an application what falls through is a plain 404', async (t) => {
  const app = fromNode((_request, _response, next) => next(), { fallThrough: true })
  await using client = await TestClient.open(app, { lifespan: 'off' })
  t.equal((await client.get('/')).status, 404)
})

test('fromNode: trailers go out where they are offered and announced', async (t) => {
  const { ask } = await serving(
    t,
    fromNode((_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' })
      response.write('body')
      response.addTrailers({ 'x-sum': '7' })
      response.addTrailers([['x-more', '8']])
      response.end()
    }),
  )
  t.match(await ask(get('/', 'te: trailers')), { trailers: ['x-sum: 7', 'x-more: 8'] })
  t.match(await ask(get('/')), { body: 'body' })
})

test('fromNode: early hints go out where they are offered', async (t) => {
  const done = gate()
  const { open } = await serving(
    t,
    fromNode((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeEarlyHints({ 'x-other': '1' })
      response.writeProcessing()
      response.writeContinue(() => done.open())
      response.writeHead(200)
      response.writeEarlyHints({ link: '</late.css>' }, () => response.end('x'))
    }),
  )
  const wire = (await open()).send(get())

  t.match(await wire.until('\r\n\r\n'), /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>; rel=preload\r\n/)
  t.match(await wire.answer(), { status: 200, body: 'x' })
  await done.opened
})

test('fromNode: a client that waits for 100 (Continue) is told when the body is read', async (t) => {
  const { open } = await serving(
    t,
    fromNode((request, response) => pipeline(request, response)),
  )
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n')

  t.match(await wire.until('\r\n\r\n'), /^HTTP\/1\.1 100 Continue/)
  wire.send('ok')
  t.match(await wire.answer(), { status: 200, body: 'ok' })
})

test('fromNode: server-sent events go out one by one', async (t) => {
  const next = gate()
  const { open } = await serving(
    t,
    fromNode(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      await next.opened
      response.end('data: 2\n\n')
    }),
  )
  const wire = (await open()).send(get())
  await wire.until('data: 1\n\n')
  next.open()
  await t.resolves(wire.until('data: 2\n\n'))
})

test('fromNode: a server of node:http gets its event', async (t) => {
  const server = createServer((request, response) => response.end(`server ${request.url}`))
  await using client = await TestClient.open(fromNode(server), { lifespan: 'auto' })

  t.equal(await (await client.get('/x')).text(), 'server /x')
})

test('fromNode: a Fastify app gets ready with the lifespan, and closes with it', async (t) => {
  const heard: string[] = []
  const fastify = {
    server: createServer(),
    ready: async () => heard.push('ready'),
    routing: (_request: unknown, response: ServerResponse) => void response.end('fast'),
    close: async () => heard.push('close'),
  }
  const client = await TestClient.open(fromNode(fastify), { lifespan: 'on' })
  t.equal(await (await client.get('/')).text(), 'fast')
  await client.close()

  t.strictSame(heard, ['ready', 'close'])
})

test('fromNode: without a lifespan a Fastify app gets ready with the first request', async (t) => {
  const { fastifyApp } = await import('./foreign-apps.ts')
  const fastify = fastifyApp()
  await using client = await TestClient.open(fromNode(fastify), { lifespan: 'off' })

  t.strictSame(await (await client.get('/')).json(), { hello: 'world' })
  await fastify.close()
})

test('fromNode: an app that has nothing to start knows no lifespan', async (t) => {
  const app: ASGIApp = fromNode(() => {})
  t.throws(
    () =>
      app(
        lifespanScope(),
        async () => ({ type: 'lifespan.startup' }),
        async () => {},
      ),
    {
      message: /^Cannot run a Node listener on a scope of type "lifespan"/,
    },
  )
})
