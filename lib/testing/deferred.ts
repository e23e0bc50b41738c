/** A promise and its two ends. */
export class Deferred<T> {
  readonly promise: Promise<T>
  resolve!: (value: T | PromiseLike<T>) => void
  reject!: (error: unknown) => void

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Who holds the promise gets the rejection; that nobody does yet is no reason to end the process.
    this.promise.catch(() => {})
  }
}
