/**
 * Returns the members of a field value that is a comma-separated list, without the spaces and tabs around them; empty
 * members are dropped. Quoted strings are not looked into.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
 */
export function listMembers(value: string): string[] {
  return value
    .split(',')
    .map(withoutSpace)
    .filter((member) => member !== '')
}

/** Unlike `trim()` it leaves U+00A0, which is data: RFC 9110 §5.6.3. Unlike an expression it is linear. */
function withoutSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
