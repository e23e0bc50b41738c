import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { Application, FileResponse, Mount, StaticFiles } from 'stelline'
import { TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'

/*
 * What has gone wrong with the files that other frameworks serve, each with the identifier of its advisory. Attacks by path
 * are in test/lib/content/static-files-wire.test.ts, sent as they are written.
 */

const root = mkdtempSync(join(tmpdir(), 'stelline-security-files-'))
process.on('exit', () => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'static/sub'), { recursive: true })
writeFileSync(join(root, 'static/a.txt'), '0123456789')
writeFileSync(join(root, 'static/100%25.txt'), 'named so')
writeFileSync(join(root, 'secret.txt'), 'SECRET')

async function get(path: string, range: string): Promise<TestResponse> {
  await using client = await TestClient.open(new FileResponse(path))
  const response = await client.get('/', { headers: { range } })
  await response.bytes()
  return response
}

for (const [what, list] of [
  ['touch', Array.from({ length: 50_000 }, (_, index) => `${index}-${index}`)],
  ['overlap', Array.from({ length: 50_000 }, () => '0-')],
  ['lie apart', Array.from({ length: 50_000 }, (_, index) => `${index * 2}-${index * 2}`)],
  ['are suffixes', Array.from({ length: 50_000 }, (_, index) => `-${index + 1}`)],
  ['are nothing', Array.from({ length: 50_000 }, () => '')],
] as const) {
  test(`CVE-2025-62727: 50,000 ranges that ${what} are refused or answered at once`, async (t) => {
    const path = join(root, 'static/a.txt')
    await get(path, 'bytes=0-0')
    const startedAt = performance.now()
    const response = await get(path, `bytes=${list.join(',')}`)
    t.ok([206, 400, 416].includes(response.status), String(response.status))
    t.ok(performance.now() - startedAt < 1000)
  })
}

test('Starlette 1.3.0: a suffix that is longer than the file is the file', async (t) => {
  const response = await get(join(root, 'static/a.txt'), 'bytes=-1000000000')
  t.equal(response.status, 206)
  t.equal(response.headers.get('content-range'), 'bytes 0-9/10')
})

const files = new StaticFiles({ directory: join(root, 'static') })
const app = new Application({ routes: [new Mount('/static', files)] })

test('JS 1, JS 6, GHSA-72gr-qfp7-vwhw: a percent sign in a name is data, and nothing is decoded twice', async (t) => {
  await using client = await TestClient.open(app)
  t.equal((await client.get('/static/100%2525.txt')).status, 200)
  t.equal((await client.get('/static/100%25.txt')).status, 404)
  t.equal((await client.get('/static/%252e%252e/secret.txt')).status, 404)
})

test('JS 7, CVE-2026-22031, CVE-2026-2293: router, guard and files see one path', async (t) => {
  const seen: string[] = []
  const guarded = new Application({
    routes: [new Mount('/static', files)],
    middleware: [
      (inner) => (scope, receive, send) => {
        if (scope.type === 'http') seen.push(scope.path)
        return inner(scope, receive, send)
      },
    ],
  })
  await using client = await TestClient.open(guarded)
  t.equal(await (await client.get('/%73tatic/%61.txt')).text(), '0123456789')
  t.strictSame(seen, ['/static/a.txt'])
})

test('JS 4: a link that is turned while files are served leads out for no request', async (t) => {
  const link = join(root, 'static/link.txt')
  await using client = await TestClient.open(files)
  for (let round = 0; round < 50; round++) {
    symlinkSync(round % 2 === 0 ? join(root, 'static/a.txt') : join(root, 'secret.txt'), link)
    const answers = [client.get('/link.txt'), client.get('/link.txt')]
    unlinkSync(link)
    symlinkSync(round % 2 === 0 ? join(root, 'secret.txt') : join(root, 'static/a.txt'), link)
    for (const answer of answers) t.notMatch(await (await answer).text(), /SECRET/)
    unlinkSync(link)
  }
})
