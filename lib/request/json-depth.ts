import { show } from '../spec/violations.ts'

/** How deep JSON of a client may nest, unless its reader says otherwise: far more than documents have, far less than a stack. */
export const defaultMaxJSONDepth = 200

const quote = 0x22
const backslash = 0x5c
const bracket = 0x5b
const closingBracket = 0x5d
const brace = 0x7b
const closingBrace = 0x7d

/** @throws TypeError for what is no number of levels. */
export function checkMaxDepth(maxDepth: unknown, what: string): void {
  if (typeof maxDepth === 'number' && maxDepth >= 0) return
  throw new TypeError(`Cannot read ${what}: maxDepth is ${show(maxDepth)}, expected a number of levels`)
}

/**
 * Tells whether a text of valid JSON nests arrays and objects deeper than a limit. Parsing does not mind, but most of what
 * walks through the result calls itself for each level.
 */
export function nestsDeeper(text: string, maxDepth: number): boolean {
  // Each level takes two characters: a short text cannot be deep, and nearly all are short.
  if (text.length < 2 * maxDepth) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) index = endOfString(text, index)
    else if (code === bracket || code === brace) {
      if (++depth > maxDepth) return true
    } else if (code === closingBracket || code === closingBrace) depth--
  }
  return false
}

/** Returns where the string ends that begins at an index. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
}
