import { randomBytes } from 'node:crypto'
import { credentialsFor, quoted } from './authorization.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { SecuritySchemeOptions } from './security-scheme.ts'

/** What a client sends for HTTP Digest: the parameters by their names in lower case, unquoted. */
export type DigestCredentials = ReadonlyMap<string, string>

export interface HTTPDigestOptions extends SecuritySchemeOptions {
  /** What the credentials are for. Default: `api`. */
  realm?: string
  /** Makes the nonce of a challenge. Default: 128 random bits; whoever checks answers has to know them again. */
  nonce?: () => string
}

/** {@link HTTPDigestOptions} of a scheme that lets requests without credentials through. */
export interface OptionalHTTPDigestOptions extends HTTPDigestOptions {
  autoError: false
}

/**
 * The parameters of HTTP Digest. They are taken apart and not verified: that takes the password, or its hash.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7616
 */
export function httpDigest(options: OptionalHTTPDigestOptions): SecurityScheme<DigestCredentials | null>
export function httpDigest(options?: HTTPDigestOptions): SecurityScheme<DigestCredentials>
export function httpDigest(options: HTTPDigestOptions = {}): SecurityScheme<DigestCredentials | null> {
  const { realm = 'api', nonce = randomNonce, schemeName = 'httpDigest', description, autoError = true } = options
  return new SecurityScheme({
    schemeName,
    description: { type: 'http', scheme: 'digest', ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: (connection) => parseParameters(credentialsFor('digest', connection)?.credentials ?? ''),
    challenge: () =>
      `Digest realm=${quoted(realm)}, nonce=${quoted(nonce())}, qop="auth", algorithm=SHA-256, charset=UTF-8`,
  })
}

const parameter = /[ \t]*([!#$%&'*+\-.^_`|~\w]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~\w]+))[ \t]*(?:,|$)/y
const needed = ['username', 'realm', 'nonce', 'uri', 'response']

/** Reads a list of parameters; `null` when it is malformed, repeats a name, or lacks one that every answer has. */
function parseParameters(text: string): DigestCredentials | null {
  const parameters = new Map<string, string>()
  for (let index = 0; index < text.length; index = parameter.lastIndex) {
    parameter.lastIndex = index
    const match = parameter.exec(text)
    const name = match?.[1]?.toLowerCase()
    if (match === null || name === undefined || parameters.has(name)) return null
    parameters.set(name, match[3] ?? match[2]!.replace(/\\(.)/gs, '$1'))
  }
  return needed.every((name) => parameters.has(name)) ? parameters : null
}

function randomNonce(): string {
  return randomBytes(16).toString('base64url')
}
