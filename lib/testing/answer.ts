import { setImmediate } from 'node:timers'
import { Headers } from '../http/headers.ts'
import { frameResponse } from '../servers/response-framing.ts'
import { settled } from '../spec/app.ts'
import { flattenHeaders } from '../spec/message-values.ts'
import type { HeaderPairs } from '../spec/headers.ts'
import type { CallContext } from './call-context.ts'
import { addToLength, startLength } from './conformance/answer-length.ts'
import type { AnswerLength, BodyMessage } from './conformance/answer-length.ts'
import { contentBytes } from './content-bytes.ts'
import { Deferred } from './deferred.ts'
import type { Failure } from './failure.ts'
import { Pipe } from './pipe.ts'
import { ResponseCut } from './response-cut.ts'
import { TestResponse } from './test-response.ts'
import type { PushedRequest } from './test-response.ts'

/** What an answer answers, and what the test may do with it. */
export interface AnswerContext extends CallContext {
  readonly method: string
  /** Called when the test leaves before the end. */
  readonly leave: (reason: unknown) => void
}

/** A message that begins an answer, of a request or of a WebSocket that is refused. */
interface StartMessage {
  readonly type: string
  readonly status: number
  readonly headers?: HeaderPairs | null
}

const endOfBody = (): null => null

/** Makes a {@link TestResponse} of the messages of an app, whatever its scope, and of the way in which the app ends. */
export class Answer {
  readonly earlyHints: string[] = []
  readonly debug: unknown[] = []
  readonly pushes: PushedRequest[] = []
  readonly #context: AnswerContext
  readonly #response: Deferred<TestResponse> = new Deferred()
  readonly #body: Pipe<Uint8Array | null>
  readonly #trailers: Pipe<Headers> = new Pipe()
  readonly #trailerFields: string[] = []
  #started: TestResponse | null = null
  #length: AnswerLength | null = null
  #bodyless = false
  #hasBody = false
  #complete = false
  /** Whether the test has the response, or the reason why there is none. */
  #outcome: 'none' | 'response' | 'error' = 'none'

  constructor(context: AnswerContext) {
    this.#context = context
    this.#body = new Pipe({ limitBytes: context.unreadLimitBytes, bytesOf: (chunk) => chunk!.length })
  }

  /** Resolves one turn of the event loop after the start, so that an app that fails at once can still reject it. */
  get response(): Promise<TestResponse> {
    return this.#response.promise
  }

  get isComplete(): boolean {
    return this.#complete
  }

  /** Takes the status and the fields. Those that are between a server and its peer are left out, as on the wire. */
  start({ type, status, headers }: StartMessage): void {
    const { method } = this.#context
    const fields = flattenHeaders(type, headers)
    const framing = frameResponse(method, status, fields)
    this.#length = startLength({ method, status, headers: fields })
    this.#bodyless = framing.bodyless
    this.#started = this.#responseOf(status, Headers.fromFlat(framing.headers))
    setImmediate(() => this.#deliver())
  }

  /** Takes a part of the body. Resolves when the test keeps up with reading. */
  add(message: BodyMessage): Promise<void> {
    this.#length = addToLength(this.#length!, message)
    this.#hasBody = true
    const chunk = contentBytes(message.body ?? '')
    const written = this.#bodyless || chunk.length === 0 ? settled : this.#body.write(chunk)
    if (!message.more_body) this.#body.end(endOfBody)
    return written
  }

  addTrailers(headers: HeaderPairs | null | undefined): void {
    this.#trailerFields.push(...flattenHeaders('http.response.trailers', headers))
  }

  /** Says that nothing more belongs to the answer. */
  complete(): void {
    this.#complete = true
    this.#trailers.end(() => Headers.fromFlat(this.#trailerFields))
  }

  /** Says that the app has ended, and why when it failed: whoever waits for the response or reads its body learns of it. */
  appEnded(failure: Failure | null): void {
    if (failure !== null && this.#context.raiseServerErrors) this.#fail(() => failure.take())
    else if (failure !== null && this.#replaceable) this.replace(500, 'Internal Server Error')
    else if (failure !== null && !this.#complete) this.#fail(() => new ResponseCut(appFailed))
    this.#deliver()
  }

  /** Answers in the app's place. */
  replace(status: number, text: string): void {
    this.start({ type: 'http.response.start', status, headers: [['content-type', 'text/plain; charset=utf-8']] })
    void this.add({ type: 'http.response.body', body: text })
    this.complete()
  }

  /** Lets the app end although the test does not read: a complete body is kept, one that still comes is dropped. */
  shutDown(): void {
    if (this.#complete) this.#body.release()
    else if (this.#started?.bodyUsed === false) this.#body.discard(throwing(() => new ResponseCut(clientClosed)))
  }

  /** Fails the reader and the writer of the body: the test has left. */
  cut(reason: unknown): void {
    this.#fail(() => reason)
    this.#body.cut(throwing(() => reason))
  }

  /** A server holds a start back until the body begins; here it is held back until the test has it. */
  get #replaceable(): boolean {
    return this.#outcome === 'none' && !this.#hasBody
  }

  #deliver(): void {
    if (this.#started === null || this.#outcome !== 'none') return
    this.#outcome = 'response'
    this.#response.resolve(this.#started)
  }

  #fail(takeError: () => unknown): void {
    if (this.#outcome === 'none') {
      this.#outcome = 'error'
      return this.#response.reject(takeError())
    }
    this.#body.end(throwing(takeError))
    if (!this.#complete) this.#trailers.end(throwing(takeError))
  }

  #responseOf(status: number, headers: Headers): TestResponse {
    const { url, history, leave } = this.#context
    const { earlyHints, debug, pushes } = this
    const body = this.#body
    const trailers = this.#trailers
    return new TestResponse({ status, headers, url, history, earlyHints, debug, pushes, body, trailers, leave })
  }
}

function throwing(error: () => unknown): () => never {
  return () => {
    throw error()
  }
}

const clientClosed = 'Cannot read the body: the client was closed before it was read'
const appFailed = 'Cannot read the body to its end: the app failed before it was complete'
