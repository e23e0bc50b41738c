import { randomUUID } from 'node:crypto'
import { fileMediaType } from '../http/file-media-type.ts'

/** A file with a name and a type of its own. */
export interface NamedFile {
  /** Default: the name of the field. */
  readonly name?: string
  /** The bytes of the file; a string stands for its UTF-8. */
  readonly content: string | Uint8Array | Blob
  /** A media type. Default: that of a `Blob`, else by the ending of the name, else `application/octet-stream`. */
  readonly type?: string
}

/** A file of a form: its content, a `File` or `Blob` of the platform, or its parts. */
export type FileInit = string | Uint8Array | Blob | NamedFile

/** Files by the names of their fields; an array stands for as many files. */
export type FilesInit = Readonly<Record<string, FileInit | readonly FileInit[]>>

/** A part of a form as it is sent. */
interface Part {
  readonly head: Uint8Array
  readonly content: Uint8Array | Blob
}

/** A form with files, ready to be sent any number of times. */
export class MultipartBody {
  readonly contentType: string
  readonly #parts: readonly Part[]
  readonly #end: Uint8Array

  private constructor(boundary: string, parts: readonly Part[]) {
    this.contentType = `multipart/form-data; boundary=${boundary}`
    this.#parts = parts
    this.#end = bytesOf(`--${boundary}--\r\n`)
  }

  /** Makes the body of fields and files, in this order. */
  static of(fields: Iterable<readonly [string, string]>, files: FilesInit): MultipartBody {
    const boundary = randomUUID()
    const parts = Array.from(fields, ([name, value]) => fieldPart(boundary, name, value))
    for (const [name, file] of Object.entries(files)) {
      for (const one of Array.isArray(file) ? (file as readonly FileInit[]) : [file as FileInit]) {
        parts.push(filePart(boundary, name, one))
      }
    }
    return new MultipartBody(boundary, parts)
  }

  /** Makes the body of a form of the platform. */
  static from(form: FormData): MultipartBody {
    const boundary = randomUUID()
    const parts = Array.from(form, ([name, value]) =>
      typeof value === 'string' ? fieldPart(boundary, name, value) : filePart(boundary, name, value),
    )
    return new MultipartBody(boundary, parts)
  }

  /** In bytes. */
  get length(): number {
    return this.#parts.reduce((sum, { head, content }) => sum + head.length + sizeOf(content) + 2, this.#end.length)
  }

  /** Gives out the bytes piece by piece; nothing is read before it is wanted. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const { head, content } of this.#parts) {
      yield head
      if (content instanceof Uint8Array) yield content
      else yield* content.stream() as unknown as AsyncIterable<Uint8Array>
      yield lineEnd
    }
    yield this.#end
  }
}

const lineEnd = bytesOf('\r\n')

function fieldPart(boundary: string, name: string, value: string): Part {
  return { head: headOf(boundary, `name="${escaped(name)}"`, null), content: bytesOf(value) }
}

function filePart(boundary: string, field: string, file: FileInit): Part {
  const { name = field, content, type } = namedFile(file)
  const ownType = content instanceof Blob ? content.type : ''
  const mediaType = type ?? (ownType || (fileMediaType(name) ?? 'application/octet-stream'))
  const head = headOf(boundary, `name="${escaped(field)}"; filename="${escaped(name)}"`, mediaType)
  return { head, content: typeof content === 'string' ? bytesOf(content) : content }
}

function namedFile(file: FileInit): NamedFile {
  if (typeof file === 'string' || file instanceof Uint8Array) return { content: file }
  if (!(file instanceof Blob)) return file
  return 'name' in file && typeof file.name === 'string' ? { name: file.name, content: file } : { content: file }
}

function headOf(boundary: string, parameters: string, mediaType: string | null): Uint8Array {
  const type = mediaType === null ? '' : `content-type: ${mediaType}\r\n`
  return bytesOf(`--${boundary}\r\ncontent-disposition: form-data; ${parameters}\r\n${type}\r\n`)
}

/** @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escaped(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function sizeOf(content: Uint8Array | Blob): number {
  return content instanceof Blob ? content.size : content.length
}
