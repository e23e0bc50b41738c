import { bearerChallenge, bearerToken } from './http-bearer.ts'
import { SecurityScheme } from './security-scheme.ts'
import type { RefusesWithout, SecuritySchemeOptions } from './security-scheme.ts'

export interface OpenIdConnectOptions extends SecuritySchemeOptions {
  /** Where the provider describes itself: a URL that ends in `/.well-known/openid-configuration`. */
  openIdConnectUrl: string
}

/**
 * A token of an OpenID provider, taken out of the `authorization` field. Nothing has looked into it.
 *
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html
 */
export function openIdConnect(options: OpenIdConnectOptions & RefusesWithout): SecurityScheme<string>
export function openIdConnect(options: OpenIdConnectOptions): SecurityScheme<string | null>
export function openIdConnect(options: OpenIdConnectOptions): SecurityScheme<string | null> {
  const { openIdConnectUrl, schemeName = 'openIdConnect', description, autoError = true } = options
  return new SecurityScheme({
    schemeName,
    description: { type: 'openIdConnect', openIdConnectUrl, ...(description !== undefined && { description }) },
    isOptional: !autoError,
    read: bearerToken,
    challenge: bearerChallenge,
  })
}
