/** What zod tells of a schema that stands in for what is missing or wrong. */
export interface DefaultDefinition {
  readonly type: string
  readonly catchValue?: (context: undefined) => unknown
}

/** A value that is the same each time. */
export interface FixedDefault {
  readonly value: unknown
}

/** Why there is no such value: it is another one each time, or depends on what was wrong. */
export type NoDefault = 'changing' | 'dependent'

type Read = () => unknown

/** What was found out of defaults, by the function that reads them, which copies of a schema share. */
const known = new WeakMap<object, FixedDefault | NoDefault>()

/** What happens by chance is the same twice now and then. */
const readings = 8
const msPerDay = 86_400_000

/**
 * Returns what a default, a prefault or a `catch` gives, unless it changes. zod does not tell a function from a value, so it is
 * read until it changes; a time that is about now comes from a function, too.
 */
export function fixedDefault(definition: DefaultDefinition): FixedDefault | NoDefault {
  const [key, read] = readerOf(definition)
  const found = known.get(key)
  if (found !== undefined) return found
  const fixed = readFixed(read)
  known.set(key, fixed)
  return fixed
}

function readerOf(definition: DefaultDefinition): readonly [key: object, read: Read] {
  const { catchValue } = definition
  if (catchValue !== undefined) return [catchValue, () => catchValue(undefined)]
  const property: { readonly get?: unknown } = Object.getOwnPropertyDescriptor(definition, 'defaultValue') ?? {}
  const read: Read = () => (definition as { readonly defaultValue?: unknown }).defaultValue
  return [typeof property.get === 'function' ? property.get : definition, read]
}

function readFixed(read: Read): FixedDefault | NoDefault {
  try {
    const value = read()
    if (isAboutNow(value)) return 'changing'
    for (let reading = 1; reading < readings; reading++) if (!isSame(value, read())) return 'changing'
    return { value }
  } catch {
    return 'dependent'
  }
}

/** Tells whether two readings are the same. zod copies plain values; whatever else is another object each time is made by a function. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false
  const parts = Object.entries(one)
  const others = new Map(Object.entries(other))
  return parts.length === others.size && parts.every(([key, part]) => others.has(key) && isSame(part, others.get(key)))
}

function isAboutNow(value: unknown): boolean {
  if (isPlain(value)) return Object.values(value).some(isAboutNow)
  return timesOf(value).some((ms) => Math.abs(ms - Date.now()) < msPerDay)
}

/** The times that a value may mean, in milliseconds. */
function timesOf(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value, value * 1000]
  // A word with a few digits is a date to JavaScript, too.
  const isLong = typeof value === 'string' && value.replace(/\D/g, '').length > 5
  return isLong ? [Date.parse(value), Number(value)] : []
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype
}
