import { Dependency } from './dependency.ts'
import { ScopedDependency } from './scopes.ts'

/** A dependency with the scopes that it is asked for with. */
export interface ReachedDependency {
  readonly dependency: Dependency
  readonly scopes: readonly string[]
}

/**
 * Finds what dependencies need, directly or through others, for those who describe an operation: the security schemes with
 * their scopes, and the parts of the request that a dependency has a schema for.
 */
export function reachableDependencies(dependencies: Iterable<Dependency>): readonly ReachedDependency[] {
  const found = new Map<Dependency, Set<string>>()
  for (const dependency of dependencies) reach(dependency, [], found)
  return Array.from(found, ([dependency, scopes]) => ({ dependency, scopes: [...scopes] }))
}

function reach(dependency: Dependency, scopes: readonly string[], found: Map<Dependency, Set<string>>): void {
  if (dependency instanceof ScopedDependency) return reach(dependency.target, [...scopes, ...dependency.scopes], found)
  const known = found.get(dependency)
  if (known !== undefined && scopes.every((scope) => known.has(scope))) return
  found.set(dependency, new Set([...(known ?? []), ...scopes]))
  for (const need of Object.values(dependency.needs)) if (need instanceof Dependency) reach(need, scopes, found)
}
