import type { JSONSchema } from './openapi-document.ts'

/** Keywords whose value holds schemas by names. */
const maps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])

/** Keywords whose value is data, in which `$ref` means nothing. */
const data: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'example', 'examples', 'required'])

/** A schema that refers to another one. */
export interface ReferenceHolder {
  $ref: string
}

type Node = Readonly<Record<string, unknown>>
type Visit = (holder: ReferenceHolder) => void

/**
 * Copies a schema as far as it holds references, and calls a function with each part of the copy that is one. What holds none
 * is shared with the original: libraries may keep that.
 */
export function copySchema(schema: JSONSchema, onReference: Visit): JSONSchema {
  return copiedObject(schema, onReference, copiedKeyword)
}

/** Returns the copy of what stands at a key. */
type CopyValue = (key: string, value: object, onReference: Visit) => unknown

function copiedObject(node: Node, onReference: Visit, copyValue: CopyValue): Node {
  let copy: Record<string, unknown> | null = null
  for (const key of Object.keys(node)) {
    const value = node[key]
    if (typeof value !== 'object' || value === null) continue
    const copied = copyValue(key, value, onReference)
    if (copied !== value) (copy ??= { ...node })[key] = copied
  }
  if (copyValue !== copiedKeyword || typeof node['$ref'] !== 'string') return copy ?? node
  copy ??= { ...node }
  onReference(copy as unknown as ReferenceHolder)
  return copy
}

function copiedKeyword(key: string, value: object, onReference: Visit): unknown {
  if (data.has(key)) return value
  return maps.has(key) ? copiedObject(value as Node, onReference, copiedMember) : copiedMember(key, value, onReference)
}

function copiedMember(_key: string, value: object, onReference: Visit): unknown {
  if (!Array.isArray(value)) return copiedObject(value as Node, onReference, copiedKeyword)
  const items = value.map((item: unknown) =>
    typeof item === 'object' && item !== null ? copiedMember('', item, onReference) : item,
  )
  return items.some((item, index) => item !== value[index]) ? items : value
}
