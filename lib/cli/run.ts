import { LifespanFailed } from '../servers/lifespan-failed.ts'
import { ListenFailed } from '../servers/listen-failed.ts'
import { serve } from '../servers/node/serve.ts'
import type { Server } from '../servers/node/server.ts'
import type { ServeOptions } from '../servers/options.ts'
import { AccessLog } from './access-log.ts'
import { AppLoadFailed } from './app-load-failed.ts'
import { loadApp } from './load-app.ts'
import { Logger } from './logger.ts'
import type { RunOptions } from './run-options.ts'
import { StopSignals } from './stop-signals.ts'
import type { SignalSource } from './stop-signals.ts'

/** The world that a run lives in: usually `process`. */
export interface RunWorld {
  /** Where the access log goes. */
  readonly stdout: { write(text: string): unknown }
  /** Where the operator reads. */
  readonly stderr: { write(text: string): unknown }
  readonly signals: SignalSource
  /** Ends the process at once, for a run that does not stop when it is told to. */
  readonly exit: (signal: NodeJS.Signals) => void
}

/** How a run ended: with an exit code, or by a signal. */
export type RunEnd = { readonly code: number } | { readonly signal: NodeJS.Signals }

/** The exit code of a run that could not start. */
export const startFailed = 3

/**
 * Serves an app until a signal stops it. The first signal lets requests finish, the second cuts them, the third ends the
 * process.
 */
export async function run(options: RunOptions, world: RunWorld): Promise<RunEnd> {
  const log = new Logger(options.logLevel, (text) => world.stderr.write(text))
  const accessLog = new AccessLog((text) => world.stdout.write(text))
  let server: Server | null = null
  const signals = new StopSignals(world.signals, (count) => {
    if (count > 2) return world.exit(signals.last!)
    // A server that is still starting is closed when it has started; the second signal does not wait for that.
    if (server !== null) stop(server, count, log)
    else if (count > 1) world.exit(signals.last!)
    else log.info('Stopping after start-up (a second signal does not wait for it)')
  })
  try {
    const app = await loadApp(options.app, { factory: options.factory })
    server = await serve(app, serveOptions(options, log, accessLog))
    log.info(`Listening on ${server.url} (stop with Ctrl+C)`)
    if (signals.last !== null) stop(server, 1, log)
    await server.closed
    // Nothing but a signal closes this server.
    return { signal: signals.last! }
  } catch (error) {
    report(error, log)
    return { code: server === null ? startFailed : 1 }
  } finally {
    accessLog.flush()
    signals.release()
  }
}

function serveOptions(options: RunOptions, log: Logger, accessLog: AccessLog): ServeOptions {
  return {
    ...options.serve,
    ...options.limits,
    websocket: options.websocket,
    headers: options.headers,
    log,
    ...(options.accessLog ? { onAccess: (record) => accessLog.add(record) } : {}),
  }
}

function stop(server: Server, count: number, log: Logger): void {
  const force = count > 1
  const open = `${server.connections} open connections`
  log.info(force ? `Stopping at once: cutting ${open}` : `Stopping: waiting for ${open} (a second signal cuts them)`)
  // A failing shutdown is reported where `closed` is waited for.
  server.close({ force }).catch(() => {})
}

/** Errors that say all there is to say are told without a stack; those of the app's own code with theirs. */
function report(error: unknown, log: Logger): void {
  if (error instanceof ListenFailed) return log.error(error.message)
  if (error instanceof AppLoadFailed || error instanceof LifespanFailed) return log.error(error.message, error.cause)
  /* c8 ignore next -- options are checked before, so this would be a fault of ours */
  log.error('Cannot start', error)
}
