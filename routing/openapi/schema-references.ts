import type { JSONSchema } from './openapi-document.ts'

/** Keywords whose value holds schemas by names. */
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])

/** Keywords whose value is data, in which `$ref` means nothing. */
const data: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'example', 'examples', 'required'])

/** Returns a schema with every reference replaced, however deep. */
export function withReferences(schema: JSONSchema, replace: (reference: string) => string): JSONSchema {
  return mapped(schema, replace) as JSONSchema
}

/** Returns every reference that a schema holds. */
export function referencesIn(schema: JSONSchema): readonly string[] {
  const found: string[] = []
  mapped(schema, (reference) => {
    found.push(reference)
    return reference
  })
  return found
}

function mapped(node: unknown, replace: (reference: string) => string): unknown {
  if (Array.isArray(node)) return node.map((item) => mapped(item, replace))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mappedKeyword(key, value, replace)]))
}

function mappedKeyword(key: string, value: unknown, replace: (reference: string) => string): unknown {
  if (key === '$ref' && typeof value === 'string') return replace(value)
  if (data.has(key)) return value
  if (!maps.has(key) || typeof value !== 'object' || value === null) return mapped(value, replace)
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, mapped(schema, replace)]))
}
