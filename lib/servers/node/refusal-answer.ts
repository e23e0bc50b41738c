import type { IncomingMessage, ServerResponse } from 'node:http'
import { reasonPhrase } from '../../http/status.ts'
import { withDefaults } from '../default-headers.ts'
import { currentDate } from '../http-date.ts'
import type { FlatHeaders } from '../http-transport.ts'
import type { Refusal } from '../request-head.ts'
import { responseHead } from '../response-text.ts'
import type { ServerState } from '../server-state.ts'
import type { Connection } from './connection.ts'
import { answerDirectly, closeLine } from './direct-answer.ts'

/** Answers a request in place of the app, and closes the connection. */
export function refuseRequest(
  server: ServerState,
  connection: Connection,
  { request, response, refusal }: { request: IncomingMessage; response: ServerResponse; refusal: Refusal },
): void {
  const body = request.method === 'HEAD' ? '' : refusal.text
  connection.closing = true
  connection.lingers = true
  response.on('close', () => connection.release())
  answerDirectly(response, {
    head: { status: refusal.status, headers: fieldsOf(server, refusal), close: true },
    body,
    length: Buffer.byteLength(body),
    connectionLines: closeLine,
  })
  record(server, connection, { request, status: refusal.status, bytesSent: Buffer.byteLength(body) })
}

/** Answers on a bare socket, where node:http offers no response object, and closes the connection. */
export function refuseConnection(server: ServerState, connection: Connection, refusal: Refusal): void {
  const { status, text } = refusal
  const head = responseHead({
    status,
    reason: reasonPhrase(status),
    headers: fieldsOf(server, refusal),
    date: server.dateHeader ? currentDate() : null,
    more: closeLine,
  })
  if (connection.socket.writable) connection.socket.write(head + text, 'latin1')
  connection.lingers = true
  connection.close()
}

/** Tells who keeps a record of the answers of one that no app gave. */
export function record(
  server: ServerState,
  { client }: Connection,
  { request, status, bytesSent }: { request: IncomingMessage; status: number; bytesSent: number },
): void {
  server.onAccess?.({
    protocol: 'http',
    client,
    method: request.method!,
    target: request.url!,
    httpVersion: request.httpVersion,
    status,
    durationMs: 0,
    bytesSent,
  })
}

function fieldsOf({ defaultHeaders }: ServerState, { text, fields = [] }: Refusal): FlatHeaders {
  const own = [...fields, 'content-type', 'text/plain; charset=utf-8', 'content-length', String(text.length)]
  return withDefaults(own, defaultHeaders)
}
