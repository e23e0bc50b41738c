/*
 * The syntax of header fields, for both directions. Names that were seen valid are remembered, in a bounded table:
 * a server checks the same few names again and again.
 */

const rememberedNames = new Map<string, string>()
const rememberedNamesLimit = 1024

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const notInValue = /[^\t\x20-\x7e\x80-\xff]/

/**
 * Returns a field name in lower case, or `null` when it is not a token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.1
 */
export function canonicalName(name: string): string | null {
  const known = rememberedNames.get(name)
  if (known !== undefined) return known
  if (typeof name !== 'string' || !token.test(name)) return null
  const canonical = name.toLowerCase()
  if (rememberedNames.size < rememberedNamesLimit && name.length <= 64) rememberedNames.set(name, canonical)
  return canonical
}

/**
 * Tells whether a string may stand as a field value: visible characters, spaces, tabs and bytes above 0x7F.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5
 */
export function isFieldValue(value: string): boolean {
  return typeof value === 'string' && !notInValue.test(value)
}

/** Tells whether a string is a ByteString: every code unit is at most 0xFF. */
export function isByteString(value: unknown): value is string {
  return typeof value === 'string' && !/[^\0-\xff]/.test(value)
}
