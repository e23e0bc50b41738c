import type { Content } from '../spec/messages.ts'
import type { OpenFile } from './file-sender.ts'

/** A list of header fields that alternates lower-case names and values. */
export type FlatHeaders = readonly string[]

/** The head of an answer, ready for the wire. */
export interface ResponseHead {
  readonly status: number
  readonly headers: FlatHeaders
  /** True when the connection cannot be used for another request. */
  readonly close: boolean
}

/** What a {@link ResponseWriter} needs of the connection below it. */
export interface ResponseTransport {
  /** Writes an informational 103 answer with these `link` fields. */
  earlyHint(links: readonly string[]): void
  /** Writes a whole answer at once; `body` is null where the answer must not have one, and has `length` bytes. */
  respond(head: ResponseHead, body: Content | null, length: number): void
  /** Takes the head of an answer whose body follows in pieces. It may wait for the first piece. */
  start(head: ResponseHead): void
  /** Writes the head now, since the first piece is not to be expected soon. */
  flush(): void
  /** Writes a piece of the body, of `length` bytes. Returns false when the peer does not keep up; {@link ResponseWriter.drained} follows. */
  write(chunk: Content, length: number): boolean
  /** Writes the last piece of the body, if any, and the trailers, if any. */
  end(chunk: Content | null, length: number, trailers: FlatHeaders): void
  /** Opens a whole file to be sent. Called only where the scope offers `http.response.pathsend`. */
  openFile(path: string): Promise<OpenFile>
  /** Cuts the connection (HTTP/2: resets the stream), so that the client sees an incomplete answer. */
  abort(): void
}

/**
 * What an {@link HTTPExchange} needs of the connection below it. Every transport (node:http, HTTP/2, Fetch) implements
 * this, and leaves the order of messages, the framing of the answer and failures to the exchange.
 */
export interface HTTPTransport extends ResponseTransport {
  /** Starts handing the request's body to {@link HTTPExchange.bodyChunk}. Called once, and only if there is a body. */
  readBody(): void
  /** Stops the flow of the request's body. */
  pause(): void
  /** Lets the request's body flow again. */
  resume(): void
}
