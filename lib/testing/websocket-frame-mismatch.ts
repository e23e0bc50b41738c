import { show } from '../spec/violations.ts'

/** Thrown when a test asks for text and the app sent bytes, or the other way round. */
export class WebSocketFrameMismatch extends Error {
  override readonly name = 'WebSocketFrameMismatch'
  readonly code = 'STELLINE_WEBSOCKET_FRAME_MISMATCH'
  /** What the app sent. It counts as received. */
  readonly data: string | Uint8Array

  constructor(wanted: 'text' | 'bytes', data: string | Uint8Array) {
    super(`Cannot receive ${wanted}: the app sent ${typeof data === 'string' ? `the text ${show(data)}` : show(data)}`)
    this.data = data
  }
}
