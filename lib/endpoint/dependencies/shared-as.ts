import type { Dependency } from './dependency.ts'
import type { Overrides } from './overrides.ts'

/** What a value is known as between the layers of an app. */
export interface SharedAs {
  readonly key: object
  /** The overrides that have a say in the value; `null` for one that is what it would be without any. */
  readonly overriddenBy: Overrides | null
}

const scopedKeys = new WeakMap<Dependency, Map<string, object>>()

/** Returns what stands for a dependency with the scopes that it sees: always the same for the same. */
export function sharedKey(dependency: Dependency, scopes: string): object {
  if (scopes === '') return dependency
  const keys = scopedKeys.get(dependency) ?? new Map<string, object>()
  scopedKeys.set(dependency, keys)
  const key = keys.get(scopes) ?? { scopes }
  keys.set(scopes, key)
  return key
}
