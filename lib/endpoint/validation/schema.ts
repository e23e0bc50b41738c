/**
 * What any library of schemas offers: a validator and the types on both of its sides.
 *
 * @see https://standardschema.dev
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': SchemaProperties<Input, Output>
}

/** The properties that Standard Schema asks of a schema. */
export interface SchemaProperties<Input = unknown, Output = Input> {
  readonly version: 1
  /** The library, for example `zod`. */
  readonly vendor: string
  readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>
  /** For the compiler alone. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined
  /** The two sides as JSON Schema, where the library can say it. */
  readonly jsonSchema?: JSONSchemaSource | undefined
}

/** Describes the two sides of a schema. It may throw for what JSON Schema cannot express. */
export interface JSONSchemaSource {
  input(options: JSONSchemaOptions): Record<string, unknown>
  output(options: JSONSchemaOptions): Record<string, unknown>
}

/** Which dialect is wanted, for example `draft-2020-12`. */
export interface JSONSchemaOptions {
  readonly target: string
  readonly libraryOptions?: Record<string, unknown> | undefined
}

/** What validating gives: the value as the schema makes it, or what is wrong. */
export type Validation<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] }

/** One thing that is wrong with a value. */
export interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Any schema, whatever it takes and makes. */
export type AnySchema = Schema<unknown, unknown>

/** What a schema takes. */
export type InputOf<S> = S extends {
  readonly '~standard': { readonly types?: { readonly input: infer I } | undefined }
}
  ? I
  : never

/** What a schema makes. */
export type OutputOf<S> = S extends {
  readonly '~standard': { readonly types?: { readonly output: infer O } | undefined }
}
  ? O
  : never

/** Tells whether a value is a schema. Some libraries make their schemas functions. */
export function isSchema(value: unknown): value is AnySchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = '~standard' in value ? value['~standard'] : null
  return typeof standard === 'object' && standard !== null && 'validate' in standard
}
