import { intersectionOf, objectOf, unionOf } from './fields-plan.ts'
import type { FieldPlan, FieldsPlan } from './fields-plan.ts'
import { asRepeated, both, choice, listOf, ofValues, text, tupleOf } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

type JSONSchema = Readonly<Record<string | symbol, unknown>>

/** References can go round in circles, and the fields of a part are flat anyway. */
const maxDepth = 8

/** Where a library says what JSON Schema has no word for: the plan of the text itself. */
export const textPlanKey: unique symbol = Symbol('text plan')

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
  const whole = (variant: unknown): FieldsPlan | null => fieldsOf(variant, reader, depth + 1)
  const alternatives = alternativesOf(schema)
  if (alternatives !== null) return unionOf(alternatives.map(whole))
  if (Array.isArray(schema['allOf'])) return intersectionOf(schema['allOf'].map(whole))
  const { properties, required, additionalProperties: rest } = schema
  if (schema['type'] !== 'object' && !isObject(properties)) return null
  const needed = new Set(Array.isArray(required) ? required : [])
  const fields = new Map<string, FieldPlan>()
  for (const [name, property] of Object.entries(isObject(properties) ? properties : {})) {
    const isOptional = !needed.has(name)
    fields.set(name, { plan: planOf(property, reader, depth + 1), isOptional })
  }
  return objectOf(fields, isObject(rest) && Object.keys(rest).length > 0 ? planOf(rest, reader, depth + 1) : asRepeated)
}

function planOf(given: unknown, reader: Reader, depth: number): TextPlan {
  if (depth > maxDepth) return text
  const schema = reader.resolve(given)
  const own = schema[textPlanKey]
  if (own !== undefined) return own as TextPlan
  const whole = (variant: unknown): TextPlan => planOf(variant, reader, depth + 1)
  const alternatives = alternativesOf(schema)
  if (alternatives !== null) return choice(alternatives.map(whole))
  if (Array.isArray(schema['allOf'])) return both(schema['allOf'].map(whole))
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

function alternativesOf(schema: JSONSchema): readonly unknown[] | null {
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  return Array.isArray(alternatives) ? alternatives : null
}

function isObject(value: unknown): value is JSONSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
