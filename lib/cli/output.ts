/** The part of a stream that output needs. */
export type OutputStream = Pick<NodeJS.WriteStream, 'write' | 'on'>

/** What a command prints, and whether it arrived. */
export class Output {
  readonly #stream: OutputStream
  /** Of the stream as it was made, whatever is diverted. */
  readonly #write: OutputStream['write']
  #isHeard = false
  #failure: NodeJS.ErrnoException | null = null

  constructor(stream: OutputStream) {
    this.#stream = stream
    this.#write = stream.write.bind(stream)
  }

  write(text: string): void {
    this.#hear()
    this.#write(text)
  }

  /** Sends elsewhere what others write to the stream. */
  divert(to: OutputStream): void {
    this.#stream.write = to.write.bind(to)
  }

  /** Waits until everything is written. Returns what went wrong; `null` also when the reader left early, as `head` does. */
  finish(): Promise<Error | null> {
    this.#hear()
    return new Promise((resolve) => {
      this.#write('', (error) => {
        const failure: NodeJS.ErrnoException | null = this.#failure ?? error ?? null
        resolve(failure?.code === 'EPIPE' ? null : failure)
      })
    })
  }

  /** The error of a stream that nobody hears ends the process with a stack. */
  #hear(): void {
    if (this.#isHeard) return
    this.#isHeard = true
    this.#stream.on('error', (error: Error) => (this.#failure ??= error))
  }
}
