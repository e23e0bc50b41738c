import { Headers } from '../http/headers.ts'
import { settled } from '../spec/app.ts'
import { isFieldValue } from '../spec/field-syntax.ts'
import { checkMessageValues, flattenHeaders } from '../spec/message-values.ts'
import { handled } from '../spec/handled.ts'
import type * as messages from '../spec/messages.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { eventOf, httpSend, nextState } from '../spec/transitions.ts'
import { ClientDisconnected, ProtocolViolation } from '../spec/violations.ts'
import { byteLength, isContent } from './content.ts'
import { withDefaults } from './default-headers.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import { sendFile } from './file-sender.ts'
import type { OpenFile } from './file-sender.ts'
import type { FlatHeaders, ResponseTransport, ResponseHead } from './http-transport.ts'
import { frameResponse, withoutFraming } from './response-framing.ts'
import type { ResponseFraming } from './response-framing.ts'
import { Waiter } from './waiter.ts'

/** What a writer needs to know of the request that it answers. */
export type AnsweredScope = Pick<HTTPScope, 'extensions'> & { readonly method?: string }

/** Hears when an answer is complete. */
export interface ResponseObserver {
  responseComplete(): void
}

/**
 * Turns the messages of an answer into calls of a transport: checks their order and values, decides the framing, keeps
 * back the head until the first body message, and waits for a slow peer.
 */
export class ResponseWriter {
  readonly #scope: AnsweredScope
  readonly #transport: ResponseTransport
  readonly #settings: ExchangeSettings
  readonly #observer: ResponseObserver
  #state: string = httpSend.initial
  #status = 0
  #framing: ResponseFraming | null = null
  #headWritten = false
  #bytesSent = 0
  #trailers: FlatHeaders = []
  #drain: Waiter | null = null
  /** A file on its way: later messages wait for it. */
  #file: Promise<void> | null = null
  #gone = false
  #replaced = false

  constructor(
    scope: AnsweredScope,
    transport: ResponseTransport,
    settings: ExchangeSettings,
    observer: ResponseObserver,
  ) {
    this.#scope = scope
    this.#transport = transport
    this.#settings = settings
    this.#observer = observer
  }

  /** The status on the wire; 0 while there is none. */
  get status(): number {
    return this.#headWritten ? this.#status : 0
  }

  /** True once the head is on the wire: then the answer cannot be replaced any more. */
  get headWritten(): boolean {
    return this.#headWritten
  }

  /** True once the app has sent its last message. */
  get complete(): boolean {
    return this.#state === 'complete'
  }

  /** Bytes of the body that were taken, before transfer coding. */
  get bytesSent(): number {
    return this.#bytesSent
  }

