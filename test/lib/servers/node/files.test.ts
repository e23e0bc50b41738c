import { createHash } from 'node:crypto'
import { open as openFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { SendMessage } from '../../../../lib/spec/messages.ts'
import { bodyOf, gate, get, http, serving, unlinted } from '../serving.ts'

type Start = Extract<SendMessage, { type: 'http.response.start' }>

function sendingPath(path: string, start: Partial<Start> = {}): ReturnType<typeof http> {
  return http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, ...start })
    await send({ type: 'http.response.pathsend', path })
  })
}

test('http.response.pathsend: the file with its length', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const { open } = await serving(t, sendingPath(path))
  const wire = await open()

  const first = await wire.send(get()).answer()
  const second = await wire.send(get()).answer()

  t.same([first.body, first.headers['content-length'], second.body], ['hello', '5', 'hello'])
})

test('http.response.pathsend: an empty file', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file')
  const { ask } = await serving(t, sendingPath(path))

  const { body, headers } = await ask(get())

  t.same([body, headers['content-length']], ['', '0'])
})

test('http.response.pathsend: a big file, piece by piece', async (t) => {
  const path = join(t.testdir({}), 'file')
  const content = Buffer.alloc(5_000_001, 'abcdefg')
  await writeFile(path, content)
  const { ask } = await serving(t, sendingPath(path))

  const { body } = await ask(get())

  t.equal(hash(body), hash(content))
})

test('http.response.pathsend: a slow client keeps the file from memory', async (t) => {
  const path = join(t.testdir({}), 'file')
  await writeFile(path, Buffer.alloc(100_000_000))
  const before = process.memoryUsage().arrayBuffers
  const { open } = await serving(t, sendingPath(path))
  const wire = await open()

  wire.send(get())
  await wire.until('\r\n\r\n')
  wire.socket.pause()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const grown = process.memoryUsage().arrayBuffers - before
  wire.reset()

  t.ok(grown < 40_000_000, `${grown} bytes were kept`)
})

test('http.response.pathsend: HEAD gets the length alone', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const { open } = await serving(t, sendingPath(path))
  const wire = await open()

  const { headers } = await wire.send('HEAD / HTTP/1.1\r\nhost: a\r\n\r\n').answer(true)
  const next = await wire.send(get()).answer()

  t.same([headers['content-length'], next.body], ['5', 'hello'])
})

test('http.response.pathsend: 304 has neither body nor length', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const { ask } = await serving(t, sendingPath(path, { status: 304 }))

  const { status, headers } = await ask(get())

  t.same([status, headers['content-length']], [304, undefined])
})

test('http.response.pathsend: to HTTP/1.0', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const { ask } = await serving(t, sendingPath(path))

  t.equal((await ask('GET / HTTP/1.0\r\n\r\n')).body, 'hello')
})

test('http.response.pathsend: with trailers', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.pathsend', path })
    await send({ type: 'http.response.trailers', headers: [['x-a', '1']] })
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(get('/', 'te: trailers'))).body, 'hello')
})

const missing: ReadonlyArray<readonly [what: string, path: (dir: string) => string]> = [
  ['a file that is not there', (dir) => join(dir, 'none')],
  ['a directory', (dir) => dir],
  ['a path with NUL', (dir) => `${dir}/a\0b`],
]
for (const [what, path] of missing) {
  test(`http.response.pathsend: ${what} is an error of the app`, async (t) => {
    const { ask, log } = await serving(t, sendingPath(path(t.testdir({}))))

    t.equal((await ask(get())).status, 500)
    t.equal(log.length, 1)
  })
}

test('http.response.pathsend: an app may answer otherwise when the file is missing', async (t) => {
  const path = join(t.testdir({}), 'none')
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.pathsend', path }).catch(() => send({ type: 'http.response.body', body: 'none' }))
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(get())).body, 'none')
})

test('http.response.pathsend: a file shorter than announced cuts the connection', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const { open, log, server } = await serving(t, sendingPath(path, { headers: [['content-length', '7']] }))
  const wire = (await open()).send(get())

  await t.rejects(wire.answer(), /The connection ended/)
  await server.close()
  t.match(log, [/shorter/])
})

test('http.response.pathsend: messages that follow at once wait for the file', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    const file = send({ type: 'http.response.pathsend', path })
    await Promise.all([file, send({ type: 'http.response.trailers' })])
  })
  const { ask } = await serving(t, unlinted(app))

  t.equal((await ask(get('/', 'te: trailers'))).body, 'hello')
})

