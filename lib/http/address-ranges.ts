import { isIP } from 'node:net'
import { show } from '../spec/violations.ts'

/** Addresses that share their first bits. */
interface AddressRange {
  readonly bits: bigint
  /** How many bits at the end are left free. */
  readonly free: bigint
}

const rememberedLimit = 1024

/**
 * A set of IP addresses and ranges. Addresses are compared as numbers, an IPv4 address and its IPv6-mapped form as the same
 * one, so that no way of writing an address gets around a rule.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4632#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
 */
export class AddressRanges {
  readonly #ranges: readonly AddressRange[]
  /** Answers by address: proxies are few and come again. */
  readonly #remembered: Map<string, boolean> = new Map()

  /**
   * @param ranges Such as `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
   * @throws TypeError for anything else, and for a range with bits set behind its prefix.
   */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseRange)
  }

  /** Tells whether an address is in the set. What is no address is not. */
  has(address: string): boolean {
    const known = this.#remembered.get(address)
    if (known !== undefined) return known
    const isIn = this.#covers(address)
    if (this.#remembered.size >= rememberedLimit) this.#remembered.clear()
    this.#remembered.set(address, isIn)
    return isIn
  }

  #covers(address: string): boolean {
    const bits = parseAddress(address)
    return bits !== null && this.#ranges.some((range) => bits >> range.free === range.bits >> range.free)
  }
}

function parseRange(text: string): AddressRange {
  const slash = typeof text === 'string' ? text.indexOf('/') : -1
  const address = slash < 0 ? text : text.slice(0, slash)
  const bits = typeof text === 'string' ? parseAddress(address) : null
  if (bits === null || address.includes('%')) throw refusal(text, 'expected one such as "192.0.2.1" or "10.0.0.0/8"')
  if (slash < 0) return { bits, free: 0n }
  const width = isIP(address) === 4 ? 32 : 128
  const length = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Infinity
  if (length > width) throw refusal(text, `the prefix must be a number from 0 to ${width}`)
  const free = BigInt(width - length)
  if ((bits >> free) << free !== bits) throw refusal(text, `it has bits set behind its first ${length}`)
  return { bits, free }
}

/** The 128 bits of an address, an IPv4 address mapped into IPv6; `null` for what is no address. */
function parseAddress(text: string): bigint | null {
  switch (isIP(text)) {
    case 4:
      return mappedPrefix | ipv4Bits(text)
    case 6:
      return ipv6Bits(text.split('%', 1)[0]!)
    default:
      return null
  }
}

const mappedPrefix = 0xffff_0000_0000n

function ipv4Bits(text: string): bigint {
  return text.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n)
}

function ipv6Bits(text: string): bigint {
  const [before, after] = text.split('::', 2).map(groupsOf)
  const zeros = after === undefined ? [] : Array<bigint>(8 - before!.length - after.length).fill(0n)
  return [...before!, ...zeros, ...(after ?? [])].reduce((bits, group) => (bits << 16n) | group, 0n)
}

function groupsOf(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const bits = ipv4Bits(group)
    return [bits >> 16n, bits & 0xffffn]
  })
}

function refusal(text: unknown, why: string): TypeError {
  return new TypeError(`Cannot use ${show(text)} as an address or range: ${why}`)
}
