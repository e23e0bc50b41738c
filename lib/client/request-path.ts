import { builtInConverters } from '../endpoint/contract/converters.ts'
import { show } from '../spec/violations.ts'

/** Makes the text of a path parameter, not yet percent-encoded. Converters of routes are such. */
export interface ParamFormatter {
  format(value: never): string
}

/** Formatters by the names of converters. */
export type ParamFormatters = Readonly<Record<string, ParamFormatter>>

/** Makes the path of a request out of parameters. */
export type RequestPath = (params: unknown) => string

/** A parameter of a path, prepared. */
interface Slot {
  readonly name: string
  readonly formatter: ParamFormatter
}

/**
 * Prepares the path of a contract.
 *
 * @throws TypeError for a converter that is not known.
 */
export function requestPath(path: string, custom: ParamFormatters): RequestPath {
  const literals = path.split(/\{[^}]*\}/)
  const slots = Array.from(path.matchAll(/\{([^}:]*)(?::([^}]*))?\}/g), ([, name, kind = 'str']) => ({
    name: name!,
    formatter: formatterOf(path, kind, custom),
  }))
  return (params) => {
    const texts = slots.map((slot, index) => textOf(path, slot, params) + literals[index + 1]!)
    return encoded(literals[0]! + texts.join(''))
  }
}

function formatterOf(path: string, kind: string, custom: ParamFormatters): ParamFormatter {
  const table: ParamFormatters = Object.hasOwn(custom, kind) ? custom : builtInConverters
  const formatter = table[kind]
  if (formatter !== undefined) return formatter
  throw new TypeError(
    `Cannot call ${show(path)}: its converter ${show(kind)} is not known, expected it in "converters"`,
  )
}

function textOf(path: string, { name, formatter }: Slot, params: unknown): string {
  const table = (params ?? {}) as Readonly<Record<string, unknown>>
  if (!Object.hasOwn(table, name)) {
    throw new TypeError(`Cannot call ${show(path)}: the parameter ${show(name)} is missing, expected it in "params"`)
  }
  return formatter.format(table[name] as never)
}

/** Neither the segments nor the slashes of a value can lead to another resource or another host. */
function encoded(path: string): string {
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(path)) {
    throw new TypeError(`Cannot call ${show(path)}: clients resolve the segments "." and ".." away`)
  }
  const text = path.split('/').map(encodeURIComponent).join('/')
  return text.startsWith('//') ? `/%2F${text.slice(2)}` : text
}
