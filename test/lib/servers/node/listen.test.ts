import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server as NetServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { endsOf, urlOf } from '../../../../lib/servers/node/listen.ts'
import { serve } from '../../../../lib/servers/node/serve.ts'
import type { Server } from '../../../../lib/servers/node/server.ts'
import type { ServeOptions } from '../../../../lib/servers/options.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import { get, http, paths, reply, serving } from '../serving.ts'
import { Wire } from '../../../support/wire.ts'

/** A directory for the time of a test, with a path short enough for sockets in it: about 100 bytes. */
function directoryFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 's-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Asks a server once. */
async function ask(url: string): Promise<string> {
  using wire = await Wire.to(url)
  return (await wire.send(get('/hello')).answer()).body
}

/** The port that another server has. */
async function takenPort(t: Test): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  return (other.address() as { port: number }).port
}

/** The URL of a server by the host that it was given. */
const hosts: ReadonlyArray<readonly [host: string, url: RegExp]> = [
  ['127.0.0.1', /^http:\/\/127\.0\.0\.1:(\d+)$/],
  ['0.0.0.0', /^http:\/\/127\.0\.0\.1:(\d+)$/],
  ['::1', /^http:\/\/\[::1\]:(\d+)$/],
  ['::', /^http:\/\/\[::1\]:(\d+)$/],
]
for (const [host, url] of hosts) {
  test(`serve(): on ${host} and port 0 the URL has the real port, and can be reached`, async (t) => {
    const { server } = await serving(t, paths, { host, port: 0 })
    t.match(server.url, url)
    t.equal(Number(url.exec(server.url)?.[1]), server.port)
    t.equal(await ask(server.url), '/hello')
  })
}

test('serve(): listens on the port that it is given', async (t) => {
  const first = await serve(paths, { port: 0, lifespan: 'off' })
  const port = first.port!
  await first.close()
  const { server } = await serving(t, paths, { port })
  t.equal(server.url, `http://127.0.0.1:${port}`)
})

test('serve(): the scope tells both ends of a connection', async (t) => {
  const ends = http(async (scope, _receive, send) => reply(send, JSON.stringify([scope.client, scope.server])))
  const { server, open } = await serving(t, ends)
  const wire = await open()
  const { body } = await wire.send(get()).answer()
  t.strictSame(JSON.parse(body), [
    ['127.0.0.1', wire.socket.localPort],
    ['127.0.0.1', server.port],
  ])
})

test('serve(): two servers in one process each have their port', async (t) => {
  const [first, second] = [await serving(t, paths), await serving(t, paths)]
  t.not(first.server.port, second.server.port)
  t.equal(await ask(first.server.url), await ask(second.server.url))
})

test('serve(): listens on a Unix socket, which goes with the server', async (t) => {
  const path = join(directoryFor(t), 'app.sock')
  const ends = http(async (scope, _receive, send) => reply(send, JSON.stringify([scope.client, scope.server])))
  const { server } = await serving(t, ends, { uds: path })
  t.strictSame([server.url, server.port], [`unix:${path}`, null])
  t.strictSame(JSON.parse(await ask(server.url)), [null, [path, null]])
  await server.close()
  t.equal(existsSync(path), false)
})

test('serve(): a Unix socket that nobody answers on is replaced', async (t) => {
  const directory = directoryFor(t)
  const [path, moved] = [join(directory, 'app.sock'), join(directory, 'moved.sock')]
  const dead = createServer().listen(moved)
  await once(dead, 'listening')
  // A server removes the path that it knows: under another name its socket outlives it.
  renameSync(moved, path)
  dead.close()
  await once(dead, 'close')
  t.equal(existsSync(path), true)
  const { server } = await serving(t, paths, { uds: path })
  t.equal(await ask(server.url), '/hello')
})

test('serve(): a Unix socket that somebody answers on is left alone', async (t) => {
  const path = join(directoryFor(t), 'app.sock')
  const { server } = await serving(t, paths, { uds: path })
  await t.rejects(serve(paths, { uds: path, lifespan: 'off' }), {
    name: 'ListenFailed',
    message: `Cannot listen on Unix socket ${path}: the address is in use`,
  })
  t.equal(await ask(server.url), '/hello')
})

test('serve(): a file at the path of a Unix socket is left alone', async (t) => {
  const path = join(directoryFor(t), 'app.sock')
  writeFileSync(path, 'precious')
  await t.rejects(serve(paths, { uds: path, lifespan: 'off' }), { name: 'ListenFailed' })
  t.equal(readFileSync(path, 'utf8'), 'precious')
})

