/** One import of a module, whatever its form: static, `import type`, `export … from`, dynamic, or `require`. */
export interface Import {
  readonly specifier: string
  /** True for `import(…)` and `require(…)`: it runs only when the code that holds it runs. */
  readonly lazy: boolean
}

/*
 * Masked source: comments and regular expressions are gone and every string stands as "n", its number in a list, so
 * that plain expressions over it cannot be deceived by what a text or a comment says.
 */
interface Masked {
  readonly code: string
  readonly strings: readonly string[]
}

const importForms: readonly (readonly [form: RegExp, lazy: boolean])[] = [
  [/\bfrom\s*"(\d+)"/g, false],
  [/(?<![.#\w])import\s*"(\d+)"/g, false],
  [/(?<![.#\w])import\s*\(\s*"(\d+)"/g, true],
  [/(?<![.#\w])require(?:\.resolve)?\s*\(\s*"(\d+)"/g, true],
]

/** Returns what a TypeScript source imports. A dynamic import whose argument is computed is not seen. */
export function scanImports(source: string): Import[] {
  const { code, strings } = mask(source)
  return importForms.flatMap(([form, lazy]) =>
    Array.from(code.matchAll(form), (found) => ({ specifier: strings[Number(found[1])]!, lazy })),
  )
}

const lexeme =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|[`{}]|\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\/[a-z]*/y

const beforeExpression =
  /(?:^|[([{},;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield))\s*$/

function mask(source: string): Masked {
  const strings: string[] = []
  /** For each open brace: whether it is a `${` of a template. */
  const braces: boolean[] = []
  let code = ''
  let position = 0

  const templateText = (): void => {
    const end = endOfTemplateText(source, position)
    const text = source.slice(position, end)
    position = end
    if (source[position] === '`') {
      position += 1
      code += `"${strings.push(text) - 1}"`
    } else {
      position += 2
      braces.push(true)
      code += ' '
    }
  }

  while (position < source.length) {
    lexeme.lastIndex = position
    const found = lexeme.exec(source)?.[0]
    if (found === undefined || (isRegExp(found) && !beforeExpression.test(code.slice(-40)))) {
      code += source[position]!
      position += 1
      continue
    }
    position += found.length
    if (found === '`') templateText()
    else if (found === '{') {
      braces.push(false)
      code += '{'
    } else if (found === '}') {
      if (braces.pop() === true) templateText()
      else code += '}'
    } else if (found.startsWith('/')) code += ' '
    else code += `"${strings.push(found.slice(1, -1)) - 1}"`
  }
  return { code, strings }
}

function isRegExp(found: string): boolean {
  return found[0] === '/' && found[1] !== '/' && found[1] !== '*'
}

/** The index of the "`" or "${" that ends the text of a template. */
function endOfTemplateText(source: string, from: number): number {
  let index = from
  while (index < source.length && source[index] !== '`' && !source.startsWith('${', index)) {
    index += source[index] === '\\' ? 2 : 1
  }
  return index
}
