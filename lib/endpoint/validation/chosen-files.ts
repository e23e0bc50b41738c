import { UploadFile } from '../../http/upload-file.ts'
import type { FieldsPlan } from './fields-plan.ts'
import { wantsFile } from './text-plan.ts'

type Fields = Record<string, unknown>

/**
 * Makes the platform's `File` of uploads whose schema wants one, such as `z.file()`. It is read into memory; schemas that want
 * an {@link UploadFile} leave it where it is.
 */
export function chosenFiles({ fields: known, rest }: FieldsPlan): (fields: Fields) => Fields | Promise<Fields> {
  const names = Array.from(known)
    .filter(([, field]) => wantsFile(field.plan))
    .map(([name]) => name)
  if (rest !== null && wantsFile(rest)) {
    return (fields) => withFiles(fields, [...names, ...Object.keys(fields).filter((name) => !known.has(name))])
  }
  return names.length === 0 ? (fields) => fields : (fields) => withFiles(fields, names)
}

async function withFiles(fields: Fields, names: readonly string[]): Promise<Fields> {
  for (const name of names) {
    const value = fields[name]
    if (value !== undefined) fields[name] = await fileOf(value)
  }
  return fields
}

async function fileOf(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(fileOf))
  if (value instanceof Set) return new Set(await Promise.all(Array.from(value, fileOf)))
  if (!(value instanceof UploadFile)) return value
  return new File([await value.bytes()], value.name, { type: value.mediaType?.essence ?? '' })
}
