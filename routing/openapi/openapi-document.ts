/** JSON Schema of the dialect that OpenAPI 3.1 extends: draft 2020-12. */
export interface JSONSchema {
  readonly [keyword: string]: unknown
}

/** A reference to a component. */
export interface Reference {
  readonly $ref: string
  readonly summary?: string
  readonly description?: string
}

/** A document of an API. @see https://spec.openapis.org/oas/v3.1.1.html#openapi-object */
export interface OpenAPIDocument {
  readonly openapi: string
  readonly info: InfoObject
  readonly servers?: readonly ServerObject[]
  readonly paths: Readonly<Record<string, PathItemObject>>
  readonly webhooks?: Readonly<Record<string, PathItemObject>>
  readonly components?: ComponentsObject
  readonly security?: readonly SecurityRequirement[]
  readonly tags?: readonly TagObject[]
  readonly externalDocs?: ExternalDocs
  readonly [extension: `x-${string}`]: unknown
}

/** What an API is called, and who is behind it. @see https://spec.openapis.org/oas/v3.1.1.html#info-object */
export interface InfoObject {
  readonly title: string
  readonly version: string
  readonly summary?: string
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string }
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string }
}

/** Where an API is served. @see https://spec.openapis.org/oas/v3.1.1.html#server-object */
export interface ServerObject {
  readonly url: string
  readonly description?: string
  readonly variables?: Readonly<Record<string, ServerVariable>>
}

/** A part of the URL of a server that clients choose. */
export interface ServerVariable {
  readonly default: string
  readonly enum?: readonly string[]
  readonly description?: string
}

/** What operations are grouped by. @see https://spec.openapis.org/oas/v3.1.1.html#tag-object */
export interface TagObject {
  readonly name: string
  readonly description?: string
  readonly externalDocs?: ExternalDocs
}

/** Where more can be read. */
export interface ExternalDocs {
  readonly url: string
  readonly description?: string
}

/** The operations of a path, by their methods in lower case. @see https://spec.openapis.org/oas/v3.1.1.html#path-item-object */
export type PathItemObject = Readonly<Record<string, OperationObject>>

/** An operation. @see https://spec.openapis.org/oas/v3.1.1.html#operation-object */
export interface OperationObject {
  readonly operationId?: string
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly externalDocs?: ExternalDocs
  readonly deprecated?: boolean
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: RequestBodyObject
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
  readonly callbacks?: Readonly<Record<string, Readonly<Record<string, PathItemObject>>>>
  readonly security?: readonly SecurityRequirement[]
  readonly servers?: readonly ServerObject[]
}

/** A parameter. @see https://spec.openapis.org/oas/v3.1.1.html#parameter-object */
export interface ParameterObject {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly description?: string
  readonly deprecated?: boolean
  readonly style?: string
  readonly explode?: boolean
  readonly schema: JSONSchema
  readonly examples?: Readonly<Record<string, ExampleObject>>
}

/** The content of a request. @see https://spec.openapis.org/oas/v3.1.1.html#request-body-object */
export interface RequestBodyObject {
  readonly required?: boolean
  readonly description?: string
  readonly content: Readonly<Record<string, MediaTypeObject>>
}

/** Content of one media type. @see https://spec.openapis.org/oas/v3.1.1.html#media-type-object */
export interface MediaTypeObject {
  readonly schema?: JSONSchema
  readonly examples?: Readonly<Record<string, ExampleObject>>
}

/** An example. @see https://spec.openapis.org/oas/v3.1.1.html#example-object */
export interface ExampleObject {
  readonly summary?: string
  readonly description?: string
  readonly value?: unknown
  readonly externalValue?: string
}

/** An answer. @see https://spec.openapis.org/oas/v3.1.1.html#response-object */
export interface ResponseObject {
  readonly description: string
  readonly headers?: Readonly<Record<string, HeaderObject>>
  readonly content?: Readonly<Record<string, MediaTypeObject>>
  readonly links?: Readonly<Record<string, unknown>>
}

/** A field of an answer. @see https://spec.openapis.org/oas/v3.1.1.html#header-object */
export interface HeaderObject {
  readonly description?: string
  readonly schema: JSONSchema
}

/** The names of security schemes that are needed together, with the scopes of each. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

/** What operations refer to. @see https://spec.openapis.org/oas/v3.1.1.html#components-object */
export interface ComponentsObject {
  readonly schemas?: Readonly<Record<string, JSONSchema>>
  readonly responses?: Readonly<Record<string, ResponseObject>>
  readonly securitySchemes?: Readonly<Record<string, object>>
}
