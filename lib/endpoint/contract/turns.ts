/** Lets what has to wait for something run in the order in which it was asked for. */
export class Turns {
  #last: Promise<unknown> | null = null

  /** Whether nobody waits, so that who need not wait may run at once. */
  get isFree(): boolean {
    return this.#last === null
  }

  /** Runs something with a value when that is there, after everything that was asked for before has begun or failed. */
  async take<Value, Result>(
    value: PromiseLike<Value> | Value,
    run: (value: Value) => Result,
  ): Promise<Awaited<Result>> {
    const { promise: turn, resolve: leave } = openPromise()
    const before = this.#last
    this.#last = turn
    try {
      await Promise.allSettled([value, before])
      const begun = run(await value)
      return begun as Awaited<Result>
    } finally {
      if (this.#last === turn) this.#last = null
      leave()
    }
  }
}

function openPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
