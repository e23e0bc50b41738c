import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import { show } from '../../lib/spec/violations.ts'
import { jsonSchemaOf } from './json-schema-of.ts'
import type { JSONSchema } from './openapi-document.ts'
import type { OpenAPIInfo, SchemaSide } from './openapi-options.ts'
import { copySchema } from './schema-references.ts'
import type { ReferenceHolder } from './schema-references.ts'

const place = '#/components/schemas/'
const sides: readonly SchemaSide[] = ['input', 'output']
const endings: Readonly<Record<SchemaSide, string>> = { input: '-Input', output: '-Output' }

/** A schema whose references are known. */
interface Copy {
  readonly body: JSONSchema
  readonly references: readonly string[]
}

/** One side of a component. */
interface Variant extends Copy {
  /** Both sides are the same when their texts are, and those of what they refer to. */
  readonly text: string
}

interface Holder {
  readonly holder: ReferenceHolder
  readonly name: string
  readonly side: SchemaSide
  /** What follows the name. */
  readonly pointer: string
}

/**
 * Describes schemas for a document. What has an id, or refers to itself, becomes a component; one whose two sides differ
 * becomes two, and then its references are told apart when everything is known.
 */
export class SchemaComponents {
  readonly #own: OpenAPIInfo['jsonSchema']
  readonly #components = new Map<string, Map<SchemaSide, Variant>>()
  readonly #holders: Holder[] = []
  readonly #described: Readonly<Record<SchemaSide, Map<AnySchema, JSONSchema>>> = {
    input: new Map(),
    output: new Map(),
  }
  readonly #anonymous = new Map<AnySchema, Map<string, string>>()
  #anonymousCount = 0

  constructor(own: OpenAPIInfo['jsonSchema']) {
    this.#own = own
  }

  /** @throws What the library of the schema throws; TypeError for an id that two schemas have. */
  describe(schema: AnySchema, side: SchemaSide): JSONSchema {
    const known = this.#described[side].get(schema)
    if (known !== undefined) return known
    const described = this.#take(schema, side)
    this.#described[side].set(schema, described)
    return described
  }

  /** Adds a component of a given name, and returns a reference to it. */
  add(name: string, body: JSONSchema): JSONSchema {
    this.#define(name, 'output', { body, references: [] })
    return { $ref: `${place}${name}` }
  }

  /** Follows references to the input of a component. */
  resolve(schema: JSONSchema): JSONSchema {
    const { $ref } = schema
    if (typeof $ref !== 'string' || !$ref.startsWith(place)) return schema
    const variant = this.#components.get($ref.slice(place.length))?.get('input')
    return variant === undefined ? schema : this.resolve(variant.body)
  }

  /** Gives every reference its last form and returns the components by their names. */
  finish(): Readonly<Record<string, JSONSchema>> {
    const split = this.#splitNames()
    for (const { holder, name, side, pointer } of this.#holders) {
      holder.$ref = `${place}${name}${split.has(name) ? endings[side] : ''}${pointer}`
    }
    const schemas: Record<string, JSONSchema> = {}
    for (const [name, variants] of this.#components) {
      for (const side of sides) {
        const variant = variants.get(side)
        if (variant === undefined) continue
        if (split.has(name)) schemas[`${name}${endings[side]}`] = variant.body
        else schemas[name] ??= variant.body
      }
    }
    return schemas
  }

  #take(schema: AnySchema, side: SchemaSide): JSONSchema {
    const { $schema: _dialect, $defs, definitions, ...root } = jsonSchemaOf(schema, side, this.#own)
    const local = { ...(definitions as object), ...($defs as object) } as Readonly<Record<string, JSONSchema>>
    let isRootNamed = false
    const nameOf = (localName: string): string => {
      isRootNamed ||= localName === ''
      return /^(?:__schema\d+)?$/.test(localName) ? this.#anonymousName(schema, localName) : safeName(localName)
    }
    const copy = (body: JSONSchema): Copy => this.#copy(body, side, nameOf)
    for (const [localName, body] of Object.entries(local)) this.#define(nameOf(localName), side, copy(body))
    const main = copy(root)
    if (!isRootNamed) return main.body
    const name = nameOf('')
    this.#define(name, side, main)
    return this.#reference(name, side)
  }

  #copy(body: JSONSchema, side: SchemaSide, nameOf: (localName: string) => string): Copy {
    const references: string[] = []
    const copy = copySchema(body, (holder) => {
      const parts = /^#(?!\/components\/)(?:\/(?:\$defs|definitions)\/([^/]*))?(.*)$/.exec(holder.$ref)
      if (parts === null) return
      const [, localName = '', pointer = ''] = parts
      const name = nameOf(decoded(localName))
      references.push(name)
      holder.$ref = `${place}${name}${pointer}`
      this.#holders.push({ holder, name, side, pointer })
    })
    return { body: copy, references }
  }

  #define(name: string, side: SchemaSide, copy: Copy): void {
    const variant = { ...copy, text: JSON.stringify(copy.body) }
    const variants = this.#components.get(name) ?? new Map<SchemaSide, Variant>()
    this.#components.set(name, variants)
    const known = variants.get(side)
    if (known === undefined) variants.set(side, variant)
    else if (known.text !== variant.text) {
      throw new TypeError(
        `two schemas have the id ${show(name)}, expected one for each; or the same schema in both places`,
      )
    }
  }

  #reference(name: string, side: SchemaSide): JSONSchema {
    const holder = { $ref: `${place}${name}` }
    this.#holders.push({ holder, name, side, pointer: '' })
    return holder
  }

  /** Both sides of a schema go by the same name. */
  #anonymousName(schema: AnySchema, localName: string): string {
    const names = this.#anonymous.get(schema) ?? new Map<string, string>()
    this.#anonymous.set(schema, names)
    const name = names.get(localName) ?? `Schema${++this.#anonymousCount}`
    names.set(localName, name)
    return name
  }

  #splitNames(): ReadonlySet<string> {
    const split = new Set<string>()
    for (let size = -1; size !== split.size;) {
      size = split.size
      for (const [name, variants] of this.#components) if (isSplit(variants, split)) split.add(name)
    }
    return split
  }
}

function isSplit(variants: ReadonlyMap<SchemaSide, Variant>, split: ReadonlySet<string>): boolean {
  const input = variants.get('input')
  const output = variants.get('output')
  if (input === undefined || output === undefined) return false
  return input.text !== output.text || input.references.some((name) => split.has(name))
}

/** Names of components are more limited than those of schemas. */
function safeName(name: string): string {
  return name.replace(/[^\w.-]/g, '_')
}

function decoded(step: string): string {
  return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
}
