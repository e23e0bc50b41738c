import type { JSONSchema } from './openapi-document.ts'

/** Keywords whose value holds schemas by names. */
const maps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])

/** Keywords whose value is data, in which `$ref` means nothing. */
export const dataKeywords: ReadonlySet<string> = new Set([
  'const',
  'enum',
  'default',
  'example',
  'examples',
  'required',
])

/** What a copy does with what it finds. */
export interface SchemaVisitor {
  /** Returns what a reference becomes. */
  readonly reference: (reference: string) => string
  /** Tells whether a property is left out. */
  readonly isHidden: (property: JSONSchema) => boolean
}

/** Copies a schema with other references, without hidden properties, and without the word that hides them. Data is shared. */
export function copySchema(schema: JSONSchema, visitor: SchemaVisitor): JSONSchema {
  // A schema may be true or false.
  if (!isObject(schema)) return schema
  const hidden = hiddenProperties(schema, visitor)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(schema)) {
    const value = schema[key]
    if (key === 'includeInSchema') continue
    if (key === '$ref' && typeof value === 'string') copy[key] = visitor.reference(value)
    else if (key === 'required' && hidden.size > 0) Object.assign(copy, requiredBut(value, hidden))
    else if (dataKeywords.has(key) || !isObject(value)) copy[key] = value
    else copy[key] = maps.has(key) ? copyMap(key, value, { hidden, visitor }) : copyValue(value, visitor)
  }
  return copy
}

function hiddenProperties({ properties }: JSONSchema, { isHidden }: SchemaVisitor): ReadonlySet<string> {
  if (!isObject(properties)) return none
  const hidden = Object.keys(properties).filter((name) => {
    const property = properties[name]
    return isObject(property) && isHidden(property)
  })
  return hidden.length === 0 ? none : new Set(hidden)
}

const none: ReadonlySet<string> = new Set()

function requiredBut(given: unknown, hidden: ReadonlySet<string>): { readonly required?: readonly unknown[] } {
  const required = (given as readonly string[]).filter((name) => !hidden.has(name))
  return required.length === 0 ? {} : { required }
}

interface MapCopy {
  readonly hidden: ReadonlySet<string>
  readonly visitor: SchemaVisitor
}

function copyMap(key: string, map: JSONSchema, { hidden, visitor }: MapCopy): JSONSchema {
  const kept = Object.entries(map).filter(([name]) => key !== 'properties' || !hidden.has(name))
  // Not by assignment, to which `__proto__` is no ordinary name.
  return Object.fromEntries(kept.map(([name, member]) => [name, copyValue(member, visitor)]))
}

function copyValue(value: unknown, visitor: SchemaVisitor): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copyValue(item, visitor))
  return copySchema(value as JSONSchema, visitor)
}

function isObject(value: unknown): value is JSONSchema {
  return typeof value === 'object' && value !== null
}
