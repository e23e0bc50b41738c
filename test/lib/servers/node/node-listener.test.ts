import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import { connect as connectHTTP2, createServer as createHTTP2Server } from 'node:http2'
import { createServer as createHTTPSServer, get as getOverTLS } from 'node:https'
import type { AddressInfo } from 'node:net'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'connect'
import express from 'express'
import { test } from 'tap'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { toNodeListener } from '../../../../lib/servers/node/node-listener.ts'
import type { NodeListener } from '../../../../lib/servers/node/node-listener.ts'
import type { HostOptions } from '../../../../lib/servers/hosted-app.ts'
import type { AppLike, ASGIApp } from '../../../../lib/spec/app.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { localhostTLS } from '../../../support/localhost-tls.ts'
import { Wire } from '../../../support/wire.ts'
import { bodyOf, echo, gate, get, handshake, http, reply, websocket } from '../serving.ts'

function listener(t: Test, app: AppLike, options: HostOptions = {}): { node: NodeListener; log: string[] } {
  const log: string[] = []
  const note = (message: string): void => void log.push(message)
  const report = (breach: Error & { side: string }): void => {
    if (breach.side === 'server') t.fail(breach.message)
  }
  const quiet = { info() {}, warn: note, error: note }
  return { node: toNodeListener(lint(app, { report }), { lifespan: 'off', log: quiet, ...options }), log }
}

interface Stage {
  readonly url: string
  open(): Promise<Wire>
}

async function listen(
  t: Test,
  requestListener: unknown,
  upgrade?: NodeListener['upgrade'],
  path?: string,
): Promise<Stage> {
  const server = createServer(requestListener as RequestListener)
  if (upgrade !== undefined) server.on('upgrade', upgrade as never)
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  )
  const address = server.address() as AddressInfo | string
  const url = typeof address === 'string' ? `unix:${address}` : `http://127.0.0.1:${address.port}`
  const wires: Wire[] = []
  t.teardown(() => {
    for (const wire of wires) wire[Symbol.dispose]()
    server.closeAllConnections()
    server.close()
  })
  return {
    url,
    async open() {
      const wire = await Wire.to(url)
      wires.push(wire)
      return wire
    },
  }
}

const described = http((scope, _receive, send) => {
  const { method, path, raw_path, root_path, query_string, scheme, http_version, client, server } = scope
  return reply(
    send,
    JSON.stringify({
      method,
      path,
      raw_path,
      root_path,
      query_string,
      scheme,
      http_version,
      hasClient: client !== null,
      server: server?.[0] ?? null,
    }),
  )
})

/** Where an app is mounted in a framework, what is requested, and what its scope says. */
const mounts: readonly (readonly [
  what: string,
  mount: (node: NodeListener) => unknown,
  path: string,
  scope: object,
])[] = [
  ['alone', (node) => node, '/a%20b?c', { path: '/a b', raw_path: '/a%20b', root_path: '', query_string: 'c' }],
  [
    'in Express',
    (node) => express().use('/%C3%A9/api', node as never),
    '/%C3%A9/api/x%2Fy?c',
    { path: '/é/api/x/y', raw_path: '/%C3%A9/api/x%2Fy', root_path: '/é/api', query_string: 'c' },
  ],
  [
    'in Express, at the mount itself',
    (node) => express().use('/api', node as never),
    '/api?c',
    { path: '/api/', root_path: '/api', query_string: 'c' },
  ],
  ['in Express, whole', (node) => express().use(node as never), '/x', { path: '/x', root_path: '' }],
  [
    'in Connect',
    (node) => connect().use('/api', node as never),
    '/api/x?c',
    { path: '/api/x', root_path: '/api', query_string: 'c' },
  ],
  [
    'in Connect, at the mount itself',
    (node) => connect().use('/api', node as never),
    '/api?c',
    { path: '/api/', root_path: '/api', query_string: 'c' },
  ],
  [
    'behind a rewriting',
    (node) => (request: IncomingMessage & { originalUrl?: string }, response: never) => {
      request.originalUrl = '/before'
      node(request, response)
    },
    '/x',
    { path: '/x', root_path: '' },
  ],
]

for (const [what, mount, path, scope] of mounts) {
  test(`toNodeListener: the scope of an app ${what}`, async (t) => {
    const { url } = await listen(t, mount(listener(t, described).node))
    t.match(await (await fetch(url + path)).json(), {
      ...scope,
      method: 'GET',
      scheme: 'http',
      http_version: '1.1',
      hasClient: true,
      server: '127.0.0.1',
    })
  })
}

test('toNodeListener: a prefix by option goes before all', async (t) => {
  const { url } = await listen(t, express().use('/b', listener(t, described, { rootPath: '/a' }).node as never))
  t.match(await (await fetch(`${url}/b/c`)).json(), { path: '/a/b/c', raw_path: '/a/b/c', root_path: '/a/b' })
})

