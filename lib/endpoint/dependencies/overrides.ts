import { show } from '../../spec/violations.ts'
import { Dependency } from './dependency.ts'
import type { DependencyContext, Needs } from './dependency.ts'
import { checkNeeds, depends } from './depends.ts'

/** What stands for a dependency in a test: another one, or a function or a class that makes the value. */
export type Replacement =
  | Dependency
  | ((input: DependencyContext) => unknown)
  | (new (input: DependencyContext) => unknown)

/** Replacements by what they replace. */
export type Overrides = ReadonlyMap<Dependency, Replacement>

/** Returns what stands for a dependency: itself, when nothing else does. */
export function replacementOf(asked: Dependency, overrides: Overrides): Dependency {
  const replacement: unknown = overrides.get(asked)
  if (replacement === undefined) return asked
  if (replacement instanceof Dependency) return replacement
  if (typeof replacement === 'function') return depends(replacement as (input: DependencyContext) => unknown)
  throw new TypeError(
    `Cannot override the dependency ${show(asked.name)} with ${show(replacement)}: expected what depends() returns, or a function`,
  )
}

/** Returns what a dependency needs, which may be found out as late as now. */
export function neededBy({ needs }: Dependency): Needs {
  checkNeeds(needs)
  return needs
}

/** Whether something else stands for a dependency, or for anything that it needs. */
export function isTouched(asked: Dependency, overrides: Overrides): boolean {
  return overrides.size > 0 && reaches(asked, (dependency) => overrides.has(dependency))
}

/** Whether a dependency, or anything that it needs, is what is looked for. */
export function reaches(
  asked: Dependency,
  isWanted: (dependency: Dependency) => boolean,
  needsOf: (dependency: Dependency) => Needs = neededBy,
): boolean {
  const seen = new Set<Dependency>()
  const look = (dependency: Dependency): boolean => {
    if (isWanted(dependency)) return true
    if (seen.has(dependency)) return false
    seen.add(dependency)
    return Object.values(needsOf(dependency)).some((need) => need instanceof Dependency && look(need))
  }
  return look(asked)
}
