import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { Dependency } from '../dependencies/dependency.ts'
import type { DependencyContext } from '../dependencies/dependency.ts'
import { securityScopes } from '../dependencies/scopes.ts'
import type { SecurityScopes } from '../dependencies/scopes.ts'
import { unauthorized } from './authorization.ts'

/** A security scheme as OpenAPI 3.1 describes it. @see https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export type SecuritySchemeDescription =
  | {
      readonly type: 'apiKey'
      readonly in: 'header' | 'query' | 'cookie'
      readonly name: string
      readonly description?: string
    }
  | { readonly type: 'http'; readonly scheme: string; readonly bearerFormat?: string; readonly description?: string }
  | { readonly type: 'oauth2'; readonly flows: OAuth2Flows; readonly description?: string }
  | { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string; readonly description?: string }

/** What each flow of OAuth 2 has in common. */
export interface OAuth2Flow {
  readonly refreshUrl?: string
  /** What each scope allows, by its name. Default: no scopes. */
  readonly scopes?: Readonly<Record<string, string>>
}

export interface OAuth2Flows {
  readonly password?: OAuth2Flow & { readonly tokenUrl: string }
  readonly clientCredentials?: OAuth2Flow & { readonly tokenUrl: string }
  readonly authorizationCode?: OAuth2Flow & { readonly authorizationUrl: string; readonly tokenUrl: string }
  readonly implicit?: OAuth2Flow & { readonly authorizationUrl: string }
}

/** What every scheme takes. */
export interface SecuritySchemeOptions {
  /** The name among the security schemes of the document. Default: that of the function that makes the scheme. */
  schemeName?: string
  /** For the document. */
  description?: string
  /** Answers 401 where there are no credentials. Default true; `false` gives `null` instead. */
  autoError?: boolean
}

/** Options of a scheme that answers 401 where there are no credentials, so that its value is never `null`. */
export interface RefusesWithout {
  autoError?: true
}

/** What a scheme is made of. */
export interface SecuritySchemeParts<Value> {
  readonly schemeName: string
  readonly description: SecuritySchemeDescription
  readonly isOptional: boolean
  /** Takes the credentials out of a request; `null` when there are none. */
  readonly read: (connection: Request | WebSocket) => Value | null
  /** Says how to come by credentials, for `www-authenticate`. */
  readonly challenge: (scopes: SecurityScopes) => string
}

/** A dependency that takes the credentials out of a request, and says so in the document of the API. */
export class SecurityScheme<Value = unknown> extends Dependency<Value> {
  /** The name among `components.securitySchemes`. */
  readonly schemeName: string
  /** What stands there. */
  readonly description: SecuritySchemeDescription
  /** Whether a request without credentials is let through. */
  readonly isOptional: boolean

  constructor({ schemeName, description, isOptional, read, challenge }: SecuritySchemeParts<Value>) {
    const source = ({ connection, scopes }: DependencyContext & { scopes: SecurityScopes }): Value | null => {
      const found = read(connection)
      if (found === null && !isOptional) throw unauthorized(challenge(scopes))
      return found
    }
    super({ form: 'function', source, needs: { scopes: securityScopes }, options: { name: schemeName } })
    this.schemeName = schemeName
    this.description = description
    this.isOptional = isOptional
  }
}
