import { Headers } from '../../http/headers.ts'
import { parseMediaType } from '../../http/media-type.ts'
import type { MediaType } from '../../http/media-type.ts'
import { withoutSpace } from '../../http/optional-space.ts'
import { isFieldValue } from '../../spec/field-syntax.ts'
import { parseDisposition } from './disposition.ts'
import type { FormLimits } from './form-limits.ts'
import { malformed, oversized } from './form-refusal.ts'

/** What the header fields of one part of a multipart form say. */
export interface PartHead {
  readonly name: string
  /** The name of the file, without a path; `null` for a field. */
  readonly fileName: string | null
  /** `text/plain` when the part declares none, `null` when what it declares is malformed. */
  readonly mediaType: MediaType | null
  readonly headers: Headers
}

const token = /^[!#$%&'*+\-.^_`|~\w]+$/
/** Two of these in one part would let two readers see two forms. */
const single: readonly string[] = ['content-disposition', 'content-type']
const plainText = parseMediaType('text/plain')

/**
 * Reads the header fields of a part, given as Latin-1 without the empty line at their end.
 *
 * @throws {@link HTTPException} 400 when they are malformed, too many, or do not name a field of a form; 413 for a name
 *   above its limit.
 * @see https://www.rfc-editor.org/rfc/rfc7578#section-4
 */
export function parsePartHead(text: string, limits: FormLimits): PartHead {
  const headers = Headers.fromFlat(parseFields(text, limits.maxPartHeaders))
  for (const name of single) {
    if (headers.getAll(name).length > 1) throw malformed(`A part of the form has more than one ${name}`)
  }
  const { name, fileName } = parseDisposition(headers.get('content-disposition') ?? '')
  if (Buffer.byteLength(name) > limits.maxNameBytes) throw oversized('The name of a field', limits.maxNameBytes)
  const type = headers.get('content-type')
  return { name, fileName, mediaType: type === null ? plainText : parseMediaType(type), headers }
}

function parseFields(text: string, maxCount: number): string[] {
  if (text === '') return []
  // A line that begins with a space goes on with the one before it: RFC 5322 §2.2.3.
  const lines = text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  if (lines.length > maxCount) throw malformed(`A part of the form has more than ${maxCount} header fields`)
  return lines.flatMap(parseField)
}

function parseField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0))
  const value = withoutSpace(line.slice(colon + 1))
  if (!token.test(name) || !isFieldValue(value)) throw malformed('A part of the form has a malformed header field')
  return [name.toLowerCase(), value]
}
