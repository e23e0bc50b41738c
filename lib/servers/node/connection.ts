import { Socket } from 'node:net'
import type { Address } from '../../spec/scope.ts'
import type { Refusal } from '../request-head.ts'
import { lingeringClose, throwAwayInput } from './lingering-close.ts'

/** What runs on a connection: a request that is being answered, or a WebSocket. */
export interface Occupant {
  /** Tells the occupant that the server begins to drain. */
  drain(): void
  /** Tells the occupant that the client sends nothing more: it has left, or it only waits for the answer. */
  peerEnded(): void
  /** Answers in place of the app, because the rest of the request makes no sense or does not come. */
  refuse(refusal: Refusal): void
}

/** Where a connection is between, as scopes tell it. */
export interface Ends {
  readonly client: Address | null
  readonly server: Address | readonly [string, null] | null
}

/** For how many looks in a row a connection may be silent, and may be without a request whatever it sends. */
export interface Looks {
  readonly silent: number
  readonly vacant: number
}

/** Requests that one client may have waiting behind the one that is being answered; above, the client is not read. */
const maxWaiting = 16

const key = Symbol('connection')
type ConnectedSocket = Socket & { [key]?: Connection; parser?: { resume(): void } | null }

/** One accepted TCP or Unix connection: who is being served on it, who waits, and how it closes. */
export class Connection {
  readonly socket: Socket
  readonly client: Ends['client']
  readonly server: Ends['server']
  /** Who is being served; null while the connection is idle. */
  occupant: Occupant | null = null
  /** The request whose head arrived last. */
  newest: { readonly complete: boolean } | null = null
  requests = 0
  /** Set when the last answer of this connection is decided: what still arrives is not looked at. */
  closing = false
  /** Set when the client may be sending as the connection closes. */
  lingers = false
  /** Set when the client has ended its side. */
  ended = false
  /** Set when what arrived made no sense. */
  failed = false
  readonly #waiting: Array<() => void> = []
  /** What had been read when somebody last looked at the connection, and for how many looks it has been silent and without a request. */
  #bytesSeen = 0
  #requestsSeen = 0
  #silentFor = 0
  #vacantFor = 0
  /** True while the client is not read, since too many requests of it wait. */
  #held = false
  #deaf = false
  #closed = false

  constructor(socket: Socket, { client, server }: Ends) {
    this.socket = socket
    this.client = client
    this.server = server
    ;(socket as ConnectedSocket)[key] = this
    // node:http calls this after an answer that it takes for the last one.
    socket.destroySoon = this.#closeSoon
    socket.on('end', () => {
      this.ended = true
      this.occupant?.peerEnded()
    })
    // An error is followed by the event close, and nothing else is to be done about it.
    socket.on('error', () => {})
  }

  readonly #closeSoon = (): void => this.close()

  /** The connection of a socket that a server accepted. */
  static of(socket: Socket): Connection | undefined {
    return (socket as ConnectedSocket)[key]
  }

  /** True when nothing can follow the request that is being answered. */
  get isLast(): boolean {
    return this.closing || (this.ended && this.#waiting.length === 0)
  }

  /** Calls back when everything that came before has been answered. */
  enqueue(start: () => void): void {
    if (this.occupant === null) return start()
    this.#waiting.push(start)
    if (this.#waiting.length >= maxWaiting) this.#hold(true)
  }

  /** Ends an occupant's turn. */
  release(): void {
    this.occupant = null
    // An idle connection keeps nothing of its last request.
    if (this.newest?.complete === true) this.newest = null
    if (this.closing || this.socket.destroyed) return this.close()
    const next = this.#waiting.shift()
    if (this.#held && this.#waiting.length === 0) this.#hold(false)
    next?.()
  }

  /**
   * Says that what arrived last makes no sense, or does not come. If it is the rest of a request, that request is refused;
   * else `answer` is called after all that came before.
   */
  fail(refusal: Refusal, answer: () => void): void {
    this.failed = true
    this.ignoreInput()
    if (this.newest === null || this.newest.complete) return this.enqueue(answer)
    if (this.#waiting.pop() === undefined) this.occupant!.refuse(refusal)
    else this.enqueue(answer)
  }

  /**
   * Stops reading the client, or goes on. node:http would go on by itself with the next answer: the flag, under which it
   * holds back a client that does not read, keeps it from that, and stops its parser.
   */
  #hold(held: boolean): void {
    this.#held = held
    Reflect.set(this.socket, '_paused', held)
    if (held) return void this.socket.pause()
    ;(this.socket as ConnectedSocket).parser?.resume()
    this.socket.resume()
  }

  /** Stops to look at what arrives. */
  ignoreInput(): void {
    if (this.#deaf) return
    this.#deaf = true
    this.lingers = true
    throwAwayInput(this.socket)
  }

  /** Tells the connection that the server begins to drain: an idle one closes at once. */
  drain(): void {
    this.closing = true
    if (this.occupant === null) this.close()
    else this.occupant.drain()
  }

  /** Closes the connection if it has been silent, or has had no request, for a number of looks in a row. A first request is not waited for here. */
  lookIfIdle({ silent, vacant }: Looks): void {
    const { requests, newest, occupant } = this
    const { bytesRead } = this.socket
    const isIdle = occupant === null && requests > 0
    const isVacant = isIdle && requests === this.#requestsSeen && (newest === null || newest.complete)
    this.#silentFor = isIdle && bytesRead === this.#bytesSeen ? this.#silentFor + 1 : 0
    this.#vacantFor = isVacant ? this.#vacantFor + 1 : 0
    this.#requestsSeen = requests
    this.#bytesSeen = bytesRead
    if (this.#silentFor >= silent || this.#vacantFor >= vacant) this.close()
  }

  /** Closes the connection, after what is written has been sent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.closing = true
    if (this.lingers || this.#waiting.length > 0) lingeringClose(this.socket)
    else Socket.prototype.destroySoon.call(this.socket)
    this.#waiting.length = 0
  }
}
