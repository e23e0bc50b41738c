import { show } from '../../spec/violations.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { Dependency } from './dependency.ts'
import type { DependencyPlan } from './dependency-plan.ts'

type BodyPart = 'body' | 'form'

/** Returns the first of the dependencies that reads the body of the request; `null` when there is none. */
export function bodyReaderIn(plan: DependencyPlan): Dependency | null {
  return readerIn(plan, 'body') ?? readerIn(plan, 'form')
}

/** @throws TypeError when the body of a request would have to be of two kinds. */
export function checkOneBody(
  plan: DependencyPlan,
  shape: { readonly [Part in BodyPart]?: AnySchema | undefined },
): void {
  const [body, form] = (['body', 'form'] as const).map((part) => {
    const reader = readerIn(plan, part)
    if (shape[part] !== undefined) return 'its contract'
    return reader === null ? null : `its dependency ${show(reader.name)}`
  })
  if (body === null || form === null) return
  throw new TypeError(`Cannot make an endpoint: ${body} has "body" and ${form} has "form", expected one of them`)
}

function readerIn({ steps }: DependencyPlan, wanted: BodyPart): Dependency | null {
  return steps.find(({ parts }) => parts.some(({ part }) => part === wanted))?.dependency ?? null
}
