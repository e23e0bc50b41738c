import { settled } from './app.ts'

/**
 * Returns the promise, and counts its rejection as handled: whoever awaits it still sees the error, but one that nobody
 * awaits must not end the process, since a client may be its cause.
 */
export function handled<T>(promise: Promise<T>): Promise<T> {
  if (promise !== settled) promise.then(undefined, ignore)
  return promise
}

function ignore(): void {}
