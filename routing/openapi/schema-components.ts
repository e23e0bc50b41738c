import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import { show } from '../../lib/spec/violations.ts'
import { componentNames } from './component-names.ts'
import type { ComponentName } from './component-names.ts'
import { jsonSchemaOf } from './json-schema-of.ts'
import { LocalSchemas } from './local-schemas.ts'
import type { JSONSchema } from './openapi-document.ts'
import type { OpenAPIInfo, SchemaSide } from './openapi-options.ts'

/** What references begin with until everything has its name: then follow the side and the number of the component. */
const unnamed = '#component/'
const unnamedReference = /^#component\/(input|output)\/(\d+)((?:\/.*)?)$/
const sides: readonly SchemaSide[] = ['input', 'output']

const noReferences: ReadonlySet<Component> = new Set()

/** One side of a component. */
interface Variant {
  readonly body: JSONSchema
  /** Both sides are the same when their texts are, and those of what they refer to. */
  readonly text: string
  readonly references: ReadonlySet<Component>
  /** The operation that it was found in first. */
  readonly place: string
}

interface Component extends Omit<ComponentName, 'isSplit'> {
  readonly number: number
  readonly variants: Map<SchemaSide, Variant>
  isHidden: boolean
  isReferred: boolean
}

/** The components of a document, and what its references become. */
export interface NamedComponents {
  readonly schemas: Readonly<Record<string, JSONSchema>>
  readonly rename: (reference: string) => string
}

/**
 * Describes schemas for a document. What has an id, or refers to itself, becomes a component; one whose two sides differ
 * becomes two. Names, and so references, get their last form when everything is known.
 */
export class SchemaComponents {
  /** The operation that schemas are described for, for messages. */
  place = ''
  readonly #own: OpenAPIInfo['jsonSchema']
  readonly #components: Component[] = []
  readonly #byId = new Map<string, Component>()
  readonly #byContent = new Map<string, Component>()
  readonly #described: Readonly<Record<SchemaSide, Map<AnySchema, JSONSchema>>> = {
    input: new Map(),
    output: new Map(),
  }

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

  /** Adds a component that gives way to an id of the same name, and returns a reference to it. */
  add(name: string, body: JSONSchema): JSONSchema {
    const component = this.#create(name, false)
    this.#define(component, 'output', { body, references: noReferences })
    return { $ref: referenceTo(component, 'output') }
  }

  /** Follows references to the input of a component. */
  resolve(schema: JSONSchema): JSONSchema {
    const { $ref } = schema
    const found = typeof $ref === 'string' ? this.#find($ref) : null
    if (found === null || found.pointer !== '') return schema
    const variant = found.component.variants.get('input')
    return variant === undefined ? schema : this.resolve(variant.body)
  }

  /** Names the components. */
  finish(): NamedComponents {
    const split = splitOf(this.#components)
    const wanted = this.#components.map((component) => ({ ...component, isSplit: split.has(component) }))
    const names = componentNames(wanted)
    const nameOf = ({ number }: Component, side: SchemaSide): string => names.get(wanted[number]!)![side]
    const schemas = new Map<string, JSONSchema>()
    for (const component of this.#components.filter(({ isHidden, isReferred }) => isReferred || !isHidden)) {
      for (const side of sides) {
        const variant = component.variants.get(side)
        const name = nameOf(component, side)
        if (variant !== undefined && !schemas.has(name)) schemas.set(name, variant.body)
      }
    }
    const renamed = new Map<string, string>()
    const rename = (reference: string): string => {
      const found = this.#find(reference)
      if (found === null) return reference
      return `#/components/schemas/${nameOf(found.component, found.side)}${found.pointer}`
    }
    return {
      schemas: Object.fromEntries(schemas),
      rename: (reference) => getOrMake(renamed, reference, () => rename(reference)),
    }
  }

  #take(schema: AnySchema, side: SchemaSide): JSONSchema {
    const local = new LocalSchemas(jsonSchemaOf(schema, side, this.#own), schema['~standard'].vendor)
    let isRootReferred = false
    const copy = (name: string): Omit<Variant, 'text' | 'place'> => {
      let references: Set<Component> | null = null
      const body = local.copy(name, (to) => {
        isRootReferred ||= to.name === ''
        const component = this.#componentOf(local, to.name)
        component.isReferred = true
        references = (references ?? new Set<Component>()).add(component)
        return referenceTo(component, side) + to.pointer
      })
      return { body, references: references ?? noReferences }
    }
    for (const name of local.names) {
      const component = this.#componentOf(local, name)
      component.isHidden ||= local.isHidden(name)
      this.#define(component, side, copy(name))
    }
    const root = copy('')
    if (!isRootReferred) return root.body
    const component = this.#componentOf(local, '')
    this.#define(component, side, root)
    return { $ref: referenceTo(component, side) }
  }

  #componentOf(local: LocalSchemas, name: string): Component {
    if (!local.isAnonymous(name)) return getOrMake(this.#byId, name, () => this.#create(name, true))
    return getOrMake(this.#byContent, local.contentOf(name), () => this.#create(null, false))
  }

  #create(wanted: string | null, isGiven: boolean): Component {
    const number = this.#components.length
    const component = { wanted, isGiven, number, variants: new Map(), isHidden: false, isReferred: false }
    this.#components.push(component)
    return component
  }

  #define(component: Component, side: SchemaSide, made: Omit<Variant, 'text' | 'place'>): void {
    const text = JSON.stringify(made.body).replaceAll(`${unnamed}${side}/`, unnamed)
    const { place } = this
    const known = component.variants.get(side)
    if (known === undefined) component.variants.set(side, { ...made, text, place })
    else if (known.text !== text) {
      throw new TypeError(
        `two schemas have the id ${show(component.wanted)}, this one and that of ${known.place}, ` +
          'expected one for each; or the same schema in both places',
      )
    }
  }

  #find(reference: string): { component: Component; side: SchemaSide; pointer: string } | null {
    const [, side = '', number = '', pointer = ''] = unnamedReference.exec(reference) ?? []
    const component = this.#components[Number(number)]
    return side === '' || component === undefined ? null : { component, side: side as SchemaSide, pointer }
  }
}

function referenceTo({ number }: Component, side: SchemaSide): string {
  return `${unnamed}${side}/${number}`
}

function getOrMake<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = make()
  map.set(key, value)
  return value
}

function splitOf(components: readonly Component[]): ReadonlySet<Component> {
  const split = new Set<Component>()
  for (let size = -1; size !== split.size;) {
    size = split.size
    for (const component of components) if (isSplit(component, split)) split.add(component)
  }
  return split
}

function isSplit({ variants }: Component, split: ReadonlySet<Component>): boolean {
  const input = variants.get('input')
  const output = variants.get('output')
  if (input === undefined || output === undefined) return false
  return input.text !== output.text || [...input.references].some((component) => split.has(component))
}
