import { pathOf } from './handshake-refused.ts'
import type { Door, OutgoingHandshake, OutgoingRequest, RawSocket } from './door.ts'

/** An app that answers requests of the platform. An application and a router are such. */
export interface FetchApp {
  fetch(request: Request): Response | Promise<Response>
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
    // Some apps answer at once.
    return signal === null ? answer : unlessAborted(Promise.resolve(answer), signal)
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

/** An app may answer that its client has left, or hear nothing of it; who has left is told the reason, as by the platform's `fetch`. */
function unlessAborted(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    const arrived = async (): Promise<void> => {
      try {
        const response = await answer
        if (signal.aborted) await response.body?.cancel(signal.reason)
        else resolve(bound(response, signal))
      } catch (error) {
        reject(error)
      }
      signal.removeEventListener('abort', leave)
    }
    void arrived()
  })
}

/** The same answer, whose body ends with a signal. A body that was read already is for whoever reads it again to refuse. */
function bound(response: Response, signal: AbortSignal): Response {
  const { body, bodyUsed } = response
  return body === null || bodyUsed ? response : new Response(untilAborted(body.getReader(), signal), response)
}

function untilAborted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  let stop!: () => void
  const end = (): void => signal.removeEventListener('abort', stop)
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = () => {
          controller.error(signal.reason)
          reader.cancel(signal.reason).catch(() => {})
        }
        signal.addEventListener('abort', stop, { once: true })
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (signal.aborted) return
          if (!done) return controller.enqueue(value)
          controller.close()
        } catch (error) {
          controller.error(signal.aborted ? signal.reason : error)
        }
        end()
      },
      cancel(reason) {
        end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
