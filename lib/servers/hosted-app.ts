import { toApp } from '../spec/app.ts'
import type { AppLike, ASGIApp } from '../spec/app.ts'
import { noKeepAlive } from './keep-alive-text.ts'
import type { KeepAliveText } from './keep-alive-text.ts'
import { LifespanRunner } from './lifespan-runner.ts'
import type { LifespanMode } from './lifespan-runner.ts'
import { defaultLimits, defaultWebSocketLimits, longestTimeoutMs, withDefaultLimits } from './options.ts'
import type { Limits, WebSocketLimits } from './options.ts'
import { rootPathOf } from './root-path.ts'
import { quietLog } from './server-log.ts'
import type { ServerLog } from './server-log.ts'
import type { ServerState } from './server-state.ts'
import { ShutdownSignal } from './signals.ts'

/** Options of an app within a server that is not ours. */
export interface HostOptions {
  /** Prefix under which the app is exposed, for example `/api`. Default none. */
  readonly rootPath?: string
  /** Default `auto`. */
  readonly lifespan?: LifespanMode
  /** Where the operator reads of failures. Default: warnings and errors on stderr. */
  readonly log?: ServerLog
  /** How long `close` waits for app calls to end, in ms. Default 10,000. */
  readonly shutdownTimeoutMs?: number
  readonly websocket?: Partial<WebSocketLimits>
}

/** The two ends of an app's life, for who hosts it. */
export interface HostedLife {
  /**
   * Starts the app, unless it has started. The first request does so by itself.
   *
   * @throws {@link LifespanFailed} when the app fails to start. The next call tries again.
   */
  start(): Promise<void>
  /**
   * Stops the app: requests are answered with 503 from now on, `server.shutdown.signal` aborts, and the app's lifespan
   * ends once its calls have ended or `shutdownTimeoutMs` is over.
   *
   * @throws {@link LifespanFailed} when the app fails to stop.
   */
  close(): Promise<void>
}

/**
 * An app within a server that is not ours, which tells nothing of its own start and end: the first request starts the
 * app's lifespan, once for all that come meanwhile. A start-up that fails is tried again by the next request, since no
 * supervisor sees it and starts the process anew.
 */
export class HostedApp implements ServerState, HostedLife {
  readonly app: ASGIApp
  readonly rootPath: string
  readonly log: ServerLog
  readonly limits: Limits
  readonly websocketLimits: WebSocketLimits
  readonly shutdown: ShutdownSignal = new ShutdownSignal()
  /** These are for the server around. */
  readonly defaultHeaders: readonly string[] = []
  readonly dateHeader = true
  readonly keepAlive: KeepAliveText = noKeepAlive
  readonly onAccess = null
  draining = false
  running = 0
  onIdle: () => void = () => {}
  /** What must be told that the app stops: open WebSockets. */
  readonly drains: Set<{ drain(): void }> = new Set()
  readonly #mode: LifespanMode
  #lifespan: LifespanRunner
  #starting: Promise<void> | null = null
  #started = false
  #closing: Promise<void> | null = null

  /**
   * @throws TypeError for a value that is no app and for a `rootPath` that does not start with "/".
   * @throws RangeError for a limit that is not a whole number above 0.
   */
  constructor(app: AppLike, options: HostOptions) {
    const { shutdownTimeoutMs } = options
    this.app = toApp(app)
    this.rootPath = rootPathOf(options.rootPath ?? '', 'host an app')
    this.log = options.log ?? quietLog
    this.limits = withDefaultLimits(shutdownTimeoutMs === undefined ? {} : { shutdownTimeoutMs }, defaultLimits)
    this.websocketLimits = withDefaultLimits(options.websocket ?? {}, defaultWebSocketLimits)
    this.#mode = options.lifespan ?? 'auto'
    this.#lifespan = this.#newLifespan()
  }

  /** True while requests can go to the app at once. */
  get ready(): boolean {
    return this.#started && !this.draining
  }

  /** What the lifespan yielded. */
  get lifespanState(): Readonly<Record<string, unknown>> {
    return this.#lifespan.state
  }

  start(): Promise<void> {
    if (this.draining) return Promise.reject(new TypeError('Cannot start the app: it was closed'))
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Starts the app for a request: false, and a line in the log, when it cannot. */
  async admit(): Promise<boolean> {
    if (this.draining) return false
    const starting = this.#starting
    try {
      await this.start()
    } catch (error) {
      if (starting === null) this.log.error('The app failed to start', error)
      return false
    }
    return this.ready
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #newLifespan(): LifespanRunner {
    return new LifespanRunner(this.app, this.#mode, this.log)
  }

  async #start(): Promise<void> {
    try {
      await this.#lifespan.startup()
      this.#started = true
    } catch (error) {
      this.#starting = null
      this.#lifespan = this.#newLifespan()
      throw error
    }
  }

  async #close(): Promise<void> {
    this.draining = true
    this.shutdown.abort()
    for (const call of this.drains) call.drain()
    await this.#starting?.catch(() => {})
    if (this.running > 0) await this.#idle()
    if (this.#started) await this.#lifespan.shutdown()
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const { shutdownTimeoutMs } = this.limits
      const timer = setTimeout(
        () => {
          this.log.warn(`Left ${this.running} app calls that had not ended`)
          resolve()
        },
        Math.min(shutdownTimeoutMs, longestTimeoutMs),
      )
      const stop = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.onIdle = stop
    })
  }
}
