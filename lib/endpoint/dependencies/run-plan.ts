import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { isThenable } from '../thenable.ts'
import { CallInput, readParts } from './connection-call.ts'
import type { ConnectionCall, NamedValues } from './connection-call.ts'
import type { DependencyPlan, SlotName, Step } from './dependency-plan.ts'
import { OpenDependencies } from './open-dependencies.ts'
import type { DependencyScope, Started } from './open-dependencies.ts'

/** A value that looks like a promise and is not to be waited for. */
class AsItIs {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** The value of a dependency whose own parts of the request are wrong: whatever needs it is left out, too. */
const leftOut: unique symbol = Symbol('left out')

type Source = (input: unknown) => unknown
type SourceClass = new (input: unknown) => unknown

/**
 * Makes the values of a plan one after the other and puts them into an object. It waits for nothing unless a dependency
 * does.
 *
 * @throws What a dependency throws, and what is wrong with the request for those that guard.
 */
export function runPlan(plan: DependencyPlan, call: ConnectionCall, values: NamedValues): void | Promise<void> {
  if (plan.steps.length === 0) return undefined
  return runFrom(0, { plan, call, values, slots: [], shared: sharedIn(call.connection) })
}

/** One run of a plan. */
interface Run {
  readonly plan: DependencyPlan
  readonly call: ConnectionCall
  readonly values: NamedValues
  /** The values by the numbers of their steps. */
  readonly slots: unknown[]
  /** Where the values of the layers further out are; `null` where there are none. */
  readonly shared: OpenDependencies | null
}

function runFrom(start: number, run: Run): void | Promise<void> {
  const { steps, outputs, guardSteps } = run.plan
  for (let index = start; index < steps.length; index++) {
    if (index === guardSteps) run.call.check()
    const value = valueOf(steps[index]!, run)
    if (isThenable(value)) {
      return Promise.resolve(value).then((settled) => {
        run.slots.push(kept(steps[index]!, settled, run))
        return runFrom(index + 1, run)
      })
    }
    run.slots.push(kept(steps[index]!, value, run))
  }
  if (guardSteps === steps.length) run.call.check()
  handOver(outputs, run.slots, run.values)
}

function valueOf(step: Step, run: Run): unknown {
  if (step.constant !== null) return asItIs(step.constant.value)
  const { shared } = run
  if (shared !== null && step.sharedAs !== null && shared.has(step.sharedAs)) return asItIs(shared.get(step.sharedAs))
  for (const { slot } of step.inputs) if (run.slots[slot] === leftOut) return leftOut
  const input = new CallInput(run.call)
  handOver(step.inputs, run.slots, input as unknown as NamedValues)
  return step.parts.length === 0 ? made(step, input, run) : madeOfParts(step, input, run)
}

/** Reads the parts that a dependency asks for; it does not run when they are wrong. */
function madeOfParts(step: Step, input: CallInput, run: Run): unknown {
  const before = run.call.errorCount
  const make = (): unknown => (run.call.errorCount > before ? leftOut : made(step, input, run))
  return readParts(step.parts, { call: run.call, values: input as unknown as NamedValues }, make)
}

function made(step: Step, input: CallInput, { call }: Run): unknown {
  const { form, source } = step.dependency
  if (form === 'class') return asItIs(new (source as SourceClass)(input))
  const result = (source as Source)(input)
  return isGenerator(result) ? started(step, result, call.connection) : result
}

function started({ dependency, cleanup }: Step, generator: Started, connection: Request | WebSocket): unknown {
  const yielded = (first: IteratorResult<unknown, unknown>): unknown => {
    if (first.done === true) {
      throw new TypeError(`Cannot use the dependency "${dependency.name}": it returned without "yield"`)
    }
    OpenDependencies.of(connection.scope).add({ dependency, cleanup, generator })
    return asItIs(first.value)
  }
  const first = generator.next()
  return first instanceof Promise ? first.then(yielded) : yielded(first)
}

function asItIs(value: unknown): unknown {
  return isThenable(value) ? new AsItIs(value) : value
}

/** Lets the layers further in have a value, where there are layers. */
function kept(step: Step, outcome: unknown, run: Run): unknown {
  const value = outcome instanceof AsItIs ? outcome.value : outcome
  if (run.shared !== null && step.sharedAs !== null && value !== leftOut) run.shared.share(step.sharedAs, value)
  return value
}

function sharedIn(connection: Request | WebSocket): OpenDependencies | null {
  return (connection.scope as DependencyScope).dependencies ?? null
}

function handOver(names: readonly SlotName[], slots: readonly unknown[], target: NamedValues): void {
  for (let index = 0; index < names.length; index++) {
    const { name, slot } = names[index]!
    target[name] = slots[slot]
  }
}

function isGenerator(value: unknown): value is Started {
  if (typeof value !== 'object' || value === null) return false
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'AsyncGenerator' || tag === 'Generator'
}
