import type { OperationDocs } from '../../lib/endpoint/contract/contract.ts'
import { headerName } from '../../lib/endpoint/validation/header-name.ts'
import { fieldExamples, namedExamples } from './named-examples.ts'
import type { GivenExamples } from './named-examples.ts'
import type { JSONSchema, ParameterObject } from './openapi-document.ts'
import { examplesOf, partFields } from './part-parameters.ts'
import type { SchemasByPart } from './part-schemas.ts'
import type { PathTemplate } from './path-template.ts'
import type { SchemaComponents } from './schema-components.ts'
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
  return [...pathParameters(sources), ...queryParameters(sources), ...fieldParameters(sources)]
}

/** The fields of a schema for the path say more than the converters do. */
function pathParameters({ template, parts, examples, components }: ParameterSources): ParameterObject[] {
  const fields = partFields(parts.path, components)
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

function* queryParameters({ parts, examples: given, components }: ParameterSources): Generator<ParameterObject> {
  const examples = given?.query
  const fields = partFields(parts.query, components)
  for (const [name, field] of fields) {
    const isList = takesList(field.schema, components)
    const described = parameterObject({ name, in: 'query', ...field, examples: examplesOf(field, examples) })
    yield isList ? { ...described, style: 'form', explode: true } : described
  }
  if (fields.has('query')) return
  // Names that clients choose: a single parameter stands for all of them.
  const schema = parts.query
    .filter((one) => partFields([one], components).size === 0)
    .map((one) => components.describe(one, 'input'))
    .find((one) => typeof components.resolve(one)['additionalProperties'] === 'object')
  if (schema === undefined) return
  yield { name: 'query', in: 'query', style: 'form', explode: true, schema, ...namedExamples(examples) }
}

function* fieldParameters({ parts, examples, components }: ParameterSources): Generator<ParameterObject> {
  for (const [name, field] of partFields(parts.headers, components, headerName)) {
    if (spokenFor.has(name)) continue
    yield parameterObject({ name, in: 'header', ...field, examples: examplesOf(field, examples?.headers) })
  }
  for (const [name, field] of partFields(parts.cookies, components)) {
    yield parameterObject({ name, in: 'cookie', ...field, examples: examplesOf(field, examples?.cookies) })
  }
}

function takesList(given: JSONSchema, components: SchemaComponents): boolean {
  const schema = components.resolve(given)
  if (schema['type'] === 'array') return true
  return ['anyOf', 'allOf'].some((keyword) => membersOf(schema, keyword).some((one) => takesList(one, components)))
}

function membersOf(schema: JSONSchema, keyword: string): readonly JSONSchema[] {
  return Array.isArray(schema[keyword]) ? (schema[keyword] as readonly JSONSchema[]) : []
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
  const { description: own, deprecated: isOwn, ...schema } = given
  const members = membersOf(schema, 'allOf')
  const description = own ?? members.find((member) => member['description'] !== undefined)?.['description']
  return {
    name,
    in: place,
    ...(isRequired && { required: true }),
    ...(typeof description === 'string' && { description }),
    ...((isOwn === true || members.some(({ deprecated }) => deprecated === true)) && { deprecated: true }),
    schema,
    ...namedExamples(examples),
  }
}
