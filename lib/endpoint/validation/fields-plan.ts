import { asRepeated, both, choice } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

/** What is made of the fields of a part of a request. */
export interface FieldsPlan {
  readonly fields: ReadonlyMap<string, FieldPlan>
  /** What is made of other fields; `null` leaves them out, since the schema would. */
  readonly rest: TextPlan | null
  /** The objects that it may be, where those are several; then the fields are those of all. */
  readonly members: readonly FieldsPlan[] | null
}

/** What is made of one field. */
export interface FieldPlan {
  readonly plan: TextPlan
  /** Whether the field may be missing. */
  readonly isOptional: boolean
}

/** Unions of unions within intersections multiply. */
const maxMembers = 64

/** The plan of one object. */
export function objectOf(fields: ReadonlyMap<string, FieldPlan>, rest: TextPlan | null): FieldsPlan {
  return { fields, rest, members: null }
}

/** The plan of a schema that says nothing of its input: every field, as it was sent. */
export const everyField: FieldsPlan = objectOf(new Map(), asRepeated)

/** The plan of one object out of several; `null` when one of them is none. */
export function unionOf(plans: readonly (FieldsPlan | null)[]): FieldsPlan | null {
  if (!isComplete(plans)) return null
  if (plans.length === 1) return plans[0]!
  return { ...merged(plans, eitherField), members: bounded(plans.flatMap(membersOf)) }
}

/** The plan of an object that is several at once; `null` when one of them is no object. */
export function intersectionOf(plans: readonly (FieldsPlan | null)[]): FieldsPlan | null {
  if (!isComplete(plans)) return null
  const whole = merged(plans, bothFields)
  if (plans.every(({ members }) => members === null)) return whole
  let members: readonly FieldsPlan[][] = [[]]
  for (const plan of plans) {
    members = members.flatMap((chosen) => membersOf(plan).map((member) => [...chosen, member]))
    if (members.length > maxMembers) return whole
  }
  return { ...whole, members: members.map((chosen) => merged(chosen, bothFields)) }
}

function isComplete(plans: readonly (FieldsPlan | null)[]): plans is readonly FieldsPlan[] {
  return !plans.includes(null)
}

function membersOf(plan: FieldsPlan): readonly FieldsPlan[] {
  return plan.members ?? [plan]
}

function bounded(members: readonly FieldsPlan[]): readonly FieldsPlan[] | null {
  return members.length > 1 && members.length <= maxMembers ? members : null
}

function merged(plans: readonly FieldsPlan[], join: Join): FieldsPlan {
  const given = new Map<string, FieldPlan[]>()
  for (const [name, field] of plans.flatMap((plan) => Array.from(plan.fields))) {
    given.set(name, [...(given.get(name) ?? []), field])
  }
  const fields = new Map(Array.from(given, ([name, several]) => [name, join(several, plans.length)]))
  return objectOf(fields, plans.find(({ rest }) => rest !== null)?.rest ?? null)
}

/** Joins what `count` objects, of which some may not know a field, say of it. */
type Join = (fields: readonly FieldPlan[], count: number) => FieldPlan

/** A field that only some of them have may be missing. */
function eitherField(fields: readonly FieldPlan[], count: number): FieldPlan {
  const isOptional = fields.length < count || fields.some((field) => field.isOptional)
  return { plan: choice(fields.map(({ plan }) => plan)), isOptional }
}

function bothFields(fields: readonly FieldPlan[]): FieldPlan {
  return { plan: both(fields.map(({ plan }) => plan)), isOptional: fields.every((field) => field.isOptional) }
}
