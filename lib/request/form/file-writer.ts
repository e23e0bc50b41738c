import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** Pieces are written together: a task of the thread pool for each of the network's pieces would cost more than writing it. */
const batchBytes = 262_144

type Writable = Pick<FileHandle, 'writev' | 'writeFile' | 'close'>

/** Writes a new file piece by piece. While one batch is being written, the next is collected. */
export class FileWriter {
  readonly #file: Writable
  #batch: Uint8Array[] = []
  #batchBytes = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(file: Writable) {
    this.#file = file
  }

  static async create(path: string): Promise<FileWriter> {
    return new FileWriter(await open(path, 'wx'))
  }

  /** Takes a piece, and waits while both the batch and the one before it are on their way. Returns the length of the piece. */
  async write(chunk: Uint8Array): Promise<number> {
    this.#batch.push(chunk)
    this.#batchBytes += chunk.length
    if (this.#batchBytes >= batchBytes) await this.#flush()
    return chunk.length
  }

  /** Resolves when all of it is written. */
  async end(): Promise<void> {
    await this.#flush()
    await this.#writing
  }

  /** Closes the file, whatever of it is written. */
  async close(): Promise<void> {
    await this.#writing.catch(ignore)
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    await this.#writing
    if (this.#batchBytes === 0) return
    this.#writing = writeAll(this.#file, this.#batch, this.#batchBytes)
    this.#batch = []
    this.#batchBytes = 0
    // A failure is kept for the next to wait.
    this.#writing.catch(ignore)
  }
}

async function writeAll(file: Writable, batch: readonly Uint8Array[], size: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch)
  if (bytesWritten < size) await file.writeFile(Buffer.concat(batch, size).subarray(bytesWritten))
}

function ignore(): void {}
