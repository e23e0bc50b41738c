import { objectOf } from './fields-plan.ts'
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
  const members = plan.members.map((member) => {
    const certain = certainOf(member)
    return { member, certain, peek: readerOf(certain), read: readerOf(widened(member, plan)) }
  })
  return (source) => {
    let likely: Fields | null = null
    for (const { member, certain, peek, read } of members) {
      if (certain.fields.size > 0 && isOther(certain, peek(source))) continue
      const fields = read(source)
      if (isFit(member, fields)) return fields
      if (likely === null && isLikely(certain, fields)) likely = fields
    }
    return likely ?? whole(source)
  }
}

/** The fields of an object that have certain values alone, such as a discriminator. */
function certainOf({ fields }: FieldsPlan): FieldsPlan {
  return objectOf(new Map(Array.from(fields).filter(([, { plan }]) => plan.kind === 'values')), null)
}

/** Tells by the certain values that another object is meant, so that the rest need not be read. */
function isOther({ fields }: FieldsPlan, given: Fields): boolean {
  for (const [name, { plan }] of fields) if (given[name] !== undefined && !fits(plan, given[name])) return true
  return false
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
  const sent = Array.from(fields).filter(([name]) => given[name] !== undefined)
  return sent.length > 0 && sent.every(([name, { plan }]) => fits(plan, given[name]))
}
