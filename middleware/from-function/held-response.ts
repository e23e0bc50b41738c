import { Headers, MutableHeaders } from '../../lib/http/headers.ts'
import { hasNoContent } from '../../lib/http/status.ts'
import { Response } from '../../lib/response/response.ts'
import type { Send } from '../../lib/spec/app.ts'
import type { HTTPResponseStartMessage } from '../../lib/spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'

/** What stands behind a held response: the app that goes on sending it. */
export interface HeldSource {
  /** Sends the start and lets everything behind it through. */
  release(send: Send, start: HTTPResponseStartMessage): Promise<void>
  read(): AsyncGenerator<Uint8Array, void, undefined>
}

/**
 * The response of the app within, held back before its first byte has left. Return it to let it through; its status and
 * headers may be changed until then. The body is not collected: it flows while it is made.
 */
export class HeldResponse extends Response {
  /** May be changed until the response is returned. */
  declare status: number
  readonly #source: HeldSource
  readonly #trailers: boolean

  /** As the app within has given them, until somebody reads them here. */
  #fields: Headers

  /** @internal */
  constructor(start: HTTPResponseStartMessage, source: HeldSource) {
    const { status, headers, trailers } = start
    super(null, { status }, { contentType: null, streamed: !hasNoContent(status) })
    this.#source = source
    this.#trailers = trailers ?? false
    this.#fields = headers instanceof MutableHeaders ? new Headers(headers) : Headers.from(headers ?? [])
    if (status === 204) this.headers.delete('content-length')
  }

  override get headers(): MutableHeaders {
    if (this.#fields instanceof MutableHeaders) return this.#fields
    const headers = new MutableHeaders(this.#fields)
    this.#fields = headers
    return headers
  }

  /**
   * Gives out the body as it is made, in place of sending it: to make another response of it. The app within waits until a
   * chunk was taken; leaving early looks to it as if the client had gone.
   *
   * @throws TypeError while iterating, for a file that the server would send by itself, and when the response was returned.
   */
  stream(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#source.read()
  }

  protected override deliver(_scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    return this.#source.release(send, this.startMessage())
  }

  protected override startMessage(): HTTPResponseStartMessage {
    const headers = this.#fields instanceof MutableHeaders ? new Headers(this.#fields) : this.#fields
    return { type: 'http.response.start', status: this.status, headers, trailers: this.#trailers }
  }
}
