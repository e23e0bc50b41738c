import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Content } from '../../spec/messages.ts'
import type { OpenFile } from '../file-sender.ts'
import type { HostedApp } from '../hosted-app.ts'
import { HTTPExchange } from '../http-exchange.ts'
import type { ExchangeObserver } from '../http-exchange.ts'
import type { HTTPTransport, ResponseHead } from '../http-transport.ts'
import { DisconnectSignal } from '../signals.ts'
import { listenerScope } from './listener-scope.ts'
import type { ForeignHead, ForeignRequest } from './listener-scope.ts'
import { openFile } from './open-file.ts'

/** An answer of a server that is not ours. */
export type ForeignResponse = ServerResponse | Http2ServerResponse

const noBytes = new Uint8Array(0)
/** INTERNAL_ERROR: https://www.rfc-editor.org/rfc/rfc9113#section-7 */
const internalError = 2

/**
 * One request of a node:http, node:https or node:http2 server that is not ours: the transport of its exchange. It keeps to
 * what `ServerResponse` documents, so that middleware of the framework around may have put itself between.
 */
export class ListenerCall implements HTTPTransport, ExchangeObserver {
  readonly #host: HostedApp
  readonly #request: ForeignRequest
  readonly #response: ServerResponse
  readonly #exchange: HTTPExchange
  #watchesDrain = false
  #over = false

  constructor(
    host: HostedApp,
    { request, response, head }: { request: ForeignRequest; response: ForeignResponse; head: ForeignHead },
  ) {
    this.#host = host
    this.#request = request
    // The compatibility layer of node:http2 has all that is used here.
    this.#response = response as ServerResponse
    const signal = new DisconnectSignal()
    this.#exchange = new HTTPExchange({
      scope: listenerScope(host, request, { head, signal }),
      transport: this,
      observer: this,
      settings: host,
      signal,
      hasBody: hasBody(request),
    })
  }

  run(): void {
    this.#host.running++
    this.#response.on('close', () => this.#exchange.disconnect())
    this.#exchange.run(this.#host.app)
  }

  respond(head: ResponseHead, body: Content | null): void {
    this.start(head)
    this.#end(body)
  }

  start({ status, headers, close }: ResponseHead): void {
    const response = this.#response
    response.statusCode = status
    for (const [name, values] of byName(headers)) {
      response.setHeader(name, values.length === 1 ? values[0]! : values)
    }
    // HTTP/2 knows no such field.
    if (close && this.#request.httpVersionMajor === 1) response.setHeader('connection', 'close')
  }

  flush(): void {
    this.#response.flushHeaders()
  }

  write(chunk: Content): boolean {
    const written = this.#response.write(bytesOf(chunk))
    if (!written && !this.#watchesDrain) {
      this.#watchesDrain = true
      this.#response.on('drain', () => this.#exchange.response.drained())
    }
    return written
  }

  end(chunk: Content | null): void {
    this.#end(chunk)
  }

  openFile(path: string): Promise<OpenFile> {
    return openFile(path)
  }

  abort(): void {
    if (this.#request.httpVersionMajor === 1) this.#request.socket.destroy()
    else (this.#response as unknown as Http2ServerResponse).stream.close(internalError)
  }

  readBody(): void {
    const request = this.#request
    if (!request.readableDidRead) {
      request.on('data', this.#chunk)
      request.on('end', () => this.#exchange.bodyChunk(noBytes, true))
      return
    }
    const { body } = request
    // What a parser keeps as it was is as good as the body.
    if (body instanceof Uint8Array) return this.#exchange.bodyChunk(body, true)
    const { method, originalUrl = request.url } = request
    this.#host.log.error(
      `Cannot read the body of ${method} ${JSON.stringify(originalUrl)}: a parser has read it before, expected the app in front of express.json() and the like`,
    )
    this.#exchange.refuse(500, 'Internal Server Error')
  }

  pause(): void {
    this.#request.pause()
  }

  resume(): void {
    this.#request.resume()
  }

  responseEnded(): void {
    this.#over = true
    // What is left of the body would stand before the next request.
    this.#request.off('data', this.#chunk).resume()
  }

  appEnded(): void {
    if (--this.#host.running === 0) this.#host.onIdle()
  }

  /* c8 ignore next 2 -- the scope does not offer them: Node takes only links of a narrow syntax */
  earlyHint(): void {}

  readonly #chunk = (chunk: Buffer): void => {
    if (!this.#over) this.#exchange.bodyChunk(chunk, false)
  }

  #end(chunk: Content | null): void {
    if (chunk === null) this.#response.end()
    else this.#response.end(bytesOf(chunk))
  }
}

/** node:http writes a head and a first text as one string in the encoding of the text, where the head needs latin-1. */
function bytesOf(chunk: Content): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

function byName(headers: readonly string[]): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (let i = 0; i < headers.length; i += 2) {
    const values = names.get(headers[i]!)
    if (values === undefined) names.set(headers[i]!, [headers[i + 1]!])
    else values.push(headers[i + 1]!)
  }
  return names
}

function hasBody(request: ForeignRequest): boolean {
  const { headers, httpVersionMajor } = request
  const length = headers['content-length']
  if (length !== undefined) return Number(length) > 0
  if (httpVersionMajor === 1) return headers['transfer-encoding'] !== undefined
  return !(request as { readonly stream?: { readonly endAfterHeaders?: boolean } }).stream?.endAfterHeaders
}
