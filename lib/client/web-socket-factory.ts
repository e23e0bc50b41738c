import { pathOf } from './handshake-refused.ts'

/** What the client needs of a WebSocket: those of the platforms have it, and so do packages. */
export interface WebSocketLike {
  binaryType: string
  readonly protocol: string
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: WebSocketEventType, listener: (event: WebSocketEvent) => void): void
}

/** The events of a WebSocket. */
export type WebSocketEventType = 'open' | 'message' | 'close' | 'error'

/** What any of them may carry. */
export interface WebSocketEvent {
  readonly type: string
  /** Of a message: text, or an `ArrayBuffer`. */
  readonly data?: unknown
  /** Of a close. */
  readonly code?: number
  /** Of a close. */
  readonly reason?: string
  /** Of an error, where the platform says which. */
  readonly error?: unknown
}

/** What a WebSocket is opened with besides its URL. */
export interface WebSocketFactoryOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
}

/** Opens a WebSocket. */
export type WebSocketFactory = (url: string, options: WebSocketFactoryOptions) => WebSocketLike

/**
 * Opens a WebSocket of the platform.
 *
 * @throws TypeError where the platform has none, and for fields of the handshake, which it cannot send.
 */
export const platformWebSocket: WebSocketFactory = (url, { headers, subprotocols }) => {
  const { WebSocket } = globalThis as { readonly WebSocket?: new (url: string, names: string[]) => WebSocketLike }
  if (WebSocket === undefined) {
    throw new TypeError(
      `Cannot open ${pathOf(url)}: the platform has no WebSocket, expected one in the option "webSocket" of the client`,
    )
  }
  const names = Object.keys(headers)
  if (names.length === 0) return new WebSocket(url, [...subprotocols])
  throw new TypeError(
    `Cannot open ${pathOf(url)} with the fields ${names.join(', ')}: a WebSocket of the platform sends none of one's own, ` +
      'expected the option "webSocket" of the client',
  )
}
