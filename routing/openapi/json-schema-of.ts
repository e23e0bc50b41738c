import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import type { JSONSchema } from './openapi-document.ts'
import type { OpenAPIInfo, SchemaSide } from './openapi-options.ts'
import { zodJSONSchema, zodOptions } from './zod-json-schema.ts'

/**
 * Describes one side of a schema: by the function of the options, by what the schema offers, or by zod's own function. What
 * nobody can describe may be anything.
 *
 * @throws What the library throws for a schema that it cannot describe.
 */
export function jsonSchemaOf(schema: AnySchema, side: SchemaSide, own: OpenAPIInfo['jsonSchema']): JSONSchema {
  const given = own?.(schema, side) ?? null
  if (given !== null) return given
  const { vendor, jsonSchema: source } = schema['~standard']
  if (source !== undefined) {
    return source[side]({ target: 'draft-2020-12', libraryOptions: libraryOptions(vendor, side) })
  }
  return vendor === 'zod' ? zodJSONSchema(schema, side) : {}
}

function libraryOptions(vendor: string, side: SchemaSide): Record<string, unknown> | undefined {
  if (vendor === 'zod') return zodOptions(side)
  return vendor === 'arktype' ? { fallback: ({ base }: { readonly base: unknown }) => base } : undefined
}
