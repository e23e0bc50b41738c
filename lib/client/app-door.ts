import { pathOf } from './handshake-refused.ts'
import type { Door, OutgoingHandshake, OutgoingRequest, RawSocket } from './door.ts'

/** An app that answers requests of the platform. An application and a router are such. */
export interface FetchApp {
  fetch(request: Request): Promise<Response>
}

/** Hands requests to the `fetch` of an app. It has no WebSockets. */
export class AppDoor implements Door {
  readonly #app: FetchApp
  readonly #baseUrl: string

  constructor(app: FetchApp, baseUrl: string) {
    this.#app = app
    this.#baseUrl = baseUrl.replace(/\/+$/, '')
  }

  send({ target, method, headers, body, signal }: OutgoingRequest): Promise<Response> {
    const init = { method, headers, body, ...(signal !== null && { signal }) }
    return this.#app.fetch(new Request(this.#baseUrl + target, init))
  }

  open({ target }: OutgoingHandshake): Promise<RawSocket> {
    return Promise.reject(
      new TypeError(
        `Cannot open the WebSocket ${pathOf(target)}: the fetch of an app has none, expected a test client as "app": ` +
          'createClient(contracts, { app: await TestClient.open(app) })',
      ),
    )
  }
}