  /** Takes one message of the answer, after those before it. A rejection counts as handled. */
  send(message: messages.HTTPSendMessage): Promise<void> {
    if (this.#file !== null) return handled(this.#file.then(() => this.send(message)))
    try {
      return this.take(message)
    } catch (error) {
      return handled(Promise.reject(error))
    }
  }

  /**
   * Takes one message of the answer now; the promise only waits for the peer.
   *
   * @throws {@link ProtocolViolation} for a message that cannot be, and {@link ClientDisconnected} when nobody reads it.
   */
  take(message: messages.HTTPSendMessage): Promise<void> {
    // The app cannot know that the server has answered in its place: to it the client is gone.
    if (this.#replaced) throw new ClientDisconnected()
    const next = nextState(httpSend, 'send', this.#state, eventOf(message))
    if (this.#gone) throw new ClientDisconnected()
    return this.#take(message, next)
  }

  /** Answers in the app's place, as long as no head is on the wire, and closes the connection. */
  replace(status: number, text: string): void {
    const length = Buffer.byteLength(text)
    const fields = [
      'content-type',
      'text/plain; charset=utf-8',
      'content-length',
      String(length),
      'connection',
      'close',
    ]
    this.abandon()
    this.#replaced = true
    this.#framing = frameResponse(this.#scope.method ?? 'GET', status, fields)
    this.#status = status
    this.#bytesSent = this.#framing.bodyless ? 0 : length
    const head = this.#head(-1)
    this.#finish()
    this.#transport.respond(head, this.#framing.bodyless ? null : text, length)
  }

  /** Says that the peer has gone: whoever waits, and whoever sends from now on, learns of it. */
  abandon(): void {
    this.#gone = true
    this.#drain?.reject(new ClientDisconnected())
    this.#drain = null
  }

  /** Says that the peer has caught up. */
  drained(): void {
    this.#drain?.resolve()
    this.#drain = null
  }

  #take(message: messages.HTTPSendMessage, next: string): Promise<void> {
    switch (message.type) {
      case 'http.response.start':
        return this.#takeStart(message, next)
      case 'http.response.body':
        return this.#takeBody(message, next)
      case 'http.response.trailers':
        return this.#takeTrailers(message, next)
      case 'http.response.early_hint':
        return this.#takeEarlyHint(message)
      case 'http.response.pathsend':
        return this.#takeFile(message, next, () => this.#transport.openFile(message.path))
      case 'http.response.zerocopysend':
        return this.#takeFile(message, next, () => Promise.resolve(borrowed(message)))
      default:
        throw notOffered(message.type)
    }
  }

  #takeStart(message: messages.HTTPResponseStartMessage, next: string): Promise<void> {
    const { status, headers } = message
    if (!isFinalStatus(status) || !isFlag(message.trailers)) checkMessageValues('send', message)
    // A Headers is valid by construction.
    const flat = headers instanceof Headers ? headers.flat : flattenHeaders(message.type, headers)
    this.#framing = frameResponse(this.#scope.method ?? 'GET', status, flat)
    this.#status = status
    this.#state = next
    return settled
  }

  #takeBody(message: messages.HTTPResponseBodyMessage, next: string): Promise<void> {
    const body = message.body ?? ''
    if (!isContent(body) || !isFlag(message.more_body)) checkMessageValues('send', message)
    const length = byteLength(body)
    if (next === 'complete' && !this.#headWritten) {
      this.#respond(body, length)
      return settled
    }
    this.#write(body, length, next)
    return this.#drain === null ? settled : this.#drain.promise
  }

  /** A whole answer in one message needs no chunks: it gets its length if the app gave none. */
  #respond(body: messages.Content, length: number): void {
    const { bodyless, contentLength } = this.#framing!
    if (!bodyless && contentLength >= 0 && contentLength !== length) throw this.#wrongLength(length)
    const known = contentLength >= 0 || this.#status === 204 || this.#status === 304 || (bodyless && length === 0)
    const head = this.#head(known ? -1 : length)
    if (!bodyless) this.#bytesSent = length
    this.#finish()
    this.#transport.respond(head, bodyless ? null : body, length)
  }

  #write(body: messages.Content, length: number, next: string): void {
    const { bodyless, contentLength } = this.#framing!
    const total = this.#bytesSent + length
    if (!bodyless && contentLength >= 0) {
      const last = next === 'complete' || next === 'in the trailers'
      if (total > contentLength || (last && total < contentLength)) throw this.#cut(this.#wrongLength(total))
    }
    this.#writeHead()
    this.#state = next
    const piece = bodyless || length === 0 ? null : body
    if (piece !== null) this.#bytesSent = total
    if (next === 'complete') return this.#end(piece, length)
    if (piece === null) this.#transport.flush()
    else if (!this.#transport.write(piece, length)) this.#drain ??= new Waiter()
  }