test('toNodeListener: HTTP/1.0, and a Unix socket', async (t) => {
  const path = join(await mkdtemp(join(tmpdir(), 's-')), 's')
  const { open } = await listen(t, listener(t, described).node, undefined, path)
  const wire = (await open()).send('GET / HTTP/1.0\r\nhost: x\r\n\r\n')
  t.match(await wire.rest(), /"http_version":"1.0","hasClient":false,"server":null/)
})

test('toNodeListener: a head that our own server would refuse is refused', async (t) => {
  const { open } = await listen(t, listener(t, described).node)
  t.match(await (await open()).send(get('/%ZZ')).answer(), { status: 400, body: 'Invalid request target' })
  t.match(await (await open()).send('GET / HTTP/1.1\r\nhost: a@b\r\n\r\n').answer(), { status: 400 })
})

test('toNodeListener: HTTP/2, with the authority as host, without pseudo-fields', async (t) => {
  const seen: unknown[] = []
  const app = http(async (scope, receive, send) => {
    seen.push(
      [...scope.headers].filter(([name]) => name !== 'content-type'),
      scope.http_version,
    )
    const { text } = await bodyOf(receive)
    await reply(send, text, [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['connection', 'close'],
    ])
  })
  const server = createHTTP2Server(listener(t, app).node as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connectHTTP2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  for (const [method, body] of [
    ['POST', 'body'],
    ['GET', ''],
  ] as const) {
    const stream = client.request(
      { ':method': method, ':path': '/', ':authority': 'here', host: 'there', 'x-a': '1' },
      { endStream: body === '' },
    )
    if (body !== '') stream.end(body)
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    t.match([headers[':status'], headers['set-cookie'], text], [200, ['a=1', 'b=2'], body])
  }

  t.strictSame(seen[0], [
    ['host', 'here'],
    ['x-a', '1'],
  ])
  t.equal(seen[1], '2')
})

test('toNodeListener: an app that fails within an answer of HTTP/2 resets its stream', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'x', more_body: true })
    throw new Error('mine')
  })
  const server = createHTTP2Server(listener(t, app).node as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connectHTTP2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  const stream = client.request({ ':path': '/' }).resume()
  const [error] = (await once(stream, 'error')) as [Error]
  t.match(error.message, /NGHTTP2_INTERNAL_ERROR/)
})

test('toNodeListener: an app that fails within its answer cuts the connection', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'x', more_body: true })
    throw new Error('mine')
  })
  const { open } = await listen(t, listener(t, app).node)
  const wire = (await open()).send(get())
  await t.rejects(wire.answer())
})

test('toNodeListener: an app that asks for it closes the connection', async (t) => {
  const app = http((_scope, _receive, send) => reply(send, 'x', [['connection', 'close']]))
  const { open } = await listen(t, listener(t, app).node)
  t.match(await (await open()).send(get()).answer(), { headers: { connection: 'close' }, body: 'x' })
})

test('toNodeListener: send waits for a slow client', async (t) => {
  let sent = 0
  const done = gate()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: '', more_body: true })
    for (; sent < 120; sent++) await send({ type: 'http.response.body', body: new Uint8Array(50_000), more_body: true })
    await send({ type: 'http.response.body' })
    done.open()
  })
  const { open } = await listen(t, listener(t, app).node)
  const wire = (await open()).send(get('/', 'connection: close'))
  wire.socket.pause()
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.ok(sent < 120)
  wire.socket.resume()
  await done.opened
  t.ok((await wire.rest()).length > 6_000_000)
})

test('toNodeListener: a body is paused while the app does not receive', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await receive()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    await reply(send, String((await bodyOf(receive)).text.length > 0))
  })
  const { url } = await listen(t, listener(t, app).node)
  t.equal(await (await fetch(url, { method: 'POST', body: 'b'.repeat(2_000_000) })).text(), 'true')
})

test('toNodeListener: a connection is kept after a body that nobody read', async (t) => {
  const app = http(async (_scope, receive, send) => {
    await receive()
    await reply(send, 'no')
  })
  const { open } = await listen(t, listener(t, app).node)
  const wire = await open()
  for (let round = 0; round < 2; round++) {
    wire.send('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n')
    t.match(await wire.answer(), { body: 'no' })
    wire.send('1\r\ny\r\n0\r\n\r\n')
  }
})

test('toNodeListener: a client that leaves is a disconnect', async (t) => {
  const waiting = gate()
  const heard = gate<string>()
  const app = http(async (_scope, receive) => {
    await receive()
    waiting.open()
    heard.open((await receive()).type)
  })
  const { open } = await listen(t, listener(t, app).node)
  const wire = (await open()).send(get())
  await waiting.opened
  wire.reset()
  t.equal(await heard.opened, 'http.disconnect')
})

