import type { FieldsPlan } from './fields-plan.ts'
import { fits } from './plan-fit.ts'

/** Makes the input of a schema out of the values that a client sent. */
export type FieldsReader<Source> = (source: Source) => Record<string, unknown>

type Fields = Record<string, unknown>

/**
 * Reads a part as the first object of a union that fits what was sent; else as the one whose certain values, such as those of
 * a discriminator, are there; else as what all of them may be together.
 */
export function memberReader<Source>(
  plan: FieldsPlan,
  readerOf: (plan: FieldsPlan) => FieldsReader<Source>,
): FieldsReader<Source> {
  const whole = readerOf(plan)
  if (plan.members === null) return whole
  const members = plan.members.map((member) => ({ member, read: readerOf(widened(member, plan)) }))
  return (source) => {
    let likely: Fields | null = null
    for (const { member, read } of members) {
      const fields = read(source)
      if (isFit(member, fields)) return fields
      if (likely === null && isLikely(member, fields)) likely = fields
    }
    return likely ?? whole(source)
  }
}

/** A schema that refuses a member for a reason of its own tries the others with the same fields. */
function widened(member: FieldsPlan, { fields, rest }: FieldsPlan): FieldsPlan {
  return { fields: new Map([...fields, ...member.fields]), rest: member.rest ?? rest, members: null }
}

function isFit({ fields }: FieldsPlan, given: Fields): boolean {
  for (const [name, { plan, isOptional }] of fields) {
    const value = given[name]
    if (value === undefined ? !isOptional : !fits(plan, value)) return false
  }
  return true
}

function isLikely({ fields }: FieldsPlan, given: Fields): boolean {
  const certain = Array.from(fields).filter(([name, { plan }]) => plan.kind === 'values' && given[name] !== undefined)
  return certain.length > 0 && certain.every(([name, { plan }]) => fits(plan, given[name]))
}
