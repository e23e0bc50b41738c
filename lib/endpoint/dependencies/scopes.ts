import { show } from '../../spec/violations.ts'
import { Dependency } from './dependency.ts'

/** The scopes that an operation asks for, as those see them who check. */
export class SecurityScopes {
  /** In the order in which the first one that asked for this set has done so, from the endpoint inwards. */
  readonly names: readonly string[]

  constructor(names: readonly string[] = []) {
    this.names = names
  }

  /** The names with spaces between them, as OAuth 2 writes them. */
  get text(): string {
    return this.names.join(' ')
  }

  /** Returns the scopes that a token does not have. */
  missingFrom(granted: Iterable<string>): string[] {
    const held = new Set(granted)
    return this.names.filter((name) => !held.has(name))
  }
}

/** The scopes that were asked for on the way to whoever needs this. */
export const securityScopes: Dependency<SecurityScopes> = new Dependency({
  form: 'value',
  source: new SecurityScopes(),
  needs: {},
  options: { name: 'securityScopes' },
})

/** A dependency with scopes that those behind it have to check. */
export class ScopedDependency<Value = unknown> extends Dependency<Value> {
  readonly target: Dependency<Value>
  readonly scopes: readonly string[]

  constructor(target: Dependency<Value>, scopes: readonly string[]) {
    super({ form: 'value', source: null, needs: { target }, options: { name: target.name } })
    this.target = target
    this.scopes = scopes
  }
}

/**
 * Asks for a dependency with scopes. Everything that it needs sees them in {@link securityScopes}, together with those that were
 * asked for further out; the document of the API lists them with the security schemes behind it.
 *
 * @throws TypeError for scopes that are not names without spaces.
 */
export function withScopes<Value>(dependency: Dependency<Value>, scopes: readonly string[]): Dependency<Value> {
  if (!(dependency instanceof Dependency)) {
    throw new TypeError(`Cannot ask for scopes of ${show(dependency)}: expected what depends() returns`)
  }
  if (!Array.isArray(scopes)) {
    throw new TypeError(`Cannot ask for the scopes ${show(scopes)}: expected a list of names`)
  }
  for (const scope of scopes as readonly unknown[]) {
    if (typeof scope !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
      throw new TypeError(
        `Cannot ask for the scope ${show(scope)}: expected characters of ASCII without spaces, quotes and backslashes`,
      )
    }
  }
  return new ScopedDependency(dependency, scopes)
}
