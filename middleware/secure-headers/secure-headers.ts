import { named } from '../../lib/endpoint/named.ts'
import { startWith, withDefaultFields } from '../../lib/http/message-fields.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { policyParts } from './content-security-policy.ts'
import type { ContentSecurityPolicy } from './content-security-policy.ts'
import { checkedWord, permissionsValue, transportSecurityValue } from './header-values.ts'
import type { PermissionsPolicy, StrictTransportSecurity } from './header-values.ts'
import { makeNonce, nonceOf } from './nonce.ts'

/** Which fields tell browsers to be careful. `false` leaves one out. */
export interface SecureHeadersOptions {
  /** What a page may load. Default: what is of its own origin, images from `data:` URLs, no plugins. */
  contentSecurityPolicy?: ContentSecurityPolicy | false
  /** A policy whose breaches are reported only. Default false. */
  contentSecurityPolicyReportOnly?: ContentSecurityPolicy | false
  /** Sent over TLS only. Default: for a year, without subdomains. */
  strictTransportSecurity?: StrictTransportSecurity | false
  /** Default `same-origin`. */
  crossOriginOpenerPolicy?: 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups' | 'unsafe-none' | false
  /** `require-corp` or `credentialless` isolates a page, together with `crossOriginOpenerPolicy`. Default false. */
  crossOriginEmbedderPolicy?: 'require-corp' | 'credentialless' | 'unsafe-none' | false
  /** Who may embed the answers without CORS. Default `same-origin`. */
  crossOriginResourcePolicy?: 'same-origin' | 'same-site' | 'cross-origin' | false
  /** Default `strict-origin-when-cross-origin`. With `no-referrer`, browsers send `origin: null` with forms. */
  referrerPolicy?: ReferrerPolicy | false
  /** Which features of the browser a page may use. Default false. */
  permissionsPolicy?: PermissionsPolicy | false
  /** `nosniff`: browsers take the content type at its word. Default true. */
  xContentTypeOptions?: boolean
  /** For browsers that do not know `frame-ancestors`. Default `SAMEORIGIN`. */
  xFrameOptions?: 'SAMEORIGIN' | 'DENY' | false
  /** Makes the nonces. They must not be guessed. Default: 128 random bits in base64. */
  makeNonce?: () => string
}

/** How much of its URL a page tells to where it leads. */
export type ReferrerPolicy =
  | 'no-referrer'
  | 'no-referrer-when-downgrade'
  | 'origin'
  | 'origin-when-cross-origin'
  | 'same-origin'
  | 'strict-origin'
  | 'strict-origin-when-cross-origin'
  | 'unsafe-url'

const defaultPolicy: ContentSecurityPolicy = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
}

const referrerPolicies: readonly ReferrerPolicy[] = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
]

/**
 * Adds fields that tell browsers to be careful to every answer, errors included. A field that the answer has already stays
 * as it is, so that an endpoint, or the middleware of a route, can have a policy of its own.
 *
 * @throws TypeError for values that browsers would not take as they are meant.
 * @see https://www.w3.org/TR/CSP3/
 */
export function secureHeaders(options: SecureHeadersOptions = {}): Middleware {
  const { strictTransportSecurity: transport = {}, makeNonce: make = makeNonce } = options
  const policies = policiesOf(options)
  const places = policies.flatMap(({ parts }, index) => (parts.length > 1 ? [{ index: 2 * index + 1, parts }] : []))
  const plain = [...policies.flatMap(({ name, parts }) => [name, parts[0]!]), ...plainFields(options)]
  const secure =
    transport === false ? plain : [...plain, 'strict-transport-security', transportSecurityValue(transport)]

  return named('secureHeaders', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    const fixed = scope.scheme === 'https' ? secure : plain
    const added = places.length === 0 ? fixed : withNonce(fixed, places, nonceOf(scope, make))
    return app(scope, receive, (message) =>
      message.type === 'http.response.start'
        ? send(startWith(message, withDefaultFields(message.headers, added)))
        : send(message),
    )
  })
}

/** Where the value of a policy stands in the list of fields, and what the nonce goes between. */
interface NoncePlace {
  readonly index: number
  readonly parts: readonly string[]
}

function withNonce(fields: readonly string[], places: readonly NoncePlace[], nonce: string): readonly string[] {
  const filled = fields.slice()
  for (const { index, parts } of places) filled[index] = parts.join(`'nonce-${nonce}'`)
  return filled
}

interface WrittenPolicy {
  readonly name: string
  readonly parts: readonly string[]
}

function policiesOf(options: SecureHeadersOptions): WrittenPolicy[] {
  const { contentSecurityPolicy: enforced = defaultPolicy, contentSecurityPolicyReportOnly: reported = false } = options
  const policies: WrittenPolicy[] = []
  if (enforced !== false) policies.push({ name: 'content-security-policy', parts: policyParts(enforced) })
  if (reported !== false) {
    policies.push({ name: 'content-security-policy-report-only', parts: policyParts(reported) })
  }
  return policies
}

/** The fields that are the same for every request. */
function plainFields(options: SecureHeadersOptions): string[] {
  const fields: string[] = []
  const add = (name: string, value: unknown, words: readonly string[]): void => {
    if (value !== false) fields.push(name, checkedWord(name, value, words))
  }
  add('cross-origin-opener-policy', options.crossOriginOpenerPolicy ?? 'same-origin', [
    'same-origin',
    'same-origin-allow-popups',
    'noopener-allow-popups',
    'unsafe-none',
  ])
  add('cross-origin-embedder-policy', options.crossOriginEmbedderPolicy ?? false, [
    'require-corp',
    'credentialless',
    'unsafe-none',
  ])
  add('cross-origin-resource-policy', options.crossOriginResourcePolicy ?? 'same-origin', [
    'same-origin',
    'same-site',
    'cross-origin',
  ])
  add('referrer-policy', options.referrerPolicy ?? 'strict-origin-when-cross-origin', referrerPolicies)
  add('x-content-type-options', (options.xContentTypeOptions ?? true) && 'nosniff', ['nosniff'])
  add('x-frame-options', options.xFrameOptions ?? 'SAMEORIGIN', ['SAMEORIGIN', 'DENY'])
  const { permissionsPolicy = false } = options
  if (permissionsPolicy !== false) fields.push('permissions-policy', permissionsValue(permissionsPolicy))
  return fields
}
