import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'tap'
import {
  Application,
  EventSourceResponse,
  FileResponse,
  JSONResponse,
  PlainTextResponse,
  RedirectResponse,
  Response,
  StreamingResponse,
  Templates,
  encodeEvent,
} from 'stelline'
import type { TemplateEngine } from 'stelline'
import { serve } from 'stelline/servers'
import { TestClient } from 'stelline/testing'
import { httpScope, receiveNothing, recorder } from '../support/messages.ts'
import { Wire } from '../support/wire.ts'

/*
 * What has gone wrong with the responses of other frameworks, each with the identifier of its advisory.
 */

const directory = mkdtempSync(join(tmpdir(), 'stelline-security-'))
process.on('exit', () => rmSync(directory, { recursive: true }))
const digits = join(directory, 'digits.html')
writeFileSync(digits, '0123456789')

for (const target of ['//evil.example', '\\\\evil.example', '/\\evil.example', '/\t/evil.example', '///evil.example']) {
  test(`JS 15, CVE-2024-29041, GHSA-jgmv-j7ww-jx2x: a redirect to ${JSON.stringify(target)} is refused`, async (t) => {
    t.throws(() => new RedirectResponse(target), { name: 'TypeError' })
  })
}

test('JS 16, CVE-2024-43796, CVE-2024-43799, CVE-2024-43800, CVE-2025-32379: a redirect has no markup', async (t) => {
  const response = new RedirectResponse('/"><script>alert(1)</script>')
  t.equal(response.body, null)
  t.notMatch(response.headers.get('location')!, /[<>"]/)
})

for (const value of ['a\r\nset-cookie: b=1', 'a\nb', 'a\rb', 'a\0b', 'a☃b']) {
  test(`JS 25, CVE-2020-7695: a field cannot hold ${JSON.stringify(value)}`, async (t) => {
    t.throws(() => new PlainTextResponse('', { headers: { 'x-a': value } }), { name: 'TypeError' })
    t.throws(() => new PlainTextResponse('').headers.set('x-a', value), { name: 'TypeError' })
    t.throws(() => new PlainTextResponse('', { headers: { [value]: 'a' } }), { name: 'TypeError' })
    t.throws(() => new PlainTextResponse('', { mediaType: value }), { name: 'TypeError' })
  })
}

test('JS 25: a link of early hints cannot begin another field', async (t) => {
  const app = new Application()
  app.get('/', async (request) => {
    await request.sendEarlyHints(['</a>\r\nset-cookie: b=1'])
    return new PlainTextResponse('')
  })
  await using server = await serve(app, { port: 0, log: { info() {}, warn() {}, error() {} } })
  using wire = await Wire.to(server.url)
  wire.send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const answer = await wire.answer()
  t.equal(answer.status, 500)
})

test('JS 26, CVE-2026-21710: fields named as members of Object.prototype are ordinary', async (t) => {
  const response = new PlainTextResponse('', {
    headers: [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  })
  t.equal(response.headers.get('__proto__'), '1')
  t.equal(response.headers.get('constructor'), '2')
  t.equal(response.headers.get('toString'), null)
})

for (const text of ['a\r\ndata: evil', 'a\rid: evil', 'a\nevent: evil', 'a\0b']) {
  test(`JS 52, GHSA-p6xx-57qc-3wxr, CVE-2026-33128, GHSA-4hxc-9384-m385: ${JSON.stringify(text)} begins no field`, async (t) => {
    t.throws(() => encodeEvent({ id: text }), { name: 'TypeError' })
    t.throws(() => encodeEvent({ event: text }), { name: 'TypeError' })
    const lines = encodeEvent({ data: text, comment: text }).split(/\r\n|\r|\n/)
    t.ok(
      lines.every((line) => line === '' || /^(?:data|):/.test(line)),
      lines.join('|'),
    )
  })
}

test('JS 53, CVE-2026-25224: a web stream is not read ahead of a client that never reads', async (t) => {
  let produced = 0
  let cancelled = false
  const app = new Application()
  app.get('/', () => {
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          produced += 65_536
          controller.enqueue(new Uint8Array(65_536))
        },
        cancel() {
          cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return new StreamingResponse(source)
  })
  await using server = await serve(app, { port: 0 })
  const socket = connect(server.port!, '127.0.0.1')
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(socket, 'connect')
  await until(() => produced > 0)
  await untilStill(() => produced)
  // What the two sockets hold, and not more.
  t.ok(produced < 64 * 1_048_576, String(produced))
  socket.destroy()
  await until(() => cancelled)
  t.ok(cancelled)
})

test('JS 54: for HEAD an endless source is cancelled at once', async (t) => {
  let returned = false
  const endless = {
    next: (): never => t.fail('it was read') as never,
    return: async () => ((returned = true), { done: true as const, value: undefined }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
  const app = new Application()
  app.get('/', () => new StreamingResponse(endless))
  await using client = await TestClient.open(app)
  t.equal((await client.request('HEAD', '/')).status, 200)
  t.ok(returned)
})

const readTwice: readonly (readonly [what: string, make: () => Response])[] = [
  ['Response', () => new Response(Buffer.from('bytes'))],
  ['PlainTextResponse', () => new PlainTextResponse('text')],
  ['JSONResponse', () => new JSONResponse({ a: 1 })],
  ['RedirectResponse', () => new RedirectResponse('/a')],
  ['StreamingResponse over an array', () => new StreamingResponse(['a', 'b'])],
  ['StreamingResponse over a Blob', () => new StreamingResponse(new Blob(['ab']))],
  ['EventSourceResponse over an array', () => new EventSourceResponse(['a'])],
  ['FileResponse', () => new FileResponse(digits, { filename: 'a.html' })],
]

for (const [what, make] of readTwice) {
  test(`JS 55: ${what} is shared by two requests, and what happens to one answer does not reach the other`, async (t) => {
    const shared = make()
    const before = [...shared.headers]
    const answers = await Promise.all(
      ['range', 'x-other'].map(async (name) => {
        const { send, sent } = recorder()
        await shared.respond(httpScope({ headers: [[name, 'bytes=0-1']] }), receiveNothing, (message) => {
          // As a middleware that sets a cookie on the way does.
          if (message.type !== 'http.response.start') return send(message)
          return send({ ...message, headers: [...message.headers!, ['set-cookie', `${name}=1`]] })
        })
        return sent
      }),
    )
    t.strictSame([...shared.headers], before)
    for (const [index, name] of ['range', 'x-other'].entries()) {
      const [start] = answers[index]!
      const cookies = [...(start as { headers: Iterable<[string, string]> }).headers].filter(
        ([field]) => field === 'set-cookie',
      )
      t.strictSame(cookies, [['set-cookie', `${name}=1`]])
    }
  })
}

test('JS 56: contexts of templates that are rendered at the same time do not mix', async (t) => {
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const engine: TemplateEngine = {
    render: async (name, context) => {
      if (name === 'slow') await held
      return String(context['user'])
    },
  }
  const templates = new Templates({ engine })
  const app = new Application()
  app.get('/{name}/{user}', (request) =>
    templates.response(request, request.pathParams.name, { user: request.pathParams.user }),
  )
  await using client = await TestClient.open(app)
  const slow = client.get('/slow/anna')
  t.equal(await (await client.get('/fast/ben')).text(), 'ben')
  release()
  t.equal(await (await slow).text(), 'anna')
})

test('JS 57: an attachment has a safe name in both forms, and is not sniffed', async (t) => {
  const { headers } = new FileResponse(digits, { filename: 'naïve";\r\nx: y/../☃.html' })
  const disposition = headers.get('content-disposition')!
  t.match(disposition, /^attachment; filename=".*"; filename\*=UTF-8''/)
  t.notMatch(disposition, /[\r\n]|"; x|\//)
  t.equal(headers.get('x-content-type-options'), 'nosniff')
})

test('JS 24: what a fetched answer says of its own connection is not passed on', async (t) => {
  const origin = new Application()
  origin.get('/', () => {
    const headers = { 'keep-alive': 'timeout=9', 'proxy-authenticate': 'Basic', 'x-kept': '1' }
    return new PlainTextResponse('from the origin', { headers })
  })
  await using server = await serve(origin, { port: 0 })
  const proxy = new Application()
  proxy.get('/', () => fetch(server.url))
  await using client = await TestClient.open(proxy)
  const response = await client.get('/')
  t.equal(response.headers.get('x-kept'), '1')
  for (const name of ['connection', 'keep-alive', 'proxy-authenticate', 'transfer-encoding']) {
    t.equal(response.headers.has(name), false, name)
  }
})

for (const thrown of [{ status: 200, body: 'own' }, 'text', null, undefined, 404]) {
  test(`JS 58: that ${JSON.stringify(thrown)} is thrown does not shape the answer`, async (t) => {
    const app = new Application()
    app.get('/', () => {
      throw thrown
    })
    await using client = await TestClient.open(app, { raiseServerErrors: false })
    const response = await client.get('/')
    t.equal(response.status, 500)
    t.equal(await response.text(), 'Internal Server Error')
  })
}

/** Lets the event loop turn until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}

/** Lets the event loop turn until a number has not changed for many turns. */
async function untilStill(read: () => number): Promise<void> {
  for (let turns = 0, before = read(); turns < 2000; turns++) {
    await new Promise(setImmediate)
    if (read() === before) continue
    before = read()
    turns = 0
  }
}
