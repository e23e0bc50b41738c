import { formatEntityTag, parseEntityTag } from '../../lib/http/entity-tag.ts'
import { MutableHeaders } from '../../lib/http/headers.ts'
import type { Headers } from '../../lib/http/headers.ts'
import { listMembers } from '../../lib/http/list-members.ts'
import { parseMediaType } from '../../lib/http/media-type.ts'
import type { MediaType } from '../../lib/http/media-type.ts'
import { withVary } from '../../lib/http/message-fields.ts'
import { hasNoContent } from '../../lib/http/status.ts'

/** Tells whether bodies of a media type become smaller. */
export type Compressible = (mediaType: MediaType) => boolean

const compressibleTypes: ReadonlySet<string> = new Set([
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/vnd.ms-fontobject',
  'application/wasm',
  'application/x-javascript',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'application/xml',
  'application/jsonl',
  'application/rtf',
  'font/otf',
  'font/ttf',
  'image/bmp',
  'image/svg+xml',
  'image/x-icon',
  'image/vnd.microsoft.icon',
])

/** The default: texts of all kinds. Images, films, archives and what is not known are left as they are. */
export const isCompressible: Compressible = ({ type, subtype, essence }) =>
  type === 'text' || compressibleTypes.has(essence) || subtype.endsWith('+json') || subtype.endsWith('+xml')

/**
 * Tells whether an answer may be coded at all: it has a body of its own, whole and uncoded, of a kind that becomes smaller,
 * and nobody forbids it.
 */
export function mayBeCoded(status: number, fields: Headers, compressible: (contentType: string) => boolean): boolean {
  if (hasNoContent(status) || status === 206) return false
  if (fields.has('content-encoding') || fields.has('content-range')) return false
  if (directives(fields.get('cache-control')).includes('no-transform')) return false
  const contentType = fields.get('content-type')
  return contentType !== null && compressible(contentType)
}

/** How many values of `content-type` are remembered: an app has few. */
const maxRemembered = 256

/** Makes the decision one on values of `content-type`, and remembers it. */
export function byContentType(compressible: Compressible): (contentType: string) => boolean {
  const remembered = new Map<string, boolean>()
  return (contentType) => {
    const known = remembered.get(contentType)
    if (known !== undefined) return known
    const mediaType = parseMediaType(contentType)
    const decision = mediaType !== null && compressible(mediaType)
    if (remembered.size < maxRemembered) remembered.set(contentType, decision)
    return decision
  }
}

/** Returns the fields of an answer that depends on `accept-encoding`, coded or not. */
export function varyingFields(fields: Headers): Headers {
  return withVary(fields, 'Accept-Encoding')
}

/**
 * Returns the fields of an answer that is coded. Its bytes are no longer those that a strong tag stands for.
 *
 * @param length The length of the coded body, or `null` when it is not known.
 */
export function codedFields(fields: Headers, encoding: string, length: number | null): MutableHeaders {
  const coded = new MutableHeaders(varyingFields(fields))
  coded.set('content-encoding', encoding)
  if (length === null) coded.delete('content-length')
  else coded.set('content-length', String(length))
  coded.delete('accept-ranges')
  const tag = parseEntityTag(coded.get('etag') ?? '')
  if (tag !== null) coded.set('etag', formatEntityTag({ ...tag, weak: true }))
  return coded
}

function directives(cacheControl: string | null): string[] {
  return cacheControl === null ? [] : listMembers(cacheControl.toLowerCase())
}
