/** Thrown when a WebSocket cannot be opened: the server refuses it, or there is none. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly code = 'STELLINE_HANDSHAKE_REFUSED'
  /** What the server has answered; `null` where the platform does not tell. */
  readonly status: number | null

  /** @param path What was to be opened. */
  constructor(path: string, status: number | null, cause: unknown) {
    const why = status === null ? 'there was no handshake' : `the server answered ${status}`
    super(`Cannot open the WebSocket ${path}: ${why}`, { cause })
    this.status = status
  }
}
