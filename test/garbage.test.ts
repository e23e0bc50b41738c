import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { z } from 'zod'
import { Application } from '../routing/application.ts'
import { Router } from '../routing/router.ts'
import { JSONResponse } from '../lib/response/json-response.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { toApp, settled } from '../lib/spec/app.ts'
import type { AppLike, Middleware, Send } from '../lib/spec/app.ts'
import { accessLog } from '../middleware/access-log/access-log.ts'
import { authentication } from '../middleware/authentication/authentication.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { cacheControl } from '../middleware/cache-control.ts'
import { compression } from '../middleware/compression/compression.ts'
import { conditional } from '../middleware/conditional.ts'
import { context } from '../middleware/context.ts'
import { cors } from '../middleware/cors/cors.ts'
import { csrf } from '../middleware/csrf.ts'
import { fromFunction } from '../middleware/from-function/from-function.ts'
import { health } from '../middleware/health.ts'
import { httpsRedirect } from '../middleware/https-redirect.ts'
import { maintenance } from '../middleware/maintenance.ts'
import { originCheck } from '../middleware/origin-check.ts'
import { proxyHeaders } from '../middleware/proxy-headers/proxy-headers.ts'
import { rateLimit } from '../middleware/rate-limit/rate-limit.ts'
import { requestId } from '../middleware/request-id/request-id.ts'
import { secureHeaders } from '../middleware/secure-headers/secure-headers.ts'
import { serverTiming } from '../middleware/server-timing.ts'
import { sessions } from '../middleware/sessions/sessions.ts'
import { timeout } from '../middleware/timeout.ts'
import { tracing } from '../middleware/tracing.ts'
import { trustedHost } from '../middleware/trusted-host.ts'
import { readSources } from './architecture/source-tree.ts'
import { httpScope, receivingBody } from './support/messages.ts'
import { shareOfSurvivors } from './support/minor-collection.ts'

/*
 * What a request made must be gone with the next collection of the young objects. What is left behind by each request is
 * copied again and again, and makes V8 put further objects among the old ones: see docs/decisions/0032-functions-as-fields.md.
 */

const item = z.object({ name: z.string() })
const hello = (): PlainTextResponse => new PlainTextResponse('hello')

const apps: Readonly<Record<string, AppLike>> = {
  'an application': new Application()
    .get('/', hello)
    .post('/', async (request) => new JSONResponse(await request.json())),
  'a router': new Router().post('/', async (request) => new JSONResponse(await request.json())),
  'a contract': new Application().post('/', { body: item, responses: { 200: item } }, ({ body }) => body),
  'a mounted application': new Application().mount(
    '/',
    new Application().post('/', () => hello()),
  ),
}

const middleware: Readonly<Record<string, Middleware>> = {
  accessLog: accessLog({ logger: { info: () => {} } }),
  authentication: authentication({ backends: [{ authenticate: () => null }] }),
  bodyLimit: bodyLimit({ maxBytes: 1000 }),
  cacheControl: cacheControl(),
  compression: compression(),
  conditional: conditional(),
  context: context(),
  cors: cors({ allowOrigins: ['https://a.example'] }),
  csrf: csrf(),
  fromFunction: fromFunction((request, next) => next(request)),
  health: health(),
  httpsRedirect: httpsRedirect(),
  maintenance: maintenance({ active: () => false }),
  originCheck: originCheck({ allowOrigins: ['https://a.example'] }),
  proxyHeaders: proxyHeaders({ trusted: ['*'] }),
  rateLimit: rateLimit({ limit: 1e9 }),
  requestId: requestId(),
  secureHeaders: secureHeaders(),
  serverTiming: serverTiming(),
  sessions: sessions({ keys: 'a key of at least thirty-two bytes' }),
  timeout: timeout({ timeoutMs: 60_000 }),
  tracing: tracing(),
  trustedHost: trustedHost({ allowedHosts: ['example.org'] }),
}

const headers = [
  ['host', 'example.org'],
  ['content-type', 'application/json'],
  ['sec-fetch-site', 'same-origin'],
] as const
const drop: Send = () => settled

for (const [name, app] of [
  ...Object.entries(apps),
  ...Object.entries(middleware).map(([key, layer]) => [key, layer(new Router().post('/', hello).asgi)] as const),
]) {
  test(`${name}: nothing of a request outlives the next collection`, async (t) => {
    const asgi = toApp(app)

    const share = await shareOfSurvivors((ballast) => {
      const scope = httpScope({ method: 'POST', scheme: 'https', headers, state: { ballast } })
      return asgi(scope, receivingBody('{"name":"tea"}'), drop)
    })

    t.ok(share < 0.2, `${Math.round(share * 100)} % were kept`)
  })
}

const root = new URL('../', import.meta.url)
/** A function that is written where it is assigned to a property. */
const assigned = /\.#?\w+ (?:\?\?)?= (?:async )?(?:\([^()]*\)(?:: [^=]+)? =>|\w+ =>|function\b)/

test('sources: no function is assigned to a property as it is written, which makes it old', async (t) => {
  for (const path of readSources(root).keys()) {
    const found = readFileSync(new URL(path, root), 'utf8')
      .split('\n')
      .filter((line) => assigned.test(line))
    t.strictSame(found, [], path)
  }
})
