import type { Readable } from 'node:stream'

/** Reads a stream by counts and marks. */
export class ByteReader {
  /** What has arrived. It is put together when somebody looks: long bodies come in many pieces. */
  #chunks: Buffer[] = []
  #size = 0
  #ended = false
  #wake = (): void => {}

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#size += chunk.length
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
    while (this.#size < count) await this.#more(`${count} bytes`)
    return this.#cut(count)
  }

  /** Reads up to the end of a text. Rejects when the stream ends before. */
  async until(text: string): Promise<Buffer> {
    for (;;) {
      const at = this.#bytes().indexOf(text, 0, 'latin1')
      if (at >= 0) return this.#cut(at + text.length)
      await this.#more(JSON.stringify(text))
    }
  }

  /** Reads to the end. */
  async rest(): Promise<Buffer> {
    while (!this.#ended) await this.#next()
    return this.#cut(this.#size)
  }

  async #more(wanted: string): Promise<void> {
    if (this.#ended) {
      const before = JSON.stringify(String(this.#bytes().subarray(-200)))
      throw new Error(
        `The connection ended where ${wanted} was expected, after ${this.#size} bytes that end with ${before}`,
      )
    }
    await this.#next()
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #bytes(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  #cut(count: number): Buffer {
    const bytes = this.#bytes()
    this.#chunks = [bytes.subarray(count)]
    this.#size -= count
    return bytes.subarray(0, count)
  }
}
