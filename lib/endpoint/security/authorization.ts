import { HTTPException } from '../../exceptions/http-exception.ts'
import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { show } from '../../spec/violations.ts'

/** The credentials of an `authorization` field. @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2 */
export interface AuthorizationCredentials {
  /** As the client writes it. */
  readonly scheme: string
  /** What follows the scheme; empty when nothing does. */
  readonly credentials: string
}

const authorization = /^([!#$%&'*+\-.^_`|~\w]+)(?: +([^]*))?$/

/** Reads the `authorization` field; `null` when it is absent or malformed. */
export function authorizationOf(connection: Request | WebSocket): AuthorizationCredentials | null {
  const value = connection.headers.get('authorization')
  const match = value === null ? null : authorization.exec(value.trim())
  return match === null ? null : { scheme: match[1]!, credentials: match[2] ?? '' }
}

/** Returns what follows a scheme in the `authorization` field; `null` for another scheme. */
export function credentialsFor(scheme: string, connection: Request | WebSocket): AuthorizationCredentials | null {
  const found = authorizationOf(connection)
  return found !== null && found.scheme.toLowerCase() === scheme && found.credentials !== '' ? found : null
}

/**
 * The answer to a request without credentials, or with those that cannot be understood.
 *
 * @param challenge What the client should do, for the `www-authenticate` field.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
 */
export function unauthorized(challenge: string): HTTPException {
  return new HTTPException(401, { detail: 'Not authenticated', headers: { 'www-authenticate': challenge } })
}

/**
 * The answer to a client that is known and may not do what it asks for.
 *
 * @param scopes All that are needed, those that the client has among them: it asks for a token with just these.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function insufficientScope(scopes: readonly string[]): HTTPException {
  const challenge = `Bearer error="insufficient_scope"${scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`}`
  return new HTTPException(403, { detail: 'Not enough permissions', headers: { 'www-authenticate': challenge } })
}

/**
 * Returns the realm of a challenge when a field can hold it.
 *
 * @throws TypeError for one that cannot be sent.
 */
export function checkedRealm(realm: unknown): string {
  if (typeof realm === 'string' && sendable.test(realm)) return realm
  throw new TypeError(`Cannot ask for credentials with the realm ${show(realm)}: expected printable ASCII`)
}

const sendable = /^[\x20-\x7e]*$/

/** Writes a parameter of a challenge as a quoted string: RFC 9110 §5.6.4. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
