import { HTTPException } from '../../exceptions/http-exception.ts'
import type { FormOptions } from '../../request/form/form-reader.ts'
import { Request } from '../../request/request.ts'
import type { JSONBodyOptions } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { coercionOf } from './coercion.ts'
import { chosenFiles } from './chosen-files.ts'
import { cookieFields, formFields, headerFields, pathFields, queryFields } from './part-fields.ts'
import type { PartName, PartSchemas } from './part.ts'
import { partNames } from './part.ts'
import type { AnySchema } from './schema.ts'

/** How bodies are read. */
export interface BodyReading {
  readonly maxBodyBytes?: number | undefined
  readonly formOptions?: FormOptions | undefined
}

/** Schemas by part; those of the parts that are not named may be anything. */
export type PartialParts = { readonly [Name in keyof PartSchemas]?: AnySchema | undefined }

/** Takes one part out of a request, ready to be validated. */
export interface PartReader {
  readonly part: PartName
  /** What functions get it as. */
  readonly name: string
  readonly schema: AnySchema
  /** A promise for bodies alone. */
  readonly read: (connection: Request | WebSocket) => unknown
}

/** Prepares the readers of the parts that have a schema, bodies last. */
export function partReaders(schemas: PartialParts, reading: BodyReading = {}): readonly PartReader[] {
  return partNames.flatMap((part) => {
    const schema = schemas[part]
    if (schema === undefined) return []
    return { part, name: part === 'path' ? 'params' : part, schema, read: readerOf(part, schema, reading) }
  })
}

function readerOf(part: PartName, schema: AnySchema, reading: BodyReading): PartReader['read'] {
  if (part === 'body') return bodyReader(reading)
  const plan = coercionOf(schema)
  switch (part) {
    case 'path': {
      const fields = pathFields(plan)
      return (connection) => fields(connection.pathParams)
    }
    case 'query': {
      const fields = queryFields(plan)
      return (connection) => fields(connection.queryParams)
    }
    case 'headers': {
      const fields = headerFields(plan)
      return (connection) => fields(connection.headers)
    }
    case 'cookies': {
      const fields = cookieFields(plan)
      return (connection) => fields(connection.cookies)
    }
    default: {
      const fields = formFields(plan)
      const files = chosenFiles(plan)
      return (connection) =>
        requestOf(connection)
          .form(reading.formOptions)
          .then((form) => files(fields(form)))
    }
  }
}

function bodyReader({ maxBodyBytes }: BodyReading): PartReader['read'] {
  const options: JSONBodyOptions | undefined = maxBodyBytes === undefined ? undefined : { maxBodyBytes }
  return (connection) => {
    const request = requestOf(connection)
    return request.headers.has('content-type') ? request.json(options) : bodyWithoutType(request, options)
  }
}

/** A request without content needs no type for it; whether the body may be missing is up to the schema. */
async function bodyWithoutType(request: Request, options: JSONBodyOptions | undefined): Promise<unknown> {
  const bytes = await request.bytes(options)
  return bytes.length === 0 ? undefined : request.json(options)
}

function requestOf(connection: Request | WebSocket): Request {
  if (connection instanceof Request) return connection
  throw new TypeError('Cannot read a body: a WebSocket has none, expected "body" and "form" in contracts for requests')
}

/** Tells whether what reading a body throws says that the request is not what the contract says. */
export function isBadBody(error: unknown): error is HTTPException & { readonly status: 400 | 415 } {
  return error instanceof HTTPException && (error.status === 400 || error.status === 415)
}
