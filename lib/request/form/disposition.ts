import type { ByteString } from '../../spec/headers.ts'
import { malformed } from './form-refusal.ts'

/** What the `content-disposition` of a part of a form says. */
export interface Disposition {
  /** The name of the field. */
  readonly name: string
  /** The name of the file, without a path; `null` for a field. */
  readonly fileName: string | null
}

const formData = /^form-data[ \t]*(?=;|$)/i
/** Clients write more than the syntax allows into values without quotes, and backslashes that escape nothing into quoted ones. */
const parameter = /;[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)=(?:"((?:[^"\\]|\\[^])*)"|([^\t ";]+))[ \t]*)?(?=;|$)/y
// oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
const controls = /[\0-\x1f\x7f-\x9f]/

/**
 * Reads the `content-disposition` of a part of a form. Extended parameters, as in `filename*=utf-8''…`, are ignored: form
 * fields have none, and one that disagrees with its plain parameter would let two readers see two files.
 *
 * @throws {@link HTTPException} 400 for another type, a parameter that is malformed or repeated, a missing name, and
 *   control characters in the name of a file.
 * @see https://www.rfc-editor.org/rfc/rfc7578#section-4.2
 */
export function parseDisposition(value: ByteString): Disposition {
  const type = formData.exec(value)?.[0]
  if (type === undefined) throw malformed('A part of the form has no content-disposition of type form-data')
  const parameters = parseParameters(value, type.length)
  const name = parameters.get('name')
  if (name === undefined) throw malformed('A part of the form has no name in its content-disposition')
  const fileName = parameters.get('filename')
  return { name, fileName: fileName === undefined ? null : baseName(fileName) }
}

function parseParameters(value: ByteString, from: number): Map<string, string> {
  const parameters = new Map<string, string>()
  for (let index = from; index < value.length; index = parameter.lastIndex) {
    parameter.lastIndex = index
    const match = parameter.exec(value)
    if (match === null) throw malformed('A part of the form has a malformed content-disposition')
    const name = match[1]?.toLowerCase()
    if (name === undefined || name.includes('*')) continue
    if (parameters.has(name)) throw malformed('A part of the form has a content-disposition that repeats a parameter')
    parameters.set(name, decode(match[2] ?? match[3]!))
  }
  return parameters
}

/**
 * Decodes as browsers encode: in UTF-8, with three characters escaped. Others escape by a backslash, and old ones write
 * paths with plain backslashes.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
function decode(value: ByteString): string {
  return Buffer.from(value, 'latin1')
    .toString()
    .replace(/\\(["\\])/g, '$1')
    .replace(/%(?:22|0d|0a)/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)))
}

function baseName(path: string): string {
  if (controls.test(path)) throw malformed('The name of a file has control characters')
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return name === '.' || name === '..' ? '' : name
}
