import type { Send } from '../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import { ChunkPump } from './chunk-pump.ts'
import { checkChunks, isReadable, isReadOnce, openSource } from './chunk-source.ts'
import type { Chunks, ChunkSource } from './chunk-source.ts'
import { wantsBody } from './denial.ts'
import { Response } from './response.ts'
import type { BodyKind, ResponseOptions } from './response.ts'
import { sendWithTrailers, takesTrailers } from './trailers.ts'
import type { Trailers } from './trailers.ts'

const streamed: BodyKind = { contentType: null, streamed: true }

/** How a streamed response differs from a 200 with its body alone. */
export interface StreamingOptions extends ResponseOptions {
  /**
   * Makes fields that follow the body, a checksum of it for example; a field `trailer` may announce their names. It is not
   * called where the client or the server does not take trailers, nor for a body that did not end.
   */
  trailers?: Trailers
}

/**
 * An answer whose body is made while it is sent. The next chunk is asked for when the one before has been taken, so a
 * slow client slows its source down. The source is cancelled when the client leaves, when sending fails, and at once
 * where no body is wanted, as for HEAD. That the client left is not an error.
 *
 * Cancelling calls `return()` of an iterator, `cancel()` of a web stream, `destroy()` of a Node stream, also while the
 * source is being waited for. An async generator that waits for something notices only afterwards: give that something
 * `request.signal`.
 *
 * There is no default media type and no `content-length`, unless the source is a `Blob`, which knows both; give them when
 * they are known. A response over a generator or a stream can be sent once, one over an array, another collection or a
 * `Blob` as often as needed.
 */
export class StreamingResponse extends Response {
  readonly #chunks: Chunks
  readonly #trailers: Trailers | null
  #spent = false

  /** @throws TypeError for a source that is none, and for what {@link Response} refuses. */
  constructor(chunks: Chunks, options?: StreamingOptions, kind: BodyKind = kindOf(chunks)) {
    checkChunks(chunks)
    super(null, options, kind)
    this.#chunks = chunks
    this.#trailers = options?.trailers ?? null
    if (chunks instanceof Blob) this.headers.setDefault('content-length', String(chunks.size))
    // A stream that fails before it is read would end the process; whoever reads it hears of the failure all the same.
    if (isReadable(chunks)) chunks.on('error', ignore)
  }

  /** Cancels the source of an answer that is not sent, so that what it has opened is closed. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.#spent) return
    this.#spent = true
    await openSource(this.#chunks).cancel(reason)
  }

  protected override async deliver(scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    this.#spend()
    const source = this.open(scope)
    try {
      await (wantsBody(scope)
        ? this.#pump(source, scope, this.#trailing(scope, send))
        : this.#sendWithoutBody(source, send))
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) throw error
    }
  }

  /** Opens the source of the body. Subclasses that make chunks of other values replace it. */
  protected open(_scope: HTTPScope | WebSocketScope): ChunkSource {
    return openSource(this.#chunks)
  }

  #pump(source: ChunkSource, scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    return new ChunkPump(source, { start: this.startMessage(), send, scope }).run()
  }

  #trailing(scope: HTTPScope | WebSocketScope, send: Send): Send {
    return this.#trailers !== null && takesTrailers(scope) ? sendWithTrailers(send, this.#trailers) : send
  }

  async #sendWithoutBody(source: ChunkSource, send: Send): Promise<void> {
    await source.cancel()
    await send(this.startMessage())
    await send({ type: 'http.response.body', body: '', more_body: false })
  }

  #spend(): void {
    if (this.#spent && isReadOnce(this.#chunks)) {
      throw new TypeError('Cannot send a StreamingResponse again: its source can be read once, expected a new response')
    }
    this.#spent = true
  }
}

/** A `Blob` knows its type; an empty one is none. */
function kindOf(chunks: Chunks): BodyKind {
  return chunks instanceof Blob && chunks.type !== '' ? { contentType: chunks.type, streamed: true } : streamed
}

function ignore(): void {}
