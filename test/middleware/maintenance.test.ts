import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import type { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'
import { maintenance } from '../../middleware/maintenance.ts'
import type { MaintenanceOptions } from '../../middleware/maintenance.ts'
import { Application } from '../../routing/application.ts'

function site(options: MaintenanceOptions): Application {
  const app = new Application({ middleware: [maintenance(options)] })
  app.get('/', () => new PlainTextResponse('open'))
  app.get('/health', () => new PlainTextResponse('well'))
  app.websocket('/', (websocket) => websocket.accept())
  return app
}

test('maintenance: closes and opens while the app runs', async (t) => {
  let closed = false
  await using client = await TestClient.open(site({ active: () => closed }))
  t.equal(await (await client.get('/')).text(), 'open')
  closed = true
  const response = await client.get('/')
  t.strictSame(
    [response.status, response.headers.get('retry-after'), await response.text()],
    [503, '60', 'Service Unavailable'],
  )
  closed = false
  t.equal((await client.get('/')).status, 200)
})

test('maintenance: lets in who is allowed to', async (t) => {
  await using client = await TestClient.open(site({ active: () => true, allow: ({ path }) => path === '/health' }))
  t.strictSame([(await client.get('/health')).status, (await client.get('/')).status], [200, 503])
})

test('maintenance: answers in a way of the app', async (t) => {
  const response: MaintenanceOptions['response'] = ({ path }) =>
    new PlainTextResponse(`later: ${path}`, { status: 503 })
  await using client = await TestClient.open(site({ active: () => true, response, retryAfterSeconds: 5 }))
  t.equal(await (await client.get('/')).text(), 'later: /')
})

test('maintenance: refuses WebSockets', async (t) => {
  const response = (): PlainTextResponse => new PlainTextResponse('for requests only')
  await using client = await TestClient.open(site({ active: () => true, response }))
  const denied = (await client.websocket('/').catch((error: unknown) => error)) as WebSocketDenied
  t.equal(denied.response.status, 503)
})

test('maintenance: refuses a set-up that cannot work', (t) => {
  t.throws(() => maintenance({ active: true as unknown as () => boolean }), {
    message: 'Cannot close an app: active is true, expected a function that tells whether it is closed',
  })
  t.throws(() => maintenance({ active: () => true, retryAfterSeconds: 0.5 }), {
    message: 'Cannot close an app: retryAfterSeconds is 0.5, expected whole seconds',
  })
  t.end()
})
