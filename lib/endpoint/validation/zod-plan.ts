import { intersectionOf, objectOf, unionOf } from './fields-plan.ts'
import type { FieldPlan, FieldsPlan } from './fields-plan.ts'
import { fileKindOf } from './file-schema.ts'
import { asRepeated, asSent, both, choice, listOf, ofValues, text, tupleOf } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

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
  readonly out?: unknown
  readonly getter?: () => unknown
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, unknown>>
}

const maxDepth = 12
const wrappers = new Set(['optional', 'nullable', 'nonoptional', 'default', 'prefault', 'catch', 'readonly', 'success'])
const optionals = new Set(['optional', 'default', 'prefault', 'catch'])
const untold: ReadonlySet<unknown> = new Set(['any', 'unknown', 'never'])

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
      return objectOf(new Map(), restOf(definition.valueType, depth + 1))
    case 'union':
      return unionOf((definition.options ?? []).map((option) => fieldsOf(option, depth + 1)))
    case 'intersection':
      return intersectionOf([definition.left, definition.right].map((part) => fieldsOf(part, depth + 1)))
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
  return objectOf(fields, catchall === undefined ? null : restOf(catchall, depth + 1))
}

/** What is made of fields that have no schema of their own. */
function restOf(schema: unknown, depth: number): TextPlan {
  return untold.has(definitionOf(schema)?.type) ? asRepeated : planOf(schema, depth)
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
      return { kind: definition.type }
    case 'file':
    case 'custom': {
      const kind = fileKindOf(schema)
      return kind === null ? text : { kind }
    }
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
    case 'intersection':
      return both([definition.left, definition.right].map((part) => planOf(part, depth + 1)))
    case 'pipe':
      return pipePlan(definition, depth)
    default: {
      const inner = innerOf(definition)
      return inner === null ? text : planOf(inner, depth + 1)
    }
  }
}

/** A preprocessor makes of what is sent what it wants. */
function pipePlan({ in: first, out }: ZodDefinition, depth: number): TextPlan {
  const isFunction = definitionOf(first)?.type === 'transform'
  return isFunction ? asSent(planOf(out, depth + 1)) : planOf(first, depth + 1)
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
