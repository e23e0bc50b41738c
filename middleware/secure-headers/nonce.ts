import { randomFillSync } from 'node:crypto'
import { show } from '../../lib/spec/violations.ts'

/** A scope on which the nonce of its request lies. */
export interface NonceScope {
  /** Makes the nonce on first use; `null` where no policy has one. */
  csp_nonce?: string | null
}

const nonceBytes = 16
const pool = Buffer.alloc(nonceBytes * 128)
let used = pool.length

/** Makes a nonce of 128 random bits: CSP3 §7.1. The system is asked for many at once. */
export function makeNonce(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return pool.toString('base64', used, (used += nonceBytes))
}

/** Returns the nonce of a request, made anew when there is none yet. */
export function nonceOf(scope: object & NonceScope, make: () => string): string {
  return (scope.csp_nonce ??= make())
}

/**
 * Returns the nonce of a request, for the `nonce` attribute of scripts and styles.
 *
 * @throws TypeError when no `secureHeaders` with a `'nonce'` in its policy is around.
 * @see https://www.w3.org/TR/CSP3/#security-nonces
 */
export function cspNonce(request: { readonly scope: object }): string {
  const { csp_nonce: nonce }: NonceScope = request.scope
  if (typeof nonce === 'string') return nonce
  throw new TypeError(
    `Cannot give the nonce of a request: it is ${show(nonce)}, expected secureHeaders with the source "'nonce'" around`,
  )
}
