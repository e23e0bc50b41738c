import { encodePath } from '../lib/http/url.ts'
import { show } from '../lib/spec/violations.ts'

/**
 * Returns a decoded path as it stands in a URL. The result never begins with `//`, which would name another host.
 *
 * @throws TypeError for a path with the segment `.` or `..`, which clients resolve away, and for one that is not
 * well-formed Unicode.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
export function urlPathOf(path: string): string {
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(path)) {
    throw new TypeError(`Cannot make a URL of the path ${show(path)}: clients resolve the segments "." and ".." away`)
  }
  if (/\p{Surrogate}/u.test(path)) throw new TypeError(`Cannot make a URL of the path ${show(path)}: it is not Unicode`)
  const encoded = encodePath(path)
  return encoded.startsWith('//') ? `/%2F${encoded.slice(2)}` : encoded
}