/** Has another process serve on the socket of a listening server, and resolves with what it says of its URL and port. */
async function inherited(t: Test, parent: NetServer): Promise<{ url: string; port: number | null }> {
  await once(parent, 'listening')
  t.teardown(() => parent.close())
  const { fd } = Reflect.get(parent, '_handle') as { fd: number }
  const source = new URL('../../../../lib/servers/node/serve.ts', import.meta.url)
  const program = `
    import { serve } from ${JSON.stringify(source.href)}
    const app = async (scope, receive, send) => {
      await send({ type: 'http.response.start', status: 200 })
      await send({ type: 'http.response.body', body: scope.path })
    }
    const { url, port } = await serve(app, { fd: 3, lifespan: 'off' })
    console.log(JSON.stringify({ url, port }))`
  const node = ['--import=tsx', '--conditions=stelline-source', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit', fd] })
  const gone = once(child, 'exit')
  t.teardown(async () => {
    child.kill()
    await gone
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return JSON.parse(line.toString()) as { url: string; port: number | null }
}

test('serve(): listens on an inherited descriptor', async (t) => {
  const parent = createServer().listen(0, '127.0.0.1')
  const { url, port } = await inherited(t, parent)
  t.equal(port, (parent.address() as { port: number }).port)
  t.equal(url, `http://127.0.0.1:${port}`)
})

test('serve(): the URL of an inherited Unix socket begins with "unix:"', async (t) => {
  const { url, port } = await inherited(t, createServer().listen(join(directoryFor(t), 'app.sock')))
  t.match(url, /^unix:/)
  t.equal(port, null)
})

test('endsOf(): a connection of an inherited Unix socket has no ends', async (t) => {
  t.strictSame(endsOf({ address: () => null } as NetServer, {} as Socket), { client: null, server: null })
})

test('endsOf(): a client that has gone already has no address', async (t) => {
  const address = { address: '::', family: 'IPv6', port: 80 }
  t.strictSame(endsOf({ address: () => address } as NetServer, {} as Socket), { client: ['', 0], server: ['::', 80] })
})

test('urlOf(): an inherited Unix socket does not tell its path', async (t) => {
  t.equal(urlOf({ address: () => null } as NetServer), 'unix:')
})

test('serve(): a broken answer without a length ends with its connection on a Unix socket', async (t) => {
  const path = join(directoryFor(t), 'app.sock')
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'begun', more_body: true })
    throw new Error('boom')
  })
  const { open, log } = await serving(t, app, { uds: path })
  const wire = (await open()).send('GET / HTTP/1.0\r\n\r\n')

  // What was not sent yet may be lost, but nothing comes that looks like an end.
  t.notMatch(await wire.rest(), /Internal Server Error/)
  t.match(log, [/boom$/])
})

/** Where a server cannot listen, and what the error says. */
const failures: ReadonlyArray<
  readonly [what: string, optionsOf: (t: Test) => ServeOptions | Promise<ServeOptions>, message: RegExp]
> = [
  [
    'a port that is taken',
    async (t) => ({ port: await takenPort(t) }),
    /^Cannot listen on 127\.0\.0\.1 port \d+: the address is in use by another process$/,
  ],
  [
    'an address of another machine',
    () => ({ host: '192.0.2.1', port: 0 }),
    /^Cannot listen on 192\.0\.2\.1 port 0: this machine has no such address$/,
  ],
  [
    'a Unix socket in a missing directory',
    (t) => ({ uds: join(directoryFor(t), 'missing', 'app.sock') }),
    /^Cannot listen on Unix socket \S+: (?!.*\bports?\b)/,
  ],
  [
    'a Unix socket below a file',
    (t) => {
      const file = join(directoryFor(t), 'file')
      writeFileSync(file, '')
      return { uds: join(file, 'app.sock') }
    },
    /^Cannot listen on Unix socket \S+: (?!.*\bports?\b)/,
  ],
  [
    'a descriptor that is not open',
    () => ({ fd: 9999 }),
    /^Cannot listen on file descriptor 9999: the file descriptor is not (open|a listening socket)$/,
  ],
  [
    'a descriptor of a file',
    (t) => {
      const path = join(directoryFor(t), 'file')
      writeFileSync(path, '')
      const fd = openSync(path, 'r')
      t.teardown(() => closeSync(fd))
      return { fd }
    },
    /^Cannot listen on file descriptor \d+: the file descriptor is not a listening socket$/,
  ],
]
for (const [what, optionsOf, message] of failures) {
  test(`serve(): ${what} is a ListenFailed, and the app is shut down again`, async (t) => {
    const options = await optionsOf(t)
    const seen: string[] = []
    const app: ASGIApp = async (_scope, receive, send) => {
      seen.push((await receive()).type)
      await send({ type: 'lifespan.startup.complete' })
      seen.push((await receive()).type)
      await send({ type: 'lifespan.shutdown.complete' })
    }
    const error = (await serve(app, options).catch((failure: unknown) => failure)) as Error
    t.match(error, { name: 'ListenFailed', code: 'STELLINE_LISTEN_FAILED', message })
    t.ok(error.cause instanceof Error)
    t.strictSame(seen, ['lifespan.startup', 'lifespan.shutdown'])
  })
}

