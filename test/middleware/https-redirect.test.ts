import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { httpsRedirect } from '../../middleware/https-redirect.ts'
import type { HTTPSRedirectOptions } from '../../middleware/https-redirect.ts'
import { denialOf } from '../support/denial-of.ts'
import { httpScope, websocketScope } from '../support/messages.ts'
import { outcomeOf } from '../support/outcome-of.ts'

const ok = new PlainTextResponse('ok').asgi

// Starlette 1.3.1 §1.9
const rows: ReadonlyArray<readonly [host: string, options: HTTPSRedirectOptions, location: string]> = [
  ['testserver', {}, 'https://testserver/a?b=c'],
  ['testserver:80', {}, 'https://testserver/a?b=c'],
  ['testserver:443', {}, 'https://testserver/a?b=c'],
  ['testserver:123', {}, 'https://testserver:123/a?b=c'],
  ['[::1]:8000', {}, 'https://[::1]:8000/a?b=c'],
  ['testserver:8000', { port: 8443 }, 'https://testserver:8443/a?b=c'],
  ['testserver:8000', { port: 443 }, 'https://testserver/a?b=c'],
]

for (const [host, options, location] of rows) {
  test(`httpsRedirect: sends ${host} to ${location}`, async (t) => {
    const scope = httpScope({ path: '/a', query_string: 'b=c', headers: [['host', host]] })
    const { status, headers, text } = await outcomeOf(httpsRedirect(options)(ok), scope)
    t.strictSame([status, headers.get('location'), text], [307, location, ''])
  })
}

test('httpsRedirect: can redirect for good', async (t) => {
  t.equal((await outcomeOf(httpsRedirect({ status: 308 })(ok), httpScope())).status, 308)
})

test('httpsRedirect: lets pass what comes over TLS', async (t) => {
  t.equal((await outcomeOf(httpsRedirect()(ok), httpScope({ scheme: 'https' }))).status, 200)
})

for (const host of ['evil.com:fake@example.org', 'example.org/x', 'a, b', '1.2.3.4.5', '', null]) {
  test(`httpsRedirect: sends nobody anywhere for the host ${JSON.stringify(host)}`, async (t) => {
    const scope = httpScope({ headers: host === null ? [] : [['host', host]] })
    const { status, headers } = await outcomeOf(httpsRedirect()(ok), scope)
    t.strictSame([status, headers.get('location')], [400, null])
  })
}

test('httpsRedirect: a path that looks like a host does not become one', async (t) => {
  const { headers } = await outcomeOf(httpsRedirect()(ok), httpScope({ path: '//evil.com/', raw_path: '//evil.com/' }))
  t.equal(headers.get('location'), 'https://example.org//evil.com/')
})

test('httpsRedirect: sends a WebSocket to wss', async (t) => {
  await using client = await TestClient.open(httpsRedirect()(ok))
  const { status, headers } = await denialOf(client.websocket('/chat'))
  t.strictSame([status, headers.get('location')], [307, 'wss://testserver/chat'])
})

test('httpsRedirect: lets a lifespan and a secure WebSocket pass', async (t) => {
  const seen: string[] = []
  const inner: ASGIApp = async (scope) => {
    seen.push(scope.type)
  }
  const app = httpsRedirect()(inner)
  for (const scope of [lifespanScope(), websocketScope({ scheme: 'wss' })]) {
    await app(
      scope,
      async () => ({ type: 'websocket.connect' }),
      async () => {},
    )
  }
  t.strictSame(seen, ['lifespan', 'websocket'])
})

for (const options of [{ status: 301 }, { status: '307' }, { port: 0 }, { port: 70_000 }, { port: 1.5 }]) {
  test(`httpsRedirect: refuses ${JSON.stringify(options)} when it is made`, async (t) => {
    t.throws(() => httpsRedirect(options as HTTPSRedirectOptions), {
      name: 'TypeError',
      message: /^Cannot redirect to HTTPS/,
    })
  })
}
