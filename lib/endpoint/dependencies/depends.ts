import { show } from '../../spec/violations.ts'
import { partNames } from '../validation/part.ts'
import { isSchema } from '../validation/schema.ts'
import { Dependency } from './dependency.ts'
import type { DependencyContext, DependencyInput, DependencyOptions, MadeBy, Needs } from './dependency.ts'

/** A class whose instances are dependencies. It gets what a function would get. */
export type DependencyClass<Input, Value> = new (input: Input) => Value

/**
 * Declares what endpoints need:
 *
 * - a function makes the value, at once or later; a generator that yields it once goes on when the endpoint is through,
 *   and gets the error when that has failed;
 * - a class is instantiated;
 * - everything else is the value itself.
 *
 * What a function needs in its turn stands before it, by name: other dependencies, and schemas for the parts of the request.
 * Where two dependencies refer to one another across modules, the names may be returned by a function.
 *
 * A value is made once per request and shared by all who ask for it, unless `cache` is false.
 *
 * @throws TypeError for needs that are neither dependencies nor schemas of a part.
 */
export function depends<Result>(
  source: (input: DependencyContext) => Result,
  options?: DependencyOptions,
): Dependency<MadeBy<Result>>
export function depends<Value>(
  source: DependencyClass<DependencyContext, Value>,
  options?: DependencyOptions,
): Dependency<Value>
export function depends<const Asked extends Needs, Result>(
  needs: Asked | (() => Asked),
  source: (input: DependencyInput<Asked>) => Result,
  options?: DependencyOptions,
): Dependency<MadeBy<Result>>
export function depends<const Asked extends Needs, Value>(
  needs: Asked | (() => Asked),
  source: DependencyClass<DependencyInput<Asked>, Value>,
  options?: DependencyOptions,
): Dependency<Value>
export function depends<const Value>(value: Value, options?: DependencyOptions): Dependency<Value>
export function depends(first: unknown, second?: unknown, third?: DependencyOptions): Dependency {
  if (typeof second !== 'function') {
    return new Dependency({ form: formOf(first), source: first, needs: {}, options: checked(second) })
  }
  if (typeof first !== 'function') checkNeeds(first)
  const needs = first as Needs | (() => Needs)
  return new Dependency({ form: formOf(second), source: second, needs, options: checked(third) })
}

/** @throws TypeError for needs that are neither dependencies nor schemas of a part. */
export function checkNeeds(needs: unknown): asserts needs is Needs {
  if (typeof needs !== 'object' || needs === null) {
    throw new TypeError(`Cannot make a dependency that needs ${show(needs)}: expected an object of dependencies`)
  }
  for (const [name, need] of Object.entries(needs)) checkNeed(name, need)
}

const ownNames = ['connection', 'request', 'websocket', 'params', 'response']

function checkNeed(name: string, need: unknown): void {
  const isPart = (partNames as readonly string[]).includes(name)
  if (ownNames.includes(name)) {
    throw new TypeError(`Cannot make a dependency that needs ${show(name)}: every dependency gets that without asking`)
  }
  if (isPart ? isSchema(need) : need instanceof Dependency) return
  const expected = isPart
    ? 'a Standard Schema, since it names a part of the request'
    : 'what depends() returns; the schema of a part goes by its name'
  throw new TypeError(`Cannot make a dependency that needs ${show(name)}: it is ${show(need)}, expected ${expected}`)
}

function formOf(source: unknown): 'function' | 'class' | 'value' {
  if (typeof source !== 'function') return 'value'
  return /^class\b/.test(Function.prototype.toString.call(source)) ? 'class' : 'function'
}

const optionNames = ['cache', 'cleanup', 'name']

function checked(options: unknown): DependencyOptions {
  if (options === undefined) return {}
  const { cleanup } = (options ?? {}) as DependencyOptions
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Cannot make a dependency: the options are ${show(options)}, expected an object`)
  }
  const stranger = Object.keys(options).find((key) => !optionNames.includes(key))
  if (stranger !== undefined) {
    throw new TypeError(
      `Cannot make a dependency: ${show(stranger)} is none of its options, expected ${optionNames.join(', ')}`,
    )
  }
  if (cleanup === undefined || cleanup === 'after-response' || cleanup === 'before-response') return options
  throw new TypeError(
    `Cannot make a dependency: cleanup is ${show(cleanup)}, expected "after-response" or "before-response"`,
  )
}
