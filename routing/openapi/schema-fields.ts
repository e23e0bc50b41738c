import type { JSONSchema } from './openapi-document.ts'
import type { SchemaComponents } from './schema-components.ts'

/** One field of an object. */
export interface SchemaField {
  readonly schema: JSONSchema
  readonly isRequired: boolean
}

/** Returns the fields of a schema of objects by their names, also where it is made of several; empty for others. */
export function schemaFields(given: JSONSchema, components: SchemaComponents): ReadonlyMap<string, SchemaField> {
  const schema = components.resolve(given)
  const fields = new Map<string, SchemaField>()
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, JSONSchema>)) {
    fields.set(name, { schema: field, isRequired: required.includes(name) })
  }
  for (const part of membersOf(schema, 'allOf')) addAll(fields, schemaFields(part, components), 'allOf')
  const variants = [...membersOf(schema, 'anyOf'), ...membersOf(schema, 'oneOf')].map((variant) =>
    schemaFields(variant, components),
  )
  for (const variant of variants) addAll(fields, mustBeInAll(variant, variants), 'anyOf')
  return fields
}

function membersOf(schema: JSONSchema, keyword: string): readonly JSONSchema[] {
  return Array.isArray(schema[keyword]) ? (schema[keyword] as readonly JSONSchema[]) : []
}

function addAll(fields: Map<string, SchemaField>, more: ReadonlyMap<string, SchemaField>, keyword: Joint): void {
  for (const [name, field] of more) {
    const known = fields.get(name)
    fields.set(name, known === undefined ? field : joined(known, field, keyword))
  }
}

/** How two schemas of one field go together. */
export type Joint = 'allOf' | 'anyOf'

/** Returns what two schemas of one field say together. */
export function joined(known: SchemaField, field: SchemaField, keyword: Joint): SchemaField {
  const isRequired = known.isRequired || field.isRequired
  if (JSON.stringify(known.schema) === JSON.stringify(field.schema)) return { schema: known.schema, isRequired }
  if (keyword === 'allOf' && isAnything(field.schema)) return { schema: known.schema, isRequired }
  if (keyword === 'allOf' && isAnything(known.schema)) return { schema: field.schema, isRequired }
  const { [keyword]: members, ...others } = known.schema
  const before = Array.isArray(members) && Object.keys(others).length === 0 ? (members as unknown[]) : [known.schema]
  return { schema: { [keyword]: [...before, field.schema] }, isRequired }
}

function isAnything(schema: JSONSchema): boolean {
  return Object.keys(schema).length === 0
}

/** Of several variants, a field is required that all of them require. */
function mustBeInAll(
  variant: ReadonlyMap<string, SchemaField>,
  variants: readonly ReadonlyMap<string, SchemaField>[],
): ReadonlyMap<string, SchemaField> {
  return new Map(
    Array.from(variant, ([name, { schema }]) => [
      name,
      { schema, isRequired: variants.every((other) => other.get(name)?.isRequired === true) },
    ]),
  )
}
