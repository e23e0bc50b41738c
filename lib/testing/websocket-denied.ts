import type { TestResponse } from './test-response.ts'

/** Thrown when the app refuses a WebSocket: by `websocket.close` before the accept, or by a denial response. */
export class WebSocketDenied extends Error {
  override readonly name = 'WebSocketDenied'
  readonly code = 'STELLINE_WEBSOCKET_DENIED'
  /** What the app answered instead of the handshake; 403 for a plain close. */
  readonly response: TestResponse

  constructor(response: TestResponse) {
    super(`Cannot open the WebSocket ${response.url}: the app answered ${response.status}`)
    this.response = response
  }
}
