import { longestTimeoutMs } from '../servers/options.ts'
import { flawOfSocketPath } from '../servers/socket-path.ts'
import { canonicalName, isFieldValue } from '../spec/field-syntax.ts'

/* What the values of options may be. Each function throws an Error that says what is expected. */

/** A text that is not empty. */
export function text(value: string): string {
  if (value === '') throw new Error('expected a text that is not empty')
  return value
}

/** A prefix of paths; empty for none. */
export function rootPath(value: string): string {
  if (value !== '' && !value.startsWith('/')) throw new Error('expected a path that starts with "/"')
  return value
}

/** The value of a header field. */
export function fieldValue(value: string): string {
  if (value === '' || !isFieldValue(value)) throw new Error('expected a value without control characters')
  return value
}

/** The path of a Unix socket. */
export function socketPath(value: string): string {
  const flaw = flawOfSocketPath(value)
  if (flaw !== null) throw new Error(flaw)
  return value
}

/** A whole number, 0 or more. */
export function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new Error('expected a whole number')
  return Number(value)
}

/** A whole number, 1 or more. */
export function wholeNumberAboveZero(value: string): number {
  if (!/^0*[1-9]\d{0,8}$/.test(value)) throw new Error('expected a whole number above 0')
  return Number(value)
}

/** A port; 0 for any free one. */
export function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new Error('expected a port, 0 to 65535')
  return Number(value)
}

/** A limit above 0; `none` switches it off. */
export function limit(value: string): number {
  if (value === 'none') return Infinity
  if (!/^[1-9]\d{0,14}$/.test(value)) throw new Error('expected a whole number above 0, or "none"')
  return Number(value)
}

/** A limit in ms. */
export function timeLimit(value: string): number {
  const limitMs = limit(value)
  if (limitMs !== Infinity && limitMs > longestTimeoutMs) {
    throw new Error(`expected at most ${longestTimeoutMs} ms, or "none"`)
  }
  return limitMs
}

/** One of some words. */
export function oneOf<Word extends string>(words: readonly Word[], value: string): Word {
  const word = words.find((known) => known === value)
  if (word === undefined) throw new Error(`expected one of ${words.join(', ')}`)
  return word
}

/** The words for yes and no that environments use. */
export function flag(value: string): boolean {
  const word = value.toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(word)) return true
  if (['0', 'false', 'no', 'off'].includes(word)) return false
  throw new Error('expected true or false')
}

/** A header field in the form `name:value`. */
export function header(value: string): readonly [name: string, value: string] {
  const colon = value.indexOf(':')
  if (colon < 1) throw new Error('expected NAME:VALUE')
  const name = value.slice(0, colon)
  const content = value.slice(colon + 1).trim()
  if (canonicalName(name) === null) throw new Error('expected a name that is a token before the colon')
  if (!isFieldValue(content)) throw new Error('expected a value without control characters after the colon')
  return [name, content]
}
