import { urlAt } from '../../http/url.ts'
import type { Receive } from '../../spec/app.ts'
import type { HTTPScope } from '../../spec/scope.ts'
import { mayHaveBody } from './foreign-call.ts'
import type { ForeignCall } from './foreign-call.ts'
import { mountedTarget } from './mounted-target.ts'

/** Methods that `Request` does not take: https://fetch.spec.whatwg.org/#forbidden-method */
export const forbiddenMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** Fields that concern one connection only: RFC 9110 §7.6.1. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The URL of a request, as a whole or below the mount. Null when URLs cannot hold its path as it is: they resolve dot
 * segments and take backslashes for slashes, so that the handler would see another path than the layers before it.
 */
export function fetchURL(scope: HTTPScope, stripRootPath: boolean): URL | null {
  const { mount, path, search } = mountedTarget(scope)
  const wanted = stripRootPath ? path : mount + path
  const url = urlAt(scope, wanted)
  if (decodeURIComponent(url.pathname) !== decodeURIComponent(wanted)) return null
  url.search = search
  return url
}

/** Makes a `Request` of a call. Its body is received as it is read. */
export function fetchRequest({ scope, receive }: ForeignCall, url: URL): Request {
  const { method } = scope
  const headers = new Headers()
  for (const [name, value] of scope.headers) if (!hopByHop.has(name)) headers.append(name, value)
  const signal = scope.extensions['http.disconnect.signal']?.signal ?? null
  if (method === 'GET' || method === 'HEAD' || !mayHaveBody(scope)) return new Request(url, { method, headers, signal })
  return new Request(url, { method, headers, signal, body: bodyStream(receive), duplex: 'half' })
}

/** Nothing is received before somebody reads: a client that waits for 100 (Continue) waits until then. */
function bodyStream(receive: Receive): ReadableStream<Uint8Array> {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const message = await receive()
      if (message.type !== 'http.request') throw new DOMException('The client has disconnected', 'AbortError')
      const { body, more_body } = message
      const hasBytes = body !== undefined && body !== null && body.length > 0
      if (hasBytes) controller.enqueue(body)
      if (!more_body) return controller.close()
      if (hasBytes) return
    }
  }
  return new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 })
}
