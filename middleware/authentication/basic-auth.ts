import { AuthenticationError } from '../../lib/exceptions/authentication-error.ts'
import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { AuthenticationBackend, Identity, MaybeIdentity } from './backend.ts'
import { credentialsOf, realmParameter } from './credentials.ts'

export interface BasicAuthOptions {
  /**
   * Returns who has this name and password, or `null`. Compare secrets with `equalSecrets`, and take as long for a name that
   * does not exist as for a wrong password.
   */
  verify: (name: string, password: string, connection: ConnectionHead) => MaybeIdentity
  /** What the credentials are for, as browsers show it. Default `Restricted`. */
  realm?: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Takes a name and a password from the `authorization` field, in UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function basicAuth({ verify, realm = 'Restricted' }: BasicAuthOptions): AuthenticationBackend {
  const challenge = `Basic ${realmParameter(realm)}, charset="UTF-8"`
  const accepted = (identity: Identity | null): Identity => {
    if (identity !== null) return identity
    throw new AuthenticationError('The name or the password is wrong', { challenge })
  }
  return {
    challenge,
    authenticate(connection) {
      const credentials = credentialsOf(connection.headers, 'basic')
      if (credentials === null) return null
      const pair = decodePair(credentials)
      if (pair === null) throw new AuthenticationError('The credentials are malformed', { challenge })
      const found = verify(...pair, connection)
      return found instanceof Promise ? found.then(accepted) : accepted(found)
    },
  }
}

/** The name ends at the first colon: a password may have others. */
function decodePair(credentials: string): [name: string, password: string] | null {
  if (!base64Pattern.test(credentials)) return null
  try {
    const text = utf8.decode(Buffer.from(credentials, 'base64'))
    const colon = text.indexOf(':')
    return colon < 0 ? null : [text.slice(0, colon), text.slice(colon + 1)]
  } catch {
    return null
  }
}
