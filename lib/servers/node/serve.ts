import { Headers } from '../../http/headers.ts'
import { toApp } from '../../spec/app.ts'
import type { AppLike } from '../../spec/app.ts'
import { show } from '../../spec/violations.ts'
import type { AccessRecord } from '../access-record.ts'
import { keepAliveTextOf } from '../keep-alive-text.ts'
import { LifespanRunner, lifespanModes } from '../lifespan-runner.ts'
import type { LifespanMode } from '../lifespan-runner.ts'
import { defaultLimits, defaultWebSocketLimits, flagOf, withDefaultLimits } from '../options.ts'
import type { ServeOptions } from '../options.ts'
import { rootPathOf } from '../root-path.ts'
import { quietLog } from '../server-log.ts'
import type { ServerLog } from '../server-log.ts'
import type { ServerState } from '../server-state.ts'
import { ShutdownSignal } from '../signals.ts'
import { HTTPListener } from './http-listener.ts'
import { listen } from './listen.ts'
import { listeningOf } from './place.ts'
import { Server } from './server.ts'

/**
 * Serves an app over HTTP/1.1 and WebSocket in the running event loop. Resolves when the app has started and the server
 * listens. Several servers may run in one process; none of them touches signals.
 *
 * @throws {@link LifespanFailed} when the app fails to start.
 * @throws {@link ListenFailed} when the address is not to be had; the app is shut down again.
 * @throws RangeError for a limit that is not a whole number above 0, and for a port or another place that cannot be.
 * @throws TypeError for another option that makes no sense.
 */
export async function serve(app: AppLike, options: ServeOptions = {}): Promise<Server> {
  const listening = listeningOf(options)
  const log = options.log ?? quietLog
  const lifespan = new LifespanRunner(toApp(app), lifespanModeOf(options.lifespan ?? 'auto'), log)
  const state = stateOf(app, options, lifespan)
  const listener = new HTTPListener(state)
  await lifespan.startup()
  try {
    await listen(listener.server, listening)
  } catch (error) {
    await lifespan.shutdown().catch((failure: unknown) => log.error('The app failed at shutdown', failure))
    throw error
  }
  listener.server.on('error', (error) => log.error('Cannot accept a connection', error))
  return new Server(listener, state, lifespan)
}

function stateOf(app: AppLike, options: ServeOptions, lifespan: LifespanRunner): ServerState {
  const limits = withDefaultLimits(options, defaultLimits)
  const log = options.log ?? quietLog
  return {
    app: toApp(app),
    limits,
    websocketLimits: withDefaultLimits(options.websocket ?? {}, defaultWebSocketLimits),
    rootPath: rootPathOf(options.rootPath ?? '', 'serve'),
    dateHeader: flagOf('dateHeader', options.dateHeader ?? true),
    defaultHeaders: defaultHeadersOf(options),
    keepAlive: keepAliveTextOf(limits.keepAliveTimeoutMs),
    shutdown: new ShutdownSignal(),
    log,
    onAccess: options.onAccess === undefined ? null : guarded(options.onAccess, log),
    lifespanState: lifespan.state,
    draining: false,
    running: 0,
    onIdle: () => {},
  }
}

/** A record that cannot be kept must not harm the request that it tells of. */
function guarded(onAccess: (record: AccessRecord) => void, log: ServerLog): (record: AccessRecord) => void {
  return (record) => {
    try {
      onAccess(record)
    } catch (error) {
      log.error('onAccess failed', error)
    }
  }
}

function lifespanModeOf(mode: LifespanMode): LifespanMode {
  if (lifespanModes.includes(mode)) return mode
  throw new TypeError(`Cannot serve with lifespan ${show(mode)}: expected "${lifespanModes.join('", "')}"`)
}

function defaultHeadersOf({ headers, serverHeader }: ServeOptions): readonly string[] {
  const all = new Headers(headers ?? [])
  if (serverHeader === undefined || all.has('server')) return all.flat
  return [...all.flat, ...new Headers({ server: serverHeader }).flat]
}
