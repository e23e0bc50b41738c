import { Duplex } from 'node:stream'
import type { HTTPScope, WebSocketScope } from '../../spec/scope.ts'

/** What a socket is told of the connection that it stands for. */
export type SocketScope = Pick<HTTPScope | WebSocketScope, 'client' | 'server' | 'scheme'>

/**
 * What a Node listener finds as the socket of its request: the addresses of the connection, and no bytes of it, unless it
 * has a peer. Time-outs and other settings of sockets are the server's, and have no effect.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
  readonly localAddress: string | undefined
  readonly localPort: number | undefined
  readonly encrypted: boolean
  #peer: MemorySocket | null = null
  /** Called when the reader of this side wants more. */
  #onRead: (() => void) | null = null

  constructor({ client, server, scheme }: SocketScope) {
    super()
    this.remoteAddress = client?.[0]
    this.remotePort = client?.[1]
    // The path of a Unix socket is no address.
    this.localAddress = server && server[1] !== null ? server[0] : undefined
    this.localPort = server?.[1] ?? undefined
    this.encrypted = scheme === 'https' || scheme === 'wss'
    // What it ends with is told by the event close.
    this.on('error', () => {})
  }

  /** Makes two sockets of which each reads what the other one writes. */
  static pair(scope: SocketScope): [MemorySocket, MemorySocket] {
    const one = new MemorySocket(scope)
    const other = new MemorySocket(scope)
    one.#peer = other
    other.#peer = one
    return [one, other]
  }

  get remoteFamily(): string | undefined {
    return familyOf(this.remoteAddress)
  }

  address(): object {
    const { localAddress: address, localPort: port } = this
    return address === undefined ? {} : { address, port, family: familyOf(address) }
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {
    const onRead = this.#onRead
    this.#onRead = null
    onRead?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const peer = this.#peer
    if (peer === null) return done()
    // Never at once: who writes is not ready for the answer before its own call has returned.
    process.nextTick(() => {
      if (peer.destroyed || peer.push(chunk)) done()
      else peer.#onRead = done
    })
  }

  override _final(done: () => void): void {
    this.#peer?.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#peer?.destroy()
    done(error)
  }
}

function familyOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : address.includes(':') ? 'IPv6' : 'IPv4'
}
