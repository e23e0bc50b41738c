import type { MultiMap } from '../../http/multi-map.ts'
import type { Headers } from '../../http/headers.ts'
import { headerName } from './header-name.ts'
import { FieldRecord } from './field-record.ts'
import { takesMany, takesText } from './text-plan.ts'
import type { FieldsPlan, TextPlan } from './text-plan.ts'
import { itemValue, listValue } from './text-value.ts'

/** Makes the input of a schema out of the values that a client sent. */
export type FieldsReader<Source> = (source: Source) => Record<string, unknown>

/** One known field, prepared. */
interface Field {
  readonly name: string
  readonly plan: TextPlan
  readonly isList: boolean
  /** Whether an empty text stands for a field that was not filled in. */
  readonly isEmptyMissing: boolean
}

/** Reads the parameters of a query. Of a repeated name that is no list, the first value counts. */
export function queryFields(plan: FieldsPlan): FieldsReader<MultiMap<unknown>> {
  return multiMapFields(plan, () => false)
}

/**
 * Reads the fields and files of a form. Browsers send what was not filled in as empty text, or as a file without a name:
 * unless text is required there, the field is missing.
 */
export function formFields(plan: FieldsPlan): FieldsReader<MultiMap<unknown>> {
  return multiMapFields(plan, (field, isOptional) => isOptional || !takesText(field))
}

function multiMapFields(
  plan: FieldsPlan,
  isEmptyMissing: (plan: TextPlan, isOptional: boolean) => boolean,
): FieldsReader<MultiMap<unknown>> {
  const fields = fieldsOf(plan, isEmptyMissing)
  const { rest } = plan
  return (source) => {
    const record = new FieldRecord()
    for (let index = 0; index < fields.length; index++) readField(fields[index]!, source, record)
    if (rest !== null) readRest(source, record, { known: plan.fields, rest })
    return record
  }
}

function fieldsOf(
  plan: FieldsPlan,
  isEmptyMissing: (plan: TextPlan, isOptional: boolean) => boolean,
): readonly Field[] {
  return Array.from(plan.fields, ([name, field]) => ({
    name,
    plan: field.plan,
    isList: takesMany(field.plan),
    isEmptyMissing: isEmptyMissing(field.plan, field.isOptional),
  }))
}

function readField({ name, plan, isList, isEmptyMissing }: Field, source: MultiMap<unknown>, record: object): void {
  const target = record as Record<string, unknown>
  if (isList) {
    const given = source.getAll(name)
    const items = isEmptyMissing ? given.filter((item) => !isEmpty(item)) : given
    if (items.length > 0) target[name] = listValue(plan, items)
    return
  }
  const item = source.get(name)
  if (item !== null && !(isEmptyMissing && isEmpty(item))) target[name] = itemValue(plan, item)
}

function readRest(
  source: MultiMap<unknown>,
  record: Record<string, unknown>,
  { known, rest }: { known: ReadonlyMap<string, unknown>; rest: TextPlan },
): void {
  const more = new Map<string, unknown[]>()
  for (const [name, item] of source) {
    if (known.has(name)) continue
    const items = more.get(name)
    if (items === undefined) more.set(name, [item])
    else items.push(item)
  }
  for (const [name, items] of more) record[name] = restValue(rest, items)
}

/** Nobody has said whether a field is a list: the client has, by repeating its name. */
function restValue(plan: TextPlan, items: readonly unknown[]): unknown {
  if (takesMany(plan)) return listValue(plan, items)
  return items.length === 1 ? itemValue(plan, items[0]) : items.map((item) => itemValue(plan, item))
}

function isEmpty(item: unknown): boolean {
  if (item === '') return true
  const file = item as { readonly name?: unknown; readonly size?: unknown }
  return typeof item === 'object' && file.name === '' && file.size === 0
}

/** Reads header fields. Others than the known ones are left out where the schema names some: every request has dozens. */
export function headerFields(plan: FieldsPlan): FieldsReader<Headers> {
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
        if (lines.length > 0) record[key] = listValue(wanted, lines)
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
  return (source) => {
    const record = new FieldRecord()
    for (const name of Object.keys(source)) {
      const wanted = plan.fields.get(name)?.plan ?? plan.rest
      record[name] = wanted === null ? source[name] : itemValue(wanted, source[name])
    }
    return record
  }
}
