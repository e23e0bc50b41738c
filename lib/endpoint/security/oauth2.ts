import { show } from '../../spec/violations.ts'
import { bearerChallenge, bearerToken } from './http-bearer.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { OAuth2Flow, OAuth2Flows, RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

export interface OAuth2Options extends SecuritySchemeOptions {
  flows: OAuth2Flows
}

const flowNames = ['password', 'clientCredentials', 'authorizationCode', 'implicit']

/**
 * A token that one or several flows of OAuth 2 give out, taken out of the `authorization` field. Nothing has looked into it.
 *
 * @throws TypeError without a flow.
 * @see https://www.rfc-editor.org/rfc/rfc6749
 */
export function oauth2(options: OAuth2Options & RefusesWithout): SecurityScheme<string>
export function oauth2(options: OAuth2Options): SecurityScheme<string | null>
export function oauth2(options: OAuth2Options): SecurityScheme<string | null> {
  const { flows, schemeName = 'oauth2', description, autoError = true } = options
  const names = Object.keys(flows ?? {})
  if (names.length === 0 || !names.every((name) => flowNames.includes(name))) {
    throw new TypeError(`Cannot make an OAuth 2 scheme with the flows ${show(names)}: expected ${flowNames.join(', ')}`)
  }
  return new SecurityScheme({
    schemeName,
    description: { type: 'oauth2', flows: withScopeLists(flows), ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: bearerToken,
    challenge: bearerChallenge,
  })
}

/** What the shorthands take: one flow and what every scheme takes. */
export interface OAuth2PasswordOptions extends SecuritySchemeOptions, OAuth2Flow {
  /** Where a user name and a password are exchanged for a token. */
  tokenUrl: string
}

/** {@link oauth2} with the password flow, for an app's own clients. */
export function oauth2Password(options: OAuth2PasswordOptions & RefusesWithout): SecurityScheme<string>
export function oauth2Password(options: OAuth2PasswordOptions): SecurityScheme<string | null>
export function oauth2Password(options: OAuth2PasswordOptions): SecurityScheme<string | null> {
  const { tokenUrl, refreshUrl, scopes, ...rest } = options
  const flow = { tokenUrl, ...(refreshUrl !== undefined && { refreshUrl }), ...(scopes !== undefined && { scopes }) }
  return oauth2({ schemeName: 'oauth2Password', ...rest, flows: { password: flow } })
}

/** What the authorization code flow takes. */
export interface OAuth2AuthorizationCodeOptions extends OAuth2PasswordOptions {
  /** Where the user is sent to agree. */
  authorizationUrl: string
}

/** {@link oauth2} with the authorization code flow, for clients of others. */
export function oauth2AuthorizationCode(
  options: OAuth2AuthorizationCodeOptions & RefusesWithout,
): SecurityScheme<string>
export function oauth2AuthorizationCode(options: OAuth2AuthorizationCodeOptions): SecurityScheme<string | null>
export function oauth2AuthorizationCode(options: OAuth2AuthorizationCodeOptions): SecurityScheme<string | null> {
  const { authorizationUrl, tokenUrl, refreshUrl, scopes, ...rest } = options
  const flow = {
    authorizationUrl,
    tokenUrl,
    ...(refreshUrl !== undefined && { refreshUrl }),
    ...(scopes !== undefined && { scopes }),
  }
  return oauth2({ schemeName: 'oauth2AuthorizationCode', ...rest, flows: { authorizationCode: flow } })
}

/** {@link oauth2} with the client credentials flow, for programs that act on their own. */
export function oauth2ClientCredentials(options: OAuth2PasswordOptions & RefusesWithout): SecurityScheme<string>
export function oauth2ClientCredentials(options: OAuth2PasswordOptions): SecurityScheme<string | null>
export function oauth2ClientCredentials(options: OAuth2PasswordOptions): SecurityScheme<string | null> {
  const { tokenUrl, refreshUrl, scopes, ...rest } = options
  const flow = { tokenUrl, ...(refreshUrl !== undefined && { refreshUrl }), ...(scopes !== undefined && { scopes }) }
  return oauth2({ schemeName: 'oauth2ClientCredentials', ...rest, flows: { clientCredentials: flow } })
}

/** OpenAPI wants a list of scopes in every flow, if only an empty one. */
function withScopeLists(flows: OAuth2Flows): OAuth2Flows {
  return Object.fromEntries(Object.entries(flows).map(([name, flow]) => [name, { scopes: {}, ...flow }]))
}
