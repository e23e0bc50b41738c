import type { MultiMap } from '../../http/multi-map.ts'
import type { Headers } from '../../http/headers.ts'
import { quotedListMembers } from '../../http/list-members.ts'
import { UploadFile } from '../../http/upload-file.ts'
import { headerName } from './header-name.ts'
import { FieldRecord } from './field-record.ts'
import type { FieldsPlan } from './fields-plan.ts'
import { memberReader } from './member-reader.ts'
import type { FieldsReader } from './member-reader.ts'
import { takesEmpty, takesMany } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'
import { itemValue, listValue } from './text-value.ts'

/** Tells whether a value stands for a field that was not filled in. */
type IsMissing = (item: unknown) => boolean

/** One field, prepared; of those that nobody has named, all. */
interface Field {
  readonly name: string
  readonly plan: TextPlan
  readonly isList: boolean
  /** `null` where every value is one. */
  readonly isMissing: IsMissing | null
}

/** Reads the parameters of a query. Of a repeated name that is no list, the first value counts. */
export function queryFields(plan: FieldsPlan): FieldsReader<MultiMap<unknown>> {
  return memberReader(plan, (member) => multiMapFields(member, () => null))
}

/**
 * Reads the fields and files of a form. Browsers send what was not filled in as empty text, or as a file without a name:
 * then the field is missing, unless text is required there.
 */
export function formFields(plan: FieldsPlan): FieldsReader<MultiMap<unknown>> {
  return memberReader(plan, (member) => multiMapFields(member, notFilledIn))
}

function notFilledIn(plan: TextPlan, isOptional: boolean): IsMissing {
  return isOptional || !takesEmpty(plan) ? isEmpty : isUnchosen
}

function multiMapFields(
  plan: FieldsPlan,
  isMissing: (plan: TextPlan, isOptional: boolean) => IsMissing | null,
): FieldsReader<MultiMap<unknown>> {
  const fieldOf = (name: string, wanted: TextPlan, isOptional: boolean): Field => ({
    name,
    plan: wanted,
    isList: takesMany(wanted),
    isMissing: isMissing(wanted, isOptional),
  })
  const fields = Array.from(plan.fields, ([name, field]) => fieldOf(name, field.plan, field.isOptional))
  const rest = plan.rest === null ? null : fieldOf('', plan.rest, false)
  return (source) => {
    const record = new FieldRecord()
    for (let index = 0; index < fields.length; index++) readField(fields[index]!, source, record)
    if (rest !== null) readRest(source, record, { known: plan.fields, rest })
    return record
  }
}

function readField(field: Field, source: MultiMap<unknown>, record: Record<string, unknown>): void {
  const { name, plan, isList, isMissing } = field
  if (isList) {
    const items = present(source.getAll(name), isMissing)
    if (items.length > 0) record[name] = listValue(plan, items)
    return
  }
  const item = source.get(name)
  if (item !== null && (isMissing === null || !isMissing(item))) record[name] = itemValue(plan, item)
}

function readRest(
  source: MultiMap<unknown>,
  record: Record<string, unknown>,
  { known, rest }: { known: ReadonlyMap<string, unknown>; rest: Field },
): void {
  const more = new Map<string, unknown[]>()
  for (const [name, item] of source) {
    if (known.has(name)) continue
    const items = more.get(name)
    if (items === undefined) more.set(name, [item])
    else if (rest.isList) items.push(item)
  }
  for (const [name, given] of more) {
    const items = present(given, rest.isMissing)
    if (items.length > 0) record[name] = listValue(rest.plan, items)
  }
}

function present(items: readonly unknown[], isMissing: IsMissing | null): readonly unknown[] {
  return isMissing === null ? items : items.filter((item) => !isMissing(item))
}

function isEmpty(item: unknown): boolean {
  return item === '' || isUnchosen(item)
}

function isUnchosen(item: unknown): boolean {
  return item instanceof UploadFile && item.name === '' && item.size === 0
}

/**
 * Reads header fields. Others than the known ones are left out where the schema names some: every request has dozens. Lines of a list
 * may have been joined with commas on their way: RFC 9110 §5.3.
 */
export function headerFields(plan: FieldsPlan): FieldsReader<Headers> {
  return memberReader(plan, headerFieldsOf)
}

function headerFieldsOf(plan: FieldsPlan): FieldsReader<Headers> {
  const fields = Array.from(plan.fields, ([key, field]) => ({
    key,
    name: headerName(key),
    plan: field.plan,
    isList: takesMany(field.plan),
  }))
  const { rest } = plan
  return (source) => {
    const record = new FieldRecord()
    for (const { key, name, plan: wanted, isList } of fields) {
      if (isList) {
        const lines = source.getAll(name)
        // What may be text, too, is not taken apart.
        const items = wanted.kind === 'list' ? lines.flatMap(quotedListMembers) : lines
        if (lines.length > 0) record[key] = listValue(wanted, items)
      } else {
        const value = source.get(name)
        if (value !== null) record[key] = itemValue(wanted, value)
      }
    }
    if (rest !== null && fields.length === 0) {
      for (const name of new Set(source.keys())) record[name] = itemValue(rest, source.get(name))
    }
    return record
  }
}

/** Reads cookies; others than the known ones are left out where the schema names some. */
export function cookieFields(plan: FieldsPlan): FieldsReader<ReadonlyMap<string, string>> {
  return memberReader(plan, cookieFieldsOf)
}

function cookieFieldsOf(plan: FieldsPlan): FieldsReader<ReadonlyMap<string, string>> {
  const { fields, rest } = plan
  return (source) => {
    const record = new FieldRecord()
    for (const [name, { plan: wanted }] of fields) {
      const value = source.get(name)
      if (value !== undefined) record[name] = itemValue(wanted, value)
    }
    if (rest !== null && fields.size === 0) {
      for (const [name, value] of source) record[name] = itemValue(rest, value)
    }
    return record
  }
}

/** Reads the parameters of the path: what is still text after the converters. */
export function pathFields(plan: FieldsPlan): FieldsReader<Readonly<Record<string, unknown>>> {
  return memberReader(plan, pathFieldsOf)
}

function pathFieldsOf(plan: FieldsPlan): FieldsReader<Readonly<Record<string, unknown>>> {
  return (source) => {
    const record = new FieldRecord()
    for (const name of Object.keys(source)) {
      const wanted = plan.fields.get(name)?.plan ?? plan.rest
      record[name] = wanted === null ? source[name] : itemValue(wanted, source[name])
    }
    return record
  }
}
