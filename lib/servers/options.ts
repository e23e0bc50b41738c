import { show } from '../spec/violations.ts'
import type { AccessRecord } from './access-record.ts'
import type { LifespanMode } from './lifespan-runner.ts'
import type { ServerLog } from './server-log.ts'

/** Bounds on what one client, and all of them together, may take. `Infinity` means no bound. */
export interface Limits {
  /** Bytes of a request line and its header fields. Default 16,384. Above: 431. */
  readonly maxHeaderBytes: number
  /** Header fields of a request. Default 100. Above: 431. */
  readonly maxHeaderCount: number
  /** Time for a request's head to arrive, from its first byte, in ms. Default 15,000. Above: 408. */
  readonly headersTimeoutMs: number
  /** Time for a whole request to arrive, in ms. Default 300,000. Above: 408. */
  readonly requestTimeoutMs: number
  /** How long an idle connection is kept for another request, in ms. Default 5,000. It closes up to two seconds later. */
  readonly keepAliveTimeoutMs: number
  /** Requests after which a connection is closed. Default `Infinity`. */
  readonly maxRequestsPerConnection: number
  /** Open connections. Above, a new one is closed at once. Default `Infinity`. */
  readonly maxConnections: number
  /** App calls at the same time, WebSockets included. Above: 503 with `retry-after`. Default `Infinity`. */
  readonly maxConcurrentRequests: number
  /** Unread bytes of a request's body that are discarded to keep a connection usable. Default 65,536. Above: close. */
  readonly maxDiscardedBytes: number
  /** How long requests may go on once the server stops, in ms, before they are cut. Default 10,000. */
  readonly shutdownTimeoutMs: number
}

/** Bounds and habits of WebSockets. */
export interface WebSocketLimits {
  /** Bytes of a message, after decompression. Default 16 MiB. Above: close 1009. */
  readonly maxMessageBytes: number
  /** Frames of a message. Default 16,384. Above: close 1008. */
  readonly maxFragments: number
  /** Time between pings, in ms; `Infinity` for none. Default 20,000. */
  readonly pingIntervalMs: number
  /** Time for the answer to a ping, in ms. Default 20,000. Above, the connection is cut. */
  readonly pongTimeoutMs: number
  /** Time for the peer to answer a close, in ms. Default 5,000. Above, the connection is cut. */
  readonly closeTimeoutMs: number
  /** Bytes in the send buffer above which `send` waits. Default 1 MiB. */
  readonly sendBufferBytes: number
  /** Offers permessage-deflate. Default false: it costs memory for each connection. */
  readonly compression: boolean
}

/** Options of {@link serve}. */
export interface ServeOptions extends Partial<Limits> {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Port to listen on; 0 for any free one. Default 8000. */
  readonly port?: number
  /** Path of a Unix socket to listen on, in place of host and port. At most 107 bytes on Linux, 103 on macOS. */
  readonly uds?: string
  /** An inherited file descriptor that already listens, in place of host and port. */
  readonly fd?: number
  /** Connections that the system queues. Default 2,048. */
  readonly backlog?: number
  /** Prefix under which a proxy exposes the app, for example `/api`. Default none. */
  readonly rootPath?: string
  /** Whether the app's start-up and shutdown are run. Default `auto`: when the app knows them. */
  readonly lifespan?: LifespanMode
  /** Adds a `date` field to answers. Default true. */
  readonly dateHeader?: boolean
  /** The `server` field of answers. Default none: it only helps who looks for versions to attack. */
  readonly serverHeader?: string
  /** More fields for every answer that does not set them itself. */
  readonly headers?: Iterable<readonly [name: string, value: string]>
  /** Bounds and habits of WebSockets. */
  readonly websocket?: Partial<WebSocketLimits>
  /** Where the operator reads of failures. Default: warnings and errors on stderr. */
  readonly log?: ServerLog
  /** Called once for each answered request and each ended WebSocket. */
  readonly onAccess?: (record: AccessRecord) => void
}

/** What {@link Limits} are unless the options say otherwise. */
export const defaultLimits: Limits = {
  maxHeaderBytes: 16_384,
  maxHeaderCount: 100,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 5_000,
  maxRequestsPerConnection: Infinity,
  maxConnections: Infinity,
  maxConcurrentRequests: Infinity,
  maxDiscardedBytes: 65_536,
  shutdownTimeoutMs: 10_000,
}

/** What {@link WebSocketLimits} are unless the options say otherwise. */
export const defaultWebSocketLimits: WebSocketLimits = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxFragments: 16_384,
  pingIntervalMs: 20_000,
  pongTimeoutMs: 20_000,
  closeTimeoutMs: 5_000,
  sendBufferBytes: 1024 * 1024,
  compression: false,
}

/** The longest time that a timer can hold, about 24 days. */
export const longestTimeoutMs: number = 2 ** 31 - 1

/**
 * Fills in the defaults of a set of limits.
 *
 * @throws RangeError for a limit that is not a whole number above 0: an unreadable limit must not switch itself off.
 * @throws TypeError for a switch that is neither true nor false.
 */
export function withDefaultLimits<L extends object>(given: Partial<L>, defaults: L): L {
  const limits: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(defaults)) {
    const chosen = (given as Record<string, unknown>)[name] ?? value
    limits[name] = typeof value === 'boolean' ? flagOf(name, chosen) : limitOf(name, chosen)
  }
  return limits as L
}

/** Returns a switch as it is. @throws TypeError unless it is true or false: the text "false" is not. */
export function flagOf(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError(`Cannot serve with ${name} ${show(value)}: expected true or false`)
}

function limitOf(name: string, value: unknown): number {
  const largest = name.endsWith('Ms') ? longestTimeoutMs : Number.MAX_SAFE_INTEGER
  const isWhole = Number.isInteger(value) && (value as number) > 0 && (value as number) <= largest
  if (isWhole || value === Infinity) return value as number
  throw new RangeError(
    `Cannot serve with ${name} ${show(value)}: expected a whole number from 1 to ${largest}, or Infinity`,
  )
}
