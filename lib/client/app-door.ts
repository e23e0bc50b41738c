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

  /** @param baseUrl What stands before every path; a path alone is one of `http://localhost`. */
  constructor(app: FetchApp, baseUrl: string) {
    this.#app = app
    this.#baseUrl = new URL(baseUrl, 'http://localhost').href.replace(/\/+$/, '')
  }

  async send({ target, method, headers, body, signal }: OutgoingRequest): Promise<Response> {
    signal?.throwIfAborted()
    const init = { method, headers, body, ...(signal !== null && { signal }) }
    const answer = this.#app.fetch(new Request(this.#baseUrl + target, init))
    return signal === null ? answer : unlessAborted(answer, signal)
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

/** An app may answer that its client has left; who has left is told the reason instead, as by the platform's `fetch`. */
function unlessAborted(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    const arrived = answer.then((response) => (signal.aborted ? leave() : resolve(bound(response, signal))), reject)
    void arrived.then(() => signal.removeEventListener('abort', leave))
  })
}

/** The same answer, whose body fails with the reason of a signal that ends it. */
function bound(response: Response, signal: AbortSignal): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error
        })
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}
