import { show } from '../../spec/violations.ts'

/** Bounds on what a form may hold; `Infinity` means no bound. Sizes are in bytes, and above one the answer is 413. */
export interface FormLimits {
  /** Files. Default 1000. Above: 400. */
  readonly maxFiles: number
  /** Fields. Default 1000. Above: 400. */
  readonly maxFields: number
  /** Header fields of one part. Default 8. Above: 400. */
  readonly maxPartHeaders: number
  /** All header fields of one part. Default 4096. Above: 400. */
  readonly maxPartHeaderBytes: number
  /** The name of one field or file. Default 1024. */
  readonly maxNameBytes: number
  /** The value of one field. Default 1 MiB. */
  readonly maxFieldBytes: number
  /** The names and values of all fields together, since they are in memory. Default 2 MiB. */
  readonly maxFieldsBytes: number
  /** One file. Default 100 MiB. */
  readonly maxFileBytes: number
  /** The whole body. Default: `max_body_bytes` of the scope, else 128 MiB. */
  readonly maxBodyBytes: number
}

const mebibyte = 1_048_576

export const defaultFormLimits: FormLimits = Object.freeze({
  maxFiles: 1000,
  maxFields: 1000,
  maxPartHeaders: 8,
  maxPartHeaderBytes: 4096,
  maxNameBytes: 1024,
  maxFieldBytes: mebibyte,
  maxFieldsBytes: 2 * mebibyte,
  maxFileBytes: 100 * mebibyte,
  maxBodyBytes: 128 * mebibyte,
})

/**
 * Fills in the defaults.
 *
 * @param maxBodyBytes The limit of the whole body for those who name none.
 * @throws TypeError for a limit that is not a number of 0 or more: an unreadable limit must not switch itself off.
 */
export function formLimits(given: Partial<FormLimits> = {}, maxBodyBytes?: number | null): FormLimits {
  const limits: Record<string, number> = { ...defaultFormLimits }
  if (typeof maxBodyBytes === 'number') limits['maxBodyBytes'] = maxBodyBytes
  for (const [name, value] of Object.entries(given)) if (value !== undefined) limits[name] = value
  for (const [name, value] of Object.entries(limits)) checkLimit(name, value)
  return limits as unknown as FormLimits
}

function checkLimit(name: string, value: unknown): void {
  if (!Object.hasOwn(defaultFormLimits, name)) {
    throw new TypeError(
      `Cannot read a form with the limit ${show(name)}: expected ${Object.keys(defaultFormLimits).join(', ')}`,
    )
  }
  if (typeof value === 'number' && value >= 0) return
  throw new TypeError(`Cannot read a form with ${name} ${show(value)}: expected a number of 0 or more`)
}
