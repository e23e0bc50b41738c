const colonSegment = /\/:([A-Za-z_$][\w$]*)/

/**
 * Returns the first name that a path gives to a segment by a colon, `id` of `/users/:id`: that is how other routers write
 * parameters, and literal text here. `null` when there is none; a colon elsewhere is text without doubt.
 */
export function colonName(path: string): string | null {
  return colonSegment.exec(path)?.[1] ?? null
}
