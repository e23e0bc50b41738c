import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { UploadFile } from '../../lib/http/upload-file.ts'
import type { SchemaSide } from './openapi-options.ts'

/** What zod tells of a schema while it describes it. */
interface ZodSchema {
  readonly _zod: {
    readonly def: { readonly type: string; readonly catchall?: unknown }
    readonly bag: { readonly Class?: unknown }
    readonly optin?: string
  }
}

interface Described {
  readonly zodSchema: ZodSchema
  readonly jsonSchema: Record<string, unknown>
}

/** Options of zod's own description. */
export interface ZodOptions extends Record<string, unknown> {
  readonly unrepresentable: 'any'
  readonly override: (described: Described) => void
}

const files: ReadonlySet<unknown> = new Set([UploadFile, File, Blob])

/** Returns the options for one side: what JSON Schema has no word for is described as it stands in JSON. */
export function zodOptions(side: SchemaSide): ZodOptions {
  return { unrepresentable: 'any', override: side === 'output' ? overrideOutput : overrideAny }
}

/** Tells whether a schema of zod takes what is not there. */
export function takesNothing(schema: unknown): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  return (schema as Partial<ZodSchema>)._zod?.optin === 'optional'
}

/** Describes a schema of a zod that does not offer `~standard.jsonSchema`: those before 4.2. */
export function zodJSONSchema(schema: object, side: SchemaSide): Record<string, unknown> {
  const { toJSONSchema } = requireZod()
  return toJSONSchema(schema, { ...zodOptions(side), io: side, target: 'draft-2020-12' })
}

interface ZodModule {
  readonly toJSONSchema: (schema: object, options: object) => Record<string, unknown>
}

/** The copy that `import` gives: it is the one that knows the metadata of the schemas. */
function requireZod(): ZodModule {
  return createRequire(import.meta.url)(fileURLToPath(import.meta.resolve('zod'))) as ZodModule
}

function overrideAny({ zodSchema, jsonSchema }: Described): void {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { def, bag } = zodSchema._zod
  if (def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  else if (def.type === 'bigint') jsonSchema['type'] = 'integer'
  else if (def.type === 'number') withoutSafeBounds(jsonSchema)
  else if (def.type === 'file' || files.has(bag.Class)) asFile(jsonSchema)
}

/** What an object leaves out does not come, and a client that insists on that breaks with the next version. */
function overrideOutput(described: Described): void {
  overrideAny(described)
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { type, catchall } = described.zodSchema._zod.def
  if (type === 'object' && catchall === undefined) delete described.jsonSchema['additionalProperties']
}

/** That a number is one that JavaScript can hold goes without saying. */
function withoutSafeBounds(jsonSchema: Record<string, unknown>): void {
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum']
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum']
}

function asFile(jsonSchema: Record<string, unknown>): void {
  delete jsonSchema['contentEncoding']
  jsonSchema['type'] = 'string'
  // Which programs look at: those for 3.0 at the format, those for 3.1 at the media type.
  jsonSchema['format'] = 'binary'
  if (jsonSchema['anyOf'] === undefined) jsonSchema['contentMediaType'] ??= 'application/octet-stream'
}
