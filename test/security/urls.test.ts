import { test } from 'tap'
import { Application, PlainTextResponse, Request } from 'stelline'
import { TestClient } from 'stelline/testing'
import { httpScope } from '../support/messages.ts'

/*
 * What has gone wrong with the URLs that other frameworks make of requests, each with the identifier of its advisory.
 */

const requestOf = (path: string, host: string): Request =>
  new Request(httpScope({ path, raw_path: path, headers: [['host', host]] }))

for (const [advisory, host] of [
  ['CVE-2026-48710', 'example.com/abc?bar='],
  ['CVE-2026-48710', 'example.com/public#'],
  ['CVE-2026-33131', 'localhost:3000/x?'],
  ['koa 55ab9ba', 'evil.com:fake@legit.example'],
  ['koa 55ab9ba', 'user:password@legit.example'],
  ['a list', 'a.example, b.example'],
  ['a backslash', 'a.example\\b'],
] as const) {
  test(`JS 10, JS 11, ${advisory}: the host ${host} is ignored where URLs are made`, async (t) => {
    const { url, baseUrl } = requestOf('/admin', host)
    t.equal(url.href, 'http://127.0.0.1:8000/admin')
    t.equal(baseUrl.href, 'http://127.0.0.1:8000/')
  })
}

for (const path of ['@google.com', '//evil.com/x', '/\\evil.com', '///evil.com', '/@evil.com', '/.//evil.com']) {
  test(`CVE-2026-54282: the path ${path} is no authority`, async (t) => {
    t.equal(requestOf(path, 'example.org').url.host, 'example.org')
  })
}

for (const path of ['//evil.com/x/', '/\\evil.com/x/', '//evil.com/x', '/%5cevil.com/x/', '/%2f%2fevil.com/x/']) {
  test(`JS 15: a slash redirect of ${path} stays on its host`, async (t) => {
    const app = new Application()
    app.get('/{a:path}/x', () => new PlainTextResponse(''))
    await using client = await TestClient.open(app, { followRedirects: false })
    const response = await client.get(path)
    const location = response.headers.get('location')
    t.ok(location === null || new URL(location, 'http://testserver/').host === 'testserver', String(location))
  })
}
