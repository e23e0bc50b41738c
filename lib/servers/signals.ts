/*
 * Making an AbortController costs more than answering a small request, so the signals of the contract are objects
 * with a getter on their prototype: the controller is made when somebody looks.
 */

/** The value of the extension `http.disconnect.signal`: aborts when the client leaves before the answer is complete. */
export class DisconnectSignal {
  #controller: AbortController | null = null
  #gone = false

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#gone) this.#controller.abort(clientLeft)
    return this.#controller.signal
  }

  /** Aborts the signal, if there is one already and in any case when it is made. */
  abort(): void {
    this.#gone = true
    this.#controller?.abort(clientLeft)
  }
}

/** The value of the extension `server.shutdown.signal`: aborts when the server begins to drain. One per server. */
export class ShutdownSignal {
  readonly #controller: AbortController = new AbortController()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(): void {
    this.#controller.abort(serverStops)
  }
}

// Shared, because a reason made on each abort would capture a stack each time.
const clientLeft = new DOMException('The client has disconnected', 'AbortError')
const serverStops = new DOMException('The server is shutting down', 'AbortError')

/** Tells whether an error says that the client left: the reason of the signal itself, or an error that was made of it. */
export function isDisconnectReason(error: unknown): boolean {
  return error === clientLeft || (error instanceof Error && error.cause === clientLeft)
}
