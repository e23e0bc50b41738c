import { show } from '../spec/violations.ts'

/** Names with the texts of their values; a name may stand there many times. */
export type FieldTexts = [name: string, text: string][]

/**
 * Writes the fields of a query, of headers or of cookies as text. What is `undefined` or `null` is left out; a list or a set
 * stands for its items.
 *
 * @param part What the fields belong to, for the message of the error.
 * @throws TypeError for fields that are no object, and for a value that has no text.
 */
export function fieldTexts(part: string, fields: unknown): FieldTexts {
  return fieldItems(part, fields).map(([name, item]) => [name, textOf(part, name, item)])
}

/** As {@link fieldTexts}, but the items stay what they are. */
export function fieldItems(part: string, fields: unknown): readonly (readonly [name: string, item: unknown])[] {
  if (fields === undefined || fields === null) return []
  if (typeof fields !== 'object') throw new TypeError(`Cannot send ${show(fields)} as ${part}: expected an object`)
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    itemsOf(value).map((item) => [name, item] as const),
  )
}

/** @throws TypeError for a value that has no text. */
export function textOf(part: string, name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      if (value instanceof Date) return value.toISOString()
      throw new TypeError(
        `Cannot send ${show(name)} of ${part}: it is ${show(value)}, expected a string, a number, a boolean or a Date`,
      )
  }
}

/** Tells whether a value stands for its items. */
export function isList(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || value instanceof Set
}

function itemsOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return isList(value) ? Array.from(value) : [value]
}
