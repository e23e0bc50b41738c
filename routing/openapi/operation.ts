import type { Contract, ContractShape } from '../../lib/endpoint/contract/contract.ts'
import type { Responses } from '../../lib/endpoint/contract/response-declaration.ts'
import { neededRoots } from '../../lib/endpoint/contract/needed-roots.ts'
import type { Dependency } from '../../lib/endpoint/dependencies/dependency.ts'
import { reachableDependencies } from '../../lib/endpoint/dependencies/reachable.ts'
import { mergeObjects } from './merge-objects.ts'
import type { OpenAPIInfo } from './openapi-options.ts'
import type { OperationObject, PathItemObject, ServerObject } from './openapi-document.ts'
import { OperationIds, placeOf } from './operation-ids.ts'
import { impliedAnswers, operationResponses } from './operation-responses.ts'
import type { ResponsesObject } from './operation-responses.ts'
import { operationSecurity, SecuritySchemes } from './operation-security.ts'
import { parameters } from './parameters.ts'
import { partSchemas } from './part-schemas.ts'
import type { PathTemplate } from './path-template.ts'
import { requestBody } from './request-body.ts'
import { SchemaComponents } from './schema-components.ts'

/** What an operation is described from. */
export interface OperationSource {
  /** In upper case. */
  readonly method: string
  readonly template: PathTemplate
  readonly shape: ContractShape
  /** The name of the route; `null` for callbacks and webhooks, which get no `operationId` of their own accord. */
  readonly route: { readonly name: string | null } | null
  /** Whether another method of the route has the `operationId` of the contract. */
  readonly isFurther: boolean
  /** What is made on the way to the operation. */
  readonly dependencies: readonly Dependency[]
  readonly tags: readonly string[]
  readonly deprecated: boolean
  readonly responses: Responses
  readonly servers: readonly ServerObject[] | null
}

/** Describes operations, and collects what they refer to. */
export class OperationWriter {
  readonly components: SchemaComponents
  readonly securitySchemes: SecuritySchemes
  /** The names of the answers that operations refer to. */
  readonly responseNames: Set<string> = new Set()
  readonly #ids: OperationIds
  readonly #hasProblem: boolean

  constructor({ jsonSchema, operationId, securitySchemes, validationProblem }: OpenAPIInfo) {
    this.components = new SchemaComponents(jsonSchema)
    this.securitySchemes = new SecuritySchemes(securitySchemes)
    this.#ids = new OperationIds(operationId)
    this.#hasProblem = validationProblem !== null
  }

  /** Notes the names that a contract gives its operation, and those that this calls; names that are made keep clear of them. */
  reserve({ operationId, callbacks = {} }: ContractShape): void {
    if (operationId !== undefined) this.#ids.reserve(operationId)
    for (const urls of Object.values(callbacks)) for (const { shape } of Object.values(urls)) this.reserve(shape)
  }

  /** @throws TypeError naming the operation, for what cannot be described. */
  write(source: OperationSource): OperationObject {
    const place = placeOf({ method: source.method, path: source.template.text })
    const { place: outer } = this.components
    this.components.place = place
    try {
      return this.#write(source)
    } catch (cause) {
      throw new TypeError(`Cannot document ${place}: ${(cause as Error).message}`, { cause })
    } finally {
      this.components.place = outer
    }
  }

  /** Describes an operation that the API calls. */
  writeCalled(contract: Contract, url: string): PathItemObject {
    const method = contract.method ?? 'POST'
    const called = { dependencies: [], tags: [], deprecated: false, responses: {}, servers: null }
    const template = { text: url, params: [] }
    const operation = this.write({ method, template, shape: contract.shape, ...called, route: null, isFurther: false })
    return { [pathItemKey(method)!]: operation }
  }

  #write(source: OperationSource): OperationObject {
    const { template, shape } = source
    const { components } = this
    const reached = reachableDependencies([
      ...source.dependencies,
      ...neededRoots(shape).map(({ dependency }) => dependency),
    ])
    this.securitySchemes.addAll(reached)
    const parts = partSchemas(
      shape,
      reached.map(({ dependency }) => dependency),
    )
    const described = parameters({ template, parts, examples: shape.examples, components })
    const body = requestBody(parts, shape.examples, components)
    const { requirements, isRequired, hasScopes } = operationSecurity(reached)
    const isValidated = this.#hasProblem && Object.values(parts).some(({ length }) => length > 0)
    // What others answer is not up to us.
    const implied = source.route === null ? [] : impliedAnswers({ isValidated, isSecured: isRequired, hasScopes })
    const responses = operationResponses({ ...source.responses, ...shape.responses }, implied, components)
    this.#note(responses)
    const operation: OperationObject = {
      ...this.#words(source),
      ...(described.length > 0 && { parameters: described }),
      ...(body !== null && { requestBody: body }),
      responses,
      ...(shape.callbacks !== undefined && { callbacks: this.#callbacks(shape.callbacks) }),
      ...(requirements.length > 0 && { security: requirements }),
    }
    return shape.openapi === undefined ? operation : mergeObjects(operation, shape.openapi)
  }

  #words(source: OperationSource): Omit<OperationObject, 'responses'> {
    const { summary, description, externalDocs, servers = source.servers } = source.shape
    const tags = [...new Set([...source.tags, ...(source.shape.tags ?? [])])]
    const operationId = this.#operationId(source, tags)
    return {
      ...(operationId !== null && { operationId }),
      ...(tags.length > 0 && { tags }),
      ...(summary !== undefined && { summary }),
      ...(description !== undefined && { description }),
      ...(externalDocs !== undefined && { externalDocs }),
      ...((source.shape.deprecated ?? source.deprecated) && { deprecated: true }),
      ...(servers !== null && { servers }),
    }
  }

  #operationId({ method, template, shape, route, isFurther }: OperationSource, tags: readonly string[]): string | null {
    const place = { method, path: template.text }
    const { operationId: given } = shape
    if (given !== undefined)
      return isFurther ? this.#ids.makeFurther(given, place) : this.#ids.take(given, placeOf(place))
    return route === null ? null : this.#ids.make({ ...place, name: route.name, tags })
  }

  #callbacks(callbacks: NonNullable<ContractShape['callbacks']>): NonNullable<OperationObject['callbacks']> {
    return mapValues(callbacks, (urls) => mapEntries(urls, (url, contract) => this.writeCalled(contract, url)))
  }

  #note(responses: ResponsesObject): void {
    for (const response of Object.values(responses)) {
      if ('$ref' in response) this.responseNames.add(response.$ref.slice('#/components/responses/'.length))
    }
  }
}

const ownKeys: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'])

/** Returns the key of a method in a path item; `null` for one that OpenAPI 3.1 has no word for. */
export function pathItemKey(method: string): string | null {
  if (ownKeys.has(method)) return method.toLowerCase()
  return method === 'QUERY' ? 'x-query' : null
}

function mapValues<Value, Mapped>(
  object: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return mapEntries(object, (_key, value) => map(value))
}

function mapEntries<Value, Mapped>(
  object: Readonly<Record<string, Value>>,
  map: (key: string, value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]))
}
