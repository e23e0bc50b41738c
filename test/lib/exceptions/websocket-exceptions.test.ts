import { test } from 'tap'
import { WebSocketDisconnect } from '../../../lib/exceptions/websocket-disconnect.ts'
import { WebSocketException } from '../../../lib/exceptions/websocket-exception.ts'
import { WebSocketFrameKind } from '../../../lib/exceptions/websocket-frame-kind.ts'

test('WebSocketException: carries the close code and the reason', async (t) => {
  const error = new WebSocketException(1013, 'busy')
  t.match(error, { closeCode: 1013, reason: 'busy', message: '1013: busy', name: 'WebSocketException' })
  t.equal(error.code, 'STELLINE_WEBSOCKET_EXCEPTION')
})

test('WebSocketException: the reason may be left out', async (t) => {
  t.match(new WebSocketException(1008), { reason: '', message: '1008' })
})

test('WebSocketDisconnect: says how the peer left', async (t) => {
  const error = new WebSocketDisconnect(1001, 'going away')
  t.match(error, { closeCode: 1001, reason: 'going away', name: 'WebSocketDisconnect' })
  t.equal(error.code, 'STELLINE_WEBSOCKET_DISCONNECT')
  t.equal(error.message, 'Cannot go on: the peer has closed the WebSocket with 1001, going away')
  t.equal(new WebSocketDisconnect(1006).message, 'Cannot go on: the peer has closed the WebSocket with 1006')
})

test('WebSocketFrameKind: says what came, what was wanted and how to read it, and closes with 1003', async (t) => {
  const text = new WebSocketFrameKind('text')
  t.type(text, WebSocketException)
  t.match(text, { closeCode: 1003, reason: 'expected a text message', code: 'STELLINE_WEBSOCKET_FRAME_KIND' })
  t.equal(
    text.message,
    'Cannot receive text: the peer sent bytes, expected text; receiveBytes() reads bytes, receive() reads both',
  )
  const bytes = new WebSocketFrameKind('bytes')
  t.equal(bytes.reason, 'expected a binary message')
  t.equal(
    bytes.message,
    'Cannot receive bytes: the peer sent text, expected bytes; receiveText() reads text, receive() reads both',
  )
})
