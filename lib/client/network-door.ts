import { show } from '../spec/violations.ts'
import type { Door, OutgoingHandshake, OutgoingRequest, RawSocket } from './door.ts'
import { PlatformSocket } from './platform-socket.ts'
import type { WebSocketFactory } from './web-socket-factory.ts'

/** Sends a request. The platform's `fetch` is one. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** What a {@link NetworkDoor} is made of. */
export interface NetworkDoorParts {
  /** What stands before every path. */
  readonly baseUrl: string
  readonly fetch: FetchFunction
  readonly webSocket: WebSocketFactory
}

/** Sends requests with `fetch`, and opens WebSockets of the platform. */
export class NetworkDoor implements Door {
  readonly #baseUrl: string
  readonly #fetch: FetchFunction
  readonly #webSocket: WebSocketFactory

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

  send({ target, method, headers, body, signal, redirect }: OutgoingRequest): Promise<Response> {
    const init = { method, headers, body, redirect, ...(signal !== null && { signal }) }
    return this.#fetch(this.#baseUrl + target, init)
  }

  async open({ target, headers, subprotocols }: OutgoingHandshake): Promise<RawSocket> {
    const { location } = globalThis as { readonly location?: { readonly href: string } }
    const url = new URL(this.#baseUrl + target, location?.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = this.#webSocket(url.href, { headers: Object.fromEntries(headers), subprotocols })
    return PlatformSocket.opened(socket, target)
  }
}
