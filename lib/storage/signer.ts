import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { show } from '../spec/violations.ts'

/** How a {@link Signer} differs from others with the same keys. */
export interface SignerOptions {
  /** What the signatures are for: those for another purpose do not hold. Default `''`. */
  purpose?: string
  /** Tells the time, in milliseconds. Default `Date.now`. */
  now?: () => number
}

/** How old a signature may be. */
export interface UnsignOptions {
  /** In milliseconds. Default: any age. */
  maxAgeMs?: number
}

/** What was signed, and when. */
export interface Unsigned {
  readonly value: string
  readonly signedAtMs: number
}

const minKeyBytes = 32
/** How far the clock of the machine that signed may be ahead. */
const clockSkewMs = 60_000
const signedPattern = /^(.*)\.([0-9a-z]{1,10})\.([\w-]{43})$/s

/**
 * Signs texts, so that what comes back from a client is known to be unchanged. It does not encrypt: the client can read
 * what it is given.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
export class Signer {
  readonly #keys: readonly KeyObject[]
  readonly #now: () => number

  /**
   * @param keys One or more secrets. The first one signs, all of them verify: to change keys put the new one first, and drop
   *   the old one when nothing signed with it is wanted any more.
   * @throws TypeError for no key, and for one of less than 32 bytes.
   */
  constructor(keys: string | readonly string[], { purpose = '', now = Date.now }: SignerOptions = {}) {
    const secrets = typeof keys === 'string' ? [keys] : [...keys]
    if (secrets.length === 0) throw new TypeError('Cannot make a signer: there are no keys, expected at least one')
    this.#keys = secrets.map((secret) => derivedKey(secret, purpose))
    this.#now = now
  }

  /** Returns the value with the time and a signature. */
  sign(value: string): string {
    const signed = `${value}.${Math.floor(this.#now() / 1000).toString(36)}`
    return `${signed}.${macOf(this.#keys[0]!, signed)}`
  }

  /** Returns what was signed, or `null` when the signature does not hold or is too old. */
  unsign(text: string, { maxAgeMs = Infinity }: UnsignOptions = {}): Unsigned | null {
    const [, value, seconds, mac] = signedPattern.exec(text) ?? []
    if (value === undefined || !this.#holds(`${value}.${seconds}`, mac!)) return null
    const signedAtMs = Number.parseInt(seconds!, 36) * 1000
    const ageMs = this.#now() - signedAtMs
    return ageMs <= maxAgeMs && ageMs >= -clockSkewMs ? { value, signedAtMs } : null
  }

  /** Compares with the signature of every key, so that the time does not tell which one it was. */
  #holds(signed: string, mac: string): boolean {
    const given = Buffer.from(mac)
    let holds = false
    for (const key of this.#keys) {
      if (timingSafeEqual(Buffer.from(macOf(key, signed)), given)) holds = true
    }
    return holds
  }
}

function derivedKey(secret: string, purpose: string): KeyObject {
  if (typeof secret !== 'string' || Buffer.byteLength(secret) < minKeyBytes) {
    const found = typeof secret === 'string' ? `has ${Buffer.byteLength(secret)} bytes` : `is ${show(secret)}`
    throw new TypeError(
      `Cannot make a signer: a key ${found}, expected a secret of ${minKeyBytes} bytes or more, for example from "openssl rand -base64 32"`,
    )
  }
  return createSecretKey(createHmac('sha256', secret).update(`stelline signer\0${purpose}`).digest())
}

function macOf(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
