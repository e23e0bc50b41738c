/** A request, ready to be sent. */
export interface OutgoingRequest {
  readonly method: string
  /** The path with its query, percent-encoded, without what stands before it. */
  readonly target: string
  readonly headers: Headers
  readonly body: string | FormData | URLSearchParams | null
  readonly signal: AbortSignal | null
  /** `manual` where the contract declares redirects. */
  readonly redirect: 'follow' | 'manual'
}

/** A handshake, ready to be sent. */
export interface OutgoingHandshake {
  readonly target: string
  /** The fields of the client and of the call. */
  readonly headers: Headers
  /** The fields of the call alone. */
  readonly ownHeaders: Headers
  readonly subprotocols: readonly string[]
}

/** Where the requests of a client go: over the network, or straight into an app. */
export interface Door {
  send(request: OutgoingRequest): Promise<Response>
  open(handshake: OutgoingHandshake): Promise<RawSocket>
}

/** How a WebSocket was closed: 1005 for no code, 1006 for a lost connection. */
export interface SocketClosing {
  readonly code: number
  /** Empty when there is none. */
  readonly reason: string
}

/** A WebSocket that the server has accepted, whatever it is made of. */
export interface RawSocket {
  /** What the server chose; `null` for nothing. */
  readonly subprotocol: string | null
  /** Resolves when either side has closed. */
  readonly closed: Promise<SocketClosing>
  /** @throws WebSocketDisconnect when the socket is closed. */
  send(text: string): Promise<void>
  /** @throws WebSocketDisconnect when there is no message any more. */
  receive(): Promise<string | Uint8Array>
  close(code?: number, reason?: string): Promise<void>
}
