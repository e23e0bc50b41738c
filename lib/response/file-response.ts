import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileUnavailable } from '../exceptions/file-unavailable.ts'
import { contentDisposition } from '../http/content-disposition.ts'
import type { DispositionType } from '../http/content-disposition.ts'
import { fileContentType } from '../http/file-media-type.ts'
import { MutableHeaders } from '../http/headers.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import { answerWithFile } from './file-answer.ts'
import type { WholeAnswer } from './file-plan.ts'
import { OpenFile } from './open-file.ts'
import { Response } from './response.ts'
import type { BodyKind, ResponseOptions } from './response.ts'

/** How a file is sent. */
export interface FileResponseOptions extends ResponseOptions {
  /** The name under which a client should save the file. Default: no `content-disposition`. */
  filename?: string
  /** Whether the client should save the file or show it. Default `attachment` when there is a file name. */
  contentDisposition?: DispositionType
}

const file: BodyKind = { contentType: null, streamed: true }

/**
 * Sends a file: whole, in the ranges that were asked for, or not at all when the client has it already. The media type is
 * that of the ending of its name, else `application/octet-stream`.
 *
 * The file is opened for each answer, so what is sent is always of one version of it, and a file that changes meanwhile
 * never mixes with another. `etag`, `last-modified` and `accept-ranges` are set unless the headers are given. An
 * attachment says `x-content-type-options: nosniff`. With a status other than 200, conditions and ranges do not count.
 *
 * The path must not come from a client as it is; that is what `StaticFiles` is for.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14
 */
export class FileResponse extends Response {
  /** Absolute. */
  readonly path: string

  /**
   * @param path Relative to the working directory, or a `file:` URL.
   * @throws TypeError for a path that cannot be one, and for what {@link Response} refuses. That the file is missing or no
   *   file is found out when the response is sent: {@link FileUnavailable}.
   */
  constructor(path: string | URL, options: FileResponseOptions = {}) {
    const absolute = absolutePath(path)
    const mediaType = options.mediaType ?? fileContentType(options.filename ?? absolute)
    super(null, { ...options, mediaType }, file)
    this.path = absolute
    if (options.filename !== undefined || options.contentDisposition !== undefined) this.#dispose(options)
  }

  protected override async deliver(scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    const { status, headers } = this.startMessage()
    const whole = (): WholeAnswer => ({ status, headers: MutableHeaders.from(headers!) })
    await answerWithFile(await openRegular(this.path), whole, { scope, send })
  }

  #dispose({ filename, contentDisposition: type = 'attachment' }: FileResponseOptions): void {
    this.headers.setDefault('content-disposition', contentDisposition(type, filename))
    // What is to be saved must not be run because it looks like a page.
    if (type === 'attachment') this.headers.setDefault('x-content-type-options', 'nosniff')
  }
}

function absolutePath(path: string | URL): string {
  const text = path instanceof URL ? fileURLToPath(path) : path
  if (typeof text !== 'string' || text === '' || text.includes('\0')) {
    throw new TypeError(`Cannot make a FileResponse of ${show(path)}: expected the path of a file`)
  }
  return resolve(text)
}

async function openRegular(path: string): Promise<OpenFile> {
  let opened: OpenFile
  try {
    opened = await OpenFile.open(path)
  } catch (error) {
    throw new FileUnavailable(path, reasonOf(error), error)
  }
  if (opened.stats.isFile()) return opened
  await opened.close()
  throw new FileUnavailable(
    path,
    `it is ${opened.stats.isDirectory() ? 'a directory' : 'not a regular file'}, expected a file`,
  )
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it does not exist, expected a readable file'
  return `it cannot be opened (${code}), expected a readable file`
}
