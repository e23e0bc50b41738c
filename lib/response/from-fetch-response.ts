import type { HeaderPair } from '../spec/headers.ts'
import { Response } from './response.ts'
import { StreamingResponse } from './streaming-response.ts'

/** Fields that concern one connection only: RFC 9110 §7.6.1. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Makes a response of a Fetch `Response`, streaming its body. Of one that `fetch()` returned, the fields that belong to
 * its connection are left out, and those of a content coding that `fetch()` has undone already.
 *
 * @throws TypeError when its body was read before, or when it is `Response.error()`.
 */
export function fromFetchResponse(response: globalThis.Response): Response {
  if (response.bodyUsed) {
    throw new TypeError('Cannot respond with a Fetch Response: its body was read before, expected an unread one')
  }
  if (response.type === 'error') {
    throw new TypeError('Cannot respond with Response.error(): it has no status, expected a Response with one')
  }
  const options = { status: response.status, headers: fieldsOf(response) }
  return response.body === null ? new Response(null, options) : new StreamingResponse(response.body, options)
}

function fieldsOf(response: globalThis.Response): HeaderPair[] {
  const pairs = [...response.headers]
  const isFetched = response.url !== ''
  if (!isFetched) return pairs
  const named = new Set(
    (response.headers.get('connection') ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  const isDecoded = response.headers.has('content-encoding')
  return pairs.filter(
    ([name]) =>
      !hopByHop.has(name) &&
      !named.has(name) &&
      !(isDecoded && (name === 'content-encoding' || name === 'content-length')),
  )
}
