import { handled } from '../spec/handled.ts'

/** A promise with its two ends, for somebody who waits until a peer catches up. */
export interface Waiter {
  readonly promise: Promise<void>
  resolve(): void
  reject(error: Error): void
}

/** Makes a {@link Waiter}. Its rejection counts as handled. */
export function waiter(): Waiter {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone
    reject = onError
  })
  return { promise: handled(promise), resolve, reject }
}
