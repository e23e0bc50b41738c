import { choice, listOf, mergePlans, text, tupleOf } from './text-plan.ts'
import type { FieldPlan, FieldsPlan, TextPlan } from './text-plan.ts'

type JSONSchema = Readonly<Record<string, unknown>>

/** References can go round in circles, and the fields of a part are flat anyway. */
const maxDepth = 8

/** Reads a plan out of JSON Schema; `null` when that does not describe an object. */
export function jsonSchemaPlan(root: unknown): FieldsPlan | null {
  return isObject(root) ? fieldsOf(root, new Reader(root), 0) : null
}

/** Follows references within one document. */
class Reader {
  readonly #root: JSONSchema

  constructor(root: JSONSchema) {
    this.#root = root
  }

  /** @param depth How many references led here. */
  resolve(schema: unknown, depth = 0): JSONSchema {
    if (!isObject(schema) || depth > maxDepth) return {}
    const reference = schema['$ref']
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema
    let found: unknown = this.#root
    for (const step of reference.slice(2).split('/')) found = isObject(found) ? found[step] : undefined
    return this.resolve(found, depth + 1)
  }
}

function fieldsOf(given: unknown, reader: Reader, depth: number): FieldsPlan | null {
  if (depth > maxDepth) return null
  const schema = reader.resolve(given)
  const variants = variantsOf(schema)
  if (variants !== null) {
    const plans = variants.map((variant) => fieldsOf(variant, reader, depth + 1))
    return plans.includes(null) ? null : mergePlans(plans as FieldsPlan[])
  }
  const { properties, required, additionalProperties: rest } = schema
  if (schema['type'] !== 'object' && !isObject(properties)) return null
  const needed = new Set(Array.isArray(required) ? required : [])
  const fields = new Map<string, FieldPlan>()
  for (const [name, property] of Object.entries(isObject(properties) ? properties : {})) {
    const isOptional = !needed.has(name)
    fields.set(name, { plan: planOf(property, reader, depth + 1), isOptional })
  }
  return { fields, rest: isObject(rest) ? planOf(rest, reader, depth + 1) : text }
}

function planOf(given: unknown, reader: Reader, depth: number): TextPlan {
  if (depth > maxDepth) return text
  const schema = reader.resolve(given)
  const variants = variantsOf(schema)
  if (variants !== null) return choice(variants.map((variant) => planOf(variant, reader, depth + 1)))
  const fixed = 'const' in schema ? [schema['const']] : schema['enum']
  if (Array.isArray(fixed)) return ofValues(fixed)
  const types = ([] as unknown[]).concat(schema['type'])
  const plans = types.filter((type) => type !== 'null').map((type) => ofType(type, schema, { reader, depth }))
  return plans.length === 0 ? text : choice(plans)
}

function ofType(type: unknown, schema: JSONSchema, at: { reader: Reader; depth: number }): TextPlan {
  if (type === 'number' || type === 'integer') return { kind: 'number' }
  if (type === 'boolean') return { kind: 'boolean' }
  if (type !== 'array') return text
  const { items, prefixItems: places } = schema
  const itemPlan = (item: unknown): TextPlan => planOf(item, at.reader, at.depth + 1)
  return Array.isArray(places) ? tupleOf(places.map(itemPlan), itemPlan(items)) : listOf(itemPlan(items))
}

/** The values that are not strings, by their text; strings stay as they are. */
export function ofValues(values: readonly unknown[]): TextPlan {
  const others = values.filter((value) => typeof value !== 'string')
  return others.length === 0
    ? text
    : { kind: 'values', values: new Map(others.map((value) => [String(value), value] as const)) }
}

function variantsOf(schema: JSONSchema): readonly unknown[] | null {
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (Array.isArray(schema[key])) return schema[key]
  return null
}

function isObject(value: unknown): value is JSONSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
