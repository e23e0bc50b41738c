import { settled } from '../spec/app.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPResponseBodyMessage, HTTPResponseStartMessage } from '../spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'

/** Tells whether the body of a response will reach the client: not for HEAD, nor where a refusal cannot carry one. */
export function wantsBody(scope: HTTPScope | WebSocketScope): boolean {
  return scope.type === 'http' ? scope.method !== 'HEAD' : offersDenial(scope)
}

/**
 * Turns the messages of an HTTP response into those that refuse a WebSocket handshake with it. Where the server does not
 * offer that, the start becomes a plain close, which the client sees as a 403, and the body is dropped.
 *
 * @see https://asgi.readthedocs.io/en/latest/extensions.html#websocket-denial-response
 */
export function denialSend(scope: WebSocketScope, send: Send): Send {
  if (offersDenial(scope))
    return (message) => send(asDenial(message as HTTPResponseStartMessage | HTTPResponseBodyMessage))
  return (message) => (message.type === 'http.response.start' ? send({ type: 'websocket.close' }) : settled)
}

function offersDenial(scope: WebSocketScope): boolean {
  return scope.extensions?.['websocket.http.response'] !== undefined
}

function asDenial(message: HTTPResponseStartMessage | HTTPResponseBodyMessage): Parameters<Send>[0] {
  return message.type === 'http.response.start'
    ? { type: 'websocket.http.response.start', status: message.status, headers: message.headers ?? null }
    : { type: 'websocket.http.response.body', body: message.body ?? null, more_body: message.more_body ?? false }
}
