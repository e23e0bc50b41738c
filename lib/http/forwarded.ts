import { isIP } from 'node:net'
import { listMembers } from './list-members.ts'

/** What one proxy says of the request that it received. None of it is proven: it may come from the client. */
export interface ForwardedElement {
  /** Who sent the request to the proxy; see {@link parseForwardedNode}. */
  readonly for: string | null
  /** The interface on which the proxy received it. */
  readonly by: string | null
  /** The `host` field as the proxy received it. */
  readonly host: string | null
  /** The scheme that the request came by. */
  readonly proto: string | null
}

/** An address as `for` and `by` name it. */
export interface ForwardedNode {
  /** An IPv4 or IPv6 address, the latter without brackets. */
  readonly host: string
  /** `null` when it is absent or hidden. */
  readonly port: number | null
}

/** One parameter, or nothing, up to the next separator. */
const pairPattern =
  /[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)=(?:([!#$%&'*+\-.^_`|~\w]+)|"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)")[ \t]*)?(?=[;,]|$)/y

/**
 * Reads a `forwarded` field. The last element is of the nearest proxy; what stands before it is as trustworthy as who
 * sent it.
 *
 * @returns `null` when any part is malformed or names a parameter twice: a part of the truth would mislead.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-4
 */
export function parseForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = []
  let parameters = new Map<string, string>()
  for (let index = 0; ; index = pairPattern.lastIndex + 1) {
    pairPattern.lastIndex = index
    const match = pairPattern.exec(value)
    if (match === null || !addPair(parameters, match)) return null
    const separator = value[pairPattern.lastIndex]
    if (separator === ';') continue
    if (parameters.size > 0) elements.push(elementOf(parameters))
    if (separator === undefined) return elements
    parameters = new Map()
  }
}

/**
 * Reads an `x-forwarded-for`, `-proto` or `-host` field: its members in their order, the nearest proxy's last. Join
 * repeated fields before.
 */
export function parseForwardedList(value: string): string[] {
  return listMembers(value)
}

/**
 * Reads an address with an optional port, as `for`, `by` and `x-forwarded-for` hold it: `192.0.2.1`, `192.0.2.1:80`,
 * `[2001:db8::1]`, `[2001:db8::1]:80` or a bare `2001:db8::1`.
 *
 * @returns `null` for everything else: `unknown`, names that hide an address, and garbage.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-6
 */
export function parseForwardedNode(value: string): ForwardedNode | null {
  if (isIP(value) !== 0) return { host: value, port: null }
  const match = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}|_[\w.-]+))?$/i.exec(value)
  if (match === null) return null
  const [, ipv6, ipv4, portText] = match
  const host = ipv6 ?? ipv4!
  const port = portText === undefined || portText.startsWith('_') ? null : Number(portText)
  if (isIP(host) !== (ipv6 === undefined ? 4 : 6) || (port !== null && port > 65_535)) return null
  return { host, port }
}

/** Returns false for a parameter that was there already. */
function addPair(parameters: Map<string, string>, match: RegExpExecArray): boolean {
  const name = match[1]?.toLowerCase()
  if (name === undefined) return true
  if (parameters.has(name)) return false
  parameters.set(name, match[2] ?? match[3]!.replace(/\\(.)/gs, '$1'))
  return true
}

function elementOf(parameters: ReadonlyMap<string, string>): ForwardedElement {
  return {
    for: parameters.get('for') ?? null,
    by: parameters.get('by') ?? null,
    host: parameters.get('host') ?? null,
    proto: parameters.get('proto') ?? null,
  }
}
