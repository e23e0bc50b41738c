import { test } from 'tap'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { originCheck } from '../../middleware/origin-check.ts'
import type { OriginCheckOptions } from '../../middleware/origin-check.ts'
import { Application } from '../../routing/application.ts'
import { denialOf } from '../support/denial-of.ts'
import { httpScope } from '../support/messages.ts'

function appWith(options?: OriginCheckOptions): Application {
  const app = new Application({ middleware: [originCheck(options)] })
  app.websocket('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendText('hello')
  })
  return app
}

/** Returns what the peer hears, or the status of the refusal. */
async function heard(
  options: OriginCheckOptions | undefined,
  origin: string | null,
  baseUrl = 'http://testserver',
): Promise<unknown> {
  await using client = await TestClient.open(appWith(options), { baseUrl })
  const headers = origin === null ? {} : { origin }
  try {
    const socket = await client.websocket('/', { headers })
    return await socket.receiveText()
  } catch (error) {
    return (error as { response: { status: number } }).response.status
  }
}

// Channels 4.3 §5.4, OriginValidator, and what else a list can say
const rows: ReadonlyArray<readonly [options: OriginCheckOptions | undefined, origin: string | null, outcome: unknown]> =
  [
    [undefined, 'http://testserver', 'hello'],
    [undefined, 'https://testserver', 'hello'],
    [undefined, 'http://testserver:8000', 403],
    [undefined, 'http://evil.com', 403],
    [undefined, 'http://testserver.evil.com', 403],
    [undefined, 'null', 403],
    [undefined, 'nonsense', 403],
    [undefined, null, 403],
    [{ allowMissing: true }, null, 'hello'],
    [{ allowMissing: true }, 'http://evil.com', 403],
    [{ allowOrigins: ['*'] }, 'http://evil.com', 'hello'],
    [{ allowOrigins: ['*'] }, 'nonsense', 'hello'],
    [{ allowOrigins: ['*'] }, null, 'hello'],
    [{ allowOrigins: ['https://app.example'] }, 'https://app.example', 'hello'],
    [{ allowOrigins: ['https://app.example'] }, 'http://app.example', 403],
    [{ allowOrigins: ['https://app.example'] }, 'http://testserver', 'hello'],
    [{ allowOrigins: ['https://app.example'] }, null, 403],
    [{ allowOrigins: ['.app.example'] }, 'https://a.app.example:1234', 'hello'],
    [{ allowOrigins: ['https://*.app.example'] }, 'https://a.app.example', 'hello'],
    [{ allowOrigins: ['https://*.app.example'] }, 'https://app.example', 403],
  ]

for (const [options, origin, outcome] of rows) {
  test(`JS 61: ${origin ?? 'no origin'} gets ${String(outcome)} of originCheck with ${JSON.stringify(options) ?? 'the defaults'}`, async (t) => {
    t.equal(await heard(options, origin), outcome)
  })
}

test('originCheck: a page without TLS may not open a WebSocket with it', async (t) => {
  t.equal(await heard(undefined, 'http://testserver', 'https://testserver'), 403)
  t.equal(await heard(undefined, 'https://testserver', 'https://testserver'), 'hello')
})

test('originCheck: refuses before the endpoint is called', async (t) => {
  const app = originCheck()(() => Promise.reject(new Error('called')))
  await using client = await TestClient.open(app)
  t.equal((await denialOf(client.websocket('/', { headers: { origin: 'http://evil.com' } }))).status, 403)
})

test('originCheck: lets requests and a lifespan pass', async (t) => {
  const seen: string[] = []
  const inner: ASGIApp = async (scope) => {
    seen.push(scope.type)
  }
  for (const scope of [lifespanScope(), httpScope({ headers: [['origin', 'http://evil.com']] })]) {
    await originCheck()(inner)(
      scope,
      async () => ({ type: 'http.disconnect' }),
      async () => {},
    )
  }
  t.strictSame(seen, ['lifespan', 'http'])
})

test('originCheck: refuses what is no origin when it is made', async (t) => {
  t.throws(() => originCheck({ allowOrigins: ['https://example.org/'] }), {
    message: 'Cannot allow the origin "https://example.org/": browsers send "https://example.org"',
  })
})
