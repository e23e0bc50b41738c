import type { Headers } from '../http/headers.ts'
import { reasonPhrase } from '../http/status.ts'
import { CookieJar } from './cookie-jar.ts'
import type { Pipe } from './pipe.ts'
import { ResponseCut } from './response-cut.ts'
import { textLines } from './text-lines.ts'
import { UnexpectedStatus } from './unexpected-status.ts'

/** What the app has asked its server to push. */
export interface PushedRequest {
  /** What was pushed. */
  readonly path: string
  /** The fields of the request that the push answers. */
  readonly headers: Headers
}

/** What a {@link TestResponse} is made of. */
export interface TestResponseParts {
  readonly status: number
  readonly headers: Headers
  readonly url: string
  readonly history: readonly TestResponse[]
  readonly earlyHints: readonly string[]
  readonly debug: readonly unknown[]
  readonly pushes: readonly PushedRequest[]
  /** The chunks of the body, and `null` at its end. */
  readonly body: Pipe<Uint8Array | null>
  readonly trailers: Pipe<Headers>
  readonly leave: (reason: unknown) => void
}

/**
 * A response of the app under test. It is there as soon as the app starts it: the body comes while the app runs, either
 * whole (`text()`, `json()`, `bytes()`, as often as you like) or in chunks (`for await`). Leaving the loop early
 * disconnects.
 */
export class TestResponse implements AsyncIterable<Uint8Array> {
  /** The status that the app sent. */
  readonly status: number
  /** The fields that the app sent, without those that are between a server and its peer. */
  readonly headers: Headers
  /** The URL that gave this response, after redirects. */
  readonly url: string
  /** The redirects that led here, the first one first. */
  readonly history: readonly TestResponse[]
  /** The `link` values of early hints, in order. */
  readonly earlyHints: readonly string[]
  /** What the app sent as `info` of `http.response.debug` messages so far. */
  readonly debug: readonly unknown[]
  /** What the app has pushed so far; only a client that is opened with the extension is offered it. */
  readonly pushes: readonly PushedRequest[]
  readonly #body: Pipe<Uint8Array | null>
  readonly #trailers: Pipe<Headers>
  readonly #leave: (reason: unknown) => void
  #whole: Promise<Uint8Array> | null = null
  #iterated = false
  #cookies: CookieJar | null = null

  /** @internal */
  constructor(parts: TestResponseParts) {
    this.status = parts.status
    this.headers = parts.headers
    this.url = parts.url
    this.history = parts.history
    this.earlyHints = parts.earlyHints
    this.debug = parts.debug
    this.pushes = parts.pushes
    this.#body = parts.body
    this.#trailers = parts.trailers
    this.#leave = parts.leave
  }

  /** True for a status from 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  /** True when redirects led here. */
  get redirected(): boolean {
    return this.history.length > 0
  }

  /** The registered name of the status, for example `Not Found`; empty when it has none. */
  get reason(): string {
    return reasonPhrase(this.status)
  }

  /** The cookies that this response sets, as a browser would keep them: what it would refuse or remove is left out. */
  get cookies(): CookieJar {
    if (this.#cookies === null) {
      this.#cookies = new CookieJar()
      this.#cookies.store(this.url, this.headers.getAll('set-cookie'))
    }
    return this.#cookies
  }

  /** The name of the template that the body was rendered from, or `null`. */
  get template(): string | null {
    return this.#rendering?.template ?? null
  }

  /** What the template was rendered with, or `null`. */
  get context(): Readonly<Record<string, unknown>> | null {
    return this.#rendering?.context ?? null
  }

  /**
   * Resolves with the response itself unless its status says that the request failed.
   *
   * @throws {@link UnexpectedStatus} for a status from 400, quoting the beginning of the body.
   */
  async raiseForStatus(): Promise<this> {
    if (this.status < 400) return this
    const text = this.#iterated ? '' : await this.text()
    throw new UnexpectedStatus(`Expected an answer that is no error: ${this.#describe(text)}`, this.status)
  }

  /** True once the body is being read, whole or in chunks. */
  get bodyUsed(): boolean {
    return this.#iterated || this.#whole !== null
  }

  /**
   * Resolves with the body when it is complete.
   *
   * @throws The app's error, or {@link ResponseCut} when the body ends early for another reason.
   */
  bytes(): Promise<Uint8Array> {
    this.#whole ??= this.#iterated ? Promise.reject(alreadyIterated()) : this.#collect()
    return this.#whole
  }

  /** Resolves with the body decoded as UTF-8, whatever `content-type` says, as `fetch` does. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /**
   * Resolves with the body parsed as JSON. The type is a claim of yours, not a check.
   *
   * @throws SyntaxError quoting the status and the body when it is no JSON.
   */
  async json<T = unknown>(): Promise<T> {
    const text = await this.text()
    try {
      return JSON.parse(text) as T
    } catch (error) {
      throw new SyntaxError(`Cannot parse the body as JSON: ${this.#describe(text)}`, { cause: error })
    }
  }

  /** Resolves with the fields after the body, empty when there are none; reads the body unless it is being iterated. */
  async trailers(): Promise<Headers> {
    if (!this.#iterated) await this.bytes()
    return this.#trailers.read()
  }

  /** The chunks of the body as they come, each once. Ending the loop early disconnects. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.bodyUsed) throw alreadyRead()
    this.#iterated = true
    let chunk = await this.#body.read()
    try {
      for (; chunk !== null; chunk = await this.#body.read()) yield chunk
    } finally {
      if (chunk !== null) this.disconnect()
    }
  }

  /** The lines of the body as they come, decoded as UTF-8, without their ends; otherwise as iterating. */
  lines(): AsyncGenerator<string, void, undefined> {
    return textLines(this)
  }

  /**
   * Leaves before the end, as a client that closes its connection: the app's `receive` gives `http.disconnect`, its
   * `send` throws `ClientDisconnected`, and reading the body fails. Without effect once the response is complete and read.
   */
  disconnect(): void {
    this.#leave(new ResponseCut('Cannot read the body: the test has disconnected'))
  }

  async #collect(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for (let chunk = await this.#body.read(); chunk !== null; chunk = await this.#body.read()) chunks.push(chunk)
    return new Uint8Array(Buffer.concat(chunks))
  }

  get #rendering(): RenderingInfo | null {
    return (this.debug.findLast(isRendering) as RenderingInfo | undefined) ?? null
  }

  #describe(text: string): string {
    return `${this.url} answered ${this.status} with ${this.headers.get('content-type') ?? 'no content-type'}: ${text.slice(0, 200)}`
  }
}

/** What a template response tells a test client. */
interface RenderingInfo {
  readonly template: string
  readonly context: Readonly<Record<string, unknown>>
}

function isRendering(info: unknown): boolean {
  return typeof info === 'object' && info !== null && 'template' in info && 'context' in info
}

function alreadyIterated(): TypeError {
  return new TypeError('Cannot read the body whole: it was read in chunks')
}

function alreadyRead(): TypeError {
  return new TypeError('Cannot read the body in chunks: it was read before')
}
