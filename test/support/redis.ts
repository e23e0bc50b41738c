import { connect } from 'node:net'

/** A Redis server for tests, or why there is none. */
export type RedisPlace = { readonly url: string } | { readonly missing: string }

/**
 * Finds a Redis server: that of REDIS_URL, else the one on the standard port. With STELLINE_REQUIRE_REDIS=1 a missing one
 * is an error, so that nobody takes skipped tests for passed ones.
 */
export async function findRedis(environment: NodeJS.ProcessEnv = process.env): Promise<RedisPlace> {
  const url = environment['REDIS_URL'] || 'redis://127.0.0.1:6379'
  if (await answers(url)) return { url }
  const missing = `no Redis server answers at ${url}; start one with "redis-server" or set REDIS_URL`
  if (environment['STELLINE_REQUIRE_REDIS'] === '1') throw new Error(`STELLINE_REQUIRE_REDIS is 1, but ${missing}`)
  return { missing }
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) })
    const end = (found: boolean) => (): void => {
      socket.destroy()
      resolve(found)
    }
    socket.setTimeout(5000, end(false))
    socket.on('error', end(false))
    // A server that wants a password says so: that is an answer, too.
    socket.on('data', end(true))
    socket.write('PING\r\n')
  })
}
