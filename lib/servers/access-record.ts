import type { Address } from '../spec/scope.ts'

/** What a server tells about one answered request or one ended WebSocket. */
export interface AccessRecord {
  readonly protocol: 'http' | 'websocket'
  /** `null` on a Unix socket. */
  readonly client: Address | null
  readonly method: string
  /** The path and query as the client sent them: may hold anything a request line can. */
  readonly target: string
  readonly httpVersion: string
  /** The final status; for a WebSocket 101 when it was accepted; 0 when the client left before the answer began. */
  readonly status: number
  readonly durationMs: number
  /** Bytes of the body, before transfer coding. */
  readonly bytesSent: number
}
