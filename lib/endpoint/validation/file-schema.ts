import { UploadFile } from '../../http/upload-file.ts'

/** What a schema wants of a file in a form: the {@link UploadFile} as it is, or the platform's `File`. */
export type FileKind = 'upload' | 'file'

/** Schemas of zod and valibot, as far as they tell whether they take files. */
interface FileSchema {
  readonly _zod?: { readonly def?: { readonly type?: unknown; readonly fn?: unknown } }
  readonly type?: unknown
  readonly class?: unknown
  readonly check?: unknown
}

type Predicate = (value: unknown) => unknown

const bytes = Buffer.from('probe')
const upload = new UploadFile({ name: 'probe', content: bytes })
const file = new File([bytes], 'probe')
/** A schema that takes these takes more than files. */
const others: readonly unknown[] = ['', 'probe', {}]

/** Tells whether a schema of zod or valibot is one of a file: an `UploadFile`, or a `File` or `Blob` of the platform. */
export function takesUpload(schema: unknown): boolean {
  return fileKindOf(schema) !== null
}

/** Returns what a schema of zod or valibot wants of a file; `null` for one that is not of a file, whatever it wraps. */
export function fileKindOf(schema: unknown): FileKind | null {
  // oxlint-disable-next-line no-underscore-dangle -- the name is zod's, whose other members are made when they are looked at
  const zod = (Object(schema) as FileSchema)._zod
  if (zod !== undefined) return zodKind(zod.def)
  const { type, class: wanted, check } = Object(schema) as FileSchema
  if (type === 'file' || type === 'blob') return 'file'
  if (type === 'instance') return classKind(wanted)
  return type === 'custom' ? predicateKind(check) : null
}

/** Returns what a schema of instances of the class wants of a file; `null` for another class. */
export function classKind(wanted: unknown): FileKind | null {
  return typeof wanted === 'function' ? predicateKind((value: unknown) => value instanceof wanted) : null
}

/** What zod knows of a class is lost with the first refinement or description; the function that asks for it stays. */
function zodKind(definition: { readonly type?: unknown; readonly fn?: unknown } | undefined): FileKind | null {
  if (definition?.type === 'file') return 'file'
  return definition?.type === 'custom' ? predicateKind(definition.fn) : null
}

function predicateKind(predicate: unknown): FileKind | null {
  if (typeof predicate !== 'function' || others.some((other) => takes(predicate as Predicate, other))) return null
  if (takes(predicate as Predicate, upload)) return 'upload'
  return takes(predicate as Predicate, file) ? 'file' : null
}

/** Somebody's function need not bear what it is asked here. */
function takes(predicate: Predicate, value: unknown): boolean {
  try {
    const answer = predicate(value)
    if (!(answer instanceof Promise)) return Boolean(answer)
    answer.catch(ignore)
  } catch {
    // It takes something else.
  }
  return false
}

function ignore(): void {}
