import { fits } from './plan-fit.ts'
import { takesMany } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?$/i
const integer = /^[+-]?\d+$/
const date = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/

/** Making a number of more digits takes more time than a client may ask for. */
const maxBigIntLength = 1000

/** As forms, scripts and people write them. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['on', true],
  ['off', false],
  ['yes', true],
  ['no', false],
])

/** Returns what the text means to the input of a schema; the text itself when it means nothing else. */
export function textValue(plan: TextPlan, text: string): unknown {
  switch (plan.kind) {
    case 'number':
      return numberOf(text)
    case 'bigint':
      return integer.test(text) && text.length <= maxBigIntLength ? BigInt(text.replace('+', '')) : text
    case 'boolean':
      return booleans.get(text.toLowerCase()) ?? text
    case 'date':
      return dateOf(text)
    case 'values':
      return plan.values.has(text) ? plan.values.get(text) : text
    case 'list':
      return itemsOf(plan, [text])
    case 'choice':
      return chosen(plan.options, text)
    default:
      return text
  }
}

/** Returns what several values of one name mean. Values that are not text, such as files, stay as they are. */
export function listValue(plan: TextPlan, items: readonly unknown[]): unknown {
  if (plan.kind === 'list') return itemsOf(plan, items)
  if (plan.kind !== 'choice') return itemValue(plan, items[0])
  for (const option of plan.options) {
    if (items.length > 1 && option.kind !== 'list') continue
    const value = listValue(option, items)
    if (fits(option, value)) return value
  }
  const list = items.length > 1 || typeof items[0] === 'string' ? plan.options.find(takesMany) : undefined
  return list === undefined ? itemValue(plan, items[0]) : listValue(list, items)
}

/** Returns what one value means, which need not be text. */
export function itemValue(plan: TextPlan, item: unknown): unknown {
  if (typeof item === 'string') return textValue(plan, item)
  return plan.kind === 'list' ? itemsOf(plan, [item]) : item
}

function itemsOf(plan: TextPlan & { readonly kind: 'list' }, items: readonly unknown[]): unknown {
  const { item, isSet, places } = plan
  const values = items.map((value, index) => itemValue(places?.[index] ?? item, value))
  return isSet ? new Set(values) : values
}

/** A number that JavaScript cannot hold exactly, or at all, is none: it would become another one without a word. */
function numberOf(text: string): unknown {
  if (!number.test(text)) return text
  const value = Number(text)
  return Number.isFinite(value) && (!integer.test(text) || Number.isSafeInteger(value)) ? value : text
}

/** Without an offset a time is one of UTC: the zone of the machine must not decide. Days that no month has are none. */
function dateOf(text: string): unknown {
  const [, day, offset] = date.exec(text) ?? []
  if (day === undefined || !isDay(day)) return text
  const value = new Date(text.length > day.length && offset === undefined ? `${text}Z` : text)
  return Number.isNaN(value.getTime()) ? text : value
}

/** The platform takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const value = new Date(day)
  return !Number.isNaN(value.getTime()) && value.toISOString().startsWith(day)
}

function chosen(options: readonly TextPlan[], text: string): unknown {
  for (const option of options) {
    const value = textValue(option, text)
    if (fits(option, value)) return value
  }
  return text
}
