import { named } from '../../lib/endpoint/named.ts'
import { fieldValue, startWith, withFields, withVary } from '../../lib/http/message-fields.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { Response } from '../../lib/response/response.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { CORSPolicy } from './cors-policy.ts'
import type { CORSOptions } from './cors-policy.ts'

/**
 * Lets pages of other origins read the answers, errors included, as far as the options say. Preflights are answered here and
 * do not reach the app. Put it outside of everything that may answer by itself. WebSockets pass: browsers do not ask for
 * them, see `originCheck`.
 *
 * Unless every origin is allowed, each answer varies by `origin`, also those to requests that have none, so that no cache
 * gives one to a page that may not read it, or withholds one from a page that may.
 *
 * @throws TypeError for `*` together with credentials, and for options that cannot be followed.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function cors(options: CORSOptions = {}): Middleware {
  const policy = new CORSPolicy(options)
  return named('cors', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    const origin = fieldValue(scope.headers, 'origin')
    if (origin === null && policy.anyOrigin) return app(scope, receive, send)
    const method = scope.method === 'OPTIONS' ? fieldValue(scope.headers, 'access-control-request-method') : null
    if (origin !== null && method !== null) {
      return preflightResponse(policy, { origin, method }, scope).respond(scope, receive, send)
    }
    const fields = origin === null ? noFields : policy.answerFields(origin, scope)
    return app(scope, receive, (message) => {
      if (message.type !== 'http.response.start') return send(message)
      const headers = fields.length === 0 ? message.headers : withFields(message.headers, fields)
      return send(startWith(message, policy.anyOrigin ? withFields(headers, noFields) : withVary(headers, 'Origin')))
    })
  })
}

const noFields: readonly string[] = []

function preflightResponse(
  policy: CORSPolicy,
  { origin, method }: { readonly origin: string; readonly method: string },
  scope: HTTPScope,
): Response {
  const { refused, fields } = policy.preflight(
    {
      origin,
      method,
      headers: fieldValue(scope.headers, 'access-control-request-headers') ?? '',
      privateNetwork: fieldValue(scope.headers, 'access-control-request-private-network') === 'true',
    },
    scope,
  )
  const response =
    refused.length === 0
      ? new PlainTextResponse('OK')
      : new PlainTextResponse(`Disallowed CORS ${refused.join(', ')}`, { status: 400 })
  for (let i = 0; i < fields.length; i += 2) response.headers.set(fields[i]!, fields[i + 1]!)
  if (!policy.anyOrigin) response.headers.addVary('Origin')
  return response
}
