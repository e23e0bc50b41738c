import { close, constants, fstat, open, read } from 'node:fs'
import type { Stats } from 'node:fs'
import { promisify } from 'node:util'
import type { FileSource } from '../spec/messages.ts'

const openDescriptor = promisify(open)
const statDescriptor = promisify(fstat)
const readDescriptor = promisify(read)
const closeDescriptor = promisify(close)

/** Else a named pipe without a writer would hold up a thread for good. Where the flag is not defined, it counts as 0. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * A file that is open, and what it was like when it was opened. Whoever opens it closes it.
 *
 * It does what a `FileHandle` of node:fs/promises would do, in half the time.
 */
export class OpenFile implements FileSource {
  /** An absolute path. */
  readonly path: string
  /** The system's descriptor. */
  readonly fd: number
  /** Of what is open, whatever the path leads to by now. */
  readonly stats: Stats

  private constructor(path: string, fd: number, stats: Stats) {
    this.path = path
    this.fd = fd
    this.stats = stats
  }

  /** Opens a file for reading, or whatever else the path leads to: a directory is for the caller to refuse. */
  static async open(path: string): Promise<OpenFile> {
    const fd = await openDescriptor(path, flags)
    try {
      return new OpenFile(path, fd, await statDescriptor(fd))
      /* c8 ignore start -- an open file has properties, unless the disk fails */
    } catch (error) {
      await closeDescriptor(fd)
      throw error
    }
    /* c8 ignore stop */
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number | null): Promise<{ bytesRead: number }> {
    return readDescriptor(this.fd, buffer, offset, length, position)
  }

  close(): Promise<void> {
    return closeDescriptor(this.fd)
  }
}
