import { named } from '../lib/endpoint/named.ts'
import { HTTPException } from '../lib/exceptions/http-exception.ts'
import { fieldValue } from '../lib/http/message-fields.ts'
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
    const announced = fieldValue(scope.headers, 'content-length')
    if (announced !== null && Number(announced) > maxBytes) return refuse(scope, receive, send)
    let bytes = 0
    let started = false
    let refused = false
    const counted: Receive = async () => {
      const message = await receive()
      if (message.type !== 'http.request') return message
      bytes += message.body?.length ?? 0
      if (bytes <= maxBytes) return message
      throw new HTTPException(413, { headers: { connection: 'close' } })
    }
    return app(scope, counted, (message) => {
      if (refused) return settled
      if (started || message.type !== 'http.response.start') return send(message)
      if (bytes <= maxBytes) {
        started = true
        return send(message)
      }
      refused = true
      return refuse(scope, receive, send)
    })
  })
}

/** The rest of the body is not read, so the connection cannot be used again. */
function refuse(scope: HTTPScope, receive: Receive, send: Send): Promise<void> {
  const response = new PlainTextResponse('Content Too Large', { status: 413, headers: { connection: 'close' } })
  return response.respond(scope, receive, send)
}
