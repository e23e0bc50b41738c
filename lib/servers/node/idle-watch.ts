import type { Server } from 'node:http'
import type { Limits } from '../options.ts'
import type { Connection } from './connection.ts'

/** How often connections are looked at, in ms: at least and at most, and in between four times in the time that they may be idle. */
const minIntervalMs = 10
const maxIntervalMs = 1000

/**
 * Closes connections on which nothing has come for `keepAliveTimeoutMs`, and those without a request for as long as that and a head may
 * take together: empty lines may stand before a request, and node:http counts the time of a head from what follows them. Both take up to two looks
 * longer, so that a client that knows the time does not meet the close. One timer looks at all connections: nothing is done with each request.
 */
export function watchIdle(
  server: Server,
  connections: Iterable<Connection>,
  { keepAliveTimeoutMs, headersTimeoutMs }: Pick<Limits, 'keepAliveTimeoutMs' | 'headersTimeoutMs'>,
): void {
  if (keepAliveTimeoutMs === Infinity) return
  const intervalMs = Math.min(maxIntervalMs, Math.max(minIntervalMs, Math.ceil(keepAliveTimeoutMs / 4)))
  const looksIn = (ms: number): number => Math.ceil(ms / intervalMs) + 1
  const looks = { silent: looksIn(keepAliveTimeoutMs), vacant: looksIn(keepAliveTimeoutMs + headersTimeoutMs) }
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    for (const connection of connections) connection.lookIfIdle(looks)
  }
  server.on('listening', () => (timer = setInterval(look, intervalMs).unref()))
  server.on('close', () => clearInterval(timer))
}
