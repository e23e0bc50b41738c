import { extname } from 'node:path'
import { lookup } from 'mime-types'

/**
 * Returns the media type that the ending of a file's name stands for, without parameters, or `null` for an ending that is
 * not registered.
 */
export function fileMediaType(path: string): string | null {
  const ending = extname(path)
  return ending === '' ? null : lookup(ending) || null
}

/** Returns the `content-type` of a file by its name: text is taken to be UTF-8, and what is unknown to be bytes. */
export function fileContentType(path: string): string {
  const mediaType = fileMediaType(path) ?? 'application/octet-stream'
  return mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType
}
