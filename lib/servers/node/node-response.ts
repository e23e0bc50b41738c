import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { reasonPhrase } from '../../http/status.ts'
import type { Content } from '../../spec/messages.ts'
import type { OpenFile } from '../file-sender.ts'
import type { FlatHeaders, ResponseHead, ResponseTransport } from '../http-transport.ts'
import type { KeepAliveText } from '../keep-alive-text.ts'
import { withoutFields } from '../response-framing.ts'
import type { Connection } from './connection.ts'
import { answerDirectly, closeLine } from './direct-answer.ts'
import { openFile } from './open-file.ts'

const closeFields: FlatHeaders = ['connection', 'close']
const ofTrailers: ReadonlySet<string> = new Set(['trailer'])

/** The writing half of node:http behind the joint of the exchange. */
export abstract class NodeResponse implements ResponseTransport {
  readonly connection: Connection
  protected readonly response: ServerResponse
  #watchesDrain = false
  /** True once a head is out that tells where the body ends. */
  #framed = false

  constructor(response: ServerResponse, connection: Connection) {
    this.response = response
    this.connection = connection
  }

  earlyHint(links: readonly string[]): void {
    const lines = links.map((link) => `link: ${link}\r\n`)
    // writeEarlyHints() takes only links of a narrow syntax.
    if (lines.length > 0) this.response.socket!.write(`HTTP/1.1 103 Early Hints\r\n${lines.join('')}\r\n`, 'latin1')
  }

  respond(head: ResponseHead, body: Content | null, length: number): void {
    const close = head.close || this.mustClose(true)
    this.connection.closing ||= close
    const connectionLines = close ? closeLine : this.keepAlive.lines
    answerDirectly(this.response, { head, body: body ?? '', length: body === null ? 0 : length, connectionLines })
  }

  start(head: ResponseHead): void {
    const close = head.close || this.mustClose(false)
    this.connection.closing ||= close
    const fields = this.#fieldsOf(head, close) as unknown as OutgoingHttpHeader[]
    this.response.writeHead(head.status, reasonPhrase(head.status), fields)
    const hasLength = head.headers.some((text, at) => at % 2 === 0 && text === 'content-length')
    this.#framed = this.response.chunkedEncoding || hasLength
  }

  flush(): void {
    this.response.flushHeaders()
  }

  write(chunk: Content, length: number): boolean {
    const written = typeof chunk === 'string' ? this.#writeText(chunk, length) : this.response.write(chunk)
    if (!written) this.#watchDrain()
    return written
  }

  end(chunk: Content | null, length: number, trailers: FlatHeaders): void {
    if (trailers.length > 0) this.response.addTrailers(pairs(trailers))
    if (chunk === null) this.response.end()
    else if (typeof chunk !== 'string') this.response.end(chunk)
    else if (chunk.length === length) this.response.end(chunk, 'latin1')
    else this.response.end(Buffer.from(chunk))
  }

  openFile(path: string): Promise<OpenFile> {
    return openFile(path)
  }

  abort(): void {
    const { socket, client } = this.connection
    if (socket.destroyed) return
    this.connection.lingers = true
    // Without a length and without chunks the end of the connection would pass for the end of the body.
    if (this.#framed) this.connection.close()
    else if (client === null) socket.destroy()
    else socket.resetAndDestroy()
  }

  /*
   * node:http writes the head and a first piece of text as one string in the encoding of the text. As latin-1, which
   * for ASCII text is the same and quicker, the bytes of the head come out right; as UTF-8 they would not.
   */
  #writeText(text: string, length: number): boolean {
    return text.length === length ? this.response.write(text, 'latin1') : this.response.write(Buffer.from(text))
  }

  #fieldsOf({ headers }: ResponseHead, close: boolean): FlatHeaders {
    // node:http would throw at a field that announces trailers where there can be none.
    const possible = this.response.useChunkedEncodingByDefault ? headers : withoutFields(headers, ofTrailers)
    return [...possible, ...(close ? closeFields : this.keepAlive.fields)]
  }

  #watchDrain(): void {
    if (this.#watchesDrain) return
    this.#watchesDrain = true
    this.response.on('drain', () => this.drained())
    // After the last piece there is no more "drain"; and node:http says "finish" also when the connection broke.
    this.response.on('finish', () => this.connection.socket.errored === null && this.drained())
  }

  /** What an answer says when the connection stays open after it. */
  protected abstract readonly keepAlive: KeepAliveText

  /** Called when a slow peer has caught up. */
  protected abstract drained(): void

  /** Tells, as the head is written, whether the connection is of no use afterwards; `whole` when all of the answer is there. */
  protected abstract mustClose(whole: boolean): boolean
}

function pairs(flat: FlatHeaders): Array<[string, string]> {
  const all: Array<[string, string]> = []
  for (let i = 0; i < flat.length; i += 2) all.push([flat[i]!, flat[i + 1]!])
  return all
}
