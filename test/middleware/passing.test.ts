import { test } from 'tap'
import { settled } from '../../lib/spec/app.ts'
import type { ASGIApp, Middleware } from '../../lib/spec/app.ts'
import type { Scope } from '../../lib/spec/scope.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { accessLog } from '../../middleware/access-log/access-log.ts'
import { authentication } from '../../middleware/authentication/authentication.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { cacheControl } from '../../middleware/cache-control.ts'
import { compression } from '../../middleware/compression/compression.ts'
import { conditional } from '../../middleware/conditional.ts'
import { health } from '../../middleware/health.ts'
import { maintenance } from '../../middleware/maintenance.ts'
import { rateLimit } from '../../middleware/rate-limit/rate-limit.ts'
import { requestId } from '../../middleware/request-id/request-id.ts'
import { requires } from '../../middleware/requires.ts'
import { serverTiming } from '../../middleware/server-timing.ts'
import { sessions } from '../../middleware/sessions/sessions.ts'
import { timeout } from '../../middleware/timeout.ts'
import { traced, tracing } from '../../middleware/tracing.ts'
import { httpScope, receiveNothing, recorder } from '../support/messages.ts'

const noLogger = { info: (): void => {} }
const all: Readonly<Record<string, Middleware>> = {
  accessLog: accessLog({ logger: noLogger }),
  authentication: authentication({ backends: [{ authenticate: () => null }] }),
  bodyLimit: bodyLimit({ maxBytes: 1 }),
  cacheControl: cacheControl(),
  compression: compression(),
  conditional: conditional(),
  health: health(),
  maintenance: maintenance({ active: () => false }),
  rateLimit: rateLimit({ limit: 1 }),
  requestId: requestId(),
  requires: requires(),
  serverTiming: serverTiming(),
  sessions: sessions({ keys: 'a key of at least thirty-two bytes' }),
  timeout: timeout({ timeoutMs: 60_000 }),
  traced: traced('a', (app) => app),
  tracing: tracing(),
}

for (const [name, middleware] of Object.entries(all)) {
  test(`${name}: the lifespan passes untouched`, async (t) => {
    const seen: unknown[] = []
    const scope = lifespanScope()
    const { send } = recorder()
    const app: ASGIApp = (...given) => {
      seen.push(...given)
      return settled
    }
    t.equal(middleware(app)(scope, receiveNothing, send), settled)
    t.ok(seen[0] === scope && seen[1] === receiveNothing && seen[2] === send)
  })

  if (name === 'requires') continue

  test(`${name}: an answer without fields passes, and one in pieces, whole and in order`, async (t) => {
    const { send, sent } = recorder()
    const app: ASGIApp = async (_scope, _receive, answer) => {
      await answer({ type: 'http.response.start', status: 200 })
      await answer({ type: 'http.response.body', body: 'one ', more_body: true })
      await answer({ type: 'http.response.body', body: 'two' })
    }
    const scope: Scope = httpScope({ headers: [] })
    await middleware(app)(scope, receiveNothing, send)
    t.match(sent, [{ type: 'http.response.start', status: 200 }, { body: 'one ', more_body: true }, { body: 'two' }])
    t.equal(sent.length, 3)
  })
}
