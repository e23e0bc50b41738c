import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tap, { test } from 'tap'
import exporting from '../../docs/examples/export.ts'
import news from '../../docs/examples/news.ts'
import newsletter, { delivered } from '../../docs/examples/newsletter.ts'
import pages from '../../docs/examples/pages.ts'
import uploads from '../../docs/examples/uploads.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

tap.teardown(() => rm(join(tmpdir(), 'stelline-album'), { recursive: true, force: true }))

/** A form with its files, as a browser sends it. */
async function multipart(parts: readonly (readonly [name: string, value: string | File])[]): Promise<{
  body: Uint8Array
  headers: Record<string, string>
}> {
  const form = new globalThis.FormData()
  for (const [name, value] of parts) form.append(name, value)
  const encoded = new globalThis.Response(form)
  return {
    body: new Uint8Array(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type')! },
  }
}

test('uploads.ts: saves photos under names of its own', async (t) => {
  await using client = await TestClient.open(uploads)
  const form = await multipart([
    ['title', 'Spring'],
    ['photo', new File(['jpeg'], '../../a b.jpg', { type: 'image/jpeg' })],
    ['photo', new File(['png!!'], 'b.png', { type: 'image/png' })],
  ])

  const response = await client.post('/photos', form)
  const { title, saved } = await response.json<{
    title: string
    saved: { name: string; size: number; path: string }[]
  }>()

  t.equal(response.status, 201)
  t.equal(title, 'Spring')
  t.match(saved, [
    { name: 'a b.jpg', size: 4, path: /stelline-album.[-0-9a-f]{36}\.jpg$/ },
    { name: 'b.png', size: 5, path: /\.png$/ },
  ])
  t.equal(await readFile(saved[1]!.path, 'utf8'), 'png!!')
})

test('uploads.ts: refuses what is no photo', async (t) => {
  await using client = await TestClient.open(uploads)

  const text = await client.post('/photos', await multipart([['photo', 'text']]))
  const page = await client.post(
    '/photos',
    await multipart([['photo', new File([''], 'a.html', { type: 'text/html' })]]),
  )
  const json = await client.post('/photos', { json: {} })

  t.strictSame([text.status, await text.text()], [422, 'A photo is not a file'])
  t.strictSame([page.status, await page.text()], [415, 'a.html is neither JPEG nor PNG'])
  t.equal(json.status, 415)
})

test('uploads.ts: writes a film as it arrives', async (t) => {
  await using client = await TestClient.open(uploads)
  const form = await multipart([
    ['title', 'Stars'],
    ['film', new File(['light'], 'stars.mp4')],
  ])

  const response = await client.post('/films', form)
  const { paths } = await response.json<{ paths: string[] }>()

  t.equal(await readFile(paths[0]!, 'utf8'), 'light')
})

/** Reads a number of events. */
async function events(stream: AsyncIterable<Uint8Array>, count: number): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += Buffer.from(chunk).toString()
    if (text.split('\n\n').length > count) break
  }
  return text
}

test('news.ts: sends what is there and what comes, and goes on where a browser was', async (t) => {
  await using client = await TestClient.open(news)
  await client.post('/news', { body: 'one\ntwo lines' })
  await client.post('/news', { body: 'two' })

  const all = await events(await client.get('/events'), 2)
  const later = await client.get('/events', { headers: { 'last-event-id': '1' } })
  const rest = events(later, 1)
  await client.post('/news', { body: 'three' })

  t.equal(all, 'event: news\nid: 0\ndata: one\ndata: two lines\n\nevent: news\nid: 1\ndata: two\n\n')
  t.equal(await rest, 'event: news\nid: 2\ndata: three\n\n')
})

test('export.ts: sends rows as they are read', async (t) => {
  await using client = await TestClient.open(exporting)

  const lines = await client.get('/readings/2.jsonl')
  const table = await client.get('/readings/2.csv')

  t.equal(lines.headers.get('content-type'), 'application/jsonl')
  t.equal(await lines.text(), '{"day":1,"degrees":16}\n{"day":2,"degrees":17}\n')
  t.equal(await table.text(), 'day,degrees\n1,16\n2,17\n')
})

test('pages.ts: renders templates, escaped and with links', async (t) => {
  await using client = await TestClient.open(pages)

  const list = await client.get('/')
  const tea = await client.get('/teas/Earl%20Grey')
  const missing = await client.get('/teas/coffee')

  t.match(
    await list.text(),
    '<li><a href="http://testserver/teas/Fish%20&amp;%20%3CChips%3E">Fish &amp; &lt;Chips&gt;</a></li>',
  )
  t.match(await tea.text(), /<title>Earl Grey<\/title>[^]*The tea house[^]*<h1>Earl Grey<\/h1>/)
  t.match(tea.debug, [{ template: 'tea', context: { name: 'Earl Grey', site: 'The tea house' } }])
  t.equal(missing.status, 404)
})

test('newsletter.ts: a shutdown waits for the letters', async (t) => {
  const client = await TestClient.open(newsletter)
  await client.post('/subscribers', { body: 'ada' })

  const response = await client.post('/letters', { body: 'Hello' })
  await client.close()

  t.equal(response.status, 202)
  t.strictSame(delivered, ['ada: Hello'])
})
