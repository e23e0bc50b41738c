import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { show } from '../../spec/violations.ts'

/** A function that answers requests of node:http: an Express or Connect app, or what stands in their `use`. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown

/** What a listener calls that has no answer, or that failed. */
export type Next = (error?: unknown) => void

/** The event `upgrade` of a server of node:http. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown

/** Something that emits the events of a server of node:http, such as that server. */
export interface ServerLike {
  emit(event: string, ...values: unknown[]): boolean
  listenerCount(event: string): number
}

/** The parts of a Fastify app that are used. */
export interface FastifyLike {
  readonly routing: (request: never, response: never) => void
  readonly server: ServerLike
  ready(): PromiseLike<unknown>
  close(): PromiseLike<unknown>
}

/** What {@link fromNode} makes an app of. */
export type NodeApp = RequestListener | ServerLike | FastifyLike

/** A Node app, whatever it is. */
export interface NodeTarget {
  /** Calls the app. What it returns is awaited for its failure. `next` is left out where the app answers everything. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, next: Next | undefined) => unknown
  /** Null where the app knows no upgrades. */
  readonly upgrade: UpgradeListener | null
  /** What begins and ends with the app; null where there is nothing. */
  readonly life: NodeLife | null
}

/** The life of a Node app that has one. */
export interface NodeLife {
  ready(): PromiseLike<unknown>
  close(): PromiseLike<unknown>
}

/** Finds out how an app is called. */
export function nodeTargetOf(app: NodeApp, upgrade: UpgradeListener | undefined): NodeTarget {
  if (isFastify(app)) return fastifyTarget(app, upgrade)
  if (typeof app === 'function') {
    const handle = app as (request: IncomingMessage, response: ServerResponse, next?: Next) => unknown
    return { handle, upgrade: upgrade ?? null, life: null }
  }
  if (isServer(app)) {
    const handle: NodeTarget['handle'] = (request, response) => void app.emit('request', request, response)
    return { handle, upgrade: upgrade ?? upgradeOf(app), life: null }
  }
  throw new TypeError(
    `Cannot make an app of ${show(app)}: expected a function (request, response), a server of node:http or a Fastify app`,
  )
}

function fastifyTarget(app: FastifyLike, upgrade: UpgradeListener | undefined): NodeTarget {
  return {
    handle: (request, response) => app.routing(request as never, response as never),
    upgrade: upgrade ?? ((...values) => upgradeOf(app.server)?.(...values)),
    life: app,
  }
}

/** Asked for late: listeners may be added after the app was mounted. */
function upgradeOf(server: ServerLike): UpgradeListener {
  return (request, socket, head) => {
    if (!server.emit('upgrade', request, socket, head)) socket.destroy()
  }
}

function isFastify(app: unknown): app is FastifyLike {
  if ((typeof app !== 'object' && typeof app !== 'function') || app === null) return false
  return 'routing' in app && typeof app.routing === 'function' && 'ready' in app && typeof app.ready === 'function'
}

function isServer(app: unknown): app is ServerLike {
  return typeof app === 'object' && app !== null && 'emit' in app && typeof app.emit === 'function'
}
