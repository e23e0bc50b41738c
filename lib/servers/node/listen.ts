import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Server, Socket } from 'node:net'
import { ListenFailed } from '../listen-failed.ts'
import type { Ends } from './connection.ts'
import type { Listening, Place } from './place.ts'

/**
 * Starts to listen.
 *
 * @throws {@link ListenFailed} saying where and why it cannot.
 */
export async function listen(server: Server, { place, backlog }: Listening): Promise<void> {
  if ('uds' in place) await removeStale(place.uds)
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => reject(new ListenFailed(nameOf(place), error))
    server.once('error', failed)
    server.listen('uds' in place ? { path: place.uds, backlog } : { ...place, backlog }, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

/** The URL under which a listening server is reached. */
export function urlOf(server: Server): string {
  const address = server.address()
  // An inherited Unix socket does not tell its path.
  if (address === null || typeof address === 'string') return `unix:${address ?? ''}`
  const host = reachable[address.address] ?? address.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** Where a client on the same machine reaches a server that listens on all addresses. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Where an accepted connection is between. */
export function endsOf(server: Server, socket: Socket): Ends {
  const address = server.address()
  if (address === null || typeof address === 'string') {
    return { client: null, server: address === null ? null : [address, null] }
  }
  // A client may be gone by now, and with it the addresses.
  return {
    client: [socket.remoteAddress ?? '', socket.remotePort ?? 0],
    server: [socket.localAddress ?? address.address, address.port],
  }
}

function nameOf(place: Place): string {
  if ('fd' in place) return `file descriptor ${place.fd}`
  return 'uds' in place ? `Unix socket ${place.uds}` : `${place.host} port ${place.port}`
}

/** Removes the socket of a server that did not end well: one that nobody answers on. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  // A connection to what is no socket is refused, too.
  if (found?.isSocket() === true && (await isDeserted(path))) await unlink(path)
}

function isDeserted(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', (error: Error & { code?: string }) => resolve(error.code === 'ECONNREFUSED'))
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
  })
}
