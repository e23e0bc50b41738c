import type { Server } from 'node:http'
import type { Connection } from './connection.ts'

/** How often connections are looked at, in ms: at least and at most, and in between four times in the time that they may be idle. */
const minIntervalMs = 10
const maxIntervalMs = 1000

/**
 * Closes connections that have been idle for a time, in ms, and up to two looks longer: a client that knows the time does not meet the
 * close. One timer looks at all of them, so that nothing is done with each request.
 */
export function watchIdle(server: Server, connections: Iterable<Connection>, timeoutMs: number): void {
  if (timeoutMs === Infinity) return
  const intervalMs = Math.min(maxIntervalMs, Math.max(minIntervalMs, Math.ceil(timeoutMs / 4)))
  const looks = Math.ceil(timeoutMs / intervalMs) + 1
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    for (const connection of connections) connection.lookIfIdle(looks)
  }
  server.on('listening', () => (timer = setInterval(look, intervalMs).unref()))
  server.on('close', () => clearInterval(timer))
}
