import { show } from '../spec/violations.ts'

/** Thrown when a response is to send a file that is not there, is no regular file, or cannot be read. */
export class FileUnavailable extends Error {
  override readonly name = 'FileUnavailable'
  readonly code = 'STELLINE_FILE_UNAVAILABLE'
  /** The file that was to be sent. */
  readonly path: string

  /** @param cause The system's error, if there was one. */
  constructor(path: string, why: string, cause?: unknown) {
    super(`Cannot send file ${show(path)}: ${why}`, cause === undefined ? {} : { cause })
    this.path = path
  }
}
