import { IncomingMessage } from 'node:http'

/** What node:http knows of the stream of a request. */
interface ReadState {
  ended: boolean
  endEmitted: boolean
  destroyed: boolean
  closed: boolean
  closeEmitted: boolean
}

/**
 * A request of node:http whose stream need not run: the chunks of its body can be taken as the parser hands them over, and its end
 * needs no ticks when nobody listens to it.
 *
 * See docs/decisions/0033-direct-bodies.md and 0076-requests-that-are-read.md.
 */
export class ServerRequest extends IncomingMessage {
  declare private readonly _readableState: ReadState
  declare private _dumped: boolean
  #takeChunk: ((chunk: Buffer) => void) | null = null

  /** True when no chunk of the body has arrived. */
  get isUntouched(): boolean {
    return this.readableLength === 0 && !this.complete
  }

  /** Hands the chunks that are still to come to `takeChunk`, past the stream. */
  takeBody(takeChunk: (chunk: Buffer) => void): void {
    this.#takeChunk = takeChunk
  }

  /** Lets the stream have what is still to come; returns whether it did not have it already. */
  leaveBody(): boolean {
    const taken = this.#takeChunk !== null
    this.#takeChunk = null
    return taken
  }

  /** The parser hands over a piece of the body, and `null` for its end. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null || this.#takeChunk === null) return super.push(chunk)
    this.#takeChunk(chunk)
    return true
  }

  /**
   * Says that the request has been read to its end, so that node:http does not send its stream through the ticks of ending and
   * closing. It does the same by itself for requests without a body, under an option that only newer versions have.
   */
  markRead(): void {
    this.complete = true
    /* oxlint-disable no-underscore-dangle -- there are no public names for them */
    this._dumped = true
    const state = this._readableState
    /* oxlint-enable no-underscore-dangle */
    state.ended = true
    state.endEmitted = true
    state.destroyed = true
    state.closed = true
    state.closeEmitted = true
  }
}
