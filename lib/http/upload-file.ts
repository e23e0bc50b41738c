import { Headers } from './headers.ts'
import type { MediaType } from './media-type.ts'
import { BytesContent } from './upload-content.ts'
import type { UploadContent } from './upload-content.ts'

/** What an {@link UploadFile} is made of. */
export interface UploadFileParts {
  /** What the client calls the file. */
  readonly name: string
  /** Its bytes, wherever they are. */
  readonly content: UploadContent | Uint8Array
  /** What the client takes it for. Default: `null`. */
  readonly mediaType?: MediaType | null
  /** The fields of its part of the form. Default: none. */
  readonly headers?: Headers
}

/** How {@link UploadFile.saveTo} saves. */
export interface SaveOptions {
  /** Replaces a file that is there already. Default false: then that is an error with the code `EEXIST`. */
  overwrite?: boolean
}

/**
 * A file of a form. Its bytes are in memory or in a temporary file and can be read any number of times, until the answer
 * to the request has been sent.
 */
export class UploadFile {
  /**
   * What the client calls the file, without a path; empty when none was chosen. It comes from the client: two uploads may
   * have the same name, and its ending says nothing of the content. Save under a name of your own.
   */
  readonly name: string
  /** What the client takes the file for; `null` when that is malformed. Nothing has looked into the file. */
  readonly mediaType: MediaType | null
  /** The fields of the file's part of the form. */
  readonly headers: Headers
  readonly #content: UploadContent

  constructor({ name, content, mediaType = null, headers = new Headers() }: UploadFileParts) {
    this.name = name
    this.mediaType = mediaType
    this.headers = headers
    this.#content = content instanceof Uint8Array ? new BytesContent(content) : content
  }

  /** In bytes. */
  get size(): number {
    return this.#content.size
  }

  /** Gives out the bytes piece by piece. */
  stream(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#content.stream()
  }

  /** Reads the whole file into memory: mind its {@link UploadFile.size}. */
  bytes(): Promise<Uint8Array> {
    return this.#content.bytes()
  }

  /** Reads the whole file as UTF-8; what is not becomes U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /**
   * Keeps the file. Where the temporary file is on the same file system, no byte is copied.
   *
   * @param path Made by you: joining a directory with the client's name would let uploads replace one another.
   * @throws Error of the file system, for example with the code `EEXIST`.
   */
  saveTo(path: string, options: SaveOptions = {}): Promise<void> {
    return this.#content.saveTo(path, options.overwrite ?? false)
  }
}
