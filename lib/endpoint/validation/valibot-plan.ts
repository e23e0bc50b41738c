import { intersectionOf, objectOf, unionOf } from './fields-plan.ts'
import type { FieldPlan, FieldsPlan } from './fields-plan.ts'
import { fileKindOf } from './file-schema.ts'
import { asRepeated, both, choice, listOf, ofValues, text, tupleOf } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

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
const untold: ReadonlySet<unknown> = new Set(['any', 'unknown', 'never'])
const joins = new Map([
  ['union', unionOf],
  ['variant', unionOf],
  ['intersect', intersectionOf],
])
const optionals = new Set(['optional', 'exact_optional', 'nullish', 'undefinedable'])

/** Reads a plan out of a schema of valibot; `null` when that does not describe an object. */
export function valibotPlan(given: unknown): FieldsPlan | null {
  return fieldsOf(given, 0)
}

function fieldsOf(given: unknown, depth: number): FieldsPlan | null {
  const schema = schemaOf(given)
  if (schema === null || depth > maxDepth) return null
  if (objects.has(schema.type)) return objectPlan(schema, depth)
  if (schema.type === 'record') return objectOf(new Map(), restOf(schema.value, depth + 1))
  const joined = joins.get(schema.type)
  if (joined !== undefined) return joined((schema.options ?? []).map((option) => fieldsOf(option, depth + 1)))
  const inner = innerOf(schema)
  return inner === null ? null : fieldsOf(inner, depth + 1)
}

function objectPlan(schema: ValibotSchema, depth: number): FieldsPlan {
  const fields = new Map<string, FieldPlan>()
  for (const [name, entry] of Object.entries(schema.entries ?? {})) {
    fields.set(name, { plan: planOf(entry, depth + 1), isOptional: optionals.has(schemaOf(entry)?.type ?? '') })
  }
  if (schema.type === 'object') return objectOf(fields, null)
  return objectOf(fields, schema.type === 'object_with_rest' ? restOf(schema.rest, depth + 1) : asRepeated)
}

/** What is made of fields that have no schema of their own. */
function restOf(given: unknown, depth: number): TextPlan {
  return untold.has(schemaOf(given)?.type) ? asRepeated : planOf(given, depth)
}

function planOf(given: unknown, depth: number): TextPlan {
  const schema = schemaOf(given)
  if (schema === null || depth > maxDepth) return text
  switch (schema.type) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'date':
      return { kind: schema.type }
    case 'file':
    case 'blob':
    case 'instance':
    case 'custom': {
      const kind = fileKindOf(schema)
      return kind === null ? text : { kind }
    }
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
    case 'intersect':
      return both((schema.options ?? []).map((option) => planOf(option, depth + 1)))
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
  return schema.type === 'lazy' ? lazySchema(schema) : (schema.wrapped ?? null)
}

/** The function may want to see the input first, which nobody has here. */
function lazySchema({ getter }: ValibotSchema): unknown {
  try {
    return getter?.(undefined)
  } catch {
    return null
  }
}

function schemaOf(given: unknown): ValibotSchema | null {
  const schema = given as ValibotSchema | null | undefined
  return typeof schema?.type === 'string' ? schema : null
}
