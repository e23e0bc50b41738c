import { randomBytes } from 'node:crypto'

interface Holder {
  readonly name: string
  readonly until: number
}

export const ticketSeconds = 60

/** Lets somebody in once, within a minute: what stands in a URL stands in logs too, where a ticket is worth nothing any more. */
export class Tickets {
  readonly #now: () => number
  /** In the order in which they expire. */
  readonly #holders = new Map<string, Holder>()

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  issue(name: string): string {
    this.#forgetExpired()
    const ticket = randomBytes(32).toString('base64url')
    this.#holders.set(ticket, { name, until: this.#now() + ticketSeconds * 1000 })
    return ticket
  }

  /** Returns who holds a ticket, which nobody does from then on; `null` for one that does not hold. */
  redeem(ticket: string): string | null {
    this.#forgetExpired()
    const holder = this.#holders.get(ticket)
    this.#holders.delete(ticket)
    return holder?.name ?? null
  }

  #forgetExpired(): void {
    const now = this.#now()
    for (const [ticket, { until }] of this.#holders) {
      if (until > now) return
      this.#holders.delete(ticket)
    }
  }
}
