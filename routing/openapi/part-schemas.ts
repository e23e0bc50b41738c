import type { Dependency } from '../../lib/endpoint/dependencies/dependency.ts'
import { partNames } from '../../lib/endpoint/validation/part.ts'
import type { PartName, PartSchemas } from '../../lib/endpoint/validation/part.ts'
import type { AnySchema } from '../../lib/endpoint/validation/schema.ts'

/** The schemas of the parts of a request: that of the contract first, then those of dependencies. */
export type SchemasByPart = Readonly<Record<PartName, readonly AnySchema[]>>

/** Collects what a contract and its dependencies ask of a request. */
export function partSchemas(shape: PartSchemas, dependencies: readonly Dependency[]): SchemasByPart {
  const schemas = Object.fromEntries(partNames.map((part) => [part, new Set<AnySchema>()])) as Record<
    PartName,
    Set<AnySchema>
  >
  for (const part of partNames) {
    if (shape[part] !== undefined) schemas[part].add(shape[part])
    for (const { needs } of dependencies) if (Object.hasOwn(needs, part)) schemas[part].add(needs[part] as AnySchema)
  }
  return Object.fromEntries(partNames.map((part) => [part, [...schemas[part]]])) as unknown as SchemasByPart
}
