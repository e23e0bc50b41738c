import { headerName } from '../../lib/endpoint/validation/header-name.ts'
import type { OperationDocs } from '../../lib/endpoint/contract/contract.ts'
import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import { fieldExamples, namedExamples } from './named-examples.ts'
import type { GivenExamples } from './named-examples.ts'
import type { JSONSchema, ParameterObject } from './openapi-document.ts'
import type { SchemasByPart } from './part-schemas.ts'
import type { PathTemplate } from './path-template.ts'
import type { SchemaComponents } from './schema-components.ts'
import { schemaFields } from './schema-fields.ts'
import type { SchemaField } from './schema-fields.ts'

/** What describes the parameters of an operation. */
export interface ParameterSources {
  readonly template: PathTemplate
  readonly parts: SchemasByPart
  readonly examples: OperationDocs['examples']
  readonly components: SchemaComponents
}

/** Header parameters that OpenAPI has other words for, and tells readers to ignore. */
const spokenFor: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

/** Describes the parameters of an operation, each place and name once. */
export function parameters(sources: ParameterSources): readonly ParameterObject[] {
  const found = [...pathParameters(sources), ...fieldParameters(sources)]
  const unique = new Map<string, ParameterObject>()
  for (const parameter of found) {
    const key = `${parameter.in} ${parameter.name}`
    if (!unique.has(key)) unique.set(key, parameter)
  }
  return [...unique.values()]
}

/** The fields of a schema for the path say more than the converters do. */
function pathParameters({ template, parts, examples, components }: ParameterSources): ParameterObject[] {
  const fields = allFields(parts.path, components)
  return template.params.map(({ name, source, schema }) => {
    const field = source === null ? undefined : fields.get(source)
    const described = field === undefined || Object.keys(field.schema).length === 0 ? schema : field.schema
    return parameterObject({
      name,
      in: 'path',
      schema: described,
      isRequired: true,
      examples: fieldExamples(examples?.path, source ?? name),
    })
  })
}

function* fieldParameters({ parts, examples, components }: ParameterSources): Generator<ParameterObject> {
  for (const schema of parts.query)
    yield* queryParameters(components.describe(schema, 'input'), examples?.query, components)
  for (const [key, field] of allFields(parts.headers, components)) {
    const name = headerName(key)
    if (!spokenFor.has(name))
      yield parameterObject({ name, in: 'header', ...field, examples: fieldExamples(examples?.headers, key) })
  }
  for (const [name, field] of allFields(parts.cookies, components)) {
    yield parameterObject({ name, in: 'cookie', ...field, examples: fieldExamples(examples?.cookies, name) })
  }
}

function* queryParameters(
  schema: JSONSchema,
  examples: GivenExamples,
  components: SchemaComponents,
): Generator<ParameterObject> {
  const fields = schemaFields(schema, components)
  for (const [name, field] of fields) {
    const isList = takesList(field.schema, components)
    const described = parameterObject({ name, in: 'query', ...field, examples: fieldExamples(examples, name) })
    yield isList ? { ...described, style: 'form', explode: true } : described
  }
  const { additionalProperties: rest } = components.resolve(schema)
  // Names that clients choose: a single parameter stands for all of them.
  if (fields.size > 0 || typeof rest !== 'object') return
  yield { name: 'query', in: 'query', style: 'form', explode: true, schema, ...namedExamples(examples) }
}

function allFields(schemas: readonly AnySchema[], components: SchemaComponents): ReadonlyMap<string, SchemaField> {
  const fields = schemas
    .toReversed()
    .flatMap((schema) => [...schemaFields(components.describe(schema, 'input'), components)])
  return new Map(fields)
}

function takesList(given: JSONSchema, components: SchemaComponents): boolean {
  const schema = components.resolve(given)
  if (schema['type'] === 'array') return true
  const variants = schema['anyOf']
  return Array.isArray(variants) && variants.some((variant) => takesList(variant as JSONSchema, components))
}

function parameterObject({
  name,
  in: place,
  schema: given,
  isRequired,
  examples,
}: SchemaField & {
  readonly name: string
  readonly in: ParameterObject['in']
  readonly examples: GivenExamples
}): ParameterObject {
  const { description, deprecated, includeInSchema: _included, ...schema } = given
  return {
    name,
    in: place,
    ...(isRequired && { required: true }),
    ...(typeof description === 'string' && { description }),
    ...(deprecated === true && { deprecated }),
    schema,
    ...namedExamples(examples),
  }
}
