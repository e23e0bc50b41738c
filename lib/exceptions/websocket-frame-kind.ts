import { WebSocketException } from './websocket-exception.ts'

/** Thrown when a peer sent text where bytes were wanted, or the other way round. Uncaught, it closes with 1003. */
export class WebSocketFrameKind extends WebSocketException {
  override readonly name = 'WebSocketFrameKind'
  override readonly code = 'STELLINE_WEBSOCKET_FRAME_KIND'

  constructor(wanted: 'text' | 'bytes') {
    super(1003, `expected a ${wanted === 'text' ? 'text' : 'binary'} message`)
    const [got, method] = wanted === 'text' ? ['bytes', 'receiveBytes()'] : ['text', 'receiveText()']
    this.message = `Cannot receive ${wanted}: the peer sent ${got}, expected ${wanted}; ${method} reads ${got}, receive() reads both`
  }
}
