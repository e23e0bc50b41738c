import { ServerResponse } from 'node:http'
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { settled } from '../../spec/app.ts'
import type { Send } from '../../spec/app.ts'
import type { HeaderPair } from '../../spec/headers.ts'
import type { Content, HTTPSendMessage } from '../../spec/messages.ts'
import type { Extensions } from '../../spec/extensions.ts'

/** Where the answer of a listener goes. */
export interface AnswerSink {
  readonly send: Send
  readonly extensions: Extensions
  /** The answer is complete, or cannot be given: then with what went wrong. */
  ended(failure: { readonly error: unknown } | null): void
}

type Done = (error?: Error | null) => void

const closed = '_closed'

/** What node:http keeps to itself and its own streams look at. */
interface Internals {
  finished: boolean
  destroyed: boolean
  [closed]: boolean
}

/** Bytes on their way to a client that does not keep up, above which `write` returns false. */
const highWaterBytes = 16_384

/** The answer that a response of node:http stands for. */
const key = Symbol('answer')
type AnsweringResponse = ServerResponse & { [key]: NodeAnswer }

/**
 * An answer as a Node listener gives it, which becomes messages. Heads are made by `ServerResponse` itself, so that all
 * ways to set fields work, and so do the functions that middleware puts in place of `writeHead`, `write` and `end`.
 *
 * What is different from `ServerResponse` are own properties of the response: Express puts a prototype of its own under it.
 */
export class NodeAnswer {
  readonly response: ServerResponse
  /** Bytes on their way to a client that does not keep up. */
  bytesAhead = 0
  needsDrain = false
  readonly #sink: AnswerSink
  /** The sending of the last message; settled when there is nothing to wait for. */
  #last: Promise<void> = settled
  #announcesTrailers = false
  readonly #trailers: HeaderPair[] = []
  #over = false

  constructor(request: IncomingMessage, sink: AnswerSink) {
    this.#sink = sink
    const response = new ServerResponse(request) as AnsweringResponse
    response[key] = this
    // Not assigned: nothing of this answer is written to a socket.
    ;(response as { socket: Socket }).socket = request.socket
    // Whether there is one is up to the server.
    response.sendDate = false
    Object.assign(response, functions)
    this.response = Object.defineProperties(response, accessors)
  }

  writeHead(status: number, more: readonly unknown[]): void {
    const { response } = this
    const reason = typeof more[0] === 'string' ? more[0] : undefined
    const headers = reason === undefined ? (more[0] ?? more[1]) : more[1]
    if (!response.headersSent && headers !== undefined && headers !== null) {
      for (const [name, value] of fieldsOf(headers)) response.setHeader(name, value)
    }
    // An undefined reason and none are the same.
    original.writeHead.call(response, status, reason as unknown as OutgoingHttpHeaders)
    this.#start()
  }

  /** Sends the head before there is a body. */
  flush(): void {
    if (this.response.headersSent) return
    this.response.writeHead(this.response.statusCode)
    this.#post({ type: 'http.response.body', body: '', more_body: true }, 0)
  }

  write(body: Content, done: Done | undefined): boolean {
    if (!this.response.headersSent) this.response.writeHead(this.response.statusCode)
    this.bytesAhead += body.length
    this.#post({ type: 'http.response.body', body, more_body: true }, body.length, done)
    if (this.bytesAhead < highWaterBytes) return true
    this.needsDrain = true
    return false
  }

