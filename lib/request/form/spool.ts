import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BytesContent } from '../../http/upload-content.ts'
import type { UploadContent } from '../../http/upload-content.ts'
import { show } from '../../spec/violations.ts'
import { DiskContent } from './disk-content.ts'
import { FileWriter } from './file-writer.ts'

export interface SpoolOptions {
  /** How many bytes of all files of a form together may stay in memory. Default 1 MiB. */
  readonly maxMemoryBytes?: number
  /** Where temporary files are made. Default: the system's directory for them. */
  readonly directory?: string
}

const defaultMaxMemoryBytes = 1_048_576

/**
 * Keeps the files of one form until they are released: in memory while they are small together, and then each in a
 * temporary file, in a directory that no other user can enter.
 */
export class Spool {
  readonly #maxMemoryBytes: number
  readonly #parent: string
  #memoryBytes = 0
  #count = 0
  #directory: Promise<string> | null = null
  #isReleased = false

  /** @throws TypeError for a `maxMemoryBytes` that is not a number of 0 or more. */
  constructor({ maxMemoryBytes = defaultMaxMemoryBytes, directory = tmpdir() }: SpoolOptions = {}) {
    if (typeof maxMemoryBytes !== 'number' || !(maxMemoryBytes >= 0)) {
      throw new TypeError(`Cannot read a form with maxMemoryBytes ${show(maxMemoryBytes)}: expected a number of bytes`)
    }
    this.#maxMemoryBytes = maxMemoryBytes
    this.#parent = directory
  }

  get isReleased(): boolean {
    return this.#isReleased
  }

  /** Stores a content. What fails on the way may leave a temporary file, which {@link Spool.release} removes. */
  async store(chunks: AsyncIterable<Uint8Array>): Promise<UploadContent> {
    const source = chunks[Symbol.asyncIterator]()
    const begin: Uint8Array[] = []
    let size = this.#memoryBytes
    while (size <= this.#maxMemoryBytes) {
      const { done, value } = await source.next()
      if (done === true) return this.#keep(begin)
      begin.push(value)
      size += value.length
    }
    return new HeldContent(this, await this.#write(begin, source))
  }

  /** Removes the temporary files. From now on no content can be read. */
  async release(): Promise<void> {
    this.#isReleased = true
    const directory = await this.#directory?.catch(() => null)
    if (directory) await rm(directory, { recursive: true, force: true })
  }

  #keep(chunks: readonly Uint8Array[]): UploadContent {
    // The copy lets go of the network's buffers, each of which may hold more than its piece of this file.
    const bytes = Buffer.concat(chunks)
    this.#memoryBytes += bytes.length
    return new HeldContent(this, new BytesContent(bytes))
  }

  async #write(begin: readonly Uint8Array[], source: AsyncIterator<Uint8Array>): Promise<UploadContent> {
    const path = await this.#newPath()
    const writer = await FileWriter.create(path)
    let size = 0
    try {
      for (const chunk of begin) size += await writer.write(chunk)
      for (let next = await source.next(); next.done !== true; next = await source.next()) {
        size += await writer.write(next.value)
      }
      await writer.end()
    } finally {
      await writer.close()
    }
    return new DiskContent(path, size)
  }

  async #newPath(): Promise<string> {
    if (this.#isReleased) throw gone()
    this.#directory ??= mkdtemp(join(this.#parent, 'stelline-form-'))
    return join(await this.#directory, String(++this.#count))
  }
}

/** A content that can be read until its form is released. */
class HeldContent implements UploadContent {
  readonly #spool: Spool
  readonly #content: UploadContent

  constructor(spool: Spool, content: UploadContent) {
    this.#spool = spool
    this.#content = content
  }

  get size(): number {
    return this.#content.size
  }

  stream(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#held.stream()
  }

  async bytes(): Promise<Uint8Array> {
    return this.#held.bytes()
  }

  async saveTo(path: string, overwrite: boolean): Promise<void> {
    return this.#held.saveTo(path, overwrite)
  }

  get #held(): UploadContent {
    if (this.#spool.isReleased) throw gone()
    return this.#content
  }
}

function gone(): Error {
  return new Error('Cannot use a file of a form: the answer has been sent, expected saveTo() or another use before')
}
