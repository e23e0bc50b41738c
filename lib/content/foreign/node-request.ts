import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Receive } from '../../spec/app.ts'
import type { HTTPScope } from '../../spec/scope.ts'
import { mayHaveBody } from './foreign-call.ts'
import type { MemorySocket } from './memory-socket.ts'
import { mountedTarget } from './mounted-target.ts'

/** How node:http fills in the fields of a message; Node has it under this name from 0.x to 24. */
const takeFields = '_addHeaderLines'

interface FieldTaker {
  [takeFields](flat: readonly string[], length: number): void
}

const read = '_read'

/** A request as a Node listener sees it, whose body is received as it is read. */
export class NodeRequest {
  /** `url` has what is below the mount, `originalUrl` the whole target, `baseUrl` the path of the mount. */
  readonly message: IncomingMessage & { readonly originalUrl: string; readonly baseUrl: string }
  readonly #receive: Receive
  readonly #hasBody: boolean
  #reading = false
  #lost = false

  constructor(scope: HTTPScope, receive: Receive, socket: MemorySocket) {
    const { mount, path, search } = mountedTarget(scope)
    this.#receive = receive
    this.#hasBody = mayHaveBody(scope)
    const message = new IncomingMessage(socket as unknown as Socket)
    const minor = scope.http_version === '1.0' ? 0 : 1
    const fields = [...scope.headers].flat()
    ;(message as unknown as FieldTaker)[takeFields](fields, fields.length)
    this.message = Object.assign(message, {
      method: scope.method,
      url: path + search,
      baseUrl: mount,
      originalUrl: mount + path + search,
      // Later versions are what node:http has no words for.
      httpVersion: `1.${minor}`,
      httpVersionMajor: 1,
      httpVersionMinor: minor,
      // An own property: Express puts a prototype of its own under a request.
      _read: (size: number) => this.#read(size),
    })
  }

  /** True once the client has left. */
  get isLost(): boolean {
    return this.#lost
  }

  /** Says that nobody waits for the rest of the body any more. */
  finish(): void {
    const { message } = this
    if (!message.complete && !message.destroyed) this.#end(null)
    message.resume()
  }

  /** Says that the client has left. */
  leave(): void {
    this.#lost = true
    // node:http has this error, too, and swallows it where nobody listens.
    if (!this.message.destroyed) this.message.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
  }

  #read(size: number): void {
    const { message } = this
    IncomingMessage.prototype[read].call(message, size)
    if (this.#reading || message.complete) return
    if (this.#hasBody) void this.#pull()
    else this.#end(null)
  }

  async #pull(): Promise<void> {
    const { message } = this
    this.#reading = true
    for (let wanted = true; wanted;) {
      const received = await this.#receive()
      if (message.complete || message.destroyed) return
      if (received.type !== 'http.request') return this.leave()
      const { body, more_body } = received
      const bytes = body !== undefined && body !== null && body.length > 0 ? body : null
      if (!more_body) return this.#end(bytes)
      if (bytes !== null) wanted = message.push(bytes)
    }
    this.#reading = false
  }

  #end(bytes: Uint8Array | null): void {
    const { message } = this
    message.complete = true
    if (bytes !== null) message.push(bytes)
    message.push(null)
  }
}
