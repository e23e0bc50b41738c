const unprintable = /[^\x20-\x7e]|["\\]/g

/**
 * Writes a text from outside in such a way that it can neither end a line or a quotation of a log, nor speak to a
 * terminal: everything but printable ASCII, and `"` and `\`, becomes `\x1b` or `\u{2028}`.
 */
export function escapeControl(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0)
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}
