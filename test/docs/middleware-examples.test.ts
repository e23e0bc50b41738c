import { test } from 'tap'
import publicAPI from '../../docs/examples/public-api.ts'
import safePages from '../../docs/examples/safe-pages.ts'
import timing from '../../docs/examples/timing.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { denialOf } from '../support/denial-of.ts'

const foreign = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }

test('public-api.ts: can be read by its pages, errors included, and by no others', async (t) => {
  await using client = await TestClient.open(publicAPI)
  const allowed: Array<string | null> = []
  for (const origin of ['https://shop.example', 'https://a.preview.example', 'https://evil.example']) {
    const response = await client.get('/teas/7', { headers: { origin } })
    t.equal(response.status, 404)
    allowed.push(response.headers.get('access-control-allow-origin'))
  }
  t.strictSame(allowed, ['https://shop.example', 'https://a.preview.example', null])
  t.strictSame(await (await client.get('/teas')).json(), [{ name: 'Sencha' }])
  t.strictSame(await (await client.get('/teas/1')).json(), { name: 'Sencha' })
})

test('safe-pages.ts: takes its own form, and no other', async (t) => {
  await using client = await TestClient.open(safePages, { followRedirects: false })
  const sent = { body: new URLSearchParams({ tea: 'Sencha' }) }

  const own = await client.post('/orders', { ...sent, headers: { origin: 'http://testserver' } })
  const other = await client.post('/orders', { ...sent, ...foreign })
  const socket = await client.websocket('/orders', { headers: { origin: 'http://testserver' } })

  t.strictSame([own.status, other.status], [303, 403])
  t.strictSame(await socket.receiveJson(), ['Sencha'])
  t.equal((await denialOf(client.websocket('/orders', foreign))).status, 403)
})

test('safe-pages.ts: its script has the nonce of the policy', async (t) => {
  await using client = await TestClient.open(safePages)
  const response = await client.get('/')
  const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1]
  t.ok(response.headers.get('content-security-policy')?.includes(`script-src 'nonce-${nonce}'`))
})

test('timing.ts: tells the time, also of an apology', async (t) => {
  const logged: unknown[] = []
  t.capture(console, 'error', (...args: unknown[]) => logged.push(args[0]))
  await using client = await TestClient.open(timing)
  const hello = await client.get('/')
  const broken = await client.get('/broken')
  t.equal(await hello.text(), '/: hello')
  t.match(hello.headers.get('server-timing'), /^app;dur=\d/)
  t.strictSame([broken.status, await broken.text()], [503, 'Please try later'])
  t.match(broken.headers.get('server-timing'), /^app;dur=\d/)
  t.strictSame(logged, ['Cannot answer GET /broken'])
})
