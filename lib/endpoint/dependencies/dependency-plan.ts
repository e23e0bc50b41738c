import { show } from '../../spec/violations.ts'
import { partReaders } from '../validation/part-reader.ts'
import type { BodyReading, PartReader } from '../validation/part-reader.ts'
import { isSchema } from '../validation/schema.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { Cleanup, Dependency } from './dependency.ts'
import { cleanupOf } from './lifetime.ts'
import { isTouched, neededBy, reaches, replacementOf } from './overrides.ts'
import type { Overrides } from './overrides.ts'
import { ScopedDependency, SecurityScopes, securityScopes } from './scopes.ts'
import { sharedKey } from './shared-as.ts'
import type { SharedAs } from './shared-as.ts'

/** What is asked for, and the name under which it is handed over; `null` for what only runs. */
export interface Root {
  readonly name: string | null
  readonly dependency: Dependency
  /** Whether nothing else is done before the request is known to be right for this. Those that guard come first. */
  readonly guards?: boolean
}

/** The value of a step by the name under which another one gets it. */
export interface SlotName {
  readonly name: string
  readonly slot: number
}

/** One value to be made. */
export interface Step {
  readonly dependency: Dependency
  /** `null` for a value that layers do not share. */
  readonly sharedAs: SharedAs | null
  /** The value, for those that need not be made. */
  readonly constant: { readonly value: unknown } | null
  readonly inputs: readonly SlotName[]
  readonly parts: readonly PartReader[]
  /** When it ends: of what has no second half, with the first of what it needs. */
  readonly cleanup: Cleanup
}

/** In which order values are made, found out once. */
export interface DependencyPlan {
  readonly steps: readonly Step[]
  /** What is handed over in the end. */
  readonly outputs: readonly SlotName[]
  /** How many of the steps belong to what guards. */
  readonly guardSteps: number
  /** Whether one of them may end before the response. */
  readonly endsEarly: boolean
}

const noOverrides: Overrides = new Map()

/**
 * Puts dependencies into the order in which they are made: each after what it needs, otherwise as they are declared.
 *
 * @throws TypeError for dependencies that need one another in a circle, and for one that outlives what it needs.
 */
export function planDependencies(
  roots: readonly Root[],
  overrides: Overrides = noOverrides,
  reading: BodyReading = {},
): DependencyPlan {
  const planner = new Planner(overrides, reading)
  const { steps } = planner
  const outputs: SlotName[] = []
  let guardSteps = 0
  for (const { name, dependency, guards = false } of roots) {
    const slot = planner.visit(dependency, [], name)
    if (name !== null) outputs.push({ name, slot })
    if (guards) guardSteps = steps.length
  }
  return { steps, outputs, guardSteps, endsEarly: steps.some(({ cleanup }) => cleanup === 'before-response') }
}

/** Walks the graph of one endpoint. */
class Planner {
  readonly steps: Step[] = []
  readonly #overrides: Overrides
  readonly #reading: BodyReading
  /** The slots of values that are shared, by dependency and scopes. */
  readonly #slots = new Map<object, number>()
  readonly #trail: { readonly dependency: Dependency; readonly name: string }[] = []

  constructor(overrides: Overrides, reading: BodyReading) {
    this.#overrides = overrides
    this.#reading = reading
  }

  /**
   * Returns the slot of a value.
   *
   * @param name Under which it is asked for, for error messages: many functions have none of their own.
   */
  visit(asked: Dependency, scopes: readonly string[], name: string | null): number {
    const made = replacementOf(asked, this.#overrides)
    if (made === securityScopes) return this.#add(constantStep(made, new SecurityScopes([...new Set(scopes)])))
    const key = sharedKey(asked, this.#seesScopes(asked) ? [...new Set(scopes)].toSorted().join(' ') : '')
    const known = asked.cache ? this.#slots.get(key) : undefined
    if (known !== undefined) return known
    this.#checkCircle(asked)
    this.#trail.push({ dependency: asked, name: calledIn(asked, name) })
    const slot =
      made instanceof ScopedDependency
        ? this.visit(made.target, [...scopes, ...made.scopes], name)
        : this.#add(this.#step(made, scopes, asked.cache ? this.#sharedAs(asked, key) : null))
    this.#trail.pop()
    if (asked.cache) this.#slots.set(key, slot)
    return slot
  }

  #step(made: Dependency, scopes: readonly string[], sharedAs: SharedAs | null): Step {
    if (made.form === 'value') return constantStep(made, made.source)
    const inputs: SlotName[] = []
    const schemas: Record<string, AnySchema> = {}
    for (const [name, need] of Object.entries(neededBy(made))) {
      if (isSchema(need)) schemas[name] = need
      else inputs.push({ name, slot: this.visit(need, scopes, name) })
    }
    const cleanup = cleanupOf(
      made,
      inputs.map(({ slot }) => this.steps[slot]!),
    )
    return { dependency: made, sharedAs, constant: null, inputs, parts: partReaders(schemas, this.#reading), cleanup }
  }

  #add(step: Step): number {
    return this.steps.push(step) - 1
  }

  #sharedAs(asked: Dependency, key: object): SharedAs {
    return { key, overriddenBy: isTouched(asked, this.#overrides) ? this.#overrides : null }
  }

  /** Whether a value depends on the scopes that it is asked for with. */
  #seesScopes(asked: Dependency): boolean {
    return reaches(asked, isScopes, (dependency) => neededBy(replacementOf(dependency, this.#overrides)))
  }

  #checkCircle(asked: Dependency): void {
    const start = this.#trail.findIndex(({ dependency }) => dependency === asked)
    if (start < 0) return
    const circle = [...this.#trail.slice(start), this.#trail[start]!].map(({ name }) => show(name)).join(' needs ')
    throw new TypeError(`Cannot build the dependencies: ${circle}; expected no circle`)
  }
}

function isScopes(dependency: Dependency): boolean {
  return dependency === securityScopes
}

function constantStep(dependency: Dependency, value: unknown): Step {
  return { dependency, sharedAs: null, constant: { value }, inputs: [], parts: [], cleanup: 'after-response' }
}

function calledIn({ name, hasOwnName }: Dependency, asked: string | null): string {
  return hasOwnName ? name : (asked ?? name)
}
