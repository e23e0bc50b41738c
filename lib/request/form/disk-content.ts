import { createReadStream } from 'node:fs'
import { constants, copyFile, link, readFile } from 'node:fs/promises'
import type { UploadContent } from '../../http/upload-content.ts'

const { COPYFILE_EXCL, COPYFILE_FICLONE } = constants

/** An {@link UploadContent} in a file. */
export class DiskContent implements UploadContent {
  readonly size: number
  readonly #path: string

  constructor(path: string, size: number) {
    this.#path = path
    this.size = size
  }

  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of createReadStream(this.#path)) yield chunk as Uint8Array
  }

  bytes(): Promise<Uint8Array> {
    return readFile(this.#path)
  }

  async saveTo(path: string, overwrite: boolean): Promise<void> {
    if (overwrite) return copyFile(this.#path, path, COPYFILE_FICLONE)
    if (await linked(this.#path, path)) return
    await copyFile(this.#path, path, COPYFILE_FICLONE | COPYFILE_EXCL)
  }
}

/** Gives a file a second name, which costs nothing; false where that cannot be done. The first name is removed later. */
async function linked(path: string, second: string): Promise<boolean> {
  try {
    await link(path, second)
    return true
  } catch {
    return false
  }
}
