import { show } from '../../spec/violations.ts'
import type { Cleanup, Dependency } from './dependency.ts'

/** What is known of the end of a value. */
interface Ending {
  readonly dependency: Dependency
  readonly cleanup: Cleanup
}

/**
 * Returns when a value ends. What is no generator function has nothing to do at an end: it may be used as long as what it
 * needs. If it returns a generator, that ends then.
 *
 * @throws TypeError for a generator function that outlives what it needs.
 */
export function cleanupOf(dependency: Dependency, needed: readonly Ending[]): Cleanup {
  if (dependency.cleanup === 'before-response') return 'before-response'
  const early = needed.find(({ cleanup }) => cleanup === 'before-response')
  if (early === undefined) return 'after-response'
  if (!isGeneratorFunction(dependency.source)) return 'before-response'
  throw new TypeError(
    `Cannot build the dependencies: ${show(dependency.name)} lives until after the response and needs ${show(early.dependency.name)}, which ends before it; expected the same "cleanup"`,
  )
}

function isGeneratorFunction(source: unknown): boolean {
  const tag: unknown = (source as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'GeneratorFunction' || tag === 'AsyncGeneratorFunction'
}
