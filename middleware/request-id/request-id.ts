import { named } from '../../lib/endpoint/named.ts'
import { Headers } from '../../lib/http/headers.ts'
import { startWith, withFields } from '../../lib/http/message-fields.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import type { Middleware, Send } from '../../lib/spec/app.ts'
import { canonicalName, isFieldValue } from '../../lib/spec/field-syntax.ts'
import type { SendMessage, WebSocketAcceptMessage, WebSocketResponseStartMessage } from '../../lib/spec/messages.ts'
import { show } from '../../lib/spec/violations.ts'
import { randomId } from './random-id.ts'

/** How requests are named. */
export interface RequestIdOptions {
  /** The field of the request and of the answer. Default `x-request-id`. */
  header?: string
  /** Takes over the id of the request, when it is one: for apps behind a proxy that names requests. Default false. */
  trustIncoming?: boolean
  /** Makes an id. Default: a random UUID. */
  generate?: () => string
}

/** What may be taken over: nothing that could end a line of a log, or fill it. */
const acceptable = /^[\w.\-:+/=]{1,128}$/

/**
 * Names each request and WebSocket, tells the client the name, and keeps it for logs: `requestIdOf(request)`.
 *
 * @throws TypeError for a field name that is none.
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const { header = 'x-request-id', trustIncoming = false, generate } = options
  const name = canonicalName(header)
  if (name === null) throw new TypeError(`Cannot name requests in ${show(header)}: expected the name of a field`)
  const makeId = generate === undefined ? randomId : (): string => checkedId(generate())
  return named('requestId', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const incoming = trustIncoming ? Headers.from(scope.headers).get(name) : null
    const id = incoming !== null && acceptable.test(incoming) ? incoming : makeId()
    const noted: FrameworkScope & typeof scope = scope
    noted.request_id = id
    return app(scope, receive, namingSend(send, name, id))
  })
}

/** Returns how a request is named; `null` when it has passed no `requestId()`. */
export function requestIdOf({ scope }: { readonly scope: FrameworkScope }): string | null {
  return scope.request_id ?? null
}

/** An answer of an app that was asked on behalf of this one has a name of its own, which is not passed on. */
function namingSend(send: Send, name: string, id: string): Send {
  return (message) => {
    if (message.type === 'http.response.start') {
      return send(startWith(message, withFields(message.headers, [name, id])))
    }
    return isHandshakeReply(message)
      ? send({ ...message, headers: withFields(message.headers, [name, id]) })
      : send(message)
  }
}

function isHandshakeReply(message: SendMessage): message is WebSocketAcceptMessage | WebSocketResponseStartMessage {
  return message.type === 'websocket.accept' || message.type === 'websocket.http.response.start'
}

function checkedId(id: string): string {
  if (typeof id === 'string' && id !== '' && isFieldValue(id)) return id
  throw new TypeError(`Cannot name a request ${show(id)}: expected a value for a field`)
}
