import { Validator } from '@seriousme/openapi-schema-validator'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import type { ContractShape } from '../../../lib/endpoint/contract/contract.ts'
import type {
  JSONSchema,
  OpenAPIDocument,
  OperationObject,
  ParameterObject,
} from '../../../routing/openapi/openapi-document.ts'
import type { OpenAPIInfo } from '../../../routing/openapi/openapi-options.ts'
import { openapi } from '../../../routing/openapi/openapi.ts'
import { Router } from '../../../routing/router.ts'

/** Returns what is wrong with a document by the official schema; `null` for nothing. */
export async function faultsOf(document: OpenAPIDocument): Promise<unknown> {
  const result = await new Validator().validate(inJSON(document) as Record<string, unknown>)
  return result.valid ? null : result.errors
}

/** Describes one operation, `POST /it` unless said otherwise. */
export function operationOf(
  shape: ContractShape,
  info: OpenAPIInfo = {},
): OperationObject & { document: OpenAPIDocument } {
  const app = new Router()
  app.post('/it', contract(shape), (() => undefined) as never)
  const document = openapi(app, info)
  return { ...document.paths['/it']!['post']!, document }
}

/** Returns the schema of the JSON that an operation takes. */
export function bodySchema(shape: ContractShape, info: OpenAPIInfo = {}): JSONSchema {
  return operationOf(shape, info).requestBody!.content['application/json']!.schema!
}

/** Returns the parameters of an operation without their examples. */
export function parametersOf(shape: ContractShape): readonly ParameterObject[] {
  return operationOf(shape).parameters ?? []
}

/** Returns the components of an operation but for the one of the framework. */
export function schemasOf(shape: ContractShape, info: OpenAPIInfo = {}): Record<string, JSONSchema> {
  return { ...operationOf(shape, { validationProblem: null, ...info }).document.components?.schemas }
}

/** Returns the references of a document that lead nowhere, and parts of it that are no JSON. */
export function loose(document: OpenAPIDocument): readonly string[] {
  const whole = inJSON(document)
  return Array.from(referencesIn(whole)).filter((reference) => target(whole, reference) === undefined)
}

function* referencesIn(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') yield value
    else yield* referencesIn(value)
  }
}

function target(whole: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  const steps = reference.slice(2).split('/')
  return steps.reduce<unknown>((at, step) => {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    return (at as Record<string, unknown> | undefined)?.[name]
  }, whole)
}

function inJSON(document: OpenAPIDocument): unknown {
  return JSON.parse(JSON.stringify(document))
}
