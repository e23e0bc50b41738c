import { named } from '../lib/endpoint/named.ts'
import { HTTPException } from '../lib/exceptions/http-exception.ts'
import { Headers } from '../lib/http/headers.ts'
import { PlainTextResponse } from '../lib/response/plain-text-response.ts'
import { settled } from '../lib/spec/app.ts'
import type { Middleware, Receive, Send } from '../lib/spec/app.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** How much a client may send. */
export interface BodyLimitOptions {
  /** In bytes. */
  maxBytes: number
}

/**
 * Answers 413 when a body is larger, whoever reads it and in whatever way: at once when the client announces it, else when
 * the bytes that have arrived are too many. What the app answers after that does not count.
 *
 * @throws RangeError for a limit that is none: it must not switch itself off.
 */
export function bodyLimit({ maxBytes }: BodyLimitOptions): Middleware {
  if (typeof maxBytes !== 'number' || !(maxBytes >= 0)) {
    throw new RangeError(`Cannot limit bodies: maxBytes is ${show(maxBytes)}, expected a number of bytes`)
  }
  return named('bodyLimit', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    if (Number(Headers.from(scope.headers).get('content-length') ?? 0) > maxBytes) return refuse(scope, receive, send)
    const counter = new BodyCounter({ scope, receive, send }, maxBytes)
    return app(scope, counter.receive, counter.send)
  })
}

interface Call {
  readonly scope: HTTPScope
  readonly receive: Receive
  readonly send: Send
}

class BodyCounter {
  readonly #call: Call
  readonly #maxBytes: number
  #bytes = 0
  #started = false
  #refused = false

  constructor(call: Call, maxBytes: number) {
    this.#call = call
    this.#maxBytes = maxBytes
  }

  readonly receive: Receive = async () => {
    const message = await this.#call.receive()
    if (message.type !== 'http.request') return message
    this.#bytes += message.body?.length ?? 0
    if (this.#bytes <= this.#maxBytes) return message
    throw new HTTPException(413, { headers: { connection: 'close' } })
  }

  readonly send: Send = (message) => {
    const { scope, receive, send } = this.#call
    if (this.#refused) return settled
    if (message.type === 'http.response.start' && !this.#started && this.#bytes > this.#maxBytes) {
      this.#refused = true
      return refuse(scope, receive, send)
    }
    if (message.type === 'http.response.start') this.#started = true
    return send(message)
  }
}

/** The rest of the body is not read, so the connection cannot be used again. */
function refuse(scope: HTTPScope, receive: Receive, send: Send): Promise<void> {
  const response = new PlainTextResponse('Content Too Large', { status: 413, headers: { connection: 'close' } })
  return response.respond(scope, receive, send)
}
