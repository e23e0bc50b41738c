import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type * as ws from 'ws'
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws'
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

const require = createRequire(import.meta.url)

/**
 * Completes WebSocket handshakes through ws. One serves a whole server. The package is loaded with the first handshake:
 * see docs/decisions/0030-websockets-on-demand.md.
 */
export class Upgrader {
  readonly #server: ServerState
  #websockets: WebSocketServer | null = null
  /** The handshake that ws is completing: it does so in one go. */
  #current: AcceptedHandshake | null = null

  constructor(server: ServerState) {
    this.#server = server
  }

  /** Returns the open WebSocket, or null when the client has left or its offer of extensions is malformed. */
  accept(handshake: AcceptedHandshake): WebSocket | null {
    const { request, socket, rest } = handshake
    const websockets = (this.#websockets ??= this.#load())
    let opened: WebSocket | null = null
    this.#current = handshake
    // ws writes the head as text in the socket's encoding: as latin-1, so that the bytes of values come out right.
    socket.setDefaultEncoding('latin1')
    websockets.handleUpgrade(request, socket, rest, (websocket) => {
      opened = websocket
    })
    socket.setDefaultEncoding('utf8')
    this.#current = null
    return opened
  }

  #load(): WebSocketServer {
    const { WebSocketServer } = require('ws') as typeof ws
    const options = optionsOf(this.#server.websocketLimits, () => this.#current!.subprotocol ?? false)
    return new WebSocketServer(options).on('headers', (lines) => this.#addHeaders(lines))
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
    autoPong: false,
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
