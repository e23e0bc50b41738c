import { show } from '../spec/violations.ts'

/** Says what is attempted with a value, for example `Cannot send 1 as JSON`. */
export type Attempt = (shown: string) => string

/**
 * Writes a value as JSON.
 *
 * @throws TypeError for what JSON cannot hold: `undefined`, a function, a symbol, a BigInt and what holds itself; and for a
 *   promise or what else has to be waited for, which JSON would take for an object. What a `toJSON` or a getter throws comes
 *   out as it is.
 */
export function jsonText(value: unknown, attempt: Attempt): string {
  if (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function') {
    const what = value instanceof Promise ? 'it would be {}' : 'it has a "then"'
    throw new TypeError(`${attempt(show(value))}: ${what}, expected "await" before it`)
  }
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (error) {
    const reason = reasonOf(error)
    throw reason === null ? error : new TypeError(`${attempt(show(value))}: ${reason}`, { cause: error })
  }
  if (text !== undefined) return text
  throw new TypeError(`${attempt(show(value))}: JSON has no such value, expected for example null`)
}

/** What `JSON.stringify` itself refuses; it names no class of its own for that. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof TypeError)) return null
  if (/serialize a BigInt/.test(error.message))
    return 'JSON has no BigInt, expected a number, or text made by String(…)'
  if (/circular structure/.test(error.message)) return 'it holds itself, expected a value without circles'
  return null
}
