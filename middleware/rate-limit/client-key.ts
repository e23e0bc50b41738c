import { isIPv6 } from 'node:net'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'

/**
 * Returns whom requests are counted for: the address, and of an IPv6 address its first 64 bits, since a single client has
 * all that begin with them. Clients without an address count as one.
 */
export function clientKey({ client }: HTTPScope | WebSocketScope): string {
  const host = client?.[0] ?? ''
  // The look at the whole address is for those that can be one.
  return host.includes(':') && isIPv6(host) ? networkOf(groupsOf(host)) : host
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head, tail] = address
    .replace(/%.*$/, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes) => hexPairs(bytes.slice(0, 4).map(Number)))
    .split('::')
  const start = numbersOf(head!)
  const end = numbersOf(tail ?? '')
  return [...start, ...Array.from({ length: 8 - start.length - end.length }, () => 0), ...end]
}

function numbersOf(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16))
}

function hexPairs([a, b, c, d]: readonly number[]): string {
  return `${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`
}

/** An IPv4 address that is written as one of IPv6 is that of a single client. */
function networkOf(groups: readonly number[]): string {
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.')
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}
