/** Returns an object with another one merged into it, however deep; what is no plain object replaces what was there. */
export function mergeObjects<T extends object>(target: T, more: Readonly<Record<string, unknown>>): T {
  const merged = { ...target } as Record<string, unknown>
  for (const [key, value] of Object.entries(more)) {
    const known = merged[key]
    merged[key] = isPlain(known) && isPlain(value) ? mergeObjects(known, value) : value
  }
  return merged as T
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
