import type { WebSocket } from 'ws'

/** Unsent bytes above which not every ping is answered: each of them costs far more than its few bytes. */
const highWaterBytes = 4096

/**
 * Answers the pings of a peer, each one in its turn as long as the peer reads the answers. Of the pings of a peer that does
 * not, only the latest is remembered, so that a flood of them takes no memory. ws by itself would cut a peer that sends a
 * few dozen pings in one piece.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3
 */
export function answerPings(websocket: WebSocket): void {
  let latest: Buffer | null = null
  let waiting = false
  const answerLatest = (): void => {
    waiting = false
    if (latest !== null) answer(latest)
  }
  const answer = (payload: Buffer): void => {
    latest = null
    if (websocket.readyState !== websocket.OPEN) return
    if (websocket.bufferedAmount <= highWaterBytes) return websocket.pong(payload, false)
    if (waiting) latest = payload
    else websocket.pong(payload, false, answerLatest)
    waiting = true
  }
  websocket.on('ping', answer)
}
