import type { ReachedDependency } from '../../lib/endpoint/dependencies/reachable.ts'
import { SecurityScheme } from '../../lib/endpoint/security/security-scheme.ts'
import { show } from '../../lib/spec/violations.ts'
import type { SecurityRequirement } from './openapi-document.ts'

/** What an operation needs of its callers. */
export interface OperationSecurity {
  /** The alternatives; empty when there are no schemes. */
  readonly requirements: readonly SecurityRequirement[]
  /** Whether a caller without credentials is refused. */
  readonly isRequired: boolean
  /** Whether some scheme is asked for with scopes. */
  readonly hasScopes: boolean
}

/**
 * Joins the schemes behind an operation: those that refuse callers without credentials are all needed together; those that
 * let them through are alternatives to one another and to none of them. Schemes of one name are one scheme, with the scopes of
 * all; it refuses when one of them does.
 */
export function operationSecurity(reached: readonly ReachedDependency[]): OperationSecurity {
  const found = reached.flatMap(({ dependency, scopes }) =>
    dependency instanceof SecurityScheme ? [{ scheme: dependency, scopes }] : [],
  )
  const required = new Set(found.flatMap(({ scheme }) => (scheme.isOptional ? [] : [scheme.schemeName])))
  const scopesOf = new Map<string, readonly string[]>()
  for (const { scheme, scopes } of found) {
    scopesOf.set(scheme.schemeName, [...new Set([...(scopesOf.get(scheme.schemeName) ?? []), ...scopes])])
  }
  const named = [...scopesOf]
  const base = Object.fromEntries(named.filter(([name]) => required.has(name)))
  const optional = named.filter(([name]) => !required.has(name))
  const requirements =
    found.length === 0 ? [] : [...optional.map(([name, scopes]) => ({ ...base, [name]: scopes })), base]
  return { requirements, isRequired: required.size > 0, hasScopes: named.some(([, scopes]) => scopes.length > 0) }
}

/** The security schemes of a document by their names. */
export class SecuritySchemes {
  readonly #schemes: Map<string, object>

  constructor(given: Readonly<Record<string, object>> = {}) {
    this.#schemes = new Map(Object.entries(given))
  }

  /** @throws TypeError for a name that another scheme has, and for one that no component can have. */
  addAll(reached: readonly ReachedDependency[]): void {
    for (const { dependency } of reached) if (dependency instanceof SecurityScheme) this.#add(dependency)
  }

  /** Returns the schemes. */
  finish(): Readonly<Record<string, object>> {
    return Object.fromEntries(this.#schemes)
  }

  #add({ schemeName, description }: SecurityScheme): void {
    if (!/^[\w.-]+$/.test(schemeName)) {
      throw new TypeError(
        `its security scheme is called ${show(schemeName)}, expected letters, digits, ".", "-" and "_"`,
      )
    }
    const known = this.#schemes.get(schemeName)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(description)) {
      throw new TypeError(`two security schemes are called ${show(schemeName)}, expected a "schemeName" for each`)
    }
    this.#schemes.set(schemeName, description)
  }
}
