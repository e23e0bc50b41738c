import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import type { SecurityScopes } from '../dependencies/scopes.ts'
import { credentialsFor } from './authorization.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

export interface HTTPBearerOptions extends SecuritySchemeOptions {
  /** What the token looks like, for the document; for example `JWT`. */
  bearerFormat?: string
}

/**
 * A token in the `authorization` field. Nothing has looked into it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function httpBearer(options?: HTTPBearerOptions & RefusesWithout): SecurityScheme<string>
export function httpBearer(options: HTTPBearerOptions): SecurityScheme<string | null>
export function httpBearer(options: HTTPBearerOptions = {}): SecurityScheme<string | null> {
  const { bearerFormat, schemeName = 'httpBearer', description, autoError = true } = options
  return new SecurityScheme({
    schemeName,
    description: {
      type: 'http',
      scheme: 'bearer',
      ...(bearerFormat !== undefined && { bearerFormat }),
      ...(description !== undefined && { description }),
    },
    isOptional: !autoError,
    read: bearerToken,
    challenge: bearerChallenge,
  })
}

const token = /^[A-Za-z0-9\-._~+/]+=*$/

/** Returns the bearer token of a request; `null` when there is none that could be one. */
export function bearerToken(connection: Request | WebSocket): string | null {
  const credentials = credentialsFor('bearer', connection)?.credentials ?? ''
  return token.test(credentials) ? credentials : null
}

/** Asks for a token, with the scopes that it has to have. */
export function bearerChallenge(scopes: SecurityScopes): string {
  return scopes.names.length === 0 ? 'Bearer' : `Bearer scope="${scopes.text}"`
}
