import type { ExampleObject } from './openapi-document.ts'

/** Examples by their names: values, or example objects with a `value`. */
export type GivenExamples = Readonly<Record<string, unknown>> | undefined

const keys: ReadonlySet<string> = new Set(['summary', 'description', 'value', 'externalValue'])

/** Returns examples as documents write them, as a part of the object that has them. */
export function namedExamples(given: GivenExamples): { readonly examples?: Readonly<Record<string, ExampleObject>> } {
  const examples = Object.entries(given ?? {}).map(([name, example]) => [name, exampleObject(example)] as const)
  return examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }
}

/** Returns the examples of one field out of examples of whole objects. */
export function fieldExamples(given: GivenExamples, field: string): GivenExamples {
  const found = Object.entries(given ?? {}).flatMap(([name, example]) => {
    const { value, ...rest } = exampleObject(example)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return []
    return [[name, { ...rest, value: (value as Readonly<Record<string, unknown>>)[field] }] as const]
  })
  return Object.fromEntries(found)
}

function exampleObject(example: unknown): ExampleObject {
  return isExampleObject(example) ? example : { value: example }
}

function isExampleObject(example: unknown): example is ExampleObject {
  if (typeof example !== 'object' || example === null) return false
  const given = Object.keys(example)
  return given.every((key) => keys.has(key)) && (given.includes('value') || given.includes('externalValue'))
}
