import type { OperationDocs } from '../../lib/endpoint/contract/contract.ts'
import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import { takesNothing } from './missing-body.ts'
import { namedExamples } from './named-examples.ts'
import type { JSONSchema, MediaTypeObject, RequestBodyObject } from './openapi-document.ts'
import type { SchemasByPart } from './part-schemas.ts'
import type { SchemaComponents } from './schema-components.ts'
import { schemaFields } from './schema-fields.ts'

/** Describes the content of a request; `null` when it has none. */
export function requestBody(
  { body, form }: SchemasByPart,
  examples: OperationDocs['examples'],
  components: SchemaComponents,
): RequestBodyObject | null {
  const jsonContent = content(body, components)
  const formContent = content(form, components)
  if (jsonContent === null && formContent === null) return null
  return {
    // A form has a type even where it is empty.
    required: form.length > 0 || !body.every(takesNothing),
    content: {
      ...(jsonContent !== null && { 'application/json': { schema: jsonContent, ...namedExamples(examples?.body) } }),
      ...(formContent !== null && formTypes({ schema: formContent, ...namedExamples(examples?.form) }, components)),
    },
  }
}

function content(schemas: readonly AnySchema[], components: SchemaComponents): JSONSchema | null {
  const described = schemas.map((schema) => components.describe(schema, 'input'))
  return described.length > 1 ? { allOf: described } : (described[0] ?? null)
}

/** Files travel in multipart alone. */
function formTypes(
  media: MediaTypeObject & { readonly schema: JSONSchema },
  components: SchemaComponents,
): Record<string, MediaTypeObject> {
  const fields = [...schemaFields(media.schema, components).values()]
  const isMultipart = fields.some(({ schema }) => isFile(schema, components))
  return { ...(!isMultipart && { 'application/x-www-form-urlencoded': media }), 'multipart/form-data': media }
}

function isFile(given: JSONSchema, components: SchemaComponents): boolean {
  const schema = components.resolve(given)
  if (schema['format'] === 'binary') return true
  const below = [schema['items'], ...(Array.isArray(schema['anyOf']) ? schema['anyOf'] : [])]
  return below.some((part) => typeof part === 'object' && part !== null && isFile(part as JSONSchema, components))
}
