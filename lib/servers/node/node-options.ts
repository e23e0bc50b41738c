import type { ServerOptions } from 'node:http'
import type { Limits } from '../options.ts'
import { ServerRequest } from './server-request.ts'

/** The limits in the words of node:http. */
export function nodeOptions(limits: Limits): ServerOptions<typeof ServerRequest> {
  // A head that may take longer than its request is an error to node:http.
  const headersTimeoutMs = Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs)
  return {
    maxHeaderSize: Math.min(limits.maxHeaderBytes, 2 ** 30),
    headersTimeout: orNone(headersTimeoutMs),
    requestTimeout: orNone(limits.requestTimeoutMs),
    // See idle-watch.ts: a timer that is set with each answer costs a twentieth of a small one.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.ceil(Math.max(20, Math.min(1000, headersTimeoutMs / 4))),
    // Checked with the rest of the head.
    requireHostHeader: false,
    insecureHTTPParser: false,
    noDelay: true,
    IncomingMessage: ServerRequest,
  }
}

/** node:http writes "no timeout" as 0. */
function orNone(timeoutMs: number): number {
  return timeoutMs === Infinity ? 0 : timeoutMs
}
