import type { TestResponse } from '../../lib/testing/test-response.ts'
import { WebSocketDenied } from '../../lib/testing/websocket-denied.ts'

/** Returns the response with which a handshake was refused. */
export async function denialOf(handshake: Promise<unknown>): Promise<TestResponse> {
  try {
    await handshake
  } catch (error) {
    if (error instanceof WebSocketDenied) return error.response
    throw error
  }
  throw new Error('The handshake was not refused')
}
