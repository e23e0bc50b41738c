import { setImmediate } from 'node:timers/promises'

/** Resolves after a number of turns of the event loop: what is ready by then has happened. */
export async function eventLoopTurns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate()
}

/** Resolves with true when a promise is settled within a time, either way, and with false when it is not. */
export function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    promise.then(done, done)
  })
}
