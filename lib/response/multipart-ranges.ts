import { randomBytes } from 'node:crypto'
import { contentRange, rangeLength } from '../http/byte-range.ts'
import type { ByteRange } from '../http/byte-range.ts'

/** Several ranges as one body. */
export interface MultipartBody {
  readonly contentType: string
  /** The heads of the parts, the ranges, and the end. */
  readonly segments: readonly (string | ByteRange)[]
}

/**
 * Puts ranges into a body of `multipart/byteranges`. The boundary is random, so no file can hold it on purpose.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.6
 */
export function multipartRanges(ranges: readonly ByteRange[], size: number, contentType: string): MultipartBody {
  const boundary = randomBytes(13).toString('hex')
  const segments: (string | ByteRange)[] = []
  for (const range of ranges) {
    const lineEnd = segments.length === 0 ? '' : '\r\n'
    const fields = `content-type: ${contentType}\r\ncontent-range: ${contentRange(range, size)}`
    segments.push(`${lineEnd}--${boundary}\r\n${fields}\r\n\r\n`, range)
  }
  segments.push(`\r\n--${boundary}--\r\n`)
  return { contentType: `multipart/byteranges; boundary=${boundary}`, segments }
}

/** Returns how many bytes a body has; its texts are latin-1, as fields are. */
export function lengthOfSegments(segments: readonly (string | ByteRange)[]): number {
  let length = 0
  for (const segment of segments) length += typeof segment === 'string' ? segment.length : rangeLength(segment)
  return length
}
