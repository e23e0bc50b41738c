/** Thrown when a WebSocket cannot be opened: the server refuses it, or there is none. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly code = 'STELLINE_HANDSHAKE_REFUSED'
  /** What the server has answered; `null` where the platform does not tell. */
  readonly status: number | null

  /** @param target What was to be opened. Its query may hold a token, so it is not told. */
  constructor(target: string, status: number | null, cause: unknown) {
    const why = status === null ? 'there was no handshake' : `the server answered ${status}`
    super(`Cannot open the WebSocket ${pathOf(target)}: ${why}`, { cause })
    this.status = status
  }
}

/** The part of a target that says where, and no more. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0]!
}
