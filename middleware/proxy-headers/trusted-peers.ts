import { AddressRanges } from '../../lib/http/address-ranges.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'

/** Who may say where a request comes from. */
export class TrustedPeers {
  readonly #all: boolean
  readonly #unix: boolean
  readonly #ranges: AddressRanges

  /**
   * @param list Addresses, ranges such as `10.0.0.0/8`, `unix` for peers on a Unix socket, `*` for everybody.
   * @throws TypeError for anything else.
   */
  constructor(list: readonly string[]) {
    if (!Array.isArray(list) || list.length === 0) {
      throw new TypeError(`Cannot trust the proxies ${show(list)}: expected a list such as ["127.0.0.1", "10.0.0.0/8"]`)
    }
    this.#all = list.includes('*')
    this.#unix = list.includes('unix')
    this.#ranges = new AddressRanges(list.filter((item) => item !== '*' && item !== 'unix'))
  }

  /** Tells whether a connection comes from a trusted proxy. */
  sent({ client, server }: HTTPScope | WebSocketScope): boolean {
    if (this.#all) return true
    if (client) return this.#ranges.has(client[0])
    return this.#unix && server?.[1] === null
  }

  /** Tells whether an address is that of a trusted proxy. */
  has(address: string): boolean {
    return this.#all || this.#ranges.has(address)
  }
}
