import { isUtf8 } from 'node:buffer'
import { checkedRealm, credentialsFor, quoted } from './authorization.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

/** What a user has typed in. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

export interface HTTPBasicOptions extends SecuritySchemeOptions {
  /** What the credentials are for; browsers show it. Default: `api`. */
  realm?: string
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/
// oxlint-disable-next-line no-control-regex -- RFC 7617 §2 forbids control characters
const controls = /[\x00-\x1f\x7f]/

/**
 * User name and password of HTTP Basic, in UTF-8. Credentials that cannot be read are treated as absent.
 *
 * @throws TypeError for a realm that is not printable ASCII.
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function httpBasic(options?: HTTPBasicOptions & RefusesWithout): SecurityScheme<BasicCredentials>
export function httpBasic(options: HTTPBasicOptions): SecurityScheme<BasicCredentials | null>
export function httpBasic(options: HTTPBasicOptions = {}): SecurityScheme<BasicCredentials | null> {
  const { realm = 'api', schemeName = 'httpBasic', description, autoError = true } = options
  const quotedRealm = quoted(checkedRealm(realm))
  return new SecurityScheme({
    schemeName,
    description: { type: 'http', scheme: 'basic', ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: (connection) => decode(credentialsFor('basic', connection)?.credentials ?? ''),
    challenge: () => `Basic realm=${quotedRealm}, charset="UTF-8"`,
  })
}

function decode(credentials: string): BasicCredentials | null {
  if (!base64.test(credentials)) return null
  const bytes = Buffer.from(credentials, 'base64')
  const text = isUtf8(bytes) ? bytes.toString() : ''
  const colon = text.indexOf(':')
  if (colon < 0 || controls.test(text)) return null
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
