/** Shorter ones are part of most sentences; they are looked for in quotes alone. */
const minTextLength = 4
/** Shorter ones are the bounds that sentences speak of. */
const minDigits = 4
/** What an object holds beyond that is not looked for: a client chooses how much there is. */
const maxParts = 500

/**
 * Tells whether a sentence holds a value, or something that the value holds: it may be a secret. What an object holds is printed
 * in quotes; without them its texts are words that a sentence may need.
 */
export function mentions(sentence: string, value: unknown): boolean {
  if (typeof value === 'string' && value.trim().length >= minTextLength) return includes(sentence, value.trim())
  const parts: unknown[] = [value]
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]
    if (typeof part === 'string' ? quotes(sentence, part) : mentionsNumber(sentence, part)) return true
    if (typeof part !== 'object' || part === null) continue
    const held = part instanceof Set ? Array.from(part) : Object.values(part)
    parts.push(...held.slice(0, maxParts - parts.length))
  }
  return false
}

function quotes(sentence: string, text: string): boolean {
  return (
    text !== '' &&
    text.length < sentence.length &&
    (sentence.includes(JSON.stringify(text)) || sentence.includes(`"${text}"`) || sentence.includes(`'${text}'`))
  )
}

/** Text is printed as it is, or as JSON has it. */
function includes(sentence: string, text: string): boolean {
  return (
    text.length <= sentence.length && (sentence.includes(text) || sentence.includes(JSON.stringify(text).slice(1, -1)))
  )
}

function mentionsNumber(sentence: string, value: unknown): boolean {
  if (typeof value !== 'number' && typeof value !== 'bigint') return false
  const digits = String(value)
  return digits.length >= minDigits && sentence.includes(digits) && numbers(sentence).includes(digits)
}

function numbers(sentence: string): readonly string[] {
  return sentence.match(/[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? []
}
