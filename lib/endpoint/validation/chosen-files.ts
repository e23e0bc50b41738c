import { UploadFile } from '../../http/upload-file.ts'
import type { FieldsPlan, TextPlan } from './text-plan.ts'

/**
 * Makes the platform's `File` of uploads whose schema wants one, such as `z.file()`. It is read into memory; schemas that want
 * an {@link UploadFile} leave it where it is.
 */
export function chosenFiles(
  plan: FieldsPlan,
): (fields: Record<string, unknown>) => Record<string, unknown> | Promise<Record<string, unknown>> {
  const names = Array.from(plan.fields)
    .filter(([, field]) => wantsFile(field.plan))
    .map(([name]) => name)
  return names.length === 0 ? (fields) => fields : (fields) => withFiles(fields, names)
}

function wantsFile(plan: TextPlan): boolean {
  if (plan.kind === 'list') return wantsFile(plan.item) || (plan.places?.some(wantsFile) ?? false)
  return plan.kind === 'file' || (plan.kind === 'choice' && plan.options.some(wantsFile))
}

async function withFiles(fields: Record<string, unknown>, names: readonly string[]): Promise<Record<string, unknown>> {
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
