/** Where a text stops being JSON. Lines and columns count from 1, columns in UTF-16 units. */
export interface JSONFault {
  readonly line: number
  readonly column: number
}

const whitespace = /[ \t\n\r]*/y
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const quote = 0x22
const backslash = 0x5c

/**
 * Finds the first place at which a text cannot be JSON. It is asked only after parsing has failed, and it goes through the text
 * once, without calling itself.
 */
export function findJSONFault(text: string): JSONFault {
  const index = new JSONScan(text).run()
  const before = text.slice(0, index)
  const line = before.split('\n').length
  return { line, column: index - before.lastIndexOf('\n') }
}

type Expectation = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'separator' | 'nothing'

/** One pass through a text; what is open is on a list, so that nesting costs no stack. */
class JSONScan {
  readonly #text: string
  readonly #open: ('[' | '{')[] = []
  #index = 0
  #expected: Expectation = 'value'

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the index of the fault; that of the end when something is missing there. */
  run(): number {
    for (;;) {
      this.#index += this.#length(whitespace)
      if (this.#index >= this.#text.length || !this.#step(this.#text[this.#index]!)) return this.#index
    }
  }

  /** Takes one token; returns false when it cannot stand here. */
  #step(character: string): boolean {
    switch (this.#expected) {
      case 'nothing':
        return false
      case 'colon':
        return character === ':' && this.#take(1, 'value')
      case 'separator':
        return character === ',' ? this.#take(1, this.#open.at(-1) === '[' ? 'value' : 'name') : this.#close(character)
      case 'name or end':
        return this.#close(character) || this.#string('colon')
      case 'name':
        return this.#string('colon')
      case 'value or end':
        return this.#close(character) || this.#value(character)
      default:
        return this.#value(character)
    }
  }

  #value(character: string): boolean {
    if (character === '[' || character === '{') {
      this.#open.push(character)
      return this.#take(1, character === '[' ? 'value or end' : 'name or end')
    }
    if (character === '"') return this.#string(this.#after())
    const length = this.#length(literal)
    return length > 0 && this.#take(length, this.#after())
  }

  /** Character by character: a pattern for the whole string would go back over a long one that does not end. */
  #string(next: Expectation): boolean {
    if (this.#text[this.#index] !== '"') return false
    this.#index++
    for (;;) {
      const code = this.#text.charCodeAt(this.#index)
      if (code === quote) return this.#take(1, next)
      const length = code === backslash ? this.#length(escape) : code >= 0x20 ? 1 : 0
      if (length === 0) return false
      this.#index += length
    }
  }

  #close(character: string): boolean {
    const opening = character === ']' ? '[' : character === '}' ? '{' : null
    if (opening === null || this.#open.at(-1) !== opening) return false
    this.#open.pop()
    return this.#take(1, this.#after())
  }

  #after(): Expectation {
    return this.#open.length === 0 ? 'nothing' : 'separator'
  }

  #take(length: number, next: Expectation): true {
    this.#index += length
    this.#expected = next
    return true
  }

  #length(pattern: RegExp): number {
    pattern.lastIndex = this.#index
    return pattern.exec(this.#text)?.[0].length ?? 0
  }
}
