/** What is made of the text of one value, as the input of its schema wants it. Text that does not fit stays text. */
export type TextPlan =
  | { readonly kind: 'text' | 'number' | 'bigint' | 'boolean' | 'date' }
  /** A file of a form: the platform's own, or the upload as it is. */
  | { readonly kind: 'file' | 'upload' }
  /** Certain values alone, by their text. */
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, unknown> }
  /** The first items are what stands at their places, where there are such; the others are alike. */
  | {
      readonly kind: 'list'
      readonly item: TextPlan
      readonly isSet: boolean
      readonly places: readonly TextPlan[] | null
    }
  /** The first that fits. */
  | { readonly kind: 'choice'; readonly options: readonly TextPlan[] }

export const text: TextPlan = { kind: 'text' }

/** The plan of a list whose items are alike. */
export function listOf(item: TextPlan, isSet = false): TextPlan {
  return { kind: 'list', item, isSet, places: null }
}

/** The plan of a list whose first items stand at places of their own, and what is made of the others. */
export function tupleOf(places: readonly TextPlan[], rest: TextPlan): TextPlan {
  return { kind: 'list', item: rest, isSet: false, places }
}

/** The plan of certain values; of those that are written alike, the first counts. Without any, text stays text. */
export function ofValues(given: readonly unknown[]): TextPlan {
  const values = new Map<string, unknown>()
  for (const value of given) if (!values.has(String(value))) values.set(String(value), value)
  return values.size === 0 ? text : { kind: 'values', values }
}

/** What nobody has said anything of: text, or a list where the client repeats the name. */
export const asRepeated: TextPlan = { kind: 'choice', options: [text, listOf(text)] }

/** What is sent where a plan is, for functions that make of it what they want: text, and files. */
export function asSent(plan: TextPlan): TextPlan {
  switch (plan.kind) {
    case 'file':
    case 'upload':
      return plan
    case 'list':
      return choice([asSent(plan.item), listOf(asSent(plan.item))])
    case 'choice':
      return choice(plan.options.map(asSent))
    default:
      return text
  }
}

/** Whether several values of one name make a list. */
export function takesMany(plan: TextPlan): boolean {
  return plan.kind === 'list' || (plan.kind === 'choice' && plan.options.some(takesMany))
}

/** Whether an empty text may be meant as it is. */
export function takesEmpty(plan: TextPlan): boolean {
  if (plan.kind === 'choice') return plan.options.some(takesEmpty)
  return plan.kind === 'text' || (plan.kind === 'values' && plan.values.has(''))
}

/** Whether the platform's file is made of an upload. */
export function wantsFile(plan: TextPlan): boolean {
  if (plan.kind === 'list') return wantsFile(plan.item) || (plan.places?.some(wantsFile) ?? false)
  return plan.kind === 'file' || (plan.kind === 'choice' && plan.options.some(wantsFile))
}

/** The first of several that fits; one alone is itself, and equal ones count once. */
export function choice(plans: readonly TextPlan[]): TextPlan {
  const flat = plans.flatMap((plan) => (plan.kind === 'choice' ? plan.options : [plan]))
  const options = flat.filter((plan, index) => flat.findIndex((other) => isSame(other, plan)) === index)
  return options.length === 1 ? options[0]! : { kind: 'choice', options }
}

/** What several schemas want together: what the first of them wants that says more than "text". */
export function both(plans: readonly TextPlan[]): TextPlan {
  return plans.find(({ kind }) => kind !== 'text') ?? text
}

function isSame(one: TextPlan, other: TextPlan): boolean {
  return one === other || (one.kind === other.kind && one.kind !== 'values' && one.kind !== 'list')
}
