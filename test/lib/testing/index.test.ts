import { test } from 'tap'
import * as testing from '../../../lib/testing/index.ts'

test('testing: the front door of the room', async (t) => {
  t.strictSame(Object.keys(testing).toSorted(), [
    'AppDriver',
    'AppDriverError',
    'CookieJar',
    'ResponseCut',
    'TestClient',
    'TestResponse',
    'TestWebSocket',
    'UnexpectedStatus',
    'WebSocketDenied',
    'WebSocketFrameMismatch',
    'httpScope',
    'lifespanScope',
    'lint',
    'webSocketScope',
  ])
})
