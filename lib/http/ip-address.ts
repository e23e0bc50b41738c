const group = /^[0-9a-f]{1,4}$/i
const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
const ipv4 = new RegExp(String.raw`^${octet}(?:\.${octet}){3}$`)

/**
 * Tells whether a text is an IPv6 address, without brackets and without a zone.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export function isIPv6Address(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const endsAsIPv4 = parts.length > 0 && text.endsWith(parts.at(-1)!) && ipv4.test(parts.at(-1)!)
  const groups = endsAsIPv4 ? parts.slice(0, -1) : parts
  const length = groups.length + (endsAsIPv4 ? 2 : 0)
  return groups.every((part) => group.test(part)) && (halves.length === 2 ? length < 8 : length === 8)
}
