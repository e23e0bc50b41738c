import { show } from '../../spec/violations.ts'
import type { ServeOptions } from '../options.ts'
import { flawOfSocketPath } from '../socket-path.ts'

/** Where to listen: an inherited descriptor, a Unix socket, or a host and port. */
export type Place =
  | { readonly fd: number }
  | { readonly uds: string }
  | { readonly host: string; readonly port: number }

/** A place, and how many connections the system queues there. */
export interface Listening {
  readonly place: Place
  readonly backlog: number
}

const largestInteger = 2 ** 31 - 1

/**
 * Reads where to listen off the options, before anything is started.
 *
 * @throws RangeError for a number that cannot be, and for the path of a Unix socket that is too long for the system.
 * @throws TypeError for a host that is none.
 */
export function listeningOf(options: ServeOptions): Listening {
  const backlog = wholeNumber('with backlog', options.backlog ?? 2048, [1, largestInteger])
  return { place: placeOf(options), backlog }
}

function placeOf({ fd, uds, host, port }: ServeOptions): Place {
  if (fd !== undefined) return { fd: wholeNumber('on file descriptor', fd, [0, largestInteger]) }
  if (uds !== undefined) return { uds: socketPath(uds) }
  return { host: hostOf(host ?? '127.0.0.1'), port: wholeNumber('on port', port ?? 8000, [0, 65_535]) }
}

function wholeNumber(what: string, value: unknown, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number
  throw new RangeError(`Cannot serve ${what} ${show(value)}: expected a whole number from ${least} to ${most}`)
}

function socketPath(path: string): string {
  const flaw = flawOfSocketPath(path)
  if (flaw === null) return path
  throw new RangeError(`Cannot serve on Unix socket ${show(path)}: ${flaw}`)
}

/** Node takes an empty host for "all addresses", which nobody means who has forgotten to fill it in. */
function hostOf(host: unknown): string {
  if (typeof host === 'string' && host !== '') return host
  throw new TypeError(
    `Cannot serve on host ${show(host)}: expected an address or a name, or "0.0.0.0" for all addresses`,
  )
}
