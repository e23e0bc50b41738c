import type { Headers } from '../../lib/http/headers.ts'
import { show } from '../../lib/spec/violations.ts'

const credentialsPattern = /^([!#$%&'*+\-.^_`|~\w]+) +([^ ].*)$/

/**
 * Returns what follows the scheme in `authorization`; `null` when the field is absent or names another scheme.
 *
 * @param scheme In lower case; the field may write it in any.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.4
 */
export function credentialsOf(headers: Headers, scheme: string): string | null {
  const value = headers.get('authorization')
  if (value === null) return null
  const [, named, credentials] = credentialsPattern.exec(value) ?? []
  return named?.toLowerCase() === scheme ? credentials! : null
}

/**
 * Writes a realm as a challenge has it.
 *
 * @throws TypeError for one that a field cannot hold.
 */
export function realmParameter(realm: string): string {
  if (typeof realm !== 'string' || /[^ -~]/.test(realm)) {
    throw new TypeError(`Cannot ask for credentials: the realm is ${show(realm)}, expected printable US-ASCII`)
  }
  return `realm="${realm.replace(/["\\]/g, '\\$&')}"`
}
