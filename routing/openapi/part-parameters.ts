import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import { fieldExamples } from './named-examples.ts'
import type { GivenExamples } from './named-examples.ts'
import type { SchemaComponents } from './schema-components.ts'
import { joined, schemaFields } from './schema-fields.ts'
import type { SchemaField } from './schema-fields.ts'

/** One field of a part of the request. */
export interface PartField extends SchemaField {
  /** What the schemas call it. */
  readonly keys: readonly string[]
}

/**
 * Returns the fields that schemas ask of one part, by their names. A field that several ask for has to be what all of them say,
 * and is required when one of them says so.
 *
 * @param nameOf Returns the name of a field in requests. Default: the one in the schema.
 */
export function partFields(
  schemas: readonly AnySchema[],
  components: SchemaComponents,
  nameOf: (key: string) => string = (key) => key,
): ReadonlyMap<string, PartField> {
  const fields = new Map<string, PartField>()
  for (const schema of schemas) {
    for (const [key, field] of schemaFields(components.describe(schema, 'input'), components)) {
      const name = nameOf(key)
      const known = fields.get(name)
      const both = known === undefined ? field : joined(known, field, 'allOf')
      fields.set(name, { ...both, keys: [...(known?.keys ?? []), key] })
    }
  }
  return fields
}

/** Returns the examples of a field out of examples of the whole part. */
export function examplesOf({ keys }: PartField, given: GivenExamples): GivenExamples {
  return Object.assign({}, ...keys.map((key) => fieldExamples(given, key))) as GivenExamples
}
