import type { FieldError } from '../validation/field-error.ts'

/** Returns errors without those that say the same again: several schemas may be for one part of a request. */
export function eachOnce(errors: readonly FieldError[]): readonly FieldError[] {
  return errors.filter((error, index) => errors.findIndex((other) => isSame(error, other)) === index)
}

function isSame(one: FieldError, other: FieldError): boolean {
  return (
    one.in === other.in &&
    one.code === other.code &&
    one.message === other.message &&
    one.path.length === other.path.length &&
    one.path.every((step, index) => step === other.path[index])
  )
}
