import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ResponseOptions } from '../../lib/response/response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { cacheControl } from '../../middleware/cache-control.ts'
import type { CacheControlOptions } from '../../middleware/cache-control.ts'
import { Application } from '../../routing/application.ts'
import { Route } from '../../routing/route.ts'

async function valueOf(
  options: CacheControlOptions | undefined,
  {
    method = 'GET',
    headers = {},
    ...response
  }: ResponseOptions & { method?: string; sent?: Record<string, string> } = {},
): Promise<string | null> {
  const { sent = {}, ...rest } = response
  const endpoint = (): PlainTextResponse => new PlainTextResponse(null, { ...rest, headers })
  const routes = [new Route('/', endpoint, { methods: ['GET', 'POST'] })]
  const app = new Application({ middleware: [cacheControl(options)], routes })
  await using client = await TestClient.open(app)
  return (await client.request(method, '/', { headers: sent })).headers.get('cache-control')
}

const value = 'public, max-age=60'

// Rule 30: nothing that is meant for one client is cached.
for (const [name, expected, response] of [
  ['GET', value, {}],
  ['HEAD', value, { method: 'HEAD' }],
  ['304', value, { status: 304 }],
  ['POST', 'no-store', { method: 'POST' }],
  ['404', 'no-store', { status: 404 }],
  ['500', 'no-store', { status: 500 }],
  ['a redirect', 'no-store', { status: 302 }],
  ['an answer that sets a cookie', 'no-store', { headers: { 'set-cookie': 'a=b' } }],
  ['a request with authorization', 'no-store', { sent: { authorization: 'Bearer a' } }],
  ['an answer with a value of its own', 'private', { headers: { 'cache-control': 'private' } }],
] as const) {
  test(`rule 30: ${name} is answered with ${expected}`, async (t) => {
    t.equal(await valueOf({ value }, response), expected)
  })
}

test('cacheControl: nothing is cached by default', async (t) => {
  t.equal(await valueOf(undefined), 'no-store')
})

test('cacheControl: a function decides by the request', async (t) => {
  t.equal(await valueOf({ value: ({ path }) => `max-age=${path.length}` }), 'max-age=1')
  t.equal(await valueOf({ value: () => null }), null)
  await t.rejects(valueOf({ value: () => 'a\nb' }), { message: /^Cannot set cache-control "a\\nb"/ })
})

test('cacheControl: other answers may be left as they are', async (t) => {
  t.equal(await valueOf({ value, otherwise: null }, { status: 404 }), null)
})

test('cacheControl: WebSockets pass', async (t) => {
  const app = new Application({ middleware: [cacheControl()] })
  app.websocket('/', (websocket) => websocket.accept())
  await using client = await TestClient.open(app)
  await using socket = await client.websocket('/')
  t.equal(socket.headers.get('cache-control'), null)
})

for (const options of [{ value: 'a\r\nb' }, { otherwise: 'ä\u{1f30d}' }]) {
  test(`cacheControl: refuses ${JSON.stringify(options)}`, (t) => {
    t.throws(() => cacheControl(options), { name: 'TypeError', message: /: expected a value for a field$/ })
    t.end()
  })
}
