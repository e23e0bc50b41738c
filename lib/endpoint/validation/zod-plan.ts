import { ofValues } from './json-schema-plan.ts'
import { choice, listOf, mergePlans, text, tupleOf } from './text-plan.ts'
import type { FieldPlan, FieldsPlan, TextPlan } from './text-plan.ts'

/** What zod 4 tells of a schema, as far as plans need it. No import of zod: an app has the copy that it chose. */
interface ZodDefinition {
  readonly type: string
  readonly shape?: Readonly<Record<string, unknown>>
  readonly catchall?: unknown
  readonly valueType?: unknown
  readonly element?: unknown
  readonly items?: readonly unknown[]
  readonly rest?: unknown
  readonly options?: readonly unknown[]
  readonly left?: unknown
  readonly right?: unknown
  readonly innerType?: unknown
  readonly in?: unknown
  readonly getter?: () => unknown
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, unknown>>
}

const maxDepth = 12
const wrappers = new Set(['optional', 'nullable', 'nonoptional', 'default', 'prefault', 'catch', 'readonly', 'success'])
const optionals = new Set(['optional', 'default', 'prefault', 'catch'])

/** Reads a plan out of a schema of zod; `null` when that does not describe an object. */
export function zodPlan(schema: unknown): FieldsPlan | null {
  return fieldsOf(schema, 0)
}

function fieldsOf(schema: unknown, depth: number): FieldsPlan | null {
  const definition = definitionOf(schema)
  if (definition === null || depth > maxDepth) return null
  switch (definition.type) {
    case 'object':
      return objectPlan(definition, depth)
    case 'record':
      return { fields: new Map(), rest: planOf(definition.valueType, depth + 1) }
    case 'union':
      return joined(definition.options ?? [], depth)
    case 'intersection':
      return joined([definition.left, definition.right], depth)
    default: {
      const inner = innerOf(definition)
      return inner === null ? null : fieldsOf(inner, depth + 1)
    }
  }
}

function objectPlan({ shape, catchall }: ZodDefinition, depth: number): FieldsPlan {
  const fields = new Map<string, FieldPlan>()
  for (const [name, field] of Object.entries(shape ?? {})) {
    fields.set(name, { plan: planOf(field, depth + 1), isOptional: isOptional(field, depth + 1) })
  }
  return { fields, rest: catchall === undefined ? null : planOf(catchall, depth + 1) }
}

function joined(parts: readonly unknown[], depth: number): FieldsPlan | null {
  const plans = parts.map((part) => fieldsOf(part, depth + 1))
  return plans.includes(null) ? null : mergePlans(plans as FieldsPlan[])
}

function planOf(schema: unknown, depth: number): TextPlan {
  const definition = definitionOf(schema)
  if (definition === null || depth > maxDepth) return text
  switch (definition.type) {
    case 'number':
    case 'int':
      return { kind: 'number' }
    case 'bigint':
    case 'boolean':
    case 'date':
    case 'file':
      return { kind: definition.type }
    case 'literal':
      return ofValues(definition.values ?? [])
    case 'enum':
      return ofValues(Object.values(definition.entries ?? {}))
    case 'array':
      return listOf(planOf(definition.element, depth + 1))
    case 'set':
      return listOf(planOf(definition.valueType, depth + 1), true)
    case 'tuple':
      return tupleOf(
        (definition.items ?? []).map((item) => planOf(item, depth + 1)),
        planOf(definition.rest, depth + 1),
      )
    case 'union':
      return ofAny(definition.options ?? [], depth)
    default: {
      const inner = innerOf(definition)
      return inner === null ? text : planOf(inner, depth + 1)
    }
  }
}

function ofAny(schemas: readonly unknown[], depth: number): TextPlan {
  return schemas.length === 0 ? text : choice(schemas.map((schema) => planOf(schema, depth + 1)))
}

function isOptional(schema: unknown, depth: number): boolean {
  const definition = definitionOf(schema)
  if (definition === null || depth > maxDepth) return false
  if (optionals.has(definition.type)) return true
  const inner = definition.type === 'nonoptional' ? null : innerOf(definition)
  return inner !== null && isOptional(inner, depth + 1)
}

/** What stands behind a wrapper, on the side of the input. */
function innerOf(definition: ZodDefinition): unknown {
  if (wrappers.has(definition.type)) return definition.innerType
  if (definition.type === 'pipe') return definition.in
  return definition.type === 'lazy' ? definition.getter?.() : null
}

function definitionOf(schema: unknown): ZodDefinition | null {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const definition = (schema as { readonly _zod?: { readonly def?: ZodDefinition } } | null | undefined)?._zod?.def
  return typeof definition?.type === 'string' ? definition : null
}
