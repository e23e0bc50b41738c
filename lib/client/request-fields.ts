import { headerName } from '../endpoint/validation/header-name.ts'
import { show } from '../spec/violations.ts'
import { fieldTexts, isList } from './field-text.ts'
import type { FieldTexts } from './field-text.ts'

/** Fields of every request of a client. */
export type FieldsInit = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>

/** What a call says of the fields of its request. */
export interface CallFields {
  readonly headers?: unknown
  readonly cookies?: unknown
}

/**
 * Makes the fields of a request: those of the client, and over them those of the call, cookie by cookie.
 *
 * @throws TypeError for a value that has no text, for what is no field, and for what would not arrive as it is.
 */
export function requestFields(base: FieldsInit, { headers, cookies }: CallFields): Headers {
  const fields = new Headers(Symbol.iterator in base ? Array.from(base, ([name, value]) => [name, value]) : base)
  const own = ownFields(headers)
  for (const [name] of own) fields.delete(name)
  for (const [name, text] of own) fields.append(name, text)
  const pairs = ownCookies(cookies)
  if (pairs.length > 0) {
    const others = cookiePairs(fields.get('cookie')).filter(([name]) => pairs.every(([other]) => other !== name))
    fields.set('cookie', [...others, ...pairs].map(([name, text]) => `${name}=${text}`).join('; '))
  }
  return fields
}

/** Takes a `cookie` field apart. */
export function cookiePairs(field: string | null): FieldTexts {
  const pairs = (field ?? '').split(';').map((pair) => pair.trim())
  return pairs.filter(Boolean).map((pair) => {
    const [name] = pair.split('=', 1)
    return [name!, pair.slice(name!.length + 1)]
  })
}

function ownFields(headers: unknown): FieldTexts {
  return fieldTexts('the headers', headers).map(([key, text]) => {
    if (isList((headers as Readonly<Record<string, unknown>>)[key])) checkItem(key, text)
    return [headerName(key), text]
  })
}

/** A comma ends an item, unless it stands in a quoted string. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1 */
function checkItem(key: string, text: string): void {
  if (/^(?:[^",]|"(?:[^"\\]|\\.)*")+$/.test(text) && text.trim() === text) return
  throw new TypeError(
    `Cannot send ${show(key)} of the headers as a list: it holds ${show(text)}, ` +
      'expected items without commas and without space around them, or quoted strings',
  )
}

function ownCookies(cookies: unknown): FieldTexts {
  const texts = fieldTexts('the cookies', cookies)
  const counts = new Map<string, number>()
  for (const [name] of texts) counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const [name, count] of counts) if (count > 1) throw manyCookies(name, count)
  return texts.map(([name, text]) => [name, encodeURIComponent(text)])
}

function manyCookies(name: string, count: number): TypeError {
  return new TypeError(
    `Cannot send ${show(name)} of the cookies: it has ${count} values, expected one, since servers read one cookie of a name`,
  )
}
