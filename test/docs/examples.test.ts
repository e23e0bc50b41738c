import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { app as bare } from '../../docs/examples/bare.ts'
import behindProxy from '../../docs/examples/behind-proxy.ts'
import chat from '../../docs/examples/chat.ts'
import countdown from '../../docs/examples/countdown.ts'
import digest from '../../docs/examples/digest.ts'
import errors from '../../docs/examples/errors.ts'
import health from '../../docs/examples/health.ts'
import notes from '../../docs/examples/notes.ts'
import shop from '../../docs/examples/shop.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `${root}docs/${path}`)

const node = ['--import=tsx', '--conditions=stelline-source']

test('documents: a block that names an example is that example', async (t) => {
  for (const page of pages) {
    const before = readFileSync(page, 'utf8')
    const expected = before.replaceAll(
      /^```ts (docs\/examples\/\S+)\n[^]*?^```$/gm,
      (_block, path: string) => `\`\`\`ts ${path}\n${readFileSync(root + path, 'utf8')}\`\`\``,
    )
    // Written anew with UPDATE_DOCS=1.
    if (process.env['UPDATE_DOCS'] === '1' && before !== expected) writeFileSync(page, expected)

    t.equal(readFileSync(page, 'utf8'), expected)
  }
})

test('documents: every example has a page', async (t) => {
  const text = [`${root}README.md`, ...pages].map((page) => readFileSync(page, 'utf8')).join('\n')
  const examples = readdirSync(`${root}docs/examples`).filter((name) => name.endsWith('.ts'))

  const unused = examples.filter((name) => !text.includes(`examples/${name}`))

  t.strictSame(unused, [])
})

test('bare.ts: answers, and counts its calls in the state', async (t) => {
  await using client = await TestClient.open(bare)

  await client.get('/a')
  const response = await client.get('/b')

  t.equal(await response.text(), 'GET /b: call 2\n')
})

test('notes.ts: keeps notes from their creation to their end', async (t) => {
  await using client = await TestClient.open(notes)

  const created = await client.post('/notes', { json: { text: ' Buy tea ' } })
  const found = await client.get('/notes', { query: { q: 'tea' } })
  const missing = await client.get('/notes/2')
  const deleted = await client.delete('/notes/1')
  const left = await client.get('/notes')

  t.equal(created.headers.get('location'), '/notes/1')
  t.strictSame(await found.json(), [{ id: 1, text: 'Buy tea' }])
  t.strictSame([missing.status, await missing.text()], [404, 'There is no note 2'])
  t.equal(deleted.status, 204)
  t.strictSame(await left.json(), [])
})

test('notes.test.ts: passes', async (t) => {
  const { status, stdout } = spawnSync(process.execPath, [...node, '--test', 'docs/examples/notes.test.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  })

  t.equal(status, 0, stdout)
  t.match(stdout, /pass 3\b/)
})

test('digest.ts: hashes a body as it arrives', async (t) => {
  await using client = await TestClient.open(digest)
  async function* body(): AsyncGenerator<string, void, undefined> {
    yield 'one '
    yield 'two'
  }

  const response = await client.post('/sha256', { body: body() })

  t.equal(await response.text(), `${createHash('sha256').update('one two').digest('hex')}\n`)
})

test('digest.ts: refuses a body above its limit', async (t) => {
  await using client = await TestClient.open(digest)

  const response = await client.post('/sha256', { body: new Uint8Array(50 * 1024 * 1024 + 1) })

  t.equal(response.status, 413)
})

test('countdown.ts: streams, and ends when the client leaves', async (t) => {
  await using client = await TestClient.open(countdown)
  const response = await client.get('/countdown/1000')

  const chunks: string[] = []
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk).toString())
    break
  }

  t.strictSame(chunks, ['1000\n'])
  t.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
})

test('countdown.ts: ends with a lift-off', async (t) => {
  await using client = await TestClient.open(countdown)

  const response = await client.get('/countdown/0')

  t.equal(await response.text(), 'Lift-off!\n')
})

