/** A `Host` field, taken apart. */
export interface Host {
  /** In lower case, without a final dot; an IPv6 address in its canonical form and in brackets. */
  readonly name: string
  /** `null` when none is named. */
  readonly port: number | null
}

const hostPattern = /^(?:([a-z\d_-]+(?:\.[a-z\d_-]+)*)\.?|\[([\da-f:.]+)\])(?::(\d{1,5}))?$/i

/**
 * Reads a `Host` field.
 *
 * @returns `null` for everything that is not a plain name or address with an optional port: userinfo, lists, paths.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 */
export function parseHost(value: string): Host | null {
  const match = hostPattern.exec(value)
  if (match === null) return null
  const [, name, ipv6, portText] = match
  const port = portText === undefined ? null : Number(portText)
  if (!URL.canParse(`http://${value}`)) return null
  return { name: ipv6 === undefined ? name!.toLowerCase() : new URL(`http://[${ipv6}]`).hostname, port }
}
