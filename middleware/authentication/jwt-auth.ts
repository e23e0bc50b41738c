import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'
import { AuthenticationError } from '../../lib/exceptions/authentication-error.ts'
import { optionalPackage } from '../../lib/exceptions/optional-package.ts'
import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import { show } from '../../lib/spec/violations.ts'
import type { AuthenticationBackend, Identity, MaybeIdentity } from './backend.ts'
import { bearerAuth } from './bearer-auth.ts'

/** The claims of a token whose signature holds. */
export type Claims = Readonly<Record<string, unknown>>

/** A set of public keys, as an issuer publishes it. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

/** What a token must be. Give one of `secret`, `publicKey` and `jwks`. */
export interface JWTAuthOptions {
  /** What may sign, for example `['RS256']`. A token cannot choose another one. */
  algorithms: readonly string[]
  /** Whom the token must be for: the claim `aud`. `null` takes tokens that are for others, too. */
  audience: string | readonly string[] | null
  /** Who must have made the token: the claim `iss`. Default: anybody who has the key. */
  issuer?: string | readonly string[]
  /** For HS256, HS384 and HS512: at least 32 bytes. */
  secret?: string
  /** For all other algorithms: a key, or its PEM. */
  publicKey?: KeyObject | string
  /** For all other algorithms: the URL of a key set, which is fetched when a key is not known, or the set itself. */
  jwks?: URL | KeySet
  /** How long a fetched key set holds: so long a key that its issuer has withdrawn is still taken. Default 600,000. */
  jwksMaxAgeMs?: number
  /** How long a key set is not fetched again for a key that it does not have. Default 30,000. */
  jwksCooldownMs?: number
  /** How far clocks may be apart, in seconds. Default 0. */
  clockToleranceSeconds?: number
  /** Claims that must be there. Default `['exp']`. */
  requiredClaims?: readonly string[]
  /** Returns whose claims these are, or `null`. Default: the claims are the user, `scope` or `scp` the scopes. */
  identify?: (claims: Claims, connection: ConnectionHead) => MaybeIdentity
  /** What the token is for. Default `Restricted`. */
  realm?: string
  /** Tells the time, in milliseconds. Default `Date.now`. */
  now?: () => number
}

/** The part of the package that is used. */
interface JoseModule {
  jwtVerify(token: string, key: unknown, options: object): Promise<{ readonly payload: Claims }>
  createRemoteJWKSet(url: URL, options: object): unknown
  createLocalJWKSet(set: KeySet): unknown
}

const require = createRequire(import.meta.url)
const symmetric: ReadonlySet<string> = new Set(['HS256', 'HS384', 'HS512'])
const asymmetric: ReadonlySet<string> = new Set(
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' '),
)
const minSecretBytes = 32
/** What tells that a token does not hold; other errors are those of the key set or of the network. */
const tokenErrors =
  /^ERR_(?:JWT_|JWS_|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED)/

/**
 * Takes a JSON Web Token from the `authorization` field, by the package `jose`.
 *
 * @throws {@link MissingPackage} when jose is not installed. TypeError for a set-up that would let forged tokens through.
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */
export function jwtAuth(options: JWTAuthOptions): AuthenticationBackend {
  checkSetUp(options)
  optionalPackage('verify tokens with jose', 'jose', () => require.resolve('jose'))
  const identify = options.identify ?? identityOf
  const verified = verifier(options)
  return bearerAuth({
    ...(options.realm !== undefined && { realm: options.realm }),
    verify: async (token, connection) => identify(await verified(token), connection),
  })
}

function verifier(options: JWTAuthOptions): (token: string) => Promise<Claims> {
  const { algorithms, audience, issuer, clockToleranceSeconds = 0, requiredClaims = ['exp'], now = Date.now } = options
  const expected = {
    algorithms,
    clockTolerance: clockToleranceSeconds,
    requiredClaims,
    ...(audience !== null && { audience }),
    ...(issuer !== undefined && { issuer }),
  }
  let loading: Promise<{ readonly jose: JoseModule; readonly key: unknown }> | null = null
  const load = async (): Promise<{ readonly jose: JoseModule; readonly key: unknown }> => {
    /* c8 ignore next -- what runs TypeScript in the tests puts code with a branch of its own around an import */
    const jose = (await import('jose')) as unknown as JoseModule
    return { jose, key: keyOf(options, jose) }
  }
  return async (token) => {
    const { jose, key } = await (loading ??= load())
    try {
      return (await jose.jwtVerify(token, key, { ...expected, currentDate: new Date(now()) })).payload
    } catch (cause) {
      if (!tokenErrors.test(String((cause as { code?: unknown }).code))) throw cause
      throw new AuthenticationError('The token does not hold', { cause })
    }
  }
}

function keyOf(options: JWTAuthOptions, jose: JoseModule): unknown {
  const { secret, publicKey, jwks, jwksMaxAgeMs = 600_000, jwksCooldownMs = 30_000 } = options
  if (secret !== undefined) return new TextEncoder().encode(secret)
  if (jwks instanceof URL) {
    return jose.createRemoteJWKSet(jwks, { cacheMaxAge: jwksMaxAgeMs, cooldownDuration: jwksCooldownMs })
  }
  if (jwks !== undefined) return jose.createLocalJWKSet(jwks)
  return typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey
}

function checkSetUp(options: JWTAuthOptions): void {
  const { algorithms, audience, secret, publicKey, jwks } = options
  if ([secret, publicKey, jwks].filter((key) => key !== undefined).length !== 1) {
    throw refusal('expected one of "secret", "publicKey" and "jwks"')
  }
  if (!Array.isArray(algorithms) || algorithms.length === 0) {
    throw refusal('there are no algorithms, expected those that may sign, for example ["RS256"]')
  }
  const known = secret === undefined ? asymmetric : symmetric
  const wrong = algorithms.find((name) => !known.has(name))
  if (wrong !== undefined) {
    const key = secret === undefined ? 'a public key' : 'a secret'
    throw refusal(`the algorithm is ${show(wrong)}, expected for ${key} some of ${[...known].join(', ')}`)
  }
  if (audience === undefined) {
    throw refusal('there is no audience, expected whom tokens are for, or null for tokens that are for anybody')
  }
  if (secret !== undefined && Buffer.byteLength(secret) < minSecretBytes) {
    throw refusal(`the secret has ${Buffer.byteLength(secret)} bytes, expected ${minSecretBytes} or more`)
  }
  if (jwks instanceof URL && !isSafe(jwks)) {
    throw refusal(`the key set is at ${show(jwks.href)}, expected "https:", or a host of this machine`)
  }
  for (const name of ['jwksMaxAgeMs', 'jwksCooldownMs'] as const) {
    const value = options[name]
    if (value === undefined || (typeof value === 'number' && value >= 0)) continue
    throw refusal(`${name} is ${show(value)}, expected milliseconds from 0`)
  }
}

/** Keys that come over a plain connection may be anybody's. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}

function refusal(why: string): TypeError {
  return new TypeError(`Cannot take JSON Web Tokens: ${why}`)
}

function identityOf(claims: Claims): Identity {
  const scopes = claims['scope'] ?? claims['scp'] ?? []
  const listed: readonly unknown[] =
    typeof scopes === 'string' ? scopes.split(' ') : Array.isArray(scopes) ? scopes : []
  return { user: claims, scopes: listed.filter((scope) => typeof scope === 'string' && scope !== '') as string[] }
}
