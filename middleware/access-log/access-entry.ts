/** What is logged of a request or a WebSocket. Texts of the client are as they came: a format has to escape them. */
export interface AccessEntry {
  /** When it came, in milliseconds since 1970. */
  readonly timeMs: number
  /** The address; `null` without one. */
  readonly client: string | null
  readonly protocol: 'http' | 'websocket'
  /** `GET` for a WebSocket: that is what its handshake is. */
  readonly method: string
  /** The path and the query. */
  readonly target: string
  readonly httpVersion: string
  /** 101 for a WebSocket that was accepted; 0 when there was no answer. */
  readonly status: number
  /** Bytes of the body as the app sent them. */
  readonly bytes: number
  readonly durationMs: number
  readonly referer: string | null
  readonly userAgent: string | null
  /** As `requestId()` has named it; `null` without that. */
  readonly requestId: string | null
  /** The `id` or the `name` of the user; `null` when nobody is known. */
  readonly user: string | null
}
