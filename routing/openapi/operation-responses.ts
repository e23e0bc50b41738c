import { responseDeclaration, streamFormat } from '../../lib/endpoint/contract/declared-answer.ts'
import type {
  DeclaredResponse,
  ResponseDeclaration,
  Responses,
} from '../../lib/endpoint/contract/response-declaration.ts'
import { hasNoContent, reasonPhrase } from '../../lib/http/status.ts'
import { namedExamples } from './named-examples.ts'
import type { HeaderObject, JSONSchema, MediaTypeObject, Reference, ResponseObject } from './openapi-document.ts'
import type { SchemaComponents } from './schema-components.ts'

/** What makes an operation answer besides what its contract declares. */
export interface Checks {
  /** Whether something of the request is validated. */
  readonly isValidated: boolean
  readonly isSecured: boolean
  readonly hasScopes: boolean
}

/** An answer that operations refer to by a name. */
export type ImpliedAnswer = readonly [status: string, name: string]

/** Answers by status, as documents write them. */
export type ResponsesObject = Readonly<Record<string, ResponseObject | Reference>>

const rangePhrases: ReadonlyMap<string, string> = new Map([
  ['1XX', 'Informational'],
  ['2XX', 'Successful'],
  ['3XX', 'Redirection'],
  ['4XX', 'Client Error'],
  ['5XX', 'Server Error'],
  ['default', 'Any other answer'],
])

/** Describes what an operation answers. */
export function operationResponses(
  declared: Responses,
  implied: readonly ImpliedAnswer[],
  components: SchemaComponents,
): ResponsesObject {
  const own = Object.entries(declared).map(([status, response]) => [
    status,
    responseObject(status, response, components),
  ])
  const responses = Object.fromEntries(own) as Record<string, ResponseObject | Reference>
  const hasSuccess = Object.keys(responses).some((status) => /^[23]|^default$/.test(status))
  if (!hasSuccess) responses['200'] = { description: 'OK', content: { 'application/json': { schema: {} } } }
  for (const [status, name] of implied) responses[status] ??= { $ref: `#/components/responses/${name}` }
  return responses
}

/** Returns the answers of those who check requests. */
export function impliedAnswers({ isValidated, isSecured, hasScopes }: Checks): readonly ImpliedAnswer[] {
  const answers: ImpliedAnswer[] = []
  if (isSecured) answers.push(['401', 'Unauthorized'])
  if (hasScopes) answers.push(['403', 'Forbidden'])
  if (isValidated) answers.push(['422', 'ValidationProblem'])
  return answers
}

function responseObject(status: string, given: DeclaredResponse, components: SchemaComponents): ResponseObject {
  const declared = responseDeclaration(given)
  const media = given === null || hasNoContent(Number(status)) ? null : mediaType(declared, components)
  return {
    description:
      declared.description ?? rangePhrases.get(status) ?? (reasonPhrase(Number(status)) || `Status ${status}`),
    ...(declared.headers !== undefined && { headers: headers(declared.headers, components) }),
    ...(media !== null && { content: media }),
    ...(declared.links !== undefined && { links: declared.links }),
  }
}

function mediaType(
  declared: ResponseDeclaration,
  components: SchemaComponents,
): Record<string, MediaTypeObject> | null {
  const { schema, mediaType: given, examples } = declared
  const format = streamFormat(declared)
  if (schema === undefined && given === undefined && format === null && examples === undefined) return null
  const described = schema === undefined ? null : components.describe(schema, 'output')
  const whole = format === null ? described : sequence(format, described ?? {})
  const type = given ?? (format === null ? 'application/json' : typeOf[format])
  return { [type]: { ...(whole !== null && { schema: whole }), ...namedExamples(examples) } }
}

const typeOf = { 'json-lines': 'application/jsonl', events: 'text/event-stream' } as const

/** A stream is described as the array of its items, as OpenAPI 3.2 reads sequential media types. */
function sequence(format: keyof typeof typeOf, item: JSONSchema): JSONSchema {
  return { type: 'array', items: format === 'events' ? eventOf(item) : item }
}

function eventOf(contentSchema: JSONSchema): JSONSchema {
  return {
    type: 'object',
    properties: {
      data: { type: 'string', contentMediaType: 'application/json', contentSchema },
      event: { type: 'string' },
      id: { type: 'string' },
      retry: { type: 'integer', minimum: 0 },
    },
  }
}

function headers(
  given: NonNullable<ResponseDeclaration['headers']>,
  components: SchemaComponents,
): Record<string, HeaderObject> {
  return Object.fromEntries(
    Object.entries(given).map(([name, { schema, description }]) => [
      name,
      {
        ...(description !== undefined && { description }),
        schema: schema === undefined ? { type: 'string' } : components.describe(schema, 'output'),
      },
    ]),
  )
}