test('toNodeListener: a body that a parser kept as bytes is used', async (t) => {
  const app = express()
    .use(express.raw({ type: '*/*' }))
    .use(listener(t, echo).node as never)
  const { url } = await listen(t, app)
  t.equal(await (await fetch(url, { method: 'POST', body: 'raw' })).text(), 'raw')
})

test('toNodeListener: a body that a parser has read is refused, with a line in the log', async (t) => {
  const { node, log } = listener(t, echo)
  const { url } = await listen(
    t,
    express()
      .use(express.json())
      .use('/api', node as never),
  )
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/x`, { method: 'POST', headers, body: '{}' })

  t.equal(response.status, 500)
  t.strictSame(log, [
    'Cannot read the body of POST "/api/x": a parser has read it before, expected the app in front of express.json() and the like',
  ])
})

test('toNodeListener: files go out by their path', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.pathsend', path: new URL(import.meta.url).pathname })
  })
  const { url } = await listen(t, listener(t, app).node)
  t.match(await (await fetch(url)).text(), /files go out by their path/)
})

test('toNodeListener: the first request starts the app, and close stops it', async (t) => {
  const heard: string[] = []
  const app: ASGIApp = async (scope, receive, send) => {
    if (scope.type !== 'lifespan') return reply(send, 'x')
    await receive()
    heard.push('startup')
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    heard.push('shutdown')
    await send({ type: 'lifespan.shutdown.complete' })
  }
  const { node } = listener(t, app, { lifespan: 'on' })
  const { url, open } = await listen(t, node, node.upgrade)
  t.equal(await (await fetch(url)).text(), 'x')
  await node.close()

  t.strictSame(heard, ['startup', 'shutdown'])
  t.equal((await fetch(url)).status, 503)
  t.match(await (await open()).send(handshake()).answer(), { status: 503 })
})

test('toNodeListener: start starts the app; a failure is answered with 500', async (t) => {
  const app: ASGIApp = async (_scope, receive, send) => {
    await receive()
    await send({ type: 'lifespan.startup.failed', message: 'no' })
  }
  const { node, log } = listener(t, app, { lifespan: 'on' })
  const { url } = await listen(t, node)
  await t.rejects(node.start(), { name: 'LifespanFailed' })
  t.equal((await fetch(url)).status, 500)
  t.strictSame(log, ['The app failed to start'])
})

const echoSocket = websocket(async (_scope, receive, send) => {
  await receive()
  await send({ type: 'websocket.accept' })
  for (;;) {
    const message = await receive()
    if (message.type !== 'websocket.receive') return
    await send({ ...message, type: 'websocket.send' })
  }
})

test('toNodeListener: upgrade opens WebSockets, which close when the app is closed', async (t) => {
  const { node } = listener(t, echoSocket)
  const { url } = await listen(t, node, node.upgrade)
  const client = new WebSocket(url.replace('http', 'ws'))
  await once(client, 'open')
  client.send('hi')
  const [data] = (await once(client, 'message')) as [Buffer]
  t.equal(String(data), 'hi')

  const second = new WebSocket(url.replace('http', 'ws'))
  await once(second, 'open')
  second.close()
  await once(second, 'close')
  const closed = once(client, 'close') as Promise<[number]>
  await node.close()
  t.equal((await closed)[0], 1012)
})

test('toNodeListener: a handshake that is none is refused', async (t) => {
  const { node } = listener(t, echoSocket)
  const { open } = await listen(t, node, node.upgrade)
  t.match(await (await open()).send(get('/', 'connection: upgrade', 'upgrade: websocket')).answer(), { status: 426 })
  t.match(await (await open()).send(handshake('/%ZZ')).answer(), { status: 400 })
})

test('toNodeListener: within node:https the scheme is https', async (t) => {
  const seen: string[] = []
  const { node } = listener(
    t,
    http(async (scope, _receive, send) => {
      seen.push(scope.scheme, scope.root_path, scope.path)
      await reply(send, '')
    }),
  )
  const server = createHTTPSServer(localhostTLS, node)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo

  const [answer] = (await once(
    getOverTLS({ port, host: '127.0.0.1', path: '/a', ca: localhostTLS.cert, agent: false }),
    'response',
  )) as [IncomingMessage]
  answer.resume()

  t.strictSame(seen, ['https', '', '/a'])
})

test('toNodeListener: the authority of an absolute target is the host', async (t) => {
  const { node } = listener(
    t,
    http(async (scope, _receive, send) => {
      const hosts = [...scope.headers].filter(([name]) => name === 'host').map(([, value]) => value)
      await reply(send, `${hosts.join()} ${scope.path}`)
    }),
  )
  const stage = await listen(t, node)
  const wire = await stage.open()

  wire.send('GET http://other.example/a HTTP/1.1\r\nhost: example.org\r\n\r\n')

  t.match(await wire.answer(), { body: 'other.example /a' })
})
