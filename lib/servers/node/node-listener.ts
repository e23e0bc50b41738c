import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { Socket } from 'node:net'
import type { AppLike } from '../../spec/app.ts'
import { HostedApp } from '../hosted-app.ts'
import type { HostedLife, HostOptions } from '../hosted-app.ts'
import { isRefusal } from '../request-head.ts'
import type { Refusal } from '../request-head.ts'
import { Connection } from './connection.ts'
import { EarlyBytes } from './early-bytes.ts'
import { handshakeOf } from './http-listener.ts'
import { ListenerCall } from './listener-call.ts'
import type { ForeignResponse } from './listener-call.ts'
import { foreignEnds, readForeignHead } from './listener-scope.ts'
import { refuseConnection } from './refusal-answer.ts'
import { Upgrader } from './upgrader.ts'
import { WebSocketCall } from './websocket-call.ts'

/** Answers requests of node:http, node:https and node:http2, also within Express or Connect. It needs no `this`. */
export interface NodeListener extends HostedLife {
  (request: IncomingMessage | Http2ServerRequest, response: ForeignResponse): void
  /** Takes the event `upgrade` of a server: WebSockets. It needs no `this`. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
}

/**
 * Makes a listener of an app, for a server that is not ours.
 *
 * Within Express and Connect the path of the mount becomes the `root_path`. A body that a parser has read before is used if
 * it was kept as bytes, else the app's attempt to read it is answered with 500 and told in the log. What the app does not
 * answer it answers with 404: nothing falls through to what is mounted behind it. Limits are those of the server around.
 *
 * @throws TypeError for a value that is no app and for a `rootPath` that does not start with "/".
 * @throws RangeError for a limit that is not a whole number above 0.
 */
export function toNodeListener(app: AppLike, options: HostOptions = {}): NodeListener {
  const host = new HostedApp(app, options)
  const upgrader = new Upgrader(host)
  const listener = (request: IncomingMessage | Http2ServerRequest, response: ForeignResponse): void => {
    if (host.ready) return answer(host, request, response)
    void host.admit().then((admitted) => {
      if (admitted) answer(host, request, response)
      else refuse(response, unavailable(host))
    })
  }
  const upgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const connection = new Connection(socket, foreignEnds({ socket }))
    const early = new EarlyBytes(socket, head)
    const open = (): void => openWebSocket(host, request, { connection, early, upgrader })
    if (host.ready) return open()
    void host.admit().then((admitted) => {
      if (admitted) return open()
      early.stop()
      refuseConnection(host, connection, unavailable(host))
    })
  }
  return Object.assign(listener, { upgrade, start: () => host.start(), close: () => host.close() })
}

function answer(host: HostedApp, request: IncomingMessage | Http2ServerRequest, response: ForeignResponse): void {
  const head = readForeignHead(request)
  if (isRefusal(head)) refuse(response, head)
  else new ListenerCall(host, { request, response, head }).run()
}

function openWebSocket(
  host: HostedApp,
  request: IncomingMessage,
  { connection, early, upgrader }: { connection: Connection; early: EarlyBytes; upgrader: Upgrader },
): void {
  const head = readForeignHead(request)
  const handshake = isRefusal(head) ? head : handshakeOf(request)
  if (isRefusal(head) || isRefusal(handshake)) {
    early.stop()
    return refuseConnection(host, connection, handshake as Refusal)
  }
  const { subprotocols } = handshake
  const call = new WebSocketCall(host, { request, connection, target: head.target, subprotocols, early }, upgrader)
  connection.occupant = call
  host.drains.add(call)
  connection.socket.once('close', () => host.drains.delete(call))
  call.run()
}

function unavailable(host: HostedApp): Refusal {
  return host.draining ? { status: 503, text: 'Service Unavailable' } : { status: 500, text: 'Internal Server Error' }
}

function refuse(response: ForeignResponse, { status, text }: Refusal): void {
  response.statusCode = status
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}
