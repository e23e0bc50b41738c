import { test } from 'tap'
import type { Request } from '../../../lib/request/request.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import type { Scope } from '../../../lib/spec/scope.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { withBodyLimits } from '../../../lib/request/body-limits.ts'
import { Application } from '../../../routing/application.ts'
import { Route } from '../../../routing/route.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../../support/messages.ts'

async function drained(request: Request): Promise<void> {
  for await (const chunk of request.stream()) void chunk
}

async function drainedForm(request: Request): Promise<void> {
  for await (const part of request.formStream()) await part.text()
}

const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
const multipart = { 'content-type': 'multipart/form-data; boundary=b' }
const part = '--b\r\ncontent-disposition: form-data; name=a\r\n\r\n'

const readings: readonly (readonly [
  what: string,
  read: (request: Request) => Promise<unknown>,
  headers: Record<string, string>,
  body: (length: number) => string,
])[] = [
  ['bytes()', (request) => request.bytes(), {}, (length) => 'x'.repeat(length)],
  ['text()', (request) => request.text(), {}, (length) => 'x'.repeat(length)],
  ['json()', (request) => request.json(), { 'content-type': 'application/json' }, (length) => '1'.repeat(length)],
  ['stream()', drained, {}, (length) => 'x'.repeat(length)],
  ['form() of an urlencoded form', (request) => request.form(), urlencoded, (length) => 'x'.repeat(length)],
  ['form() of a multipart form', (request) => request.form(), multipart, (length) => `${part}\r\n--b--`.padEnd(length)],
  ['formStream()', drainedForm, multipart, (length) => `${part}\r\n--b--`.padEnd(length)],
]

for (const [what, read, headers, body] of readings) {
  test(`withBodyLimits: ${what} answers 413 above the limit, whether the length is announced or not`, async (t) => {
    const app = new Application({ maxBodyBytes: 100 })
    app.post('/', async (request) => {
      await read(request)
      return new PlainTextResponse('read')
    })
    await using client = await TestClient.open(app)
    async function* pieces(): AsyncGenerator<string, void, undefined> {
      yield body(101).slice(0, 60)
      yield body(101).slice(60)
    }
    t.equal((await client.post('/', { body: body(100), headers })).status, 200)
    t.equal((await client.post('/', { body: body(101), headers })).status, 413)
    t.equal((await client.post('/', { body: pieces(), headers })).status, 413)
  })
}

test('withBodyLimits: those of a route win over those of the application', async (t) => {
  const size = async (request: Request): Promise<PlainTextResponse> =>
    new PlainTextResponse(String((await request.bytes()).length))
  const app = new Application({
    maxBodyBytes: 10,
    routes: [
      new Route('/small', size, { methods: ['POST'] }),
      new Route('/large', size, { methods: ['POST'], maxBodyBytes: 2_000_000 }),
    ],
  })
  await using client = await TestClient.open(app)
  const body = 'x'.repeat(1_500_000)
  t.equal((await client.post('/small', { body })).status, 413)
  t.equal(await (await client.post('/large', { body })).text(), '1500000')
})

test('withBodyLimits: what is not limited is left, and so is what is no request', async (t) => {
  const seen: unknown[] = []
  const app: ASGIApp = (scope: Scope & { max_body_bytes?: unknown; body_timeout_ms?: unknown }) => {
    seen.push([scope.max_body_bytes, scope.body_timeout_ms])
    return settled
  }
  const limited = withBodyLimits(withBodyLimits(app, { maxBodyBytes: Infinity }), { bodyTimeoutMs: 1000 })
  await limited(httpScope(), receiveNothing, recorder().send)
  await limited(websocketScope(), receiveNothing, recorder().send)
  t.strictSame(seen, [
    [Infinity, 1000],
    [undefined, undefined],
  ])
})

for (const limits of [
  { maxBodyBytes: -1 },
  { maxBodyBytes: NaN },
  { maxBodyBytes: '10mb' as never },
  { bodyTimeoutMs: 0 },
  { bodyTimeoutMs: null as never },
]) {
  test(`JS 36: withBodyLimits refuses ${JSON.stringify(limits)}, which would switch the limit off`, async (t) => {
    t.throws(() => withBodyLimits(() => settled, limits), { name: 'TypeError', message: /^Cannot limit bodies: / })
  })
}
