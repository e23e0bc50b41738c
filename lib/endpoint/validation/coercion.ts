import { arktypeFallback } from './arktype-fallback.ts'
import { everyField } from './fields-plan.ts'
import type { FieldsPlan } from './fields-plan.ts'
import { jsonSchemaPlan } from './json-schema-plan.ts'
import type { AnySchema } from './schema.ts'
import { valibotPlan } from './valibot-plan.ts'
import { zodPlan } from './zod-plan.ts'

/**
 * Finds out what the input of a schema wants the text of its fields to become: from the definitions of zod and valibot,
 * else from the JSON Schema of the input. Of a schema that says nothing, text stays text.
 */
export function coercionOf(schema: AnySchema): FieldsPlan {
  const { vendor } = schema['~standard']
  const own = vendor === 'zod' ? zodPlan(schema) : vendor === 'valibot' ? valibotPlan(schema) : null
  return own ?? jsonSchemaPlan(inputOf(schema)) ?? everyField
}

function inputOf(schema: AnySchema): unknown {
  const { vendor, jsonSchema } = schema['~standard']
  const libraryOptions = vendor === 'arktype' ? { fallback: arktypeFallback } : undefined
  try {
    return jsonSchema?.input({ target: 'draft-2020-12', libraryOptions })
  } catch {
    // A library refuses so what JSON Schema cannot express.
    return null
  }
}
