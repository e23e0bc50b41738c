import { show } from '../../spec/violations.ts'
import { partReaders } from '../validation/part-reader.ts'
import type { PartReader } from '../validation/part-reader.ts'
import { isSchema } from '../validation/schema.ts'
import type { AnySchema } from '../validation/schema.ts'
import { Dependency } from './dependency.ts'
import type { Needs } from './dependency.ts'
import { checkNeeds, depends } from './depends.ts'
import { ScopedDependency, SecurityScopes, securityScopes } from './scopes.ts'

/** What stands for a dependency in a test: another one, or a function that makes the value. */
export type Replacement = Dependency | ((...inputs: never[]) => unknown)

/** Replacements by what they replace. */
export type Overrides = ReadonlyMap<Dependency, Replacement>

/** What is asked for, and the name under which it is handed over; `null` for what only runs. */
export interface Root {
  readonly name: string | null
  readonly dependency: Dependency
}

/** The value of a step by the name under which another one gets it. */
export interface SlotName {
  readonly name: string
  readonly slot: number
}

/** One value to be made. */
export interface Step {
  readonly dependency: Dependency
  /** Under what the value is shared between the layers of an app; `null` for a value that is not. */
  readonly sharedAs: Dependency | null
  /** The value, for those that need not be made. */
  readonly constant: { readonly value: unknown } | null
  readonly inputs: readonly SlotName[]
  readonly parts: readonly PartReader[]
}

/** In which order values are made, found out once. */
export interface DependencyPlan {
  readonly steps: readonly Step[]
  /** What is handed over in the end. */
  readonly outputs: readonly SlotName[]
  /** Whether one of them may end before the response. */
  readonly endsEarly: boolean
}

const noOverrides: Overrides = new Map()

/**
 * Puts dependencies into the order in which they are made: each after what it needs, otherwise as they are declared.
 *
 * @throws TypeError for dependencies that need one another in a circle, and for one that outlives what it needs.
 */
export function planDependencies(roots: readonly Root[], overrides: Overrides = noOverrides): DependencyPlan {
  const planner = new Planner(overrides)
  const outputs: SlotName[] = []
  for (const { name, dependency } of roots) {
    const slot = planner.visit(dependency, [], name)
    if (name !== null) outputs.push({ name, slot })
  }
  const { steps } = planner
  return { steps, outputs, endsEarly: steps.some(({ dependency }) => dependency.cleanup === 'before-response') }
}

/** Returns the first of the dependencies that reads the body of the request; `null` when there is none. */
export function bodyReaderIn({ steps }: DependencyPlan): Dependency | null {
  const reading = steps.find(({ parts }) => parts.some(({ part }) => part === 'body' || part === 'form'))
  return reading?.dependency ?? null
}

/** Walks the graph of one endpoint. */
class Planner {
  readonly steps: Step[] = []
  readonly #overrides: Overrides
  /** The slots of values that are shared, by dependency and scopes. */
  readonly #slots = new Map<Dependency, Map<string, number>>()
  readonly #trail: { readonly dependency: Dependency; readonly name: string }[] = []

  constructor(overrides: Overrides) {
    this.#overrides = overrides
  }

  /**
   * Returns the slot of a value.
   *
   * @param name Under which it is asked for, for error messages: many functions have none of their own.
   */
  visit(asked: Dependency, scopes: readonly string[], name: string | null): number {
    const made = replacementOf(asked, this.#overrides.get(asked))
    if (made === securityScopes) return this.#add(constantStep(made, new SecurityScopes([...new Set(scopes)])))
    const scopeKey = this.#seesScopes(asked, new Set()) ? [...new Set(scopes)].join(' ') : ''
    const known = asked.cache ? this.#slots.get(asked)?.get(scopeKey) : undefined
    if (known !== undefined) return known
    this.#checkCircle(asked)
    this.#trail.push({ dependency: asked, name: calledIn(asked, name) })
    const slot =
      made instanceof ScopedDependency
        ? this.visit(made.target, [...scopes, ...made.scopes], name)
        : this.#add(this.#step(made, scopes, asked.cache && scopeKey === '' ? asked : null))
    this.#trail.pop()
    if (asked.cache) this.#note(asked, scopeKey, slot)
    return slot
  }

  #step(made: Dependency, scopes: readonly string[], sharedAs: Dependency | null): Step {
    if (made.form === 'value') return constantStep(made, made.source)
    const inputs: SlotName[] = []
    const schemas: Record<string, AnySchema> = {}
    for (const [name, need] of Object.entries(neededBy(made))) {
      if (isSchema(need)) schemas[name] = need
      else inputs.push({ name, slot: this.visit(need, scopes, name) })
    }
    for (const { slot } of inputs) checkLifetime(made, this.steps[slot]!.dependency)
    return { dependency: made, sharedAs, constant: null, inputs, parts: partReaders(schemas) }
  }

  #add(step: Step): number {
    return this.steps.push(step) - 1
  }

  #note(dependency: Dependency, scopeKey: string, slot: number): void {
    const slots = this.#slots.get(dependency) ?? new Map<string, number>()
    this.#slots.set(dependency, slots.set(scopeKey, slot))
  }

  /** Whether a value depends on the scopes that it is asked for with. */
  #seesScopes(asked: Dependency, seen: Set<Dependency>): boolean {
    if (asked === securityScopes) return true
    if (seen.has(asked)) return false
    seen.add(asked)
    const needs = neededBy(replacementOf(asked, this.#overrides.get(asked)))
    return Object.values(needs).some((need) => need instanceof Dependency && this.#seesScopes(need, seen))
  }

  #checkCircle(asked: Dependency): void {
    const start = this.#trail.findIndex(({ dependency }) => dependency === asked)
    if (start < 0) return
    const circle = [...this.#trail.slice(start), this.#trail[start]!].map(({ name }) => show(name)).join(' needs ')
    throw new TypeError(`Cannot build the dependencies: ${circle}; expected no circle`)
  }
}

function constantStep(dependency: Dependency, value: unknown): Step {
  return { dependency, sharedAs: null, constant: { value }, inputs: [], parts: [] }
}

function calledIn({ name, hasOwnName }: Dependency, asked: string | null): string {
  return hasOwnName ? name : (asked ?? name)
}

function neededBy(dependency: Dependency): Needs {
  const { needs } = dependency
  checkNeeds(needs)
  return needs
}

function replacementOf(asked: Dependency, replacement: Replacement | undefined): Dependency {
  if (replacement === undefined || replacement instanceof Dependency) return replacement ?? asked
  if (typeof replacement === 'function') return depends(replacement)
  throw new TypeError(
    `Cannot override the dependency ${show(asked.name)} with ${show(replacement)}: expected what depends() returns, or a function`,
  )
}

function checkLifetime(outer: Dependency, inner: Dependency): void {
  if (outer.cleanup === 'before-response' || inner.cleanup === 'after-response') return
  throw new TypeError(
    `Cannot build the dependencies: ${show(outer.name)} lives until after the response and needs ${show(inner.name)}, which ends before it; expected the same "cleanup"`,
  )
}
