import type { Door, OutgoingHandshake, OutgoingRequest, RawSocket } from './door.ts'
import { HandshakeRefused } from './handshake-refused.ts'
import { cookiePairs } from './request-fields.ts'

/** What the client needs of a test client: `TestClient` of `stelline/testing` has it. */
export interface TestClientLike {
  request(method: string, target: string, options: TestRequestOptions): Promise<TestResponseLike>
  websocket(target: string, options: TestHandshakeOptions): Promise<TestSocketLike>
}

/** How a request is handed to a test client. */
export interface TestRequestOptions {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** They go beside those that the test client keeps. */
  readonly cookies: Readonly<Record<string, string>>
  readonly body?: string | FormData | URLSearchParams
  readonly signal?: AbortSignal
  readonly followRedirects: boolean
}

/** How a handshake is handed to a test client. */
export interface TestHandshakeOptions {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly cookies: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
}

/** What is needed of the answer of a test client. */
export interface TestResponseLike extends AsyncIterable<Uint8Array> {
  readonly status: number
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** Leaves before the end, also while the body is being waited for. */
  disconnect(): void
}

/** What is needed of the WebSocket of a test client. */
export interface TestSocketLike extends Omit<RawSocket, 'send'> {
  sendText(text: string): Promise<void>
}

/** Hands requests and WebSockets to a test client, and so to its app. */
export class TestDoor implements Door {
  readonly #client: TestClientLike
  readonly #baseUrl: string

  /** @param baseUrl What stands before every path. A path alone stands below the base URL of the test client. */
  constructor(client: TestClientLike, baseUrl: string) {
    this.#client = client
    this.#baseUrl = baseUrl.replace(/\/+$/, '')
  }

  async send({ method, target, headers, body, signal, redirect }: OutgoingRequest): Promise<Response> {
    const answer = await this.#client.request(method, this.#baseUrl + target, {
      ...splitFields(headers),
      followRedirects: redirect === 'follow',
      ...(body !== null && { body }),
      ...(signal !== null && { signal }),
    })
    const { status } = answer
    const content = status === 204 || status === 205 || status === 304 ? null : streamOf(answer)
    return new Response(content, { status, headers: [...answer.headers].map(([name, value]) => [name, value]) })
  }

  async open({ target, headers, subprotocols }: OutgoingHandshake): Promise<RawSocket> {
    const socket = await this.#client
      .websocket(this.#baseUrl + target, { ...splitFields(headers), subprotocols })
      .catch((error: unknown) => {
        throw isDenial(error) ? new HandshakeRefused(target, error.response.status, error) : error
      })
    return {
      subprotocol: socket.subprotocol,
      closed: socket.closed,
      send: (text) => socket.sendText(text),
      receive: () => socket.receive(),
      close: (code, reason) => socket.close(code, reason),
    }
  }
}

/**
 * A test client takes a `cookie` field instead of the cookies that it keeps, and cookies beside them. A field that cookies would not
 * give again goes as it is.
 */
function splitFields(headers: Headers): Pick<TestRequestOptions, 'headers' | 'cookies'> {
  const field = headers.get('cookie')
  const pairs = cookiePairs(field)
  const cookies = Object.fromEntries(pairs)
  const isPlain = pairs.every(([name, value]) => cookieName.test(name) && cookieValue.test(value))
  const isSame = pairs.map(([name]) => `${name}=${cookies[name]!}`).join('; ') === field
  if (!isPlain || !isSame) return { headers: [...headers], cookies: {} }
  return { headers: [...headers].filter(([name]) => name !== 'cookie'), cookies }
}

/** @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
const cookieName = /^[!#$%&'*+\-.^_`|~\w]+$/
const cookieValue = /^[!#-+\--:<-[\]-~]*$/

/** The app runs only as far ahead as its answer is read. */
function streamOf(answer: TestResponseLike): ReadableStream<Uint8Array> {
  const iterator = answer[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    cancel() {
      // Returning from the iteration would wait for the chunk that is asked for already.
      answer.disconnect()
    },
  })
}

/** Tells a refusal from an error of the app. */
function isDenial(error: unknown): error is { readonly response: { readonly status: number } } {
  return error instanceof Error && (error as { readonly code?: unknown }).code === 'STELLINE_WEBSOCKET_DENIED'
}
