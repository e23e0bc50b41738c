import { atCallEnd } from '../../request/call-end.ts'
import type { CallFailure, EndingScope } from '../../request/call-end.ts'
import { withOrigin } from '../../request/with-origin.ts'
import { show } from '../../spec/violations.ts'
import type { ResponseDraft } from '../contract/response-draft.ts'
import type { Cleanup, Dependency } from './dependency.ts'
import type { Overrides } from './overrides.ts'
import type { SharedAs } from './shared-as.ts'

/** A generator that has yielded its value. */
export type Started = Generator<unknown, unknown, undefined> | AsyncGenerator<unknown, unknown, undefined>

/** What is to be finished. */
export interface Opened {
  readonly dependency: Dependency
  readonly cleanup: Cleanup
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
  readonly #values = new Map<object, unknown>()
  /** Whose overrides have had a say in the values, where there are any. */
  #overrides: Map<object, Overrides> | null = null
  #opened: Opened[] = []
  /** What the layers want of the answer; `null` when none has asked. */
  draft: ResponseDraft | null = null
  /** Whether an error is answered, which has fields of its own. */
  hasFailed = false

  /** Returns those of a connection, which are finished when its call has ended. */
  static of(scope: object & DependencyScope): OpenDependencies {
    if (scope.dependencies) return scope.dependencies
    const open = new OpenDependencies()
    scope.dependencies = open
    atCallEnd(scope, (failure) => open.#finish(failure))
    return open
  }

  /** Whether a value is there already: where overrides have a say in it, one that was made under the same ones. */
  has({ key, overriddenBy }: SharedAs): boolean {
    return this.#values.has(key) && (overriddenBy === null || this.#overrides?.get(key) === overriddenBy)
  }

  /** A value that is there. */
  get({ key }: SharedAs): unknown {
    return this.#values.get(key)
  }

  /** Keeps a value for the layers further in. */
  share({ key, overriddenBy }: SharedAs, value: unknown): void {
    this.#values.set(key, value)
    if (overriddenBy !== null) (this.#overrides ??= new Map()).set(key, overriddenBy)
  }

  /** Notes what has to be finished. */
  add(opened: Opened): void {
    this.#opened.push(opened)
  }

  /** Whether a generator waits to be finished. */
  get isWaiting(): boolean {
    return this.#opened.length > 0
  }

  /** Finishes what ends before the response. */
  async endEarly(): Promise<void> {
    const early = this.#opened.filter(({ cleanup }) => cleanup === 'before-response')
    this.#opened = this.#opened.filter(({ cleanup }) => cleanup === 'after-response')
    await finishAll(early, null)
  }

  /** Finishes everything. */
  endAll(): Promise<void> {
    return this.#finish(null)
  }

  /** Throws an error into every generator, and returns the error that has become of it. */
  fail(error: unknown): Promise<unknown> {
    this.hasFailed = true
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

/** Notes that an error is answered: what layers want of the answer is not for that. */
export function noteFailure({ dependencies }: DependencyScope): void {
  if (dependencies) dependencies.hasFailed = true
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
    return { error: failure === null ? error : withOrigin(error, failure.error) }
  }
}
