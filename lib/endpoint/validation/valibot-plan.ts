import { ofValues } from './json-schema-plan.ts'
import { choice, listOf, mergePlans, text, tupleOf } from './text-plan.ts'
import type { FieldPlan, FieldsPlan, TextPlan } from './text-plan.ts'

/** What valibot 1 tells of a schema, as far as plans need it. */
interface ValibotSchema {
  readonly type: string
  readonly entries?: Readonly<Record<string, unknown>>
  readonly rest?: unknown
  readonly value?: unknown
  readonly item?: unknown
  readonly items?: readonly unknown[]
  readonly options?: readonly unknown[]
  readonly wrapped?: unknown
  readonly literal?: unknown
  readonly getter?: (input: unknown) => unknown
}

const maxDepth = 12
const objects = new Set(['object', 'loose_object', 'strict_object', 'object_with_rest'])
const optionals = new Set(['optional', 'exact_optional', 'nullish', 'undefinedable'])

/** Reads a plan out of a schema of valibot; `null` when that does not describe an object. */
export function valibotPlan(given: unknown): FieldsPlan | null {
  return fieldsOf(given, 0)
}

function fieldsOf(given: unknown, depth: number): FieldsPlan | null {
  const schema = schemaOf(given)
  if (schema === null || depth > maxDepth) return null
  if (objects.has(schema.type)) return objectPlan(schema, depth)
  if (schema.type === 'record') return { fields: new Map(), rest: planOf(schema.value, depth + 1) }
  if (schema.type === 'union' || schema.type === 'variant' || schema.type === 'intersect') {
    const plans = (schema.options ?? []).map((option) => fieldsOf(option, depth + 1))
    return plans.includes(null) ? null : mergePlans(plans as FieldsPlan[])
  }
  const inner = innerOf(schema)
  return inner === null ? null : fieldsOf(inner, depth + 1)
}

function objectPlan(schema: ValibotSchema, depth: number): FieldsPlan {
  const fields = new Map<string, FieldPlan>()
  for (const [name, entry] of Object.entries(schema.entries ?? {})) {
    fields.set(name, { plan: planOf(entry, depth + 1), isOptional: optionals.has(schemaOf(entry)?.type ?? '') })
  }
  if (schema.type === 'object') return { fields, rest: null }
  return { fields, rest: schema.type === 'object_with_rest' ? planOf(schema.rest, depth + 1) : text }
}

function planOf(given: unknown, depth: number): TextPlan {
  const schema = schemaOf(given)
  if (schema === null || depth > maxDepth) return text
  switch (schema.type) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'date':
    case 'file':
      return { kind: schema.type }
    case 'blob':
      return { kind: 'file' }
    case 'literal':
      return ofValues([schema.literal])
    case 'enum':
    case 'picklist':
      return ofValues(schema.options ?? [])
    case 'array':
      return listOf(planOf(schema.item, depth + 1))
    case 'set':
      return listOf(planOf(schema.value, depth + 1), true)
    case 'tuple':
    case 'strict_tuple':
    case 'loose_tuple':
    case 'tuple_with_rest':
      return tupleOf(
        (schema.items ?? []).map((item) => planOf(item, depth + 1)),
        planOf(schema.rest, depth + 1),
      )
    case 'union':
      return ofAny(schema.options ?? [], depth)
    default: {
      const inner = innerOf(schema)
      return inner === null ? text : planOf(inner, depth + 1)
    }
  }
}

function ofAny(schemas: readonly unknown[], depth: number): TextPlan {
  return schemas.length === 0 ? text : choice(schemas.map((schema) => planOf(schema, depth + 1)))
}

function innerOf(schema: ValibotSchema): unknown {
  return schema.type === 'lazy' ? schema.getter?.(undefined) : (schema.wrapped ?? null)
}

function schemaOf(given: unknown): ValibotSchema | null {
  const schema = given as ValibotSchema | null | undefined
  return typeof schema?.type === 'string' ? schema : null
}