test('http.response.pathsend: an app that does not wait for the file gets a 500, and the file is not sent', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    void send({ type: 'http.response.pathsend', path })
  })
  const { open } = await serving(t, unlinted(app))

  const text = await (await open()).send(get()).rest()

  t.match(text, /^HTTP\/1\.1 500 /)
  t.notMatch(text, /hello/)
})

test('http.response.pathsend: a client that leaves ends it', async (t) => {
  const path = join(t.testdir({}), 'file')
  await writeFile(path, Buffer.alloc(50_000_000))
  const ended = gate<unknown>()
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    ended.open(await send({ type: 'http.response.pathsend', path }).catch((error: unknown) => error))
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  await wire.until('\r\n\r\n')
  wire.reset()

  t.match(await ended.opened, { name: 'ClientDisconnected' })
})

test('http.response.pathsend: a request that is refused meanwhile ends it', async (t) => {
  const path = join(t.testdir({}), 'file')
  await writeFile(path, Buffer.alloc(50_000_000))
  const ended = gate<unknown>()
  const app = http(async (_scope, receive, send) => {
    void bodyOf(receive)
    await send({ type: 'http.response.start', status: 200 })
    ended.open(await send({ type: 'http.response.pathsend', path }).catch((error: unknown) => error))
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')

  await wire.until('\r\n\r\n')
  wire.send('zz\r\n')

  t.match(await ended.opened, { name: 'ClientDisconnected' })
})

/** Parts of a file of "0123456789", and what is sent of it. */
const parts: ReadonlyArray<
  readonly [what: string, part: { offset?: number | null; count?: number | null }, body: string]
> = [
  ['the whole file', {}, '0123456789'],
  ['null for both', { offset: null, count: null }, '0123456789'],
  ['from an offset', { offset: 4 }, '456789'],
  ['a count', { count: 3 }, '012'],
  ['an offset and a count', { offset: 4, count: 3 }, '456'],
  ['a count beyond the end', { offset: 8, count: 9 }, '89'],
  ['an offset beyond the end', { offset: 99 }, ''],
  ['nothing', { count: 0 }, ''],
]
for (const [what, part, body] of parts) {
  test(`http.response.zerocopysend: ${what}`, async (t) => {
    const path = join(t.testdir({ file: '0123456789' }), 'file')
    const app = http(async (_scope, _receive, send) => {
      const file = await openFile(path)
      await send({ type: 'http.response.start', status: 200 })
      await send({ type: 'http.response.zerocopysend', file, ...part })
      await file.close()
    })
    const { ask } = await serving(t, app)

    t.equal((await ask(get())).body, body)
  })
}

test('http.response.zerocopysend: several parts among other pieces', async (t) => {
  const path = join(t.testdir({ file: '0123456789' }), 'file')
  const app = http(async (_scope, _receive, send) => {
    const file = await openFile(path)
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: '<', more_body: true })
    await send({ type: 'http.response.zerocopysend', file, count: 3, more_body: true })
    await send({ type: 'http.response.zerocopysend', file, count: 2, more_body: true })
    await send({ type: 'http.response.body', body: '>' })
    await file.close()
  })
  const { ask } = await serving(t, app)

  t.equal((await ask(get())).body, '<01234>')
})

test('http.response.zerocopysend: a file that is closed is an error of the app', async (t) => {
  const path = join(t.testdir({ file: 'hello' }), 'file')
  const app = http(async (_scope, _receive, send) => {
    const file = await openFile(path)
    await file.close()
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.zerocopysend', file })
  })
  const { ask, log } = await serving(t, app)

  t.equal((await ask(get())).status, 500)
  t.equal(log.length, 1)
})

test('http.response.pathsend: a directory is refused, and the app may answer otherwise', async (t) => {
  const path = t.testdir({})
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    const error: unknown = await send({ type: 'http.response.pathsend', path }).catch((failure: unknown) => failure)
    await send({ type: 'http.response.body', body: (error as Error).message })
  })
  const { ask } = await serving(t, app)

  const { body, headers } = await ask(get())

  t.match(body, /^Cannot send "http\.response\.pathsend": path is .*, expected the path of a regular file$/)
  t.equal(headers['content-length'], String(body.length))
})

test('http.response.zerocopysend: refuses a file that is none', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.zerocopysend', file: 7 } as never)
  })
  const { ask, log } = await serving(t, unlinted(app))

  t.equal((await ask(get())).status, 500)
  t.match(log, [/file is 7/])
})

function hash(content: string | Uint8Array): string {
  return createHash('sha1')
    .update(typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    .digest('hex')
}