test('serve(): a failing shutdown after a failed listen is logged, and the first failure is thrown', async (t) => {
  const log: string[] = []
  const note = (message: string, error?: unknown): void => void log.push(`${message}: ${(error as Error).message}`)
  const app: ASGIApp = async (_scope, receive, send) => {
    await send({ type: 'lifespan.startup.complete' })
    await receive()
    await receive()
    throw new Error('boom')
  }
  const port = await takenPort(t)
  await t.rejects(serve(app, { port, log: { info() {}, warn: note, error: note } }), { name: 'ListenFailed' })
  t.strictSame(log, ['The app failed at shutdown: The app failed at shutdown: the app failed'])
})

test('serve(): an app that fails to start never listens', async (t) => {
  const app: ASGIApp = (_scope, _receive, send) => send({ type: 'lifespan.startup.failed', message: 'no database' })
  const port = await takenPort(t)
  await t.rejects(serve(app, { port }), { name: 'LifespanFailed', message: 'The app failed at start-up: no database' })
})

/** Options that cannot be meant: they are refused before the app starts. */
const refused: ReadonlyArray<readonly [options: ServeOptions, name: string, message: RegExp]> = [
  [{ port: -1 }, 'RangeError', /^Cannot serve on port -1: expected a whole number from 0 to 65535$/],
  [{ port: 65_536 }, 'RangeError', /^Cannot serve on port 65536/],
  [{ port: 1.5 }, 'RangeError', /^Cannot serve on port 1.5/],
  [{ port: NaN }, 'RangeError', /^Cannot serve on port NaN/],
  [{ port: '8000' as never }, 'RangeError', /^Cannot serve on port "8000": expected/],
  [{ host: '' }, 'TypeError', /^Cannot serve on host "": expected an address or a name/],
  [{ host: 1 as never }, 'TypeError', /^Cannot serve on host 1: expected an address or a name/],
  [{ fd: -1 }, 'RangeError', /^Cannot serve on file descriptor -1: expected a whole number from 0 to 2147483647$/],
  [{ fd: '3' as never }, 'RangeError', /^Cannot serve on file descriptor "3": expected/],
  [{ uds: '' }, 'RangeError', /^Cannot serve on Unix socket "": expected a path that is not empty$/],
  [{ uds: 1 as never }, 'RangeError', /^Cannot serve on Unix socket 1: expected a path/],
  [
    { uds: 'a'.repeat(300) },
    'RangeError',
    /^Cannot serve on Unix socket "a+…: the path has 300 bytes, expected at most \d+/,
  ],
  [{ backlog: -5 }, 'RangeError', /^Cannot serve with backlog -5: expected a whole number from 1 to 2147483647$/],
  [{ backlog: 'x' as never }, 'RangeError', /^Cannot serve with backlog "x": expected/],
  [{ backlog: 0 }, 'RangeError', /^Cannot serve with backlog 0: expected/],
  [{ lifespan: 'yes' as never }, 'TypeError', /^Cannot serve with lifespan "yes": expected "auto", "on", "off"$/],
  [{ dateHeader: 'no' as never }, 'TypeError', /^Cannot serve with dateHeader "no": expected true or false$/],
  [
    { websocket: { compression: 'no' as never } },
    'TypeError',
    /^Cannot serve with compression "no": expected true or false$/,
  ],
  [{ rootPath: 1 as never }, 'TypeError', /^Cannot serve under rootPath 1: expected a path such as "\/api"$/],
  [{ rootPath: 'api' }, 'TypeError', /^Cannot serve under rootPath "api": it does not start with "\/"$/],
  [{ maxHeaderBytes: 0 }, 'RangeError', /^Cannot serve with maxHeaderBytes 0/],
  [{ websocket: { maxFragments: -1 } }, 'RangeError', /^Cannot serve with maxFragments -1/],
  [{ headers: [['a b', 'c']] }, 'TypeError', /./],
  [{ serverHeader: 'a\r\nb' }, 'TypeError', /./],
]
for (const [options, name, message] of refused) {
  test(`serve(): the options ${JSON.stringify(options)} are refused before the app starts`, async (t) => {
    const app: ASGIApp = async () => void t.fail('called')
    const failure: unknown = await serve(app, options).then(
      (server: Server) => server.close(),
      (error: unknown) => error,
    )
    t.match(failure, { name, message })
  })
}
