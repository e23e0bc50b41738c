import { named } from '../lib/endpoint/named.ts'
import { Headers } from '../lib/http/headers.ts'
import { fieldValue, startWith, withMoreFields } from '../lib/http/message-fields.ts'
import type { Middleware } from '../lib/spec/app.ts'
import { isFieldValue } from '../lib/spec/field-syntax.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** Which answers may be cached. */
export interface CacheControlOptions {
  /** For answers to GET and HEAD with a status of 200 to 299 or 304. Default `no-store`. */
  value?: string | ((scope: HTTPScope) => string | null)
  /** For all others. Default `no-store`. */
  otherwise?: string | null
}

/**
 * Gives answers without one a `cache-control`. Whatever sets a cookie or answers a request with `authorization` gets
 * `otherwise`: it is meant for one client.
 *
 * @throws TypeError for a value that no field can hold.
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2
 */
export function cacheControl({ value = 'no-store', otherwise = 'no-store' }: CacheControlOptions = {}): Middleware {
  const fixed = typeof value === 'function' ? null : fieldOf(value)
  const forOne = fieldOf(otherwise)
  return named('cacheControl', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    return app(scope, receive, (message) => {
      if (message.type !== 'http.response.start') return send(message)
      const headers = Headers.from(message.headers ?? [])
      if (headers.has('cache-control')) return send(message)
      const forAll = isForAll(scope, message.status, headers)
      const field = !forAll ? forOne : typeof value === 'function' ? fieldOf(value(scope)) : fixed
      return field === null ? send(message) : send(startWith(message, withMoreFields(headers, field)))
    })
  })
}

/** A field as a list of its name and its value; `null` for none. */
function fieldOf(value: string | null): readonly string[] | null {
  return value === null ? null : ['cache-control', checkedValue(value)]
}

function isForAll(scope: HTTPScope, status: number, headers: Headers): boolean {
  const reads = scope.method === 'GET' || scope.method === 'HEAD'
  const succeeds = (status >= 200 && status < 300) || status === 304
  return reads && succeeds && !headers.has('set-cookie') && fieldValue(scope.headers, 'authorization') === null
}

function checkedValue(value: string): string {
  if (isFieldValue(value)) return value
  throw new TypeError(`Cannot set cache-control ${show(value)}: expected a value for a field`)
}
