import { atCallEnd } from '../../request/call-end.ts'
import type { CallFailure, EndingScope } from '../../request/call-end.ts'
import { show } from '../../spec/violations.ts'
import type { Dependency } from './dependency.ts'

/** A generator that has yielded its value. */
type Started = Generator<unknown, unknown, undefined> | AsyncGenerator<unknown, unknown, undefined>

interface Opened {
  readonly dependency: Dependency
  readonly generator: Started
}

/** A scope on which the dependencies of a connection are kept. */
export interface DependencyScope extends EndingScope {
  /** The values that layers share, and the generators that are to be finished. */
  dependencies?: OpenDependencies | null
}

/**
 * The dependencies of one connection that outlive the making of their values. It lies on the scope, so that routers and
 * endpoints share it. Generators are finished in the reverse order, each with the error there is.
 */
export class OpenDependencies {
  readonly #values = new Map<Dependency, unknown>()
  #opened: Opened[] = []

  /** Returns those of a connection, which are finished when its call has ended. */
  static of(scope: object & DependencyScope): OpenDependencies {
    if (scope.dependencies) return scope.dependencies
    const open = new OpenDependencies()
    scope.dependencies = open
    atCallEnd(scope, (failure) => open.#finish(failure))
    return open
  }

  /** Whether the value of a dependency is there already. */
  has(dependency: Dependency): boolean {
    return this.#values.has(dependency)
  }

  /** The value of a dependency that is there. */
  get(dependency: Dependency): unknown {
    return this.#values.get(dependency)
  }

  /** Keeps a value for the layers further in. */
  share(dependency: Dependency, value: unknown): void {
    this.#values.set(dependency, value)
  }

  /** Notes that a generator has to be finished. */
  add(dependency: Dependency, generator: Started): void {
    this.#opened.push({ dependency, generator })
  }

  /** Whether a generator waits to be finished. */
  get isWaiting(): boolean {
    return this.#opened.length > 0
  }

  /** Finishes what ends before the response. */
  async endEarly(): Promise<void> {
    const early = this.#opened.filter(({ dependency }) => dependency.cleanup === 'before-response')
    this.#opened = this.#opened.filter(({ dependency }) => dependency.cleanup === 'after-response')
    await finishAll(early, null)
  }

  /** Finishes everything. */
  endAll(): Promise<void> {
    return this.#finish(null)
  }

  /** Throws an error into every generator, and returns the error that has become of it. */
  fail(error: unknown): Promise<unknown> {
    return this.#finish({ error }).catch((last: unknown) => last)
  }

  async #finish(failure: CallFailure | null): Promise<void> {
    const opened = this.#opened
    this.#opened = []
    await finishAll(opened, failure)
  }
}

/** Returns the dependencies of a connection that wait to be finished. */
export function waitingDependencies(scope: DependencyScope): OpenDependencies | null {
  const { dependencies } = scope
  return dependencies?.isWaiting ? dependencies : null
}

/** @throws The error that is left when all have seen it: the last one that any of them has thrown. */
async function finishAll(opened: readonly Opened[], failure: CallFailure | null): Promise<void> {
  let present = failure
  for (const each of opened.toReversed()) present = await finish(each, present)
  if (present !== null) throw present.error
}

async function finish({ dependency, generator }: Opened, failure: CallFailure | null): Promise<CallFailure | null> {
  try {
    const { done } = await (failure === null ? generator.next() : generator.throw(failure.error))
    if (done === true) return failure
    await generator.return(undefined)
    throw new TypeError(`Cannot finish the dependency ${show(dependency.name)}: it yields more than once`)
  } catch (error) {
    return { error }
  }
}
