/** Thrown when a server cannot listen where it was told to. The cause is the system's own error. */
export class ListenFailed extends Error {
  override readonly name = 'ListenFailed'
  readonly code = 'STELLINE_LISTEN_FAILED'

  constructor(where: string, cause: Error & { code?: string }) {
    super(`Cannot listen on ${where}: ${reasons[cause.code ?? ''] ?? cause.message}`, { cause })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another process',
  EACCES: 'this user may not listen there, or its directory does not exist',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name does not resolve',
  EBADF: 'the file descriptor is not open',
  EINVAL: 'the file descriptor is not a listening socket',
  ENOENT: 'its directory does not exist',
}
