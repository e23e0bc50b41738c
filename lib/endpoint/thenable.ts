/**
 * Tells whether a value has to be waited for: a promise, or what other libraries give in its place. A `then` that is no
 * function is data.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
