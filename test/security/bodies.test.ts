import { test } from 'tap'
import { Application, HTTPException, JSONResponse, PlainTextResponse } from 'stelline'
import { serve } from 'stelline/servers'
import { TestClient } from 'stelline/testing'
import { Wire } from '../support/wire.ts'

/*
 * What has gone wrong with the bodies of other frameworks' requests, each with the identifier of its advisory.
 */

const silent = { info() {}, warn() {}, error() {} }

const app = new Application({ maxBodyBytes: 1000 })
app.post('/json', async (request) => new JSONResponse(await request.json()))
app.post('/form', async (request) => new JSONResponse([...(await request.form())]))
app.post('/unread', () => new PlainTextResponse('not read'))

/** Media types that some parser took for JSON or for a form, and some check for neither. */
const mediaTypes: readonly (readonly [advisory: string, contentType: string | null])[] = [
  ['CVE-2021-32677', 'text/plain'],
  ['CVE-2021-32677', 'text/plain; application/json'],
  ['strict_content_type', null],
  ['CVE-2022-41919', 'text/plain; x=application/json'],
  ['CVE-2022-41919', 'application/jsonx'],
  ['CVE-2026-3419', 'application/json garbage'],
  ['CVE-2026-3419', 'application/json; charset'],
  ['CVE-2022-39288', '[]'],
  ['CVE-2022-39288', 'application/'],
  ['CVE-2022-39288', ''],
  ['CVE-2024-48913', 'application/json, text/plain'],
]

for (const [advisory, contentType] of mediaTypes) {
  test(`JS 33, ${advisory}: a body of ${contentType ?? 'no type'} is 415, as JSON and as a form`, async (t) => {
    await using client = await TestClient.open(app)
    const headers = contentType === null ? {} : { 'content-type': contentType }
    for (const path of ['/json', '/form']) {
      const response = await client.post(path, { body: Buffer.from('{"a":1}'), headers })
      t.equal(response.status, 415, path)
    }
  })
}

for (const [advisory, contentType] of [
  ['CVE-2025-32442', 'Application/JSON'],
  ['CVE-2025-32442', 'application/json ; charset=utf-8'],
  ['CVE-2026-25223', 'application/json\t;charset=utf-8'],
  ['CVE-2026-33806', ' application/json'],
] as const) {
  test(`JS 33, ${advisory}: ${JSON.stringify(contentType)} is JSON to everybody`, async (t) => {
    await using client = await TestClient.open(app)
    const response = await client.post('/json', { body: '{"a":1}', headers: { 'content-type': contentType } })
    t.equal(response.status, 200)
  })
}

test('JS 35, GHSA-92vj-g62v-jqhh: what is received counts, not what is announced', async (t) => {
  await using server = await serve(app, { port: 0 })
  using wire = await Wire.to(server.url)
  const chunk = `400\r\n${'1'.repeat(1024)}\r\n`
  wire.send(
    'POST /json HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    chunk,
  )
  t.equal((await wire.answer()).status, 413)
})

for (const [what, fields] of [
  ['content-length beside transfer-encoding', 'content-length: 5\r\ntransfer-encoding: chunked\r\n'],
  ['a negative content-length (python-multipart 0.0.31)', 'content-length: -1\r\n'],
  ['a content-length that is no number', 'content-length: 5x\r\n'],
  ['two content-lengths', 'content-length: 5\r\ncontent-length: 6\r\n'],
] as const) {
  test(`JS 20, JS 35: ${what} is refused before the app`, async (t) => {
    await using server = await serve(app, { port: 0 })
    using wire = await Wire.to(server.url)
    wire.send(`POST /form HTTP/1.1\r\nhost: a\r\n${fields}\r\n`, '5\r\nhello\r\n0\r\n\r\n')
    t.equal((await wire.answer()).status, 400)
  })
}

test('JS 35: a body above the limit that nobody reads does no harm', async (t) => {
  await using client = await TestClient.open(app)
  const response = await client.post('/unread', { body: 'x'.repeat(100_000) })
  t.equal(response.status, 200)
})

test('JS 37, JS 38, CVE-2022-24999: the keys of forms and of JSON make no structure and change no prototype', async (t) => {
  await using client = await TestClient.open(app)
  const form = '__proto__[admin]=1&constructor.prototype.admin=1&a[]=1&a[99999999]=1'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await client.post('/form', { body: form, headers })
  t.strictSame(await answer.json(), [
    ['__proto__[admin]', '1'],
    ['constructor.prototype.admin', '1'],
    ['a[]', '1'],
    ['a[99999999]', '1'],
  ])
  t.equal(({} as Record<string, unknown>)['admin'], undefined)
})

test('JS 39: __proto__ and constructor in JSON are data, and data is never taken for a response', async (t) => {
  await using client = await TestClient.open(app)
  const headers = { 'content-type': 'application/json' }
  for (const body of [
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"constructor":{"name":"Response"},"status":302,"headers":{"location":"//evil.example"}}',
  ]) {
    const response = await client.post('/json', { body, headers })
    t.equal(response.status, 200)
    t.equal(await response.text(), body)
  }
  t.equal(({} as Record<string, unknown>)['admin'], undefined)
})

for (const [what, body, status] of [
  ['empty JSON', '', 400],
  ['blank JSON', ' \n', 400],
  ['a byte order mark before JSON', '\ufeff1', 200],
  ['a byte order mark alone', '\ufeff', 400],
  ['JSON that nests 400 levels deep', '['.repeat(400) + ']'.repeat(400), 400],
  ['half a document', '{"a":', 400],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400],
] as const) {
  test(`JS 43: ${what} is answered with ${status}`, async (t) => {
    await using client = await TestClient.open(app)
    const response = await client.post('/json', { body, headers: { 'content-type': 'application/json' } })
    t.equal(response.status, status)
  })
}

/** An endpoint that begins to read and fails before it waits for what it reads. */
const impatient = new Application({ maxBodyBytes: 1000 })
for (const kind of ['json', 'text', 'bytes', 'form'] as const) {
  impatient.post(`/${kind}`, (request) => {
    void request[kind]()
    void request[kind]({ bodyTimeoutMs: Infinity })
    throw new HTTPException(401)
  })
}

for (const [kind, contentType, body] of [
  ['json', 'application/json', '{'],
  ['json', 'text/plain', '{}'],
  ['json', 'application/json', `"${'x'.repeat(2000)}"`],
  ['text', 'text/plain', Buffer.from([0xff])],
  ['bytes', 'text/plain', 'x'.repeat(2000)],
  ['form', 'multipart/form-data; boundary=a', 'no form'],
  ['form', 'text/plain', 'no form'],
] as const) {
  test(`JS 43: a body of ${contentType} that fails after its endpoint did (${kind}) ends no process`, async (t) => {
    await using server = await serve(impatient, { port: 0, log: silent })
    const answer = await fetch(`${server.url}/${kind}`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType },
    })
    t.equal(answer.status, 401)
    await new Promise(setImmediate)
  })
}

test('JS 43: a client that leaves after the endpoint failed over its body ends no process', async (t) => {
  await using server = await serve(impatient, { port: 0, log: silent })
  const wire = await Wire.to(server.url)
  wire.send('POST /json HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{')
  t.equal((await wire.answer()).status, 401)
  wire.reset()
  t.equal((await fetch(`${server.url}/json`, { method: 'POST' })).status, 401)
})