test('shop.ts: converts parameters and builds URLs across mounts', async (t) => {
  await using client = await TestClient.open(shop)

  const product = await client.get('/products/tea-0042')
  const links = await client.get('/')
  const odd = await client.get('/products/tea-42')

  t.strictSame(await product.json(), { sku: 'TEA-0042' })
  t.strictSame(await links.json(), { tea: 'http://testserver/products/TEA-0042' })
  t.equal(odd.status, 404)
})

test('shop.ts: lets only staff into the mount with a guard', async (t) => {
  await using client = await TestClient.open(shop)

  const staff = await client.get('/admin/', { headers: { 'x-staff': 'yes' } })
  const other = await client.get('/admin/')

  t.strictSame([staff.status, other.status], [200, 403])
})

test('errors.ts: the nearest handler answers, through the middleware', async (t) => {
  await using client = await TestClient.open(errors, { raiseServerErrors: false })
  const cases = [
    ['/api/locked', 401, '{"error":"Unauthorized"}'],
    ['/api/order', 409, '{"left":2}'],
    ['/api/bug', 500, 'We have been told. Please try later.'],
    ['/api/nothing', 404, '{"error":"Not Found"}'],
    ['/nothing', 404, 'Nothing is at /nothing'],
  ] as const

  for (const [path, status, body] of cases) {
    const response = await client.get(path)
    t.strictSame([response.status, await response.text()], [status, body], path)
    t.equal(response.headers.get('access-control-allow-origin'), 'https://example.org', path)
  }
})

test('chat.ts: everybody in a room hears what is said there', async (t) => {
  await using client = await TestClient.open(chat)
  await using ada = await client.websocket('/rooms/tea?name=Ada')
  await using bob = await client.websocket('/rooms/tea?name=Bob')
  await using eve = await client.websocket('/rooms/coffee?name=Eve')

  await ada.sendText('Hello')
  const heard = [await ada.receiveText(), await bob.receiveText()]
  await eve.sendText('Anybody?')

  t.strictSame(heard, ['Ada: Hello', 'Ada: Hello'])
  t.equal(await eve.receiveText(), 'Eve: Anybody?')
})

test('chat.ts: refuses who has no name, and closes on who says too much', async (t) => {
  await using client = await TestClient.open(chat)
  const denied = await client.websocket('/rooms/tea').catch((error: unknown) => error as WebSocketDenied)
  await using ada = await client.websocket('/rooms/tea?name=Ada')

  await ada.sendText('a'.repeat(501))

  t.type(denied, WebSocketDenied)
  t.equal((denied as WebSocketDenied).response.status, 400)
  t.strictSame(await ada.closed, { code: 1008, reason: 'Say it in 500 characters' })
})

test('behind-proxy.ts: believes the proxy, and nobody else', async (t) => {
  const headers = { 'x-forwarded-for': '10.0.0.1, 192.0.2.7', 'x-forwarded-proto': 'https' }
  await using proxied = await TestClient.open(behindProxy, { client: ['127.0.0.1', 50000], headers })
  await using direct = await TestClient.open(behindProxy, { client: ['192.0.2.9', 50000], headers })

  const seen = [await (await proxied.get('/')).json(), await (await direct.get('/')).json()]

  t.strictSame(seen, [
    { client: '192.0.2.7', url: 'https://testserver/' },
    { client: '192.0.2.9', url: 'http://testserver/' },
  ])
})

test('health.ts: is alive and ready', async (t) => {
  await using client = await TestClient.open(health)

  const live = await client.get('/live')
  const ready = await client.get('/ready')

  t.equal(await live.text(), 'ok')
  t.strictSame(await ready.json(), { database: true })
})

test('embedded.ts: serves until a signal comes', async (t) => {
  const child = spawn(process.execPath, [...node, 'docs/examples/embedded.ts'], { cwd: root, stdio: 'pipe' })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'exit')

  const url = String((await lines.next()).value)
  const response = await fetch(url)
  const body = await response.text()
  child.kill('SIGTERM')

  t.equal(body, 'Hello from within\n')
  t.equal((await lines.next()).value, 'closed')
  t.strictSame(await ended, [0, null])
})
