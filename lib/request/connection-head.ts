import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { Connection } from './connection.ts'

/** What is known of a request or a WebSocket before anything of it was received. */
export class ConnectionHead extends Connection<
  HTTPScope | WebSocketScope,
  Record<string, unknown>,
  Record<string, unknown>
> {
  /** Nothing is received here, so nothing tells of a disconnect. */
  protected override disconnectSignal(): AbortSignal {
    return new AbortController().signal
  }
}