  end(body: Content, done: Done | undefined): void {
    const { response } = this
    if (done !== undefined) response.once('finish', done)
    if (!response.headersSent) response.writeHead(response.statusCode)
    ;(response as unknown as Internals).finished = true
    this.#post({ type: 'http.response.body', body, more_body: false }, 0)
    if (this.#announcesTrailers) this.#post({ type: 'http.response.trailers', headers: this.#trailers }, 0)
    if (this.#last === settled) this.#finish()
    else void this.#last.then(() => this.#finish())
  }

  addTrailers(pairs: Iterable<readonly [name: string, value: unknown]>): void {
    for (const [name, value] of pairs) this.#trailers.push([name, String(value)])
  }

  hint(links: readonly string[]): void {
    const offered = this.#sink.extensions['http.response.early_hint'] !== undefined
    if (offered && links.length > 0) this.#post({ type: 'http.response.early_hint', links }, 0)
  }

  /** Says that nothing of this answer reaches anybody any more. */
  leave(): void {
    this.#over = true
    this.#close()
  }

  #start(): void {
    const { response } = this
    const headers: HeaderPair[] = []
    let declared = false
    for (const name of response.getHeaderNames()) {
      if (name === 'trailer') declared = true
      const value = response.getHeader(name)!
      if (Array.isArray(value)) for (const one of value) headers.push([name, one])
      else headers.push([name, String(value)])
    }
    const trailers = declared && this.#sink.extensions['http.response.trailers'] !== undefined
    this.#announcesTrailers = trailers
    this.#post({ type: 'http.response.start', status: response.statusCode, headers, trailers }, 0)
  }

  /** Sends in order, also through middleware that does not keep it by itself. */
  #post(message: HTTPSendMessage, length: number, done?: Done): void {
    if (this.#over) return
    const { send } = this.#sink
    const sending = this.#last === settled ? attempt(send, message) : this.#last.then(() => send(message))
    if (sending === settled) return this.#taken(length, done)
    const last: Promise<void> = sending.then(
      () => {
        if (this.#last === last) this.#last = settled
        this.#taken(length, done)
      },
      (error: unknown) => this.#failed(error, done),
    )
    this.#last = last
  }

  #taken(length: number, done: Done | undefined): void {
    this.bytesAhead -= length
    if (done !== undefined) process.nextTick(done)
    if (!this.needsDrain || this.bytesAhead > 0) return
    this.needsDrain = false
    process.nextTick(() => this.response.emit('drain'))
  }

  #failed(error: unknown, done: Done | undefined): void {
    done?.(error as Error)
    if (this.#over) return
    this.#over = true
    this.#sink.ended({ error })
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    process.nextTick(() => {
      this.response.emit('prefinish')
      this.response.emit('finish')
      this.#close()
    })
    this.#sink.ended(null)
  }

  #close(): void {
    const response = this.response as unknown as Internals & ServerResponse
    if (response[closed]) return
    response.destroyed = true
    response[closed] = true
    process.nextTick(() => response.emit('close'))
  }
}

const original = ServerResponse.prototype

/** What a response does in place of writing to its socket. */
const functions = {
  writeHead(this: AnsweringResponse, status: number, ...more: unknown[]): ServerResponse {
    this[key].writeHead(status, more)
    return this
  },
  flushHeaders(this: AnsweringResponse): void {
    this[key].flush()
  },
  write(this: AnsweringResponse, chunk: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (typeof encoding === 'function') return this.write(chunk, 'utf8', encoding)
    // What cannot be written is told as node:http tells it.
    if (isClosed(this) || !isContent(chunk)) return original.write.call(this, chunk, encoding ?? 'utf8', done)
    return this[key].write(encoded(chunk, encoding), done)
  },
  end(this: AnsweringResponse, ...given: unknown[]): ServerResponse {
    const done = given.find((value) => typeof value === 'function') as Done | undefined
    const [chunk = null, encoding] = typeof given[0] === 'function' ? [] : given
    if (isClosed(this) || (chunk !== null && !isContent(chunk))) return original.end.call(this, chunk, 'utf8', done)
    const body =
      chunk === null ? '' : encoded(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined)
    this[key].end(body, done)
    return this
  },
  addTrailers(this: AnsweringResponse, headers: object): void {
    this[key].addTrailers(Array.isArray(headers) ? (headers as [string, unknown][]) : Object.entries(headers))
  },
  writeEarlyHints(this: AnsweringResponse, hints: Record<string, string | string[]>, done?: () => void): void {
    if (!this.headersSent) this[key].hint([hints['link'] ?? []].flat())
    if (done !== undefined) process.nextTick(done)
  },
  /** The server says so by itself once the body is read. */
  writeContinue(done?: () => void): void {
    if (done !== undefined) process.nextTick(done)
  },
  /** There is no message for it. */
  writeProcessing(): void {},
}

const accessors: PropertyDescriptorMap = {
  writableNeedDrain: {
    get(this: AnsweringResponse): boolean {
      return this[key].needsDrain
    },
  },
  writableLength: {
    get(this: AnsweringResponse): number {
      return this[key].bytesAhead
    },
  },
}

function isClosed(response: ServerResponse): boolean {
  return response.writableEnded || response.destroyed
}

/** Pairs of names and values, with all values of a name in one list. */
function fieldsOf(headers: unknown): Iterable<readonly [name: string, value: OutgoingHttpHeader]> {
  if (!Array.isArray(headers)) return Object.entries(headers as Record<string, OutgoingHttpHeader>)
  const flat = headers.flat() as OutgoingHttpHeader[]
  const fields = new Map<string, string[]>()
  for (let i = 0; i < flat.length; i += 2) {
    const name = String(flat[i]).toLowerCase()
    fields.set(name, [...(fields.get(name) ?? []), String(flat[i + 1])])
  }
  return fields
}

function attempt(send: Send, message: HTTPSendMessage): Promise<void> {
  try {
    return send(message)
  } catch (error) {
    return Promise.reject(error)
  }
}

function isContent(chunk: unknown): chunk is Content {
  return typeof chunk === 'string' || chunk instanceof Uint8Array
}

function encoded(chunk: Content, encoding: BufferEncoding | undefined): Content {
  if (typeof chunk !== 'string' || encoding === undefined || /^utf-?8$/i.test(encoding)) return chunk
  return Buffer.from(chunk, encoding)
}
