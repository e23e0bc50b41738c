import { MutableHeaders } from '../http/headers.ts'
import type { Headers } from '../http/headers.ts'
import { noBody } from './request-body.ts'
import type { RequestBody } from './request-body.ts'
import type { TestResponse } from './test-response.ts'

/** What a redirect may change of a request. */
export interface RequestParts {
  readonly method: string
  /** The fields that the client sends with every request. */
  readonly clientHeaders: Headers
  /** The fields that the test gave for this request. */
  readonly headers: Headers
  /** The cookies that the test gave for this request. */
  readonly cookies: Readonly<Record<string, string>>
  readonly body: RequestBody
}

/** A request that a redirect asks for. */
export interface RedirectedRequest extends RequestParts {
  readonly url: string
}

const contentFields = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
const fieldsOfOneOrigin = ['authorization', 'cookie', 'host', 'proxy-authorization']

/**
 * Returns the request that a response redirects to, or `null` when it does not. What proves who the client is does not go
 * to another origin, and does not come back from there either.
 *
 * @throws TypeError when the location is no http URL, or when the body was a stream and would have to be sent again.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function redirectedRequest(request: RequestParts, response: TestResponse): RedirectedRequest | null {
  const { status, headers, url } = response
  const location = headers.get('location')
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null
  const target = locationOf(location, url)
  const method = methodAfter(status, request.method)
  if (method === request.method && !request.body.repeatable) {
    throw new TypeError(`Cannot follow the redirect from ${url}: the body was a stream, which cannot be sent twice`)
  }
  const isSameMethod = method === request.method
  const isSameOrigin = target.origin === new URL(url).origin
  const dropped = [...(isSameMethod ? [] : contentFields), ...(isSameOrigin ? [] : fieldsOfOneOrigin)]
  return {
    method,
    url: target.href,
    clientHeaders: without(dropped, request.clientHeaders),
    headers: without(dropped, request.headers),
    cookies: isSameOrigin ? request.cookies : {},
    body: isSameMethod ? request.body : noBody,
  }
}

function without(names: readonly string[], headers: Headers): Headers {
  const kept = new MutableHeaders(headers)
  for (const name of names) kept.delete(name)
  return kept
}

function locationOf(location: string, base: string): URL {
  const target = URL.canParse(location, base) ? new URL(location, base) : null
  if (target === null || !/^https?:$/.test(target.protocol)) {
    throw new TypeError(`Cannot follow the redirect from ${base}: ${JSON.stringify(location)} is no http URL`)
  }
  return target
}

function methodAfter(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? method : 'GET'
  return status < 303 && method === 'POST' ? 'GET' : method
}
