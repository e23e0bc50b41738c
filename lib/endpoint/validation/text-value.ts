import { takesMany } from './text-plan.ts'
import type { TextPlan } from './text-plan.ts'

const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?$/i
const integer = /^[+-]?\d+$/
const date = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/

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
  const list = plan.kind === 'choice' ? plan.options.find(takesMany) : undefined
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

function dateOf(text: string): unknown {
  const value = date.test(text) ? new Date(text) : null
  return value === null || Number.isNaN(value.getTime()) ? text : value
}

function chosen(options: readonly TextPlan[], text: string): unknown {
  for (const option of options) {
    if (option.kind === 'text') return text
    const value = textValue(option, text)
    if (value !== text) return value
  }
  return text
}
