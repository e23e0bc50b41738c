import { isFieldValue } from '../../spec/field-syntax.ts'
import { show } from '../../spec/violations.ts'
import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { quoted } from './authorization.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

/** Where an API key stands. */
export interface APIKeyOptions extends SecuritySchemeOptions {
  in: 'header' | 'query' | 'cookie'
  /** Of the field, the parameter or the cookie. */
  name: string
}

const readers: Readonly<Record<APIKeyOptions['in'], (connection: Request | WebSocket, name: string) => string | null>> =
  {
    header: (connection, name) => connection.headers.get(name),
    query: (connection, name) => connection.queryParams.get(name),
    cookie: (connection, name) => connection.cookies.get(name) ?? null,
  }

/**
 * A key that the client sends with each request. An empty one is none. Compare it with `equalSecrets`.
 *
 * @throws TypeError for a place that is none of the three, and for an empty name.
 */
export function apiKey(options: APIKeyOptions & RefusesWithout): SecurityScheme<string>
export function apiKey(options: APIKeyOptions): SecurityScheme<string | null>
export function apiKey(options: APIKeyOptions): SecurityScheme<string | null> {
  const { in: place, name, schemeName = 'apiKey', description, autoError = true } = options
  if (!Object.hasOwn(readers, place)) {
    throw new TypeError(`Cannot make an API key in ${show(place)}: expected "header", "query" or "cookie"`)
  }
  if (typeof name !== 'string' || name === '' || !isFieldValue(name)) {
    throw new TypeError(`Cannot make an API key with the name ${show(name)}: expected a name that is not empty`)
  }
  const read = readers[place]
  return new SecurityScheme({
    schemeName,
    description: { type: 'apiKey', in: place, name, ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: (connection) => read(connection, name) || null,
    // No scheme for keys is registered; a 401 needs a challenge all the same: RFC 9110 §11.6.1.
    challenge: () => `APIKey name=${quoted(name)}, in=${quoted(place)}`,
  })
}
