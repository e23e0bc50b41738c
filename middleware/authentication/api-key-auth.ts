import { AuthenticationError } from '../../lib/exceptions/authentication-error.ts'
import { canonicalName } from '../../lib/spec/field-syntax.ts'
import { show } from '../../lib/spec/violations.ts'
import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { AuthenticationBackend, Identity, MaybeIdentity } from './backend.ts'
import { realmParameter } from './credentials.ts'

export interface APIKeyAuthOptions {
  /** Where the key stands. Default `header`. A key in a query ends up in logs and histories. */
  in?: 'header' | 'query' | 'cookie'
  /** The name of the field, parameter or cookie. Default `x-api-key`. */
  name?: string
  /** Returns whose key it is, or `null` when it is nobody's. Compare secrets with `equalSecrets`. */
  verify: (key: string, connection: ConnectionHead) => MaybeIdentity
  /** What the key is for. Default `Restricted`. */
  realm?: string
}

type Reader = (connection: ConnectionHead, name: string) => string | null

const readers: Readonly<Record<'header' | 'query' | 'cookie', Reader>> = {
  header: ({ headers }, name) => headers.get(name),
  query: ({ queryParams }, name) => queryParams.get(name),
  cookie: ({ cookies }, name) => cookies.get(name) ?? null,
}

/**
 * Takes a key from a field, from the query or from a cookie. Answers vary by the field or by the cookies.
 *
 * @throws TypeError for another place, and for a name that no field can have.
 */
export function apiKeyAuth(options: APIKeyAuthOptions): AuthenticationBackend {
  const { in: place = 'header', name = 'x-api-key', verify, realm = 'Restricted' } = options
  if (!Object.hasOwn(readers, place) || name === '' || (place === 'header' && canonicalName(name) === null)) {
    throw new TypeError(
      `Cannot take keys from ${show(place)} ${show(name)}: expected "header", "query" or "cookie", and a name`,
    )
  }
  const read = readers[place]
  const varyBy = place === 'cookie' ? 'Cookie' : place === 'header' ? name : null
  return {
    ...(varyBy !== null && { varyBy }),
    challenge: `ApiKey ${realmParameter(realm)}`,
    authenticate(connection) {
      const key = read(connection, name)
      if (key === null || key === '') return null
      const found = verify(key, connection)
      return found instanceof Promise ? found.then(accepted) : accepted(found)
    },
  }
}

function accepted(identity: Identity | null): Identity {
  if (identity !== null) return identity
  throw new AuthenticationError('The key does not hold')
}
