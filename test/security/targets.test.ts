import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { Application, JSONResponse, PlainTextResponse, StaticFiles } from 'stelline'
import { serve } from 'stelline/servers'
import { TestClient } from 'stelline/testing'
import { Wire } from '../support/wire.ts'

/*
 * What has gone wrong with the targets of other frameworks' requests, from the request line to the app.
 */

/** Answers with what the app sees, and counts the requests that it gets. */
function witness(): { app: Application; count: () => number } {
  let count = 0
  const app = new Application()
  app.get('/{path:path}', ({ scope, url }) => {
    count++
    return new JSONResponse({ path: scope.path, scheme: scope.scheme, url: url.href })
  })
  return { app, count: () => count }
}

async function answerTo(
  app: Application,
  line: string,
  host = 'example.org',
): Promise<{ status: number; body: string }> {
  await using server = await serve(app, { port: 0 })
  using wire = await Wire.to(server.url)
  return await wire.send(`${line} HTTP/1.1\r\nhost: ${host}\r\n\r\n`).answer()
}

for (const path of ['/%', '/%ZZ', '/a%2', '/%FF', '/%C0%AE', '/%u002e', '/%E0%A4%A', '/a%00b']) {
  test(`JS 17: the target ${path} is refused before any endpoint, by a server and by fetch()`, async (t) => {
    const { app, count } = witness()
    t.equal((await answerTo(app, `GET ${path}`)).status, 400)
    t.equal((await app.fetch(new Request(`http://example.org${path}`))).status, 400)
    t.equal(count(), 0)
  })
}

test('JS 18: of a target in absolute form the path counts; the scheme is that of the connection', async (t) => {
  const { app } = witness()
  const { status, body } = await answerTo(app, 'GET https://example.org/admin?x')
  t.equal(status, 200)
  t.strictSame(JSON.parse(body), { path: '/admin', scheme: 'http', url: 'http://example.org/admin?x' })
})

for (const line of [
  'GET *',
  'GET example.org:80',
  'GET admin',
  'GET ftp://example.org/admin',
  'GET http:/admin',
  'GET http:///admin',
  'GET http://user@example.org/admin',
  'OPTIONS example.org:80',
]) {
  test(`JS 18: "${line}" is no request`, async (t) => {
    const { app, count } = witness()
    t.equal((await answerTo(app, line)).status, 400)
    t.equal(count(), 0)
  })
}

test('JS 8, GHSA-9hp6-4448-45g2: the path of a URL begins behind its authority, whatever the scheme', async (t) => {
  const { app } = witness()
  for (const url of ['http://h/a/b', 'https://h/a/b', 'http://h:8080/a/b', 'http://[::1]/a/b', 'http://http/a/b']) {
    t.match(await (await app.fetch(new Request(url))).json(), { path: '/a/b', url }, url)
  }
})

test('JS 5, GHSA-8pvw-jcv7-9cmj: what decides by the path of a file sees the path on the disk, and no other', async (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'deep'))
  writeFileSync(join(directory, 'deep', 'a.txt'), '')
  const seen: string[] = []
  const cacheControl = (path: string): null => {
    seen.push(path)
    return null
  }
  const app = new Application({ fallback: new StaticFiles({ directory, cacheControl }) })
  await using client = await TestClient.open(app)
  const spellings = [
    '/deep/a.txt',
    '/%64eep/%61.txt',
    '/deep/./a.txt',
    '/deep%2Fa.txt',
    '//deep/a.txt',
    '/x/../deep/a.txt',
  ]
  const statuses: number[] = []
  for (const path of spellings) {
    const response = await client.get(path)
    await response.bytes()
    statuses.push(response.status)
  }
  t.strictSame(statuses, [200, 200, 404, 404, 404, 404])
  t.strictSame(seen, ['deep/a.txt', 'deep/a.txt'])
})

test('JS 8: a mount takes its prefix away as a whole, also where it is longer decoded than encoded', async (t) => {
  const app = new Application()
  app.mount(
    '/ü',
    new Application().get('/x', ({ scope }) => new PlainTextResponse(scope.root_path)),
  )
  await using client = await TestClient.open(app)
  for (const path of ['/%C3%BC/x', '/%c3%bc/%78']) t.equal(await (await client.get(path)).text(), '/ü', path)
})
