import { listMembers } from './list-members.ts'

/**
 * Adds the names of request fields to the value of a `vary`. Names that are listed already, in whatever case, are not
 * repeated; `*` swallows every name, since a response that varies by everything cannot vary by more.
 *
 * @param present The value so far, or `null` when there is none.
 * @param names Names of fields, or `*`; they must come from the server's own rules, never from a request.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
 */
export function mergeVary(present: string | null, names: readonly string[]): string {
  const listed = new Set(listMembers((present ?? '').toLowerCase()))
  if (listed.has('*')) return '*'
  let merged = listed.size === 0 ? '' : present!
  for (const name of names) {
    if (name === '*') return '*'
    if (listed.has(name.toLowerCase())) continue
    listed.add(name.toLowerCase())
    merged += merged === '' ? name : `, ${name}`
  }
  return merged
}
