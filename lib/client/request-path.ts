import { builtInConverters } from '../endpoint/contract/converters.ts'
import { show } from '../spec/violations.ts'
import { textOf } from './field-text.ts'

/** Makes the text of a path parameter, not yet percent-encoded. Converters of routes are such. */
export interface ParamFormatter {
  format(value: never): string
}

/** Formatters by the names of converters. */
export type ParamFormatters = Readonly<Record<string, ParamFormatter>>

/** Makes the path of a request out of parameters. */
export type RequestPath = (params: unknown) => string

/** A parameter, as the path says it. */
interface Param {
  readonly name: string
  readonly kind: string
}

/** A parameter of a path, prepared. */
interface Slot {
  readonly name: string
  /** Returns the text of a value. */
  readonly write: (value: unknown) => string
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
    write: writerOf(path, { name: name!, kind }, custom),
  }))
  return (params) => {
    const texts = slots.map((slot, index) => paramText(path, slot, params) + literals[index + 1]!)
    return encoded(literals[0]! + texts.join(''))
  }
}

/** A schema of the path may take what its converter does not make: that goes as the text that other fields get. */
function writerOf(path: string, { name, kind }: Param, custom: ParamFormatters): Slot['write'] {
  const isOwn = Object.hasOwn(custom, kind)
  const formatter = isOwn ? custom[kind] : (builtInConverters as ParamFormatters)[kind]
  if (formatter === undefined) throw unknownConverter(path, kind)
  const format = (value: unknown): string => formatter.format(value as never)
  if (isOwn) return format
  if (kind === 'int' || kind === 'float') return (value) => format(typeof value === 'bigint' ? Number(value) : value)
  return (value) => format(textOf('the path', name, value))
}

function unknownConverter(path: string, kind: string): TypeError {
  return new TypeError(
    `Cannot call ${show(path)}: its converter ${show(kind)} is not known, expected it in "converters"`,
  )
}

function paramText(path: string, { name, write }: Slot, params: unknown): string {
  const table = (params ?? {}) as Readonly<Record<string, unknown>>
  if (!Object.hasOwn(table, name)) {
    throw new TypeError(`Cannot call ${show(path)}: the parameter ${show(name)} is missing, expected it in "params"`)
  }
  return write(table[name])
}

/** Neither the segments nor the slashes of a value can lead to another resource or another host. */
function encoded(path: string): string {
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(path)) {
    throw new TypeError(`Cannot call ${show(path)}: clients resolve the segments "." and ".." away`)
  }
  if (/\p{Surrogate}/u.test(path)) throw new TypeError(`Cannot call ${show(path)}: it holds half of a character`)
  const text = path.split('/').map(encodeURIComponent).join('/')
  return text.startsWith('//') ? `/%2F${text.slice(2)}` : text
}
