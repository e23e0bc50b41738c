import type { AnySchema, OutputOf } from './schema.ts'

/** The parts of a request that a schema can be declared for. */
export interface PartSchemas {
  /** The parameters of the path, after its converters. The endpoint gets them as `params`. */
  readonly path?: AnySchema
  readonly query?: AnySchema
  /** By their names in lower case; a name without a hyphen may be written as `userAgent` or `user_agent`. */
  readonly headers?: AnySchema
  readonly cookies?: AnySchema
  /** A body of JSON. */
  readonly body?: AnySchema
  /** A body that is a form, urlencoded or multipart. */
  readonly form?: AnySchema
}

/** The name of a part, as contracts and errors spell it. */
export type PartName = keyof PartSchemas

/** What the schemas of the parts make, by the names under which functions get them. */
export type PartValues<Parts> = {
  readonly [Name in Extract<keyof Parts, PartName> as Name extends 'path' ? 'params' : Name]: OutputOf<Parts[Name]>
}

/** In the order in which they are read: the body last, since it has to be waited for. */
export const partNames: readonly PartName[] = ['path', 'query', 'headers', 'cookies', 'body', 'form']
