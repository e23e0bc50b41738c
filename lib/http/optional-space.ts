/**
 * Removes the spaces and tabs around a text. Unlike `trim()` it leaves other white space, which is data; unlike an
 * expression it is linear.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3
 */
export function withoutSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
