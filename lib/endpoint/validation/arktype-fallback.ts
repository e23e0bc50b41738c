import { classKind } from './file-schema.ts'
import { textPlanKey } from './json-schema-plan.ts'
import type { TextPlan } from './text-plan.ts'

/** What arktype asks where it has no JSON Schema. */
interface Unspoken {
  readonly code: string
  /** What it can say. */
  readonly base: object
  readonly domain?: unknown
  readonly proto?: unknown
}

/** Says in the place of arktype what it has no JSON Schema for: dates, bigints and files. */
export function arktypeFallback(unspoken: Unspoken): object {
  const plan = planOf(unspoken)
  return plan === null ? unspoken.base : { ...unspoken.base, [textPlanKey]: plan }
}

function planOf({ code, domain, proto }: Unspoken): TextPlan | null {
  if (code === 'date') return { kind: 'date' }
  if (code === 'domain' && domain === 'bigint') return { kind: 'bigint' }
  const kind = code === 'proto' ? classKind(proto) : null
  return kind === null ? null : { kind }
}
