/** Thrown by the methods of a WebSocket when the peer has left. */
export class WebSocketDisconnect extends Error {
  override readonly name = 'WebSocketDisconnect'
  readonly code = 'STELLINE_WEBSOCKET_DISCONNECT'
  /** The peer's close code: 1005 when it sent none, 1006 when the connection was lost. */
  readonly closeCode: number
  /** What the peer gave as the reason; empty when it gave none. */
  readonly reason: string

  constructor(closeCode: number, reason = '') {
    super(`Cannot go on: the peer has closed the WebSocket with ${closeCode}${reason === '' ? '' : `, ${reason}`}`)
    this.closeCode = closeCode
    this.reason = reason
  }
}
