import { Headers } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'

/** Makes the fields that follow a body, once the last chunk of it was sent. */
export type Trailers = () => HeadersInit | Promise<HeadersInit>

/** Tells whether trailers reach the client: the server can send them and the client has said that it takes them. */
export function takesTrailers(scope: HTTPScope | WebSocketScope): boolean {
  return scope.type === 'http' && scope.extensions?.['http.response.trailers'] !== undefined
}

/**
 * Adds trailers to the messages of a response.
 *
 * @see https://asgi.readthedocs.io/en/latest/extensions.html#http-trailers
 */
export function sendWithTrailers(send: Send, trailers: Trailers): Send {
  return (message) => {
    if (message.type === 'http.response.start') return send({ ...message, trailers: true })
    if (message.type !== 'http.response.body' || message.more_body === true) return send(message)
    return send(message).then(async () => {
      await send({ type: 'http.response.trailers', headers: new Headers(await trailers()) })
    })
  }
}
