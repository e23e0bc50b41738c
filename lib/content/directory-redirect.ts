import { encodeBytes, encodeText } from '../http/percent-encoding.ts'
import { RedirectResponse } from '../response/redirect-response.ts'
import type { HTTPScope } from '../spec/scope.ts'

/**
 * Redirects to the slash behind the name of a directory. The target is relative to that name, so it cannot lead to another
 * host and holds behind proxies that rewrite the beginning of the path.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.2
 */
export function directoryRedirect({ path, query_string: query }: HTTPScope): RedirectResponse {
  const name = encodeText(path.slice(path.lastIndexOf('/') + 1), /[^\w\-.~!$&'()*+,;=:@]+/g)
  const search = query === '' ? '' : `?${encodeBytes(query, /[^\x21-\x7e]|[#\\]/g)}`
  return new RedirectResponse(`./${name}/${search}`)
}
