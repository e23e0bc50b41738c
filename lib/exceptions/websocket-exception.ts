/** Thrown by a WebSocket endpoint or a middleware to close the connection with a code. */
export class WebSocketException extends Error {
  override readonly name: string = 'WebSocketException'
  readonly code: string = 'STELLINE_WEBSOCKET_EXCEPTION'
  /** The close code. */
  readonly closeCode: number
  /** What the peer is told. */
  readonly reason: string

  /** @param reason At most 123 bytes of UTF-8, since a close frame holds no more: RFC 6455 §5.5. */
  constructor(closeCode: number, reason = '') {
    super(reason === '' ? String(closeCode) : `${closeCode}: ${reason}`)
    this.closeCode = closeCode
    this.reason = reason
  }
}
