import { isIPv6 } from 'node:net'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'

/**
 * Returns whom requests are counted for: the address, and of an IPv6 address its first 64 bits, since a single client has
 * all that begin with them. Clients without an address count as one.
 */
export function clientKey({ client }: HTTPScope | WebSocketScope): string {
  const host = client?.[0] ?? ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)
  if (mapped !== null) return mapped[1]!
  return isIPv6(host) ? networkOf(host) : host
}

function networkOf(address: string): string {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const start = head === '' ? [] : head.split(':')
  const end = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(8 - start.length - end.length, 0)
  const groups = [...start, ...Array.from({ length: zeros }, () => '0'), ...end]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
