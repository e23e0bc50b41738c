import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { takesUpload } from '../../lib/endpoint/validation/file-schema.ts'
import { copyDocument } from './document-copy.ts'
import type { SchemaSide } from './openapi-options.ts'
import { dataKeywords } from './schema-references.ts'
import { fixedDefault, isSame } from './zod-defaults.ts'
import type { DefaultDefinition } from './zod-defaults.ts'

/** What zod tells of a schema while it describes it. */
interface ZodSchema {
  readonly _zod: { readonly def: DefaultDefinition & { readonly catchall?: unknown } }
  /** Returns what the author says of the schema. */
  readonly meta?: () => { readonly default?: unknown } | undefined
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

/** Returns the options for one side: what JSON Schema has no word for is described as it stands in JSON. */
export function zodOptions(side: SchemaSide): ZodOptions {
  return { unrepresentable: 'any', override: side === 'output' ? overrideOutput : overrideInput }
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

function overrideInput(described: Described): void {
  overrideDefault(described)
  overrideAny(described)
}

/** What an object leaves out does not come, and a client that insists on that breaks with the next version. */
function overrideOutput(described: Described): void {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { type, catchall } = described.zodSchema._zod.def
  // A prefault says nothing of what comes out.
  if (type !== 'prefault') overrideDefault(described)
  overrideAny(described)
  if (type === 'object' && catchall === undefined) delete described.jsonSchema['additionalProperties']
}

const stepsIn: ReadonlySet<string> = new Set(['default', 'prefault', 'catch'])

/** What a function gives now is no default, and it would be another one with the next description. */
function overrideDefault({ zodSchema, jsonSchema }: Described): void {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { def } = zodSchema._zod
  if (!stepsIn.has(def.type) || !('default' in jsonSchema)) return
  const fixed = fixedDefault(def)
  // zod leaves out a default that depends on what was wrong: what stands there is that of the schema within.
  if (fixed === 'dependent' || (fixed !== 'changing' && isSame(fixed.value, jsonSchema['default']))) return
  // What the author says stands.
  if (zodSchema.meta?.()?.default !== undefined) return
  if (fixed === 'changing') delete jsonSchema['default']
  else jsonSchema['default'] = fixed.value
}

/** A class is asked for by a function. */
const fileTypes: ReadonlySet<string> = new Set(['file', 'custom'])

function overrideAny({ zodSchema, jsonSchema }: Described): void {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's
  const { type } = zodSchema._zod.def
  withoutBigints(jsonSchema)
  if (jsonSchema['$ref'] !== undefined) return
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  else if (type === 'bigint') jsonSchema['type'] = 'integer'
  else if (type === 'number') withoutSafeBounds(jsonSchema)
  else if (fileTypes.has(type) && takesUpload(zodSchema)) asFile(jsonSchema)
}

/** JSON has no word for them. */
function withoutBigints(jsonSchema: Record<string, unknown>): void {
  for (const key of Object.keys(jsonSchema)) {
    const value = jsonSchema[key]
    if (typeof value === 'bigint' || (dataKeywords.has(key) && key !== 'required')) {
      jsonSchema[key] = copyDocument(value, (given) => given)
    }
  }
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