  #takeTrailers(message: messages.HTTPResponseTrailersMessage, next: string): Promise<void> {
    if (!isFlag(message.more_trailers)) checkMessageValues('send', message)
    const trailers = withoutFraming(flattenHeaders(message.type, message.headers))
    this.#trailers = [...this.#trailers, ...trailers]
    this.#state = next
    if (next === 'complete') this.#end(null, 0)
    return settled
  }

  #takeEarlyHint(message: messages.HTTPResponseEarlyHintMessage): Promise<void> {
    if (this.#scope.extensions['http.response.early_hint'] === undefined) throw notOffered(message.type)
    checkMessageValues('send', message)
    // A one-shot iterable was not looked into.
    const links = [...message.links]
    for (const link of links) {
      if (!isFieldValue(link)) throw ProtocolViolation.badValue('send', message.type, 'a link', link, 'a field value')
    }
    this.#transport.earlyHint(links)
    return settled
  }

  #takeFile(message: messages.HTTPSendMessage, next: string, openFile: () => Promise<OpenFile>): Promise<void> {
    if (this.#scope.extensions[message.type as 'http.response.pathsend'] === undefined) throw notOffered(message.type)
    checkMessageValues('send', message)
    const file = this.#sendFile(next, openFile).finally(() => {
      this.#file = null
    })
    this.#file = handled(file)
    return file
  }

  async #sendFile(next: string, openFile: () => Promise<OpenFile>): Promise<void> {
    const file = await openFile()
    try {
      // Trailers stand behind chunks: an answer with a length has no place for them.
      const announces = file.whole && next === 'complete' && this.#framing!.contentLength < 0
      if (announces && !this.#headWritten) this.#announce(file.count)
      const state = this.#state
      const body = async (piece: Uint8Array): Promise<void> => {
        if (this.#gone) throw new ClientDisconnected()
        this.#write(piece, piece.length, state)
        if (this.#drain !== null) await this.#drain.promise
      }
      if (!this.#framing!.bodyless) await sendFile(file, body)
      if (this.#gone) throw new ClientDisconnected()
      this.#write('', 0, next)
    } finally {
      await file.close()
    }
  }

  #announce(length: number): void {
    const framing = this.#framing!
    if (this.#status === 204 || this.#status === 304) return
    const headers = [...framing.headers, 'content-length', String(length)]
    this.#framing = { ...framing, headers, contentLength: length }
  }

  #writeHead(): void {
    if (this.#headWritten) return
    const head = this.#head(-1)
    this.#headWritten = true
    this.#transport.start(head)
  }

  #head(contentLength: number): ResponseHead {
    const framing = this.#framing!
    const { defaultHeaders, draining } = this.#settings
    let { headers } = framing
    if (contentLength >= 0) headers = [...headers, 'content-length', String(contentLength)]
    if (defaultHeaders.length > 0) headers = withDefaults(headers, defaultHeaders)
    return { status: this.#status, headers, close: framing.close || draining }
  }

  #end(piece: messages.Content | null, length: number): void {
    const offered = this.#scope.extensions['http.response.trailers'] !== undefined
    this.#finish()
    this.#transport.end(piece, length, offered ? this.#trailers : [])
  }

  #finish(): void {
    this.#state = 'complete'
    this.#headWritten = true
    this.#observer.responseComplete()
  }

  /** Once a part of the answer is out, a wrong length can only be told by cutting the connection. */
  #cut(violation: ProtocolViolation): ProtocolViolation {
    if (this.#headWritten) {
      this.abandon()
      this.#transport.abort()
    }
    return violation
  }

  #wrongLength(length: number): ProtocolViolation {
    const { contentLength } = this.#framing!
    const wrong = length > contentLength ? 'longer' : 'shorter'
    return new ProtocolViolation(
      'application',
      `Cannot send a body ${wrong} than its "content-length": ${length} bytes were given, expected ${contentLength}`,
    )
  }
}

function borrowed(message: messages.HTTPResponseZerocopysendMessage): OpenFile {
  const { file, offset, count } = message
  return { file, offset: offset ?? null, count: count ?? Infinity, whole: false, close: () => settled }
}

function isFinalStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 999
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean' || value === null
}

function notOffered(type: string): ProtocolViolation {
  return new ProtocolViolation(
    'application',
    `Cannot send "${type}": the server does not offer the extension "${type}"`,
  )
}
