import { UploadFile } from '../../http/upload-file.ts'
import type { TextPlan } from './text-plan.ts'

/** Tells whether what was made of a value is what the plan wants. */
export function fits(plan: TextPlan, value: unknown): boolean {
  switch (plan.kind) {
    case 'text':
      return typeof value === 'string'
    case 'date':
      return value instanceof Date
    case 'file':
    case 'upload':
      return value instanceof UploadFile
    case 'values':
      return plan.values.has(String(value)) && Object.is(plan.values.get(String(value)), value)
    case 'list':
      return fitsList(plan, value)
    case 'choice':
      return plan.options.some((option) => fits(option, value))
    default:
      return typeof value === plan.kind
  }
}

function fitsList({ item, places }: TextPlan & { readonly kind: 'list' }, value: unknown): boolean {
  if (value instanceof Set) return Array.from(value).every((one) => fits(item, one))
  return Array.isArray(value) && value.every((one, index) => fits(places?.[index] ?? item, one))
}
