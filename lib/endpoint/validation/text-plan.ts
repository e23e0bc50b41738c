/** What is made of the text of one value, as the input of its schema wants it. Text that does not fit stays text. */
export type TextPlan =
  | { readonly kind: 'text' | 'number' | 'bigint' | 'boolean' | 'date' | 'file' }
  /** Values other than strings, by their text. */
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

/** What is made of the fields of a part of a request. */
export interface FieldsPlan {
  readonly fields: ReadonlyMap<string, FieldPlan>
  /** What is made of other fields; `null` leaves them out, since the schema would. */
  readonly rest: TextPlan | null
}

/** What is made of one field. */
export interface FieldPlan {
  readonly plan: TextPlan
  /** Whether the field may be missing. */
  readonly isOptional: boolean
}

export const text: TextPlan = { kind: 'text' }

/** The plan of a schema that says nothing of its input: every field, as text. */
export const everyField: FieldsPlan = { fields: new Map(), rest: text }

/** The plan of a list whose items are alike. */
export function listOf(item: TextPlan, isSet = false): TextPlan {
  return { kind: 'list', item, isSet, places: null }
}

/** The plan of a list whose first items stand at places of their own, and what is made of the others. */
export function tupleOf(places: readonly TextPlan[], rest: TextPlan): TextPlan {
  return { kind: 'list', item: rest, isSet: false, places }
}

/** Whether several values of one name make a list. */
export function takesMany(plan: TextPlan): boolean {
  return plan.kind === 'list' || (plan.kind === 'choice' && plan.options.some(takesMany))
}

/** Whether a text may be meant as it is, so that an empty one is a value. */
export function takesText(plan: TextPlan): boolean {
  return plan.kind === 'text' || (plan.kind === 'choice' && plan.options.some(takesText))
}

/** Joins what unions and intersections say of their fields. */
export function mergePlans(plans: readonly FieldsPlan[]): FieldsPlan {
  const fields = new Map<string, FieldPlan>()
  let rest: TextPlan | null = null
  for (const plan of plans) {
    rest ??= plan.rest
    for (const [name, field] of plan.fields) fields.set(name, merged(fields.get(name), field))
  }
  // A field that only some of them have may be missing.
  for (const [name, field] of fields) {
    if (!plans.every((plan) => plan.fields.has(name))) fields.set(name, { ...field, isOptional: true })
  }
  return { fields, rest }
}

function merged(known: FieldPlan | undefined, field: FieldPlan): FieldPlan {
  if (known === undefined) return field
  return { plan: choice([known.plan, field.plan]), isOptional: known.isOptional || field.isOptional }
}

/** The first of several that fits; one alone is itself, and equal ones count once. */
export function choice(plans: readonly TextPlan[]): TextPlan {
  const flat = plans.flatMap((plan) => (plan.kind === 'choice' ? plan.options : [plan]))
  const options = flat.filter((plan, index) => flat.findIndex((other) => isSame(other, plan)) === index)
  return options.length === 1 ? options[0]! : { kind: 'choice', options }
}

function isSame(one: TextPlan, other: TextPlan): boolean {
  return one === other || (one.kind === other.kind && one.kind !== 'values' && one.kind !== 'list')
}
