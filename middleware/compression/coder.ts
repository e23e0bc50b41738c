import type { Coding, FlushingTransform } from './coding.ts'

/** Codes a body that comes in pieces: what goes in comes out at once, so that nothing waits for what is not there yet. */
export class Coder {
  readonly #stream: FlushingTransform
  readonly #flush: number
  #ready: Uint8Array[] = []
  #fail: ((error: unknown) => void) | null = null

  constructor(coding: Coding, level: number) {
    this.#flush = coding.flush
    this.#stream = coding.stream(level)
    this.#stream.on('data', (piece: Uint8Array) => this.#ready.push(piece))
    this.#stream.on('error', (error) => this.#fail?.(error))
    // One that is destroyed while it works gives no more.
    this.#stream.on('close', () => this.#fail?.(new Error('Cannot compress: the answer was given up')))
  }

  /** Returns the coded form of a piece. */
  push(piece: Uint8Array): Promise<Uint8Array> {
    return this.#coded((done) => {
      this.#stream.write(piece)
      this.#stream.flush(this.#flush, done)
    })
  }

  /** Returns the coded form of the last piece, and of the end. */
  end(piece: Uint8Array): Promise<Uint8Array> {
    return this.#coded((done) => {
      this.#stream.once('end', done)
      this.#stream.end(piece)
    })
  }

  /** Frees the memory, at any time. */
  release(): void {
    this.#stream.destroy()
  }

  async #coded(work: (done: () => void) => void): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject
      work(resolve)
    })
    this.#fail = null
    const pieces = this.#ready
    this.#ready = []
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }
}
