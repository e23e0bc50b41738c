/** A media type as `content-type` and `accept` write it. */
export interface MediaType {
  /** In lower case, as are `subtype`, `essence` and the names of parameters. */
  readonly type: string
  /** What follows the slash, for example `html`. */
  readonly subtype: string
  /** `type/subtype`. */
  readonly essence: string
  /** The values are unquoted, in the case that they were written in; the first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>
}

const essencePattern = /^[ \t]*([!#$%&'*+\-.^_`|~\w]+)\/([!#$%&'*+\-.^_`|~\w]+)[ \t]*(?=;|$)/
/**
 * One parameter, whose value is a token or a quoted string; an empty one, as in `text/html;`, is allowed: RFC 9110 §5.6.6.
 * A boundary may do without quotes where it needs them, since many clients send it so: RFC 2046 §5.1.1 names its characters.
 */
const parameterPattern =
  /;[ \t]*(?:(?:([!#$%&'*+\-.^_`|~\w]+)=(?:([!#$%&'*+\-.^_`|~\w]+)|"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)")|boundary=([\w'()+\-./:=?]+))[ \t]*)?(?=;|$)/iy

/**
 * Reads a media type with its parameters. There is one reader for all purposes, so that no two parts of an app can
 * disagree about what a body is.
 *
 * @returns `null` for a value that is malformed in any part.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
export function parseMediaType(value: string): MediaType | null {
  const match = essencePattern.exec(value)
  if (match === null) return null
  const parameters = parseParameters(value, match[0].length)
  if (parameters === null) return null
  const type = match[1]!.toLowerCase()
  const subtype = match[2]!.toLowerCase()
  return { type, subtype, essence: `${type}/${subtype}`, parameters }
}

/** Tells whether a media type is JSON: `application/json`, or any with the suffix `+json`. */
export function isJSONType(mediaType: MediaType): boolean {
  return mediaType.essence === 'application/json' || mediaType.subtype.endsWith('+json')
}

/** Reads the parameters from an index to the end. */
function parseParameters(value: string, from: number): Map<string, string> | null {
  const parameters = new Map<string, string>()
  let index = from
  while (index < value.length) {
    parameterPattern.lastIndex = index
    const match = parameterPattern.exec(value)
    if (match === null) return null
    const content = match[4] ?? match[2] ?? match[3]?.replace(/\\(.)/gs, '$1')
    const name = match[4] === undefined ? match[1]?.toLowerCase() : 'boundary'
    if (name !== undefined && content !== undefined && !parameters.has(name)) parameters.set(name, content)
    index = parameterPattern.lastIndex
  }
  return parameters
}
