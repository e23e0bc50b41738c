import type { Dependencies, Dependency } from '../dependencies/dependency.ts'
import type { Root } from '../dependencies/dependency-plan.ts'

/** What a contract needs, as far as this is concerned. */
export interface Needing {
  readonly security?: readonly Dependency[]
  readonly dependencies?: Dependencies | readonly Dependency[]
}

/** Returns what a contract needs, in the order in which it is made: security first. */
export function neededRoots({ security = [], dependencies = [] }: Needing): readonly Root[] {
  const named = isList(dependencies)
    ? dependencies.map(unnamed)
    : Object.entries(dependencies).map(([name, dependency]) => ({ name, dependency }))
  return [...security.map(guarding), ...named]
}

function guarding(dependency: Dependency): Root {
  return { name: null, dependency, guards: true }
}

function unnamed(dependency: Dependency): Root {
  return { name: null, dependency }
}

function isList(dependencies: Dependencies | readonly Dependency[]): dependencies is readonly Dependency[] {
  return Array.isArray(dependencies)
}
