import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { FlatHeaders, ResponseTransport } from '../http-transport.ts'
import { noKeepAlive } from '../keep-alive-text.ts'
import type { KeepAliveText } from '../keep-alive-text.ts'
import type { ServerState } from '../server-state.ts'
import { WebSocketSession } from '../websocket-session.ts'
import type { SessionObserver } from '../websocket-session.ts'
import type { WebSocketTransport } from '../websocket-transport.ts'
import { answerPings } from './answer-pings.ts'
import type { Connection, Occupant } from './connection.ts'
import type { EarlyBytes } from './early-bytes.ts'
import { KeepAlive } from './keep-alive.ts'
import { NodeResponse } from './node-response.ts'
import { websocketScope } from './node-scope.ts'
import type { NodeRequest } from './node-scope.ts'
import type { Upgrader } from './upgrader.ts'

/** A request to open a WebSocket as node:http hands it over, found to be well-formed. */
export interface UpgradeRequest extends NodeRequest {
  readonly subprotocols: readonly string[]
  /** What the client sends behind the request. */
  readonly early: EarlyBytes
}

/** One WebSocket on a connection of node:http and ws: the transport of its session, and what the session reports to. */
export class WebSocketCall implements WebSocketTransport, SessionObserver, Occupant {
  readonly #server: ServerState
  readonly #upgrade: UpgradeRequest
  readonly #upgrader: Upgrader
  readonly #session: WebSocketSession
  readonly #startedAt: number
  #websocket: WebSocket | null = null
  #keepAlive: KeepAlive | null = null

  constructor(server: ServerState, upgrade: UpgradeRequest, upgrader: Upgrader) {
    this.#server = server
    this.#upgrade = upgrade
    this.#upgrader = upgrader
    this.#startedAt = performance.now()
    this.#session = new WebSocketSession({
      scope: websocketScope(server, upgrade, upgrade.subprotocols),
      transport: this,
      observer: this,
      settings: server,
    })
    upgrade.early.onLost = this.#clientLost
  }

  readonly #clientLost = (): void => {
    this.#socket.destroy()
    this.#session.disconnect(1006, '')
  }

  get #socket(): Socket {
    return this.#upgrade.connection.socket
  }

  get #request(): IncomingMessage {
    return this.#upgrade.request
  }

  run(): void {
    this.#server.running++
    this.#session.run(this.#server.app)
  }

  accept(subprotocol: string | null, headers: FlatHeaders): void {
    const { request, early } = this.#upgrade
    const rest = early.stop()
    this.#websocket = this.#upgrader.accept({ request, socket: this.#socket, rest, subprotocol, headers })
    if (this.#websocket === null) return this.#session.disconnect(1006, '')
    this.#listen(this.#websocket)
  }

  deny(): ResponseTransport {
    const { request, connection, early } = this.#upgrade
    early.stop()
    connection.closing = true
    connection.lingers = true
    const response = new ServerResponse(request)
    response.sendDate = this.#server.dateHeader
    response.assignSocket(this.#socket)
    response.on('finish', () => connection.close())
    // node:http, which would tell the response, has let go of the socket.
    this.#socket.on('drain', () => this.#session.drained())
    response.on('close', () => this.#session.disconnect(1006, ''))
    return new DenialResponse(response, connection, this.#session)
  }

  send(data: string | Uint8Array): boolean {
    const websocket = this.#websocket!
    // The event close will tell. Until then the app must wait: if it could go on, that event would never have its turn.
    if (websocket.readyState !== websocket.OPEN) return false
    const limit = this.#server.websocketLimits.sendBufferBytes
    if (websocket.bufferedAmount + data.length <= limit) {
      websocket.send(data)
      return true
    }
    websocket.send(data, (error) => error == null && this.#session.drained())
    return false
  }

  close(code: number, reason: string): void {
    this.#websocket?.close(code, reason)
  }

  abort(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#websocket?.pause()
    // Nobody would hear the answer to a ping.
    this.#keepAlive?.stop()
  }

  resume(): void {
    this.#websocket?.resume()
    this.#keepAlive?.start()
  }

  drain(): void {
    this.#session.shutdown()
  }

  /** ws answers the end of the client's side. */
  peerEnded(): void {}

  /* c8 ignore next 2 -- node:http reads no more of this connection, so it finds nothing wrong */
  refuse(): void {}

  sessionEnded(): void {
    this.#server.onAccess?.({
      protocol: 'websocket',
      client: this.#upgrade.connection.client,
      method: this.#request.method!,
      target: this.#request.url!,
      httpVersion: this.#request.httpVersion,
      status: this.#session.status,
      durationMs: performance.now() - this.#startedAt,
      bytesSent: this.#session.bytesSent,
    })
  }

  appEnded(): void {
    if (--this.#server.running === 0) this.#server.onIdle()
  }

  #listen(websocket: WebSocket): void {
    this.#keepAlive = new KeepAlive(websocket, this.#server.websocketLimits, () => this.#lost(websocket))
    answerPings(websocket)
    websocket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#session.message(isBinary ? data : data.toString())
    })
    websocket.on('close', (code, reason) => {
      this.#session.disconnect(code, reason.toString())
      this.#keepAlive!.stop()
    })
    // ws answers a peer that breaks the protocol and closes; the close event tells the rest.
    websocket.on('error', () => {})
  }

  #lost(websocket: WebSocket): void {
    websocket.close(internalError, noPong)
    this.#session.disconnect(1006, noPong)
  }
}

/** The answer to a handshake that the app denies. */
class DenialResponse extends NodeResponse {
  protected override readonly keepAlive: KeepAliveText = noKeepAlive
  readonly #session: WebSocketSession

  constructor(response: ServerResponse, connection: Connection, session: WebSocketSession) {
    super(response, connection)
    this.#session = session
  }

  protected override drained(): void {
    this.#session.drained()
  }

  protected override mustClose(): boolean {
    return true
  }
}

/** The close code for a peer that does not answer pings, as other servers have it. */
const internalError = 1011
const noPong = 'No answer to a ping'
