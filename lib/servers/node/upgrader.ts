import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import type { ServerOptions, WebSocket } from 'ws'
import { withDefaults } from '../default-headers.ts'
import { currentDate } from '../http-date.ts'
import type { FlatHeaders } from '../http-transport.ts'
import { longestTimeoutMs } from '../options.ts'
import type { WebSocketLimits } from '../options.ts'
import type { ServerState } from '../server-state.ts'

/** A handshake that the app has accepted. */
export interface AcceptedHandshake {
  readonly request: IncomingMessage
  readonly socket: Socket
  /** What the client sent behind the request. */
  readonly rest: Buffer
  readonly subprotocol: string | null
  readonly headers: FlatHeaders
}

/** Completes WebSocket handshakes through ws. One serves a whole server. */
export class Upgrader {
  readonly #websockets: WebSocketServer
  readonly #server: ServerState
  /** The handshake that ws is completing: it does so in one go. */
  #current: AcceptedHandshake | null = null

  constructor(server: ServerState) {
    this.#server = server
    this.#websockets = new WebSocketServer(optionsOf(server.websocketLimits, () => this.#current!.subprotocol ?? false))
    this.#websockets.on('headers', (lines) => this.#addHeaders(lines))
  }

  /** Returns the open WebSocket, or null when the client has left or its offer of extensions is malformed. */
  accept(handshake: AcceptedHandshake): WebSocket | null {
    const { request, socket, rest } = handshake
    let opened: WebSocket | null = null
    this.#current = handshake
    // ws writes the head as text in the socket's encoding: as latin-1, so that the bytes of values come out right.
    socket.setDefaultEncoding('latin1')
    this.#websockets.handleUpgrade(request, socket, rest, (websocket) => {
      opened = websocket
    })
    socket.setDefaultEncoding('utf8')
    this.#current = null
    return opened
  }

  #addHeaders(lines: string[]): void {
    const { defaultHeaders, dateHeader } = this.#server
    const fields = withDefaults(this.#current!.headers, defaultHeaders)
    const dated = dateHeader ? withDefaults(fields, ['date', currentDate()]) : fields
    for (let i = 0; i < dated.length; i += 2) {
      if (!reserved.has(dated[i]!)) lines.push(`${dated[i]}: ${dated[i + 1]}`)
    }
  }
}

/** What the handshake itself decides. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
])

function optionsOf(limits: WebSocketLimits, handleProtocols: () => string | false): ServerOptions {
  const options = {
    noServer: true,
    clientTracking: false,
    handleProtocols,
    maxPayload: finite(limits.maxMessageBytes),
    maxFragments: finite(limits.maxFragments),
    // Not declared in the types of ws.
    closeTimeout: Math.min(limits.closeTimeoutMs, longestTimeoutMs),
    perMessageDeflate: limits.compression ? { threshold: 1024, concurrencyLimit: 4 } : false,
  }
  return options
}

/** ws writes "no bound" as 0. */
function finite(limit: number): number {
  return limit === Infinity ? 0 : limit
}
