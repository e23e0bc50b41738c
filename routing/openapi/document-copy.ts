/** Returns what a reference becomes. */
type Rename = (reference: string) => string

/** Copies plain objects and arrays, however deep, with other references; a bigint becomes what JSON has for it. */
export function copyDocument<T>(document: T, rename: Rename): T {
  return copied(document, rename) as T
}

/** Makes plain objects and arrays, however deep, so that nobody can change them. */
export function freezeDocument(document: unknown): void {
  if (typeof document !== 'object' || document === null || Object.isFrozen(document)) return
  if (Array.isArray(document)) for (const item of document) freezeDocument(item)
  else if (isPlain(document)) for (const key of Object.keys(document)) freezeDocument((document as Plain)[key])
  else return
  Object.freeze(document)
}

/** Returns a bigint as a number where that is exact, else as text. */
export function bigintInJSON(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** Tells whether a value is an object as JSON has them, and no instance of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

type Plain = Record<string, unknown>

function copied(value: unknown, rename: Rename): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? bigintInJSON(value) : value
  if (Array.isArray(value)) return value.map((item: unknown) => copied(item, rename))
  if (!isPlain(value)) return value
  const copy: Plain = {}
  for (const key of Object.keys(value)) {
    const part = (value as Plain)[key]
    const own = key === '$ref' && typeof part === 'string' ? rename(part) : copied(part, rename)
    // Not by assignment, to which `__proto__` is no ordinary name.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...asOwn, value: own })
    else copy[key] = own
  }
  return copy
}

const asOwn: PropertyDescriptor = { enumerable: true, writable: true, configurable: true }
