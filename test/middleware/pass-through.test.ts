import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { settled } from '../../lib/spec/app.ts'
import type { ASGIApp, Middleware } from '../../lib/spec/app.ts'
import type { Scope } from '../../lib/spec/scope.ts'
import { context } from '../../middleware/context.ts'
import { cors } from '../../middleware/cors/cors.ts'
import { csrf } from '../../middleware/csrf.ts'
import { fromFunction } from '../../middleware/from-function/from-function.ts'
import { httpsRedirect } from '../../middleware/https-redirect.ts'
import { originCheck } from '../../middleware/origin-check.ts'
import { proxyHeaders } from '../../middleware/proxy-headers/proxy-headers.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { trustedHost } from '../../middleware/trusted-host.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../support/messages.ts'

const site = 'https://a.example'

/** Everything that a request or a WebSocket passes, and whether it hands on the promise of the app itself. */
const builtIns: ReadonlyArray<readonly [name: string, middleware: Middleware, handsOnPromise: boolean]> = [
  ['context', context(), true],
  ['cors', cors({ allowOrigins: [site] }), true],
  ['csrf', csrf(), true],
  ['fromFunction', fromFunction((request, next) => next(request)), false],
  ['httpsRedirect', httpsRedirect(), true],
  ['originCheck', originCheck({ allowOrigins: [site] }), true],
  ['proxyHeaders', proxyHeaders({ trusted: ['*'] }), true],
  ['secureHeaders', secureHeaders({ contentSecurityPolicy: { 'script-src': ["'nonce'"] } }), true],
  ['trustedHost', trustedHost({ allowedHosts: ['example.org'] }), true],
]

const headers = [
  ['host', 'example.org'],
  ['origin', site],
  ['x-forwarded-for', '192.0.2.7'],
] as const

for (const [name, middleware, handsOnPromise] of builtIns) {
  for (const scope of [httpScope({ scheme: 'https', headers }), websocketScope({ scheme: 'wss', headers })]) {
    test(`${name}: a ${scope.type} scope passes as it is, without accessors and without an AbortController`, async (t) => {
      let made = 0
      const platform = globalThis.AbortController
      globalThis.AbortController = class extends platform {
        constructor() {
          super()
          made++
        }
      }
      t.teardown(() => {
        globalThis.AbortController = platform
      })
      let seen: Scope | null = null
      const inner: ASGIApp = (given, receive, send) => {
        seen = given
        return given.type === 'http' ? new PlainTextResponse('ok').respond(given, receive, send) : settled
      }

      const done = middleware(inner)(scope, receiveNothing, recorder().send)
      await done

      t.equal(seen, scope)
      t.equal(made, 0)
      for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(scope))) t.equal(get, undefined, key)
      if (handsOnPromise) t.equal(done, settled)
    })
  }
}
