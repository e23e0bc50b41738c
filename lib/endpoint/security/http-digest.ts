import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { checkedRealm, credentialsFor, quoted } from './authorization.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

/**
 * What a client sends for HTTP Digest: the parameters by their names in lower case, unquoted. `username` is text, in whichever form
 * it was sent.
 */
export type DigestCredentials = ReadonlyMap<string, string>

export interface HTTPDigestOptions extends SecuritySchemeOptions {
  /** What the credentials are for. Default: `api`. */
  realm?: string
  /** Makes the nonce of a challenge. Default: 128 random bits; whoever checks answers has to know them again. */
  nonce?: () => string
}

/**
 * The parameters of HTTP Digest. They are taken apart and not verified: that takes the password, or its hash.
 *
 * @throws TypeError for a realm that is not printable ASCII.
 * @see https://www.rfc-editor.org/rfc/rfc7616
 */
export function httpDigest(options?: HTTPDigestOptions & RefusesWithout): SecurityScheme<DigestCredentials>
export function httpDigest(options: HTTPDigestOptions): SecurityScheme<DigestCredentials | null>
export function httpDigest(options: HTTPDigestOptions = {}): SecurityScheme<DigestCredentials | null> {
  const { realm = 'api', nonce = randomNonce, schemeName = 'httpDigest', description, autoError = true } = options
  const quotedRealm = quoted(checkedRealm(realm))
  return new SecurityScheme({
    schemeName,
    description: { type: 'http', scheme: 'digest', ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: (connection) => parseParameters(credentialsFor('digest', connection)?.credentials ?? ''),
    challenge: () =>
      `Digest realm=${quotedRealm}, nonce=${quoted(nonce())}, qop="auth", algorithm=SHA-256, charset=UTF-8`,
  })
}

/** An element of the list, which may be empty: RFC 9110 §5.6.1.2. There may be white space around the sign: §11.2. */
const element =
  /[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~\w]+))[ \t]*)?(?:,|$)/y
const needed = ['username', 'realm', 'nonce', 'uri', 'response']

/** Reads the parameters; `null` when they are malformed, repeat a name, or lack what every answer has. */
function parseParameters(text: string): DigestCredentials | null {
  const parameters = new Map<string, string>()
  element.lastIndex = 0
  while (element.lastIndex < text.length) {
    const match = element.exec(text)
    if (match === null) return null
    const name = match[1]?.toLowerCase()
    if (name === undefined) continue
    const value = match[3] ?? match[2]!.replace(/\\(.)/gs, '$1')
    if (parameters.has(name)) return null
    parameters.set(name, value)
  }
  return withUserName(parameters) && isComplete(parameters) ? parameters : null
}

/**
 * Brings the name of the user into its form: it was sent as the bytes of UTF-8, or as the parameter `username*`. False when it
 * cannot be read, or is there twice.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7616#section-3.4
 */
function withUserName(parameters: Map<string, string>): boolean {
  const plain = parameters.get('username')
  const extended = parameters.get('username*')
  if ((plain === undefined) === (extended === undefined)) return false
  const name = plain === undefined ? ofExtended(extended!) : ofBytes(plain)
  if (name === null) return false
  parameters.set('username', name)
  parameters.delete('username*')
  return true
}

/** A field is handed over with a character for each byte. */
function ofBytes(text: string): string | null {
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : null
}

/** @see https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function ofExtended(text: string): string | null {
  const match = /^utf-8'[\w-]*'((?:[!#$&+\-.^_`|~\w]|%[\da-f]{2})+)$/i.exec(text)
  try {
    return match === null ? null : decodeURIComponent(match[1]!)
  } catch {
    return null
  }
}

/** With a quality of protection there is a nonce of the client and a count: RFC 7616 §3.4. */
function isComplete(parameters: DigestCredentials): boolean {
  if (!needed.every((name) => parameters.has(name))) return false
  return !parameters.has('qop') || (parameters.has('cnonce') && /^[\da-f]{8}$/i.test(parameters.get('nc') ?? ''))
}

function randomNonce(): string {
  return randomBytes(16).toString('base64url')
}
