import { AuthenticationError } from '../../lib/exceptions/authentication-error.ts'
import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { AuthenticationBackend, Identity, MaybeIdentity } from './backend.ts'
import { credentialsOf, realmParameter } from './credentials.ts'

export interface BearerAuthOptions {
  /** Returns whose token it is, or `null` when it does not hold. */
  verify: (token: string, connection: ConnectionHead) => MaybeIdentity
  /** What the token is for. Default `Restricted`. */
  realm?: string
}

const tokenPattern = /^[\w\-.~+/]+=*$/

/**
 * Takes a token from the `authorization` field. Other schemes are left to other backends.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
export function bearerAuth({ verify, realm = 'Restricted' }: BearerAuthOptions): AuthenticationBackend {
  const challenge = `Bearer ${realmParameter(realm)}`
  const invalid = `${challenge}, error="invalid_token"`
  const accepted = (identity: Identity | null): Identity => {
    if (identity !== null) return identity
    throw new AuthenticationError('The token does not hold', { challenge: invalid })
  }
  const refused = (error: unknown): never => {
    if (!(error instanceof AuthenticationError) || error.challenge !== null) throw error
    throw new AuthenticationError(error.message, { challenge: invalid, cause: error.cause })
  }
  return {
    challenge,
    authenticate(connection) {
      const token = credentialsOf(connection.headers, 'bearer')
      if (token === null) return null
      if (!tokenPattern.test(token)) throw new AuthenticationError('The token is malformed', { challenge: invalid })
      const found = verify(token, connection)
      return found instanceof Promise ? found.then(accepted, refused) : accepted(found)
    },
  }
}
