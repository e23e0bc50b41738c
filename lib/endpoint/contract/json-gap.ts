import type { AnySchema } from '../validation/schema.ts'

/** What a schema gives that JSON would write as `{}`. */
interface JSONGap {
  readonly kind: 'set' | 'map'
  /** The names on the way to it. */
  readonly path: readonly string[]
}

/** What zod and valibot tell of a schema, as far as this is concerned. */
interface Definition {
  readonly type: string
  readonly shape?: object
  readonly entries?: object
  readonly element?: unknown
  readonly item?: unknown
  readonly items?: readonly unknown[]
  readonly rest?: unknown
  readonly valueType?: unknown
  readonly value?: unknown
  readonly catchall?: unknown
  readonly options?: readonly unknown[]
  readonly left?: unknown
  readonly right?: unknown
  readonly innerType?: unknown
  readonly wrapped?: unknown
  /** Of zod, what comes last; of valibot, everything in turn. */
  readonly out?: unknown
  readonly pipe?: readonly { readonly kind: string }[]
}

/** An end for schemas that make others whenever they are asked. */
const maxSchemas = 1000

const remedies = {
  set: 'a list, for example by .transform((set) => [...set])',
  map: 'an object, for example by .transform((map) => Object.fromEntries(map))',
}

/**
 * Refuses a schema of zod or valibot that gives a set or a map.
 *
 * @param attempt What the schema is for, for example `declare the answer 200`.
 * @throws TypeError naming the place of it.
 */
export function checkJSON(attempt: string, schema: AnySchema): void {
  const gap = jsonGap(schema)
  if (gap === null) return
  const place = gap.path.length === 0 ? '' : ` at ${gap.path.join('.')}`
  throw new TypeError(
    `Cannot ${attempt}: its schema gives a ${gap.kind}${place}, which JSON would write as {}, expected ${remedies[gap.kind]}`,
  )
}

/**
 * Finds a set or a map in what a schema of zod or valibot gives. What a transformation makes of one is not known; nor is what a
 * schema cannot tell yet, since it is asked when a route is made.
 */
function jsonGap(schema: AnySchema): JSONGap | null {
  try {
    return gapIn(schema, [], new Set())
  } catch {
    return null
  }
}

function gapIn(schema: unknown, path: readonly string[], seen: Set<unknown>): JSONGap | null {
  const definition = definitionOf(schema)
  if (definition === null || seen.has(schema) || seen.size > maxSchemas) return null
  seen.add(schema)
  const { type } = definition
  if (type === 'set' || type === 'map') return { kind: type, path }
  // It tells whether there is one.
  if (type === 'success') return null
  for (const [name, part] of partsOf(definition)) {
    const gap = gapIn(part, name === null ? path : [...path, name], seen)
    if (gap !== null) return gap
  }
  return null
}

function definitionOf(schema: unknown): Definition | null {
  if (typeof schema !== 'object' || schema === null) return null
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  if ('_zod' in schema) return (schema as { readonly _zod: { readonly def: Definition } })._zod.def
  const { pipe = [] } = schema as Definition
  if (pipe.some(({ kind }) => kind === 'transformation')) return null
  return 'type' in schema ? (schema as Definition) : null
}

/** The parts of what a schema gives, those with a name by it. */
function partsOf(definition: Definition): (readonly [name: string | null, part: unknown])[] {
  const { shape, entries, items = [], options = [] } = definition
  const { element, item, rest, valueType, value, catchall, left, right, innerType, wrapped, out } = definition
  const unnamed = [element, item, ...items, rest, valueType, value, catchall, ...options]
  return [
    ...Object.entries(shape ?? entries ?? {}),
    ...[...unnamed, left, right, innerType, wrapped, out].map((part) => [null, part] as const),
  ]
}
