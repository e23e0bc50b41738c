import { readRange, contentRange, unsatisfiedRange } from '../http/byte-range.ts'
import type { ByteRange } from '../http/byte-range.ts'
import { evaluateConditions, ifRangeHolds } from '../http/conditional.ts'
import type { ConditionalRequest, Validators } from '../http/conditional.ts'
import { MutableHeaders } from '../http/headers.ts'
import { formatHTTPDate, parseHTTPDate } from '../http/http-date.ts'
import { reasonPhrase } from '../http/status.ts'
import { fileEntityTag, fileModifiedMs } from './file-validators.ts'
import type { FileVersion } from './file-validators.ts'
import { lengthOfSegments, multipartRanges } from './multipart-ranges.ts'

/** A piece of a body: text as it is, or a part of the file. */
export type BodySegment = string | ByteRange

/** What an answer consists of, decided before its first byte is sent. */
export interface FilePlan {
  readonly status: number
  /** With the length of the body. */
  readonly headers: MutableHeaders
  readonly segments: readonly BodySegment[]
}

/** What the answer would be if it were the whole file. */
export interface WholeAnswer {
  readonly status: number
  /** Become part of the plan and may be changed by it. */
  readonly headers: MutableHeaders
}

/** What a 304 tells: RFC 9110 §15.4.5. */
const keptWhenNotModified = ['cache-control', 'content-location', 'date', 'etag', 'expires', 'vary']

/**
 * Decides how a request for a file is answered: whole, in parts, not at all because the client has it, or with an error.
 *
 * @param request What to look for conditions and ranges in; `null` when they do not count.
 */
export function planFile(file: FileVersion, whole: WholeAnswer, request: ConditionalRequest | null): FilePlan {
  const { status, headers } = whole
  if (status !== 200) return wholePlan(file, whole)
  const current = addValidators(file, headers)
  if (request === null) return wholePlan(file, whole)
  const verdict = evaluateConditions(request, current)
  if (verdict === 'not modified') return { status: 304, headers: only(headers, keptWhenNotModified), segments: [] }
  if (verdict === 'precondition failed') return refusal(412, headers)
  const range = request.headers.get('range')
  return range === null || !ifRangeHolds(request.headers, current)
    ? wholePlan(file, whole)
    : rangePlan(file, headers, range)
}

/** What the user has set wins, and is what conditions are compared with. */
function addValidators(file: FileVersion, headers: MutableHeaders): Validators {
  headers.setDefault('accept-ranges', 'bytes')
  headers.setDefault('last-modified', formatHTTPDate(fileModifiedMs(file)))
  headers.setDefault('etag', fileEntityTag(file))
  return { etag: headers.get('etag'), lastModifiedMs: parseHTTPDate(headers.get('last-modified')!) }
}

function wholePlan({ size }: FileVersion, { status, headers }: WholeAnswer): FilePlan {
  headers.set('content-length', String(size))
  return { status, headers, segments: size === 0 ? [] : [{ first: 0, last: size - 1 }] }
}

function rangePlan(file: FileVersion, headers: MutableHeaders, value: string): FilePlan {
  const { size } = file
  const asked = readRange(value, size)
  if (asked.kind === 'whole') return wholePlan(file, { status: 200, headers })
  if (asked.kind === 'malformed') return refusal(400, headers, { text: asked.reason })
  if (asked.kind === 'unsatisfiable') return refusal(416, headers, { contentRange: unsatisfiedRange(size) })
  return asked.ranges.length === 1
    ? singlePlan(asked.ranges[0]!, size, headers)
    : multipartPlan(asked.ranges, size, headers)
}

function singlePlan(range: ByteRange, size: number, headers: MutableHeaders): FilePlan {
  headers.set('content-range', contentRange(range, size))
  return partial(headers, [range])
}

function multipartPlan(ranges: readonly ByteRange[], size: number, headers: MutableHeaders): FilePlan {
  const { contentType, segments } = multipartRanges(ranges, size, headers.get('content-type')!)
  headers.set('content-type', contentType)
  return partial(headers, segments)
}

function partial(headers: MutableHeaders, segments: readonly BodySegment[]): FilePlan {
  headers.set('content-length', String(lengthOfSegments(segments)))
  return { status: 206, headers, segments }
}

/** An error says nothing of the file but how answers vary: what may be cached of the file may not be of its errors. */
function refusal(
  status: number,
  headers: MutableHeaders,
  more: { text?: string; contentRange?: string } = {},
): FilePlan {
  const text = more.text ?? reasonPhrase(status)
  const fields = only(headers, status === 412 ? ['etag', 'vary'] : ['vary'])
  fields.set('content-type', 'text/plain; charset=utf-8')
  if (more.contentRange !== undefined) fields.set('content-range', more.contentRange)
  fields.set('content-length', String(text.length))
  return { status, headers: fields, segments: [text] }
}

function only(headers: MutableHeaders, names: readonly string[]): MutableHeaders {
  const kept = new MutableHeaders()
  for (const [name, value] of headers) if (names.includes(name)) kept.append(name, value)
  return kept
}
