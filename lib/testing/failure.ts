/** An error of the app, and whether it has reached the test: one that has not must not be lost. */
export class Failure {
  readonly #error: unknown
  #seen = false

  constructor(error: unknown) {
    this.#error = error
  }

  get seen(): boolean {
    return this.#seen
  }

  /** Returns the error, to be thrown at the test. */
  take(): unknown {
    this.#seen = true
    return this.#error
  }
}
