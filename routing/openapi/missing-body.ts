import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'

/** What zod tells of a schema, as far as it says what becomes of nothing. */
interface Definition {
  readonly type: string
  readonly innerType?: unknown
  readonly in?: unknown
  readonly out?: unknown
  readonly getter?: () => unknown
  readonly options?: readonly unknown[]
  readonly left?: unknown
  readonly right?: unknown
  readonly values?: readonly unknown[]
  readonly coerce?: boolean
  /** Of a codec: stands between its two schemas. */
  readonly transform?: unknown
}

interface ZodSchema {
  readonly _zod?: { readonly def?: Definition; readonly traits?: ReadonlySet<string> }
}

/** What validating `undefined` gives. */
type Outcome = 'refused' | 'nothing' | 'value'

const maxDepth = 12

/**
 * Tells whether a schema of zod or valibot takes a body that is not there. Functions of the schema are not called: one before a
 * schema is held to pass on what it gets, one behind it to make a value.
 */
export function takesNothing(schema: AnySchema): boolean {
  if (schema['~standard'].vendor === 'valibot') return valibotTypes.has((schema as { readonly type?: unknown }).type)
  return outcomeOf(schema, 0) !== 'refused'
}

const valibotTypes: ReadonlySet<unknown> = new Set([
  'optional',
  'nullish',
  'undefinedable',
  'undefined',
  'any',
  'unknown',
])

function outcomeOf(schema: unknown, depth: number): Outcome {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { def, traits } = (schema as ZodSchema | undefined)?._zod ?? {}
  if (def === undefined || depth > maxDepth) return 'refused'
  const inner = (next: unknown): Outcome => outcomeOf(next, depth + 1)
  switch (def.type) {
    case 'any':
    case 'unknown':
    case 'undefined':
    case 'void':
      return 'nothing'
    case 'default':
    case 'prefault':
    case 'catch':
      return 'value'
    case 'optional':
      return traits?.has('$ZodExactOptional') === true ? inner(def.innerType) : orNothing(inner(def.innerType))
    case 'nullable':
    case 'readonly':
      return inner(def.innerType)
    case 'nonoptional':
      return inner(def.innerType) === 'value' ? 'value' : 'refused'
    case 'lazy':
      return inner(def.getter?.())
    case 'literal':
      return def.values?.includes(undefined) === true ? 'nothing' : 'refused'
    case 'string':
    case 'boolean':
      return def.coerce === true ? 'value' : 'refused'
    case 'union':
      return def.options?.map(inner).find((outcome) => outcome !== 'refused') ?? 'refused'
    case 'intersection':
      return inner(def.left) === 'refused' ? 'refused' : inner(def.right)
    case 'pipe':
      return pipeOutcome(def, inner)
    case 'transform':
      return 'nothing'
    default:
      return 'refused'
  }
}

function orNothing(inner: Outcome): Outcome {
  return inner === 'value' ? 'value' : 'nothing'
}

function pipeOutcome({ in: first, out: last, transform }: Definition, inner: (next: unknown) => Outcome): Outcome {
  const made = inner(first)
  if (made !== 'nothing') return made
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  return transform !== undefined || (last as ZodSchema)._zod?.def?.type === 'transform' ? 'value' : inner(last)
}
