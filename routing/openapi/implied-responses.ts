import type { JSONSchema, ResponseObject } from './openapi-document.ts'
import type { OpenAPIInfo } from './openapi-options.ts'
import type { SchemaComponents } from './schema-components.ts'

const challenge = { 'www-authenticate': { schema: { type: 'string' } } }

const plain: Readonly<Record<string, ResponseObject>> = {
  Unauthorized: { description: 'The credentials are missing or do not hold.', headers: challenge },
  Forbidden: { description: 'The credentials do not allow it.', headers: challenge },
}

const fieldError: JSONSchema = {
  type: 'object',
  required: ['in', 'path', 'message', 'code'],
  properties: {
    in: { type: 'string', enum: ['path', 'query', 'headers', 'cookies', 'body', 'form'] },
    path: { type: 'array', items: { type: ['string', 'integer'] } },
    message: { type: 'string' },
    code: { type: 'string' },
  },
}

const validationProblem: JSONSchema = {
  type: 'object',
  description: 'A problem document: RFC 9457.',
  required: ['type', 'title', 'status', 'errors'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    errors: { type: 'array', items: fieldError },
  },
}

/** Returns the answers that operations refer to by a name. */
export function impliedResponses(
  names: ReadonlySet<string>,
  { validationProblem: own }: OpenAPIInfo,
  components: SchemaComponents,
): Readonly<Record<string, ResponseObject>> {
  const responses: Record<string, ResponseObject> = {}
  for (const [name, response] of Object.entries(plain)) if (names.has(name)) responses[name] = response
  if (names.has('ValidationProblem')) responses['ValidationProblem'] = own ?? ownProblem(components)
  return responses
}

function ownProblem(components: SchemaComponents): ResponseObject {
  const schema = components.add('ValidationProblem', validationProblem)
  return {
    description: 'The request is not what the operation takes.',
    content: { 'application/problem+json': { schema } },
  }
}
