import { show } from '../spec/violations.ts'
import { pathOf } from './handshake-refused.ts'
import type { Door, OutgoingHandshake, OutgoingRequest, RawSocket } from './door.ts'
import { PlatformSocket } from './platform-socket.ts'
import { platformWebSocket } from './web-socket-factory.ts'
import type { WebSocketFactory } from './web-socket-factory.ts'

/** Sends a request. The platform's `fetch` is one. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** What a {@link NetworkDoor} is made of. */
export interface NetworkDoorParts {
  /** What stands before every path. */
  readonly baseUrl: string
  readonly fetch: FetchFunction
  /** `null` for those of the platform. */
  readonly webSocket: WebSocketFactory | null
}

/** Sends requests with `fetch`, and opens WebSockets of the platform. */
export class NetworkDoor implements Door {
  readonly #baseUrl: string
  readonly #fetch: FetchFunction
  readonly #webSocket: WebSocketFactory | null

  /** @throws TypeError for a base URL with a query or a fragment, and for one of another scheme than http and https. */
  constructor({ baseUrl, fetch, webSocket }: NetworkDoorParts) {
    if (/[?#]/.test(baseUrl) || !/^(?:https?:\/\/.|\/|$)/i.test(baseUrl)) {
      throw new TypeError(
        `Cannot make a client with the base URL ${show(baseUrl)}: expected http or https, or a path, without a query`,
      )
    }
    this.#baseUrl = baseUrl.replace(/\/+$/, '')
    this.#fetch = fetch
    this.#webSocket = webSocket
  }

  async send({ target, method, headers, body, signal, redirect }: OutgoingRequest): Promise<Response> {
    const init = { method, headers, body, redirect, ...(signal !== null && { signal }) }
    const answer = await this.#fetch(this.#baseUrl + target, init)
    if (answer.type !== 'opaqueredirect') return answer
    throw new TypeError(
      `Cannot read the redirect that ${method} ${pathOf(target)} is answered with: browsers hide redirects from scripts, ` +
        'expected a contract that declares none, so that they follow it',
    )
  }

  async open({ target, headers, ownHeaders, subprotocols }: OutgoingHandshake): Promise<RawSocket> {
    const { location } = globalThis as { readonly location?: { readonly href: string } }
    const url = new URL(this.#baseUrl + target, location?.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    // What belongs to all requests of the client cannot go with a WebSocket of the platform; what the call asks for has to.
    const socket =
      this.#webSocket === null
        ? platformWebSocket(url.href, { headers: Object.fromEntries(ownHeaders), subprotocols })
        : this.#webSocket(url.href, { headers: Object.fromEntries(headers), subprotocols })
    return PlatformSocket.opened(socket, target)
  }
}
