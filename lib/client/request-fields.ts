import { headerName } from '../endpoint/validation/header-name.ts'
import { fieldTexts } from './field-text.ts'

/** Fields of every request of a client. */
export type FieldsInit = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>

/** What a call says of the fields of its request. */
export interface CallFields {
  readonly headers?: unknown
  readonly cookies?: unknown
}

/**
 * Makes the fields of a request: those of the client, and over them those of the call.
 *
 * @throws TypeError for a value that has no text, and for what is no field.
 */
export function requestFields(base: FieldsInit, { headers, cookies }: CallFields): Headers {
  const fields = new Headers(Symbol.iterator in base ? Array.from(base, ([name, value]) => [name, value]) : base)
  const own = fieldTexts('the headers', headers).map(([key, text]) => [headerName(key), text] as const)
  for (const [name] of own) fields.delete(name)
  for (const [name, text] of own) fields.append(name, text)
  const pairs = fieldTexts('the cookies', cookies).map(([name, text]) => `${name}=${encodeURIComponent(text)}`)
  if (pairs.length > 0) fields.set('cookie', pairs.join('; '))
  return fields
}
