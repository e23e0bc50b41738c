/** What a copy does on its way. */
interface Copying {
  /** Returns what a reference becomes. */
  readonly rename: (reference: string) => string
  /** Takes each finished part. */
  readonly finish: (part: object) => void
}

/** Copies plain objects and arrays, however deep, with other references; a bigint becomes what JSON has for it. */
export function copyDocument<T>(document: T, rename: (reference: string) => string): T {
  return copied(document, { rename, finish: () => {} }) as T
}

/** Returns a copy that nobody can change. */
export function frozenDocument<T>(document: T): T {
  return copied(document, { rename: (reference) => reference, finish: Object.freeze }) as T
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

function copied(value: unknown, copying: Copying): unknown {
  if (typeof value === 'bigint') return bigintInJSON(value)
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value) && !isPlain(value)) return value
  const copy = Array.isArray(value)
    ? value.map((item: unknown) => copied(item, copying))
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copiedPart(key, part, copying)]))
  copying.finish(copy)
  return copy
}

function copiedPart(key: string, part: unknown, copying: Copying): unknown {
  return key === '$ref' && typeof part === 'string' ? copying.rename(part) : copied(part, copying)
}
