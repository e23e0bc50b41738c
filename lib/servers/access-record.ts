import type { Address } from '../spec/scope.ts'

/** What a server tells about one answered request or one ended WebSocket. */
export interface AccessRecord {
  /** What was asked for. */
  readonly protocol: 'http' | 'websocket'
  /** The address and port of the client; `null` on a Unix socket. */
  readonly client: Address | null
  /** The method of the request; `GET` for a WebSocket. */
  readonly method: string
  /** The path and query as the client sent them: may hold anything a request line can. */
  readonly target: string
  /** For example `1.1`. */
  readonly httpVersion: string
  /** The final status; for a WebSocket 101 when it was accepted; 0 when the client left before the answer began. */
  readonly status: number
  /** From the call of the app to the end of its answer, or of the WebSocket; 0 for a request that no app saw. */
  readonly durationMs: number
  /** Bytes of the body, before transfer coding. */
  readonly bytesSent: number
}
