/**
 * Returns the name of the header field that a key of a schema stands for. Keys with a hyphen are names, in any case; in others
 * `userAgent` and `user_agent` stand for `user-agent`, since names of fields are awkward to take out of an object.
 */
export function headerName(key: string): string {
  if (key.includes('-')) return key.toLowerCase()
  return key
    .replaceAll('_', '-')
    .replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => `-${capital}`)
    .toLowerCase()
}
