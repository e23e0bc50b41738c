import { show } from '../../spec/violations.ts'

/** How the text of one path parameter becomes a value and a value becomes text. */
export interface Converter<Value = unknown> {
  /** What the text looks like, without anchors and flags. It must be linear: it meets text that clients choose. */
  readonly regex: RegExp
  /** Returns the value, or `undefined` when the text only looked right: the route then does not match. */
  convert(text: string): Value | undefined
  /**
   * Returns the text of a value, not yet percent-encoded.
   *
   * @throws TypeError when the value has no text that {@link Converter.regex} matches.
   */
  format(value: Value): string
  /**
   * Matches each single character that the text may hold; without it any character may occur. It tells where a parameter
   * ends that shares its segment with another, and lets routers that have many routes find this one quickly.
   */
  readonly characters?: RegExp
  /** Describes the values in documents of the API, as JSON Schema. Default: text of the form of {@link Converter.regex}. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>
}

/** Converters by the name that patterns call them by. */
export type Converters = Readonly<Record<string, Converter>>

/** One segment: any text but the empty one, without `/`. */
const str: Converter<string> = {
  regex: /[^/]+/,
  characters: /[^/]/,
  jsonSchema: { type: 'string' },
  convert: (text) => text,
  format: (value) => checked('str', value, typeof value === 'string' && value !== '' && !value.includes('/')),
}

/** Decimal digits. A number that JavaScript cannot hold exactly does not match. */
const int: Converter<number> = {
  regex: /[0-9]+/,
  characters: /[0-9]/,
  jsonSchema: { type: 'integer', minimum: 0 },
  convert(text) {
    const value = Number(text)
    return Number.isSafeInteger(value) ? value : undefined
  },
  format: (value) => checked('int', value, Number.isSafeInteger(value) && value >= 0),
}

/** Decimal digits, with a fraction or without; never an exponent. */
const float: Converter<number> = {
  regex: /[0-9]+(?:\.[0-9]+)?/,
  characters: /[0-9.]/,
  jsonSchema: { type: 'number', minimum: 0 },
  convert(text) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  },
  format: (value) => withoutExponent(checked('float', value, Number.isFinite(value) && value >= 0), value),
}

/** A UUID, with or without dashes, in either case. The value has dashes and lower-case letters. */
const uuid: Converter<string> = {
  regex: /[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}/,
  characters: /[0-9a-fA-F-]/,
  jsonSchema: { type: 'string', format: 'uuid' },
  convert: canonicalUUID,
  format: (value) =>
    canonicalUUID(checked('uuid', value, /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value))),
}

/** Any number of segments, also none. */
const path: Converter<string> = {
  regex: /[^]*/,
  jsonSchema: { type: 'string' },
  convert: (text) => text,
  format: (value) => checked('path', value, typeof value === 'string'),
}

/** The converters that every pattern knows. */
export const builtInConverters: Readonly<Record<'str' | 'int' | 'float' | 'uuid' | 'path', Converter>> = Object.freeze({
  __proto__: null,
  str,
  int,
  float,
  uuid,
  path,
} as never)

function canonicalUUID(text: string): string {
  const digits = text.replaceAll('-', '').toLowerCase()
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}

function withoutExponent(text: string, value: number): string {
  if (!text.includes('e')) return text
  return value >= 1 ? String(BigInt(value)) : value.toFixed(20).replace(/\.?0+$/, '')
}

const expected: Readonly<Record<string, string>> = {
  str: 'a string that is not empty and has no "/"',
  int: 'a safe integer of at least 0',
  float: 'a finite number of at least 0',
  uuid: 'a UUID',
  path: 'a string',
}

function checked(name: string, value: unknown, holds: boolean): string {
  if (holds) return String(value)
  throw new TypeError(`Cannot format ${show(value)} as ${name}: expected ${expected[name]}`)
}
