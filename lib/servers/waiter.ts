import { handled } from '../spec/handled.ts'

/** A promise with its two ends, for somebody who waits until a peer catches up. A rejection counts as handled. */
export class Waiter {
  readonly promise: Promise<void>
  #resolve!: () => void
  #reject!: (error: Error) => void

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  resolve(): void {
    this.#resolve()
  }

  reject(error: Error): void {
    void handled(this.promise)
    this.#reject(error)
  }
}
