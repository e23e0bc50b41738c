import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'tap'
import type { Test } from 'tap'
import { Application, HTTPException, PlainTextResponse, Route, StreamingResponse, exceptionHandler } from 'stelline'
import type { Middleware, Request, UploadFile } from 'stelline'
import { serve } from 'stelline/servers'
import { TestClient } from 'stelline/testing'
import { multipartBytes } from '../../../support/multipart.ts'

/*
 * Temporary files are gone when the answer has been sent, when the endpoint has failed and when the client has left.
 */

const headers = { 'content-type': 'multipart/form-data; boundary=b' }
const begin = multipartBytes('--b\nContent-Disposition: form-data; name="f"; filename="f.bin"\n\n')
const end = multipartBytes('\n--b--\n')
const body: Uint8Array = Buffer.concat([begin, Buffer.alloc(100_000, 'x'), end])

interface Uploads {
  readonly options: { directory: string; maxMemoryBytes: number }
  readonly files: () => string[]
}

function uploadsOf(t: Test): Uploads {
  const directory = t.testdir()
  return { options: { directory, maxMemoryBytes: 1000 }, files: () => readdirSync(directory) }
}

test('Request: temporary files of a form last until the answer and the background work are done', async (t) => {
  const { options, files } = uploadsOf(t)
  const seen: unknown[] = []
  const app = new Application()
  app.post('/', async (request) => {
    const file = (await request.form(options)).get('f') as UploadFile
    seen.push(files().length)
    return new PlainTextResponse('', { background: async () => seen.push((await file.bytes()).length, files().length) })
  })
  await using client = await TestClient.open(app)
  await client.post('/', { body, headers })
  await client.close()
  t.strictSame(seen, [1, 100_000, 1])
  t.strictSame(files(), [])
})

const endpoints: readonly (readonly [
  what: string,
  endpoint: (request: Request, form: () => Promise<unknown>) => unknown,
])[] = [
  [
    'the endpoint throws an HTTPException',
    async (_request, form) => {
      await form()
      throw new HTTPException(409)
    },
  ],
  [
    'the endpoint fails',
    async (_request, form) => {
      await form()
      throw new Error('failed')
    },
  ],
  [
    'the endpoint returns what is no response',
    async (_request, form) => {
      await form()
    },
  ],
  [
    'the form is read while the answer is sent',
    (_request, form) =>
      new StreamingResponse(
        (async function* () {
          await form()
          yield 'x'
        })(),
      ),
  ],
]

for (const [what, endpoint] of endpoints) {
  test(`Request: temporary files of a form are gone when ${what}`, async (t) => {
    const { options, files } = uploadsOf(t)
    let sawFiles = false
    const app = new Application()
    app.post(
      '/',
      (request) =>
        endpoint(request, async () => {
          await request.form(options)
          sawFiles = files().length > 0
        }) as Promise<PlainTextResponse>,
    )
    const client = await TestClient.open(app, { raiseServerErrors: false })
    const response = await client.post('/', { body, headers })
    await response.bytes()
    await client.close().catch(() => {})
    t.ok(sawFiles)
    t.strictSame(files(), [])
  })
}

for (const [what, status, thrown] of [
  ['an HTTPException', 403, new HTTPException(403)],
  ['another error', 500, new Error('failed')],
] as const) {
  test(`Request: temporary files of a form are gone that the handler of ${what} of a middleware has read`, async (t) => {
    const { options, files } = uploadsOf(t)
    let sawFiles = false
    const failing: Middleware = (inner) => (scope, receive, send) => {
      if (scope.type === 'http') throw thrown
      return inner(scope, receive, send)
    }
    const app = new Application({
      routes: [new Route('/', () => new PlainTextResponse(''), { methods: ['POST'], middleware: [failing] })],
      exceptionHandlers: [
        exceptionHandler(status, async (connection) => {
          await (connection as Request).form(options)
          sawFiles = files().length > 0
          return new PlainTextResponse('', { status })
        }),
      ],
    })
    await using client = await TestClient.open(app, { raiseServerErrors: false })
    await client.post('/', { body, headers })
    t.ok(sawFiles)
    await until(() => files().length === 0)
  })
}

test('Request: temporary files are gone as soon as the form turns out to be malformed', async (t) => {
  const { options, files } = uploadsOf(t)
  const app = new Application()
  app.post('/', async (request) => {
    await request.form(options).catch(() => {})
    return new PlainTextResponse(String(files().length))
  })
  await using client = await TestClient.open(app)
  const response = await client.post('/', { body: body.subarray(0, -10), headers })
  t.equal(await response.text(), '0')
})

test('Request: an answer does not wait for a form that nobody waits for, and leaves none of its files', async (t) => {
  const { options, files } = uploadsOf(t)
  let reading: Promise<unknown> | undefined
  const app = new Application()
  app.post('/', (request) => {
    reading = request.form(options).catch(() => {})
    return new PlainTextResponse('')
  })
  await using client = await TestClient.open(app)
  await client.post('/', { body, headers })
  await reading
  t.strictSame(files(), [])
})

test('CVE-2025-24033: temporary files are gone when the client leaves in the middle of the upload', async (t) => {
  const { options, files } = uploadsOf(t)
  const failures: unknown[] = []
  const app = new Application()
  app.post('/', async (request) => {
    await request.form(options).catch((error: unknown) => failures.push(error))
    return new PlainTextResponse('')
  })
  await using server = await serve(app, { port: 0, log: { info() {}, warn() {}, error() {} } })
  const socket = connect(server.port!, '127.0.0.1')
  const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${headers['content-type']}\r\ncontent-length: 1000000\r\n\r\n`
  socket.write(Buffer.concat([Buffer.from(head), begin, Buffer.alloc(500_000, 'x')]))
  await until(() => files().length > 0)
  socket.destroy()
  await once(socket, 'close')
  await until(() => failures.length > 0)
  t.match(failures, [{ code: 'EPIPE' }])
  t.strictSame(files(), [])
  t.ok(existsSync(options.directory))
})

/** Lets the event loop turn until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}
