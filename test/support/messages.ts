import { settled } from '../../lib/spec/app.ts'
import type { Receive, Send } from '../../lib/spec/app.ts'
import type { ReceiveMessage, SendMessage } from '../../lib/spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'

/** An HTTP scope of `GET http://example.org/`, with changes. */
export function httpScope(changes: Partial<HTTPScope> & Record<string, unknown> = {}): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    method: 'GET',
    scheme: 'http',
    path: '/',
    raw_path: null,
    query_string: '',
    root_path: '',
    headers: [['host', 'example.org']],
    client: ['192.0.2.1', 50_000],
    server: ['127.0.0.1', 8000],
    state: {},
    extensions: {},
    ...changes,
  }
}

/** A WebSocket scope of `ws://example.org/`, with changes. */
export function websocketScope(changes: Partial<WebSocketScope> & Record<string, unknown> = {}): WebSocketScope {
  const { method: _method, ...shared } = httpScope()
  return { ...shared, type: 'websocket', scheme: 'ws', subprotocols: [], ...changes }
}

/** A `send` that records, and what it recorded. */
export interface Recorder {
  readonly send: Send
  readonly sent: SendMessage[]
}

/** Makes a recorder. With an error, it throws that at the message with the given index and after. */
export function recorder(failure?: { at: number; error: Error }): Recorder {
  const sent: SendMessage[] = []
  const send: Send = (message) => {
    if (failure !== undefined && sent.length >= failure.at) return Promise.reject(failure.error)
    sent.push(message)
    return settled
  }
  return { send, sent }
}

/** A `receive` that hands over messages in turn and then waits forever. */
export function receiving(...messages: ReceiveMessage[]): Receive {
  const left = [...messages]
  return () => {
    const message = left.shift()
    return message === undefined ? new Promise<never>(() => {}) : Promise.resolve(message)
  }
}

/** A `receive` that hands over a body in pieces. */
export function receivingBody(...pieces: readonly (string | Uint8Array)[]): Receive {
  return receiving(
    ...pieces.map((piece, index): ReceiveMessage => ({
      type: 'http.request',
      body: typeof piece === 'string' ? Buffer.from(piece) : piece,
      more_body: index < pieces.length - 1,
    })),
  )
}

/** A `receive` for what must not be read. */
export const receiveNothing: Receive = () => Promise.reject(new Error('receive was called'))
