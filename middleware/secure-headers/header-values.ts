import { isFieldValue } from '../../lib/spec/field-syntax.ts'
import { show } from '../../lib/spec/violations.ts'

/** For how long browsers come over TLS only. */
export interface StrictTransportSecurity {
  /** In seconds. Default: a year. */
  maxAgeSeconds?: number
  /** Whether this holds for subdomains, too. Default false. */
  includeSubDomains?: boolean
  /** Whether browsers may ship with it: see hstspreload.org. It needs a year and the subdomains. Default false. */
  preload?: boolean
}

/** Features with the origins that may use them: `[]` for none, `['self']`, `['self', 'https://example.org']`, `['*']`. */
export type PermissionsPolicy = Readonly<Record<string, readonly string[]>>

const yearSeconds = 31_536_000

/** @see https://www.rfc-editor.org/rfc/rfc6797#section-6.1 */
export function transportSecurityValue(options: StrictTransportSecurity): string {
  const { maxAgeSeconds = yearSeconds, includeSubDomains = false, preload = false } = options
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 0) {
    throw refusal('strict-transport-security', `maxAgeSeconds is ${show(maxAgeSeconds)}, expected whole seconds`)
  }
  if (preload && (maxAgeSeconds < yearSeconds || !includeSubDomains)) {
    throw refusal('strict-transport-security', 'preload needs maxAgeSeconds of a year and includeSubDomains')
  }
  return `max-age=${maxAgeSeconds}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`
}

/** @see https://www.w3.org/TR/permissions-policy/#permissions-policy-http-header-field */
export function permissionsValue(policy: PermissionsPolicy): string {
  const features = Object.entries(policy)
  if (features.length === 0) throw refusal('permissions-policy', 'it has no feature')
  return features
    .map(([feature, origins]) => {
      if (!/^[a-z-]+$/.test(feature)) throw refusal('permissions-policy', `${show(feature)} is no feature`)
      if (!Array.isArray(origins)) {
        throw refusal('permissions-policy', `${feature} is ${show(origins)}, expected an array of origins`)
      }
      return `${feature}=${allowlist(origins)}`
    })
    .join(', ')
}

function allowlist(origins: readonly string[]): string {
  if (origins.length === 1 && origins[0] === '*') return '*'
  return `(${origins.map(allowed).join(' ')})`
}

function allowed(origin: string): string {
  if (origin === 'self' || origin === 'src') return origin
  if (URL.canParse(origin) && !/["\\\s]/.test(origin) && isFieldValue(origin)) return `"${origin}"`
  throw refusal('permissions-policy', `${show(origin)} is no origin, expected "self", "*" or "https://example.org"`)
}

/** Returns one of a few words. */
export function checkedWord(field: string, value: unknown, words: readonly string[]): string {
  if (words.includes(value as string)) return value as string
  throw refusal(field, `it is ${show(value)}, expected ${words.join(', ')} or false`)
}

function refusal(field: string, why: string): TypeError {
  return new TypeError(`Cannot set the header "${field}": ${why}`)
}
