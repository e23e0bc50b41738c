import type { Contract } from '../../lib/endpoint/contract/contract.ts'
import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'
import type {
  ExternalDocs,
  InfoObject,
  JSONSchema,
  OpenAPIDocument,
  ResponseObject,
  SecurityRequirement,
  ServerObject,
  TagObject,
} from './openapi-document.ts'

/** The side of a schema: what it takes, or what it makes. */
export type SchemaSide = 'input' | 'output'

/** What an operation is called by, for making an `operationId`. */
export interface OperationName {
  /** In upper case. */
  readonly method: string
  /** As it stands in the document. */
  readonly path: string
  /** The name of the route; `null` for one without, for callbacks and for webhooks. */
  readonly name: string | null
  readonly tags: readonly string[]
}

/** What a document says besides the operations. */
export interface OpenAPIInfo extends Partial<InfoObject> {
  /** Default `API`. */
  readonly title?: string
  /** Default `0.1.0`. */
  readonly version?: string
  /** Default: where the document itself is served. */
  readonly servers?: readonly ServerObject[]
  /** What the tags mean, and in what order they are shown. */
  readonly tags?: readonly TagObject[]
  readonly externalDocs?: ExternalDocs
  /** What the API calls in its turn, by a name; the method of a contract without one is POST. */
  readonly webhooks?: Readonly<Record<string, Contract>>
  /** What every operation needs that says nothing of its own, for schemes outside of the contracts. */
  readonly security?: readonly SecurityRequirement[]
  /** Security schemes that no contract names. */
  readonly securitySchemes?: Readonly<Record<string, object>>
  /** Makes the `operationId` where a contract has none. Default: made of the method and the path, as `getUsersById`. */
  readonly operationId?: (operation: OperationName) => string
  /** Describes schemas that cannot do so themselves; `null` leaves a schema to its library. */
  readonly jsonSchema?: (schema: AnySchema, side: SchemaSide) => JSONSchema | null
  /** The answer 422, for an app that answers invalid requests in a form of its own; `null` leaves it out. */
  readonly validationProblem?: ResponseObject | null
  /** Gives the document its last form. */
  readonly transform?: (document: OpenAPIDocument) => OpenAPIDocument
}

/** How the document and the pages for people are served. */
export interface OpenAPIOptions extends OpenAPIInfo {
  /** Where the document is served; `null` serves neither it nor a page. Default `/openapi.json`. */
  readonly url?: string | null
  /** The pages. Default: Swagger UI at `/docs` and ReDoc at `/redoc`; `null` for none. */
  readonly docs?: DocsOptions | null
  /** Puts the `root_path` of a request before the servers. Default true. */
  readonly rootPathInServers?: boolean
}

/** Where the pages for people are served; `null` leaves one out. */
export interface DocsOptions {
  readonly swagger?: string | SwaggerOptions | null
  readonly redoc?: string | DocsPageOptions | null
  readonly scalar?: string | DocsPageOptions | null
}

/** A page that shows the document. */
export interface DocsPageOptions {
  /** The path of the page. */
  readonly url: string
  /** Options of the program that the page runs, as JSON. */
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** The page of Swagger UI. */
export interface SwaggerOptions extends DocsPageOptions {
  /** What is filled in when somebody authorises by OAuth 2; for example `{ clientId: 'docs', usePkceWithAuthorizationCodeGrant: true }`. */
  readonly oauth?: Readonly<Record<string, unknown>>
}
