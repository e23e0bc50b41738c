import type { FlatHeaders, ResponseTransport } from './http-transport.ts'

/** What a {@link WebSocketSession} needs of the connection below it, from the request to upgrade to the last frame. */
export interface WebSocketTransport {
  /** Completes the handshake. Events reach the session from now on. */
  accept(subprotocol: string | null, headers: FlatHeaders): void
  /** Turns the request into an ordinary one, so that it can be answered over HTTP. */
  deny(): ResponseTransport
  /** Queues a message; false when the peer does not keep up, then {@link WebSocketSession.drained} follows. */
  send(data: string | Uint8Array): boolean
  /** Starts the closing handshake. */
  close(code: number, reason: string): void
  /** Cuts the connection. */
  abort(): void
  /** Stops the flow of messages from the peer. */
  pause(): void
  /** Lets messages from the peer flow again. */
  resume(): void
}
