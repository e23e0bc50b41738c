import type { AnySchema, Validation } from '../validation/schema.ts'
import { arktypeStrip } from './arktype-strip.ts'
import type { ArkNode, Strip } from './arktype-strip.ts'

/**
 * Returns a schema for what goes out, which leaves out what the given one does not declare. Most libraries do that by
 * themselves; the types of arktype keep it. What they say themselves of other keys stays: an index signature lets them pass,
 * `'+': 'reject'` refuses them.
 */
export function strippingSchema(schema: AnySchema): AnySchema {
  const { '~standard': standard } = schema
  const strip = standard.vendor === 'arktype' ? arktypeStrip((schema as ArkType).out) : null
  if (strip === null) return schema
  return { '~standard': { ...standard, validate: (value) => stripped(standard.validate(value), strip) } }
}

type ArkType = AnySchema & { readonly out: ArkNode }

type Validated = Validation<unknown> | Promise<Validation<unknown>>

function stripped(validated: Validated, strip: Strip): Validated {
  const result = validated as Validation<unknown>
  return result.issues === undefined ? { value: strip(result.value) } : result
}
