import { unknownScope } from '../../endpoint/unknown-scope.ts'
import { runLifespan } from '../../lifetime/lifespan-app.ts'
import type { RunningLifespan } from '../../lifetime/lifespan.ts'
import type { ASGIApp } from '../../spec/app.ts'
import type { runNodeCall } from './node-call.ts'
import { nodeTargetOf } from './node-target.ts'
import type { NodeApp, NodeTarget, UpgradeListener } from './node-target.ts'
import type { NodeUpgrade } from './node-upgrade.ts'

/** Options of {@link fromNode}. */
export interface FromNodeOptions {
  /** Takes WebSockets, as the event `upgrade` of a server does. Default: what the server or Fastify app itself does. */
  readonly upgrade?: UpgradeListener
  /**
   * Hands what a function has no answer to, and its errors, to the application around, where they are a 404 and an error
   * like any other. Default false: Express and Connect then answer both themselves.
   */
  readonly fallThrough?: boolean
}

/** What needs node:http: loaded with the first connection, so that the module can be imported where there is none. */
interface Bridge {
  readonly call: typeof runNodeCall
  readonly upgrade: NodeUpgrade
}

/**
 * Makes an app of a function `(request, response)`, which Express and Connect apps are, of a server of node:http, or of a
 * Fastify app. Mount it: `new Mount('/legacy', fromNode(express))`.
 *
 * The app sees `url` below the mount, `baseUrl` and `originalUrl` as Express has them, and the addresses of the connection as
 * those of its socket, of which no bytes can be read or written. Bodies stream both ways at the pace of their reader; when the
 * client leaves, request and response close as those of node:http do. WebSockets reach the upgrade listener as a connection
 * in memory. A Fastify app gets ready with the lifespan, and closes with it.
 *
 * @throws TypeError for what is none of these.
 */
export function fromNode(app: NodeApp, options: FromNodeOptions = {}): ASGIApp {
  const target = nodeTargetOf(app, options.upgrade)
  const { fallThrough = false } = options
  let bridge: Bridge | null = null
  let opening: Promise<void> | null = null
  const open = (): Promise<void> =>
    (opening ??= loadBridge(target).then((loaded) => {
      bridge = loaded
    }))
  const asgi: ASGIApp = (scope, receive, send) => {
    if (scope.type === 'lifespan' && target.life !== null) {
      const { life } = target
      const start = (): Promise<RunningLifespan> =>
        open().then(() => ({ state: {}, stop: async () => void (await life.close()) }))
      return runLifespan(start, scope, { receive, send })
    }
    if (scope.type !== 'http' && scope.type !== 'websocket') {
      throw unknownScope('a Node listener', scope, '"http" or "websocket"')
    }
    if (bridge === null) return open().then(() => asgi(scope, receive, send))
    if (scope.type === 'websocket') return bridge.upgrade.run({ scope, receive, send })
    return bridge.call(target, { scope, receive, send }, fallThrough)
  }
  return asgi
}

async function loadBridge(target: NodeTarget): Promise<Bridge> {
  const [call, upgrade] = await Promise.all([import('./node-call.ts'), import('./node-upgrade.ts')])
  await target.life?.ready()
  return { call: call.runNodeCall, upgrade: new upgrade.NodeUpgrade(target) }
}
