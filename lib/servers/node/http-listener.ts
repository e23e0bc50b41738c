import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isRefusal, readHead } from '../request-head.ts'
import type { Refusal, Target } from '../request-head.ts'
import type { ServerState } from '../server-state.ts'
import { readHandshake } from '../websocket-handshake.ts'
import type { Handshake } from '../websocket-handshake.ts'
import { refusalOfError } from './client-error.ts'
import type { ClientError } from './client-error.ts'
import { Connection } from './connection.ts'
import { EarlyBytes } from './early-bytes.ts'
import { HTTPCall } from './http-call.ts'
import { watchIdle } from './idle-watch.ts'
import { endsOf } from './listen.ts'
import { nodeOptions } from './node-options.ts'
import { serveWithoutUpgrade } from './plain-upgrade.ts'
import { record, refuseConnection, refuseRequest } from './refusal-answer.ts'
import type { ServerRequest } from './server-request.ts'
import { Upgrader } from './upgrader.ts'
import { WebSocketCall } from './websocket-call.ts'

/** What a request expects of the server before it goes on. */
type Expectation = 'nothing' | 'continue' | 'unknown'

/** Reads connections through node:http and opens an exchange or a session for each request, in the order of arrival. */
export class HTTPListener {
  readonly server: Server
  readonly connections: Set<Connection> = new Set()
  readonly #state: ServerState
  readonly #upgrader: Upgrader

  constructor(state: ServerState) {
    this.#state = state
    this.#upgrader = new Upgrader(state)
    this.server = createServer(nodeOptions(state.limits))
    // Fields above this count would be dropped in silence: they are counted and refused instead.
    this.server.maxHeadersCount = 0
    // A client may end its side and wait for the answer.
    ;(this.server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true
    if (state.limits.maxConnections !== Infinity) this.server.maxConnections = state.limits.maxConnections
    this.server
      .on('connection', (socket: Socket) => this.#connected(socket))
      .on('request', (request, response) => this.#arrived(request as ServerRequest, response, 'nothing'))
      .on('checkContinue', (request, response) => this.#arrived(request as ServerRequest, response, 'continue'))
      .on('checkExpectation', (request, response) => this.#arrived(request as ServerRequest, response, 'unknown'))
      .on('upgrade', (request, _socket, rest) => this.#handedOver(request, rest))
      .on('connect', (request, _socket, rest) => this.#handedOver(request, rest))
      .on('clientError', (error, socket) => this.#failed(error, socket as Socket))
    watchIdle(this.server, this.connections, state.limits)
  }

  /** Resolves when no connection is left. */
  async emptied(): Promise<void> {
    for (const { socket } of this.connections) await new Promise((resolve) => socket.once('close', resolve))
  }

  #connected(socket: Socket): void {
    // A connection that is read afresh after an upgrade that was not wanted is known already.
    if (Connection.of(socket) !== undefined) return
    const connection = new Connection(socket, endsOf(this.server, socket))
    this.connections.add(connection)
    socket.once('close', () => this.connections.delete(connection))
  }

  #arrived(request: ServerRequest, response: ServerResponse, expects: Expectation): void {
    const connection = Connection.of(request.socket)!
    if (connection.closing) return connection.ignoreInput()
    connection.newest = request
    if (connection.occupant === null) this.#answer(request, response, expects)
    else connection.enqueue(() => this.#answer(request, response, expects))
  }

  #answer(request: ServerRequest, response: ServerResponse, expects: Expectation): void {
    const { limits, dateHeader } = this.#state
    const connection = Connection.of(request.socket)!
    connection.requests++
    if (!dateHeader) response.sendDate = false
    const target = expects === 'unknown' ? unknownExpectation : this.#admit(request)
    if (isRefusal(target)) return refuseRequest(this.#state, connection, { request, response, refusal: target })
    const node = { request, response, connection, target, expectsContinue: expects === 'continue' }
    const call = new HTTPCall(this.#state, node)
    connection.occupant = call
    if (connection.requests >= limits.maxRequestsPerConnection) connection.closing = true
    call.run()
  }

  /** For requests that node:http reads no further than their head: it leaves the connection to whoever answers. */
  #handedOver(request: IncomingMessage, rest: Buffer): void {
    const connection = Connection.of(request.socket)!
    if (connection.closing) return connection.ignoreInput()
    const early = new EarlyBytes(connection.socket, rest)
    connection.newest = null
    connection.enqueue(() => this.#upgrade(connection, request, early))
  }

  #upgrade(connection: Connection, request: IncomingMessage, early: EarlyBytes): void {
    // It has waited for what came before it, and its client has not.
    if (early.lost) return connection.close()
    if (!asksForWebSocket(request) && request.method !== 'CONNECT') {
      return serveWithoutUpgrade(this.server, request, early.stop())
    }
    const target = request.method === 'CONNECT' ? noTunnel : this.#admit(request)
    if (isRefusal(target)) return this.#refuse(connection, request, { refusal: target, early })
    const handshake = handshakeOf(request)
    if (isRefusal(handshake)) return this.#refuse(connection, request, { refusal: handshake, early })
    const { subprotocols } = handshake
    const call = new WebSocketCall(this.#state, { request, connection, target, subprotocols, early }, this.#upgrader)
    connection.occupant = call
    call.run()
  }

  #refuse(
    connection: Connection,
    request: IncomingMessage,
    { refusal, early }: { refusal: Refusal; early: EarlyBytes },
  ): void {
    early.stop()
    refuseConnection(this.#state, connection, refusal)
    record(this.#state, connection, { request, status: refusal.status, bytesSent: refusal.text.length })
  }

  #admit(request: IncomingMessage): Target | Refusal {
    const { method, url, httpVersion, rawHeaders } = request
    const { limits, running } = this.#state
    const head = { method: method!, target: url!, version: httpVersion, headers: rawHeaders }
    const target = readHead(head, limits.maxHeaderCount)
    return isRefusal(target) || running < limits.maxConcurrentRequests ? target : overloaded
  }

  /** What the client sent is not HTTP, or did not come in time; or the connection broke. */
  #failed(error: ClientError, socket: Socket): void {
    const connection = Connection.of(socket)!
    const refusal = refusalOfError(error)
    // A client that has said nothing, or has gone, gets no answer.
    if (refusal === null || socket.bytesRead === 0) return void socket.destroy()
    if (connection.failed || (connection.closing && connection.occupant === null)) return
    this.#state.log.info(`Refused what ${String(connection.client)} sent: ${refusal.status} (${error.code})`)
    connection.fail(refusal, () => refuseConnection(this.#state, connection, refusal))
  }
}

const overloaded: Refusal = { status: 503, text: 'Service Unavailable', fields: ['retry-after', '1'] }
const unknownExpectation: Refusal = { status: 417, text: 'Expectation Failed' }
const noTunnel: Refusal = { status: 501, text: 'CONNECT is not supported' }

/** HTTP/1.0 knows no upgrades. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.8 */
function asksForWebSocket({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion !== '1.0' && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Reads a request to open a WebSocket. */
export function handshakeOf({ method, headers }: IncomingMessage): Handshake {
  return readHandshake({
    method: method!,
    version: headers['sec-websocket-version'],
    key: headers['sec-websocket-key'],
    protocol: headers['sec-websocket-protocol'],
    hasBody: headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0,
  })
}
