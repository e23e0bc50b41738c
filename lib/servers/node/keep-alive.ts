import type { WebSocket } from 'ws'
import type { WebSocketLimits } from '../options.ts'

/** Pings the peer of a WebSocket, and reports when an answer does not come in time. */
export class KeepAlive {
  readonly #websocket: WebSocket
  readonly #limits: WebSocketLimits
  readonly #onLost: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(websocket: WebSocket, limits: WebSocketLimits, onLost: () => void) {
    this.#websocket = websocket
    this.#limits = limits
    this.#onLost = onLost
    websocket.on('pong', () => this.start())
    this.start()
  }

  /** Waits anew: the peer has shown that it is alive, or can be heard again. */
  start(): void {
    this.stop()
    const { pingIntervalMs } = this.#limits
    if (pingIntervalMs !== Infinity) this.#timer = setTimeout(() => this.#ping(), pingIntervalMs)
  }

  /** Waits no more, for example while nobody reads what the peer sends. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #ping(): void {
    const { pongTimeoutMs } = this.#limits
    this.#websocket.ping()
    if (pongTimeoutMs !== Infinity) this.#timer = setTimeout(this.#onLost, pongTimeoutMs)
  }
}
