import { Server as NetServer } from 'node:net'
import type { LifespanRunner } from '../lifespan-runner.ts'
import type { ServerState } from '../server-state.ts'
import type { HTTPListener } from './http-listener.ts'
import { urlOf } from './listen.ts'

/** How to close a server. */
export interface CloseOptions {
  /** Cuts what is still running instead of waiting for it. */
  readonly force?: boolean
}

/** A listening server. Made by {@link serve}. */
export class Server implements AsyncDisposable {
  /** Where the server is reached, with its real port, or `unix:` and the path of its socket. */
  readonly url: string
  /** The real port; null on a Unix socket. */
  readonly port: number | null
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>
  readonly #listener: HTTPListener
  readonly #state: ServerState
  readonly #lifespan: LifespanRunner
  #closing = false
  #cut = (): void => {}
  #settle!: (result: Promise<void>) => void

  constructor(listener: HTTPListener, state: ServerState, lifespan: LifespanRunner) {
    this.#listener = listener
    this.#state = state
    this.#lifespan = lifespan
    this.url = urlOf(listener.server)
    const address = listener.server.address()
    this.port = address === null || typeof address === 'string' ? null : address.port
    this.closed = new Promise((resolve) => {
      this.#settle = resolve
    })
    // Who wants to know of a failing shutdown asks close() or closed; nobody has to.
    this.closed.catch(() => {})
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#listener.connections.size
  }

  /**
   * Stops the server: it no longer listens, closes idle connections at once, lets requests finish, closes WebSockets
   * with 1012, and after `shutdownTimeoutMs` cuts what is left. The app's lifespan ends last. May be called again, for
   * example with `force`.
   *
   * @throws {@link LifespanFailed} when the app fails to stop; everything is closed nevertheless.
   */
  close(options: CloseOptions = {}): Promise<void> {
    if (!this.#closing) {
      this.#closing = true
      this.#settle(this.#shutDown())
    }
    if (options.force === true) this.#cut()
    return this.closed
  }

  /** Closes the server, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #shutDown(): Promise<void> {
    const { server, connections } = this.#listener
    // That of node:http would also cut answers that a slow client is still reading.
    const stopped = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve())).then(() =>
      this.#listener.emptied(),
    )
    this.#state.draining = true
    this.#state.shutdown.abort()
    for (const connection of connections) connection.drain()
    await this.#drained(stopped)
    // Ends the timer that looks for slow requests.
    server.close()
    await this.#lifespan.shutdown()
  }

  /** Resolves when all connections have closed and all app calls have returned, or when time is up and they are cut. */
  #drained(stopped: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const { limits } = this.#state
      const wait = limits.shutdownTimeoutMs
      const timer = wait === Infinity ? undefined : setTimeout(() => this.#cut(), wait)
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const cut = (): void => {
        this.#cutAll()
        // Apps that ignore the disconnect are not waited for.
        void stopped.then(() => setImmediate(done))
      }
      this.#cut = cut
      void stopped.then(() => {
        if (this.#state.running === 0) done()
        else this.#state.onIdle = done
      })
    })
  }

  #cutAll(): void {
    const { connections } = this.#listener
    const { running } = this.#state
    if (connections.size + running > 0) {
      this.#state.log.warn(`Cut ${connections.size} connections and left ${running} app calls that had not ended`)
    }
    for (const { socket } of connections) socket.destroy()
  }
}
