import type { Readable } from 'node:stream'

/** Reads a stream by counts and marks. */
export class ByteReader {
  #bytes: Buffer = Buffer.alloc(0)
  #ended = false
  #wake = (): void => {}

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
      this.#wake()
    })
    const end = (): void => {
      this.#ended = true
      this.#wake()
    }
    stream.on('end', end).on('close', end)
  }

  /** Reads a number of bytes. Rejects when the stream ends before. */
  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await this.#more(`${count} bytes`)
    return this.#cut(count)
  }

  /** Reads up to the end of a text. Rejects when the stream ends before. */
  async until(text: string): Promise<Buffer> {
    for (;;) {
      const at = this.#bytes.indexOf(text, 0, 'latin1')
      if (at >= 0) return this.#cut(at + text.length)
      await this.#more(JSON.stringify(text))
    }
  }

  /** Reads to the end. */
  async rest(): Promise<Buffer> {
    while (!this.#ended) await this.#next()
    return this.#cut(this.#bytes.length)
  }

  async #more(wanted: string): Promise<void> {
    if (this.#ended) {
      throw new Error(`The connection ended where ${wanted} was expected, after ${JSON.stringify(String(this.#bytes))}`)
    }
    await this.#next()
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #cut(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count)
    this.#bytes = this.#bytes.subarray(count)
    return taken
  }
}
