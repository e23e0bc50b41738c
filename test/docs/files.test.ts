import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'tap'
import downloads from '../../docs/examples/downloads.ts'
import staticSite from '../../docs/examples/static-site.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

const exportsLeft = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('export-'))

test('downloads.ts: a report comes as an attachment with its name', async (t) => {
  await using client = await TestClient.open(downloads)

  const response = await client.get('/reports/2025')

  t.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
  t.equal(
    response.headers.get('content-disposition'),
    `attachment; filename="?berblick 2025.csv"; filename*=UTF-8''%C3%9Cberblick%202025.csv`,
  )
  t.equal(await response.text(), 'month,sales\n1,120\n2,135\n3,150\n')
})

test('downloads.ts: a download goes on where it stopped, and not when the file has changed', async (t) => {
  await using client = await TestClient.open(downloads)
  const etag = (await client.head('/reports/2025')).headers.get('etag')!

  const rest = await client.get('/reports/2025', { headers: { range: 'bytes=12-', 'if-range': etag } })
  const all = await client.get('/reports/2025', { headers: { range: 'bytes=12-', 'if-range': '"another"' } })

  t.strictSame([rest.status, await rest.text()], [206, '1,120\n2,135\n3,150\n'])
  t.equal(all.status, 200)
})

test('downloads.ts: what is not there is a 404 in any case', async (t) => {
  await using client = await TestClient.open(downloads)

  const unknown = await client.get('/reports/..%2F..%2Fdownloads')
  const unwritten = await client.get('/reports/2026')

  t.equal(unknown.status, 404)
  t.strictSame([unwritten.status, await unwritten.text()], [404, 'Not written yet'])
})

test('downloads.ts: a file made for one answer is gone afterwards', async (t) => {
  const before = exportsLeft()
  const client = await TestClient.open(downloads)

  const response = await client.post('/exports', { body: 'stars' })
  const text = await response.text()
  await client.close()

  t.equal(text, 'STARS')
  t.strictSame(exportsLeft(), before)
})

test('static-site.ts: pages, assets and what is missing', async (t) => {
  await using client = await TestClient.open(staticSite)

  const page = await client.get('/')
  const asset = await client.get('/assets/site.5f3a9c.css')
  const missing = await client.get('/missing')
  const health = await client.get('/api/health')

  t.match(await page.text(), /Little stars/)
  t.strictSame([page.headers.get('cache-control'), page.headers.get('vary')], ['no-cache', 'accept-encoding'])
  t.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  t.strictSame([missing.status, /nothing here/.test(await missing.text())], [404, true])
  t.strictSame(await health.json(), { ok: true })
})
