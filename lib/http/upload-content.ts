import { writeFile } from 'node:fs/promises'

/** The bytes of an uploaded file, wherever they are. */
export interface UploadContent {
  /** In bytes. */
  readonly size: number
  /** Gives out the bytes piece by piece; it can be called any number of times. */
  stream(): AsyncGenerator<Uint8Array, void, undefined>
  /** Reads all of it into memory. */
  bytes(): Promise<Uint8Array>
  /** Writes the bytes to a file; unless `overwrite` is true it rejects with the code `EEXIST` where there is one. */
  saveTo(path: string, overwrite: boolean): Promise<void>
}

/** An {@link UploadContent} in memory. */
export class BytesContent implements UploadContent {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.length
  }

  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#bytes.length > 0) yield this.#bytes
  }

  async bytes(): Promise<Uint8Array> {
    return this.#bytes
  }

  saveTo(path: string, overwrite: boolean): Promise<void> {
    return writeFile(path, this.#bytes, { flag: overwrite ? 'w' : 'wx' })
  }
}
