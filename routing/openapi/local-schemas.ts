import type { JSONSchema } from './openapi-document.ts'
import { copySchema } from './schema-references.ts'

/** Where a reference leads to: a schema by its name, which is empty for the described one itself, and what follows. */
export interface LocalReference {
  readonly name: string
  readonly pointer: string
}

/** The names that a library makes up: those of arktype are numbers of its nodes, which change with what was made before. */
const madeUpBy: ReadonlyMap<string, RegExp> = new Map([
  ['zod', /^(?:__schema\d+)?$/],
  ['arktype', /^/],
])

/** What a library says of one schema: the schema itself, and those that it refers to by names. */
export class LocalSchemas {
  readonly #schemas: ReadonlyMap<string, JSONSchema>
  readonly #madeUp: RegExp
  #contents: Map<string, string> | null = null

  /** @param vendor The library. */
  constructor(described: JSONSchema, vendor: string) {
    const { $schema: _dialect, $defs, definitions, ...root } = described
    const named = { ...(definitions as object), ...($defs as object) } as Readonly<Record<string, JSONSchema>>
    this.#schemas = new Map([...Object.entries(named), ['', root]])
    this.#madeUp = madeUpBy.get(vendor) ?? /^(?:\d+|__schema\d+)?$/
  }

  /** The names, without that of the described schema itself. */
  get names(): readonly string[] {
    return [...this.#schemas.keys()].filter((name) => name !== '')
  }

  /** Tells whether nobody gave a schema its name. */
  isAnonymous(name: string): boolean {
    return this.#madeUp.test(name)
  }

  /** Tells whether a schema says of itself that it is left out. */
  isHidden(name: string): boolean {
    return this.#schemas.get(name)?.['includeInSchema'] === false
  }

  /** Copies a schema, with what a function makes of references to local ones. */
  copy(name: string, reference: (to: LocalReference) => string): JSONSchema {
    return copySchema(this.#schemas.get(name)!, {
      reference: (given) => {
        const to = this.#follow(given)
        return to === null ? given : reference(to)
      },
      isHidden: (property) => this.#isHiddenProperty(property),
    })
  }

  /** Returns what is the same for anonymous schemas that say the same, whatever they are called and wherever they were met. */
  contentOf(name: string): string {
    const known = this.#contents?.get(name)
    if (known !== undefined) return known
    const numbers = new Map([[name, 0]])
    const texts: string[] = []
    // Grows while it is walked through.
    for (const reached of numbers.keys()) {
      const body = this.copy(reached, (to) => {
        if (!this.isAnonymous(to.name)) return JSON.stringify(to)
        if (!numbers.has(to.name)) numbers.set(to.name, numbers.size)
        return `${numbers.get(to.name)!}${to.pointer}`
      })
      texts.push(JSON.stringify(body))
    }
    const content = texts.join('\n')
    this.#contents = (this.#contents ?? new Map<string, string>()).set(name, content)
    return content
  }

  #isHiddenProperty(property: JSONSchema): boolean {
    if (property['includeInSchema'] === false) return true
    const { $ref } = property
    const to = typeof $ref === 'string' ? this.#follow($ref) : null
    return to !== null && to.pointer === '' && this.isHidden(to.name)
  }

  /** `null` for a reference to another document, to an anchor, or to a component that somebody else adds. */
  #follow(reference: string): LocalReference | null {
    const parts = /^#(?!\/components\/)(?:\/(?:\$defs|definitions)\/([^/]*))?((?:\/.*)?)$/.exec(reference)
    if (parts === null) return null
    const [, step = '', pointer = ''] = parts
    return { name: this.#nameIn(step), pointer }
  }

  /** Not every library percent-encodes. */
  #nameIn(step: string): string {
    const name = unescaped(step)
    if (this.#schemas.has(name)) return name
    try {
      return unescaped(decodeURIComponent(step))
    } catch {
      return name
    }
  }
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
