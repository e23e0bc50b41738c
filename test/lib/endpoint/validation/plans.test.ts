import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import type { FieldsPlan } from '../../../../lib/endpoint/validation/fields-plan.ts'
import type { TextPlan } from '../../../../lib/endpoint/validation/text-plan.ts'
import { UploadFile } from '../../../../lib/http/upload-file.ts'
import { valibotPlan } from '../../../../lib/endpoint/validation/valibot-plan.ts'
import { zodPlan } from '../../../../lib/endpoint/validation/zod-plan.ts'

/** A plan as a table of its fields, in square brackets where a field may be missing, with what is made of all others. */
function told(plan: FieldsPlan | null): unknown {
  if (plan === null) return null
  const fields = Array.from(plan.fields, ([name, field]) => [
    name,
    field.isOptional ? [kindOf(field.plan)] : kindOf(field.plan),
  ])
  return { ...Object.fromEntries(fields), ...(plan.rest !== null && { '*': kindOf(plan.rest) }) }
}

function kindOf(plan: TextPlan): string {
  if (plan.kind === 'list' && plan.places !== null) return [...plan.places, plan.item].map(kindOf).join(', ')
  if (plan.kind === 'list') return `${plan.isSet ? 'set' : 'list'} of ${kindOf(plan.item)}`
  if (plan.kind === 'values') return Array.from(plan.values.keys()).join('|')
  return plan.kind === 'choice' ? plan.options.map(kindOf).join(' or ') : plan.kind
}

interface Endless {
  readonly next: Endless
}
const endlessZod: z.ZodType<Endless> = z.lazy(() => endlessZod)
const endlessValibot: v.GenericSchema<Endless> = v.lazy(() => endlessValibot)
const defined = (definition: object): unknown => ({ _zod: { def: definition } })

/** Schemas of zod, and definitions that lack what others of their type have. */
const zodSchemas: readonly (readonly [what: string, schema: unknown, plan: unknown])[] = [
  ['an object', z.object({ a: z.number() }), { a: 'number' }],
  ['an object that takes others', z.looseObject({ a: z.number() }), { a: 'number', '*': 'text or list of text' }],
  ['an object that takes others of a kind', z.object({}).catchall(z.number()), { '*': 'number' }],
  ['a record', z.record(z.string(), z.boolean()), { '*': 'boolean' }],
  [
    'a union of objects',
    z.union([z.object({ a: z.number() }), z.object({ a: z.boolean() })]),
    { a: 'number or boolean' },
  ],
  ['a union of one object', z.union([z.object({ a: z.number() })]), { a: 'number' }],
  ['a union with something else', z.union([z.object({}), z.string()]), null],
  ['an intersection', z.object({ a: z.number() }).and(z.object({ b: z.bigint() })), { a: 'number', b: 'bigint' }],
  ['a wrapped object', z.object({ a: z.date() }).optional().readonly(), { a: 'date' }],
  ['a piped object', z.object({ a: z.number() }).transform(String), { a: 'number' }],
  ['a lazy object', z.lazy(() => z.object({ a: z.number() })), { a: 'number' }],
  ['no object', z.string(), null],
  ['what never ends', endlessZod, null],
  ['a field that never ends', z.object({ a: endlessZod }), { a: 'text' }],
  ['a field of no schema', defined({ type: 'object', shape: { a: 1 } }), { a: 'text' }],
  ['an optional field', z.object({ a: z.number().optional() }), { a: ['number'] }],
  [
    'a field with a default behind others',
    z.object({ a: z.number().default(1).nullable().readonly() }),
    { a: ['number'] },
  ],
  ['a field that is optional no more', z.object({ a: z.nonoptional(z.number().optional()) }), { a: 'number' }],
  ['files', z.object({ a: z.array(z.file()) }), { a: 'list of file' }],
  ['a set', z.object({ a: z.set(z.int()) }), { a: 'set of number' }],
  ['a tuple', z.object({ a: z.tuple([z.number(), z.boolean()]) }), { a: 'number, boolean, text' }],
  ['a tuple with more', z.object({ a: z.tuple([z.number()]).rest(z.bigint()) }), { a: 'number, bigint' }],
  ['an empty tuple', z.object({ a: z.tuple([]) }), { a: 'text' }],
  ['a literal', z.object({ a: z.literal([1, 'b', true, '1']) }), { a: '1|b|true' }],
  ['an enum', z.object({ a: z.enum({ one: 1, two: 2 }) }), { a: '1|2' }],
  [
    'an intersection of values',
    z.object({ a: z.string().and(z.any()), b: z.any().and(z.int()) }),
    { a: 'text', b: 'number' },
  ],
  [
    'files of every kind',
    z.object({ a: z.instanceof(UploadFile).refine(() => true), b: z.instanceof(File).optional(), c: z.custom() }),
    { a: 'upload', b: ['file'], c: 'text' },
  ],
  [
    'what a preprocessor gets',
    z.object({
      a: z.preprocess(String, z.number()),
      b: z.preprocess(String, z.array(z.number())),
      c: z.preprocess((value) => value, z.array(z.union([z.file(), z.number()]))),
    }),
    { a: 'text', b: 'text or list of text', c: 'file or text or list of file or text' },
  ],
  ['anything by name', z.record(z.string(), z.any()), { '*': 'text or list of text' }],
  ['an object without a shape', defined({ type: 'object' }), {}],
  ['a union without options', defined({ type: 'union' }), {}],
  [
    'fields without what is in them',
    defined({
      type: 'object',
      shape: {
        literal: defined({ type: 'literal' }),
        enum: defined({ type: 'enum' }),
        tuple: defined({ type: 'tuple' }),
        union: defined({ type: 'union' }),
        lazy: defined({ type: 'lazy' }),
        array: defined({ type: 'array' }),
      },
    }),
    { literal: 'text', enum: 'text', tuple: 'text', union: 'text', lazy: 'text', array: 'list of text' },
  ],
]

for (const [what, schema, plan] of zodSchemas) {
  test(`zodPlan: ${what}`, async (t) => {
    t.strictSame(told(zodPlan(schema)), plan)
  })
}

/** The same of valibot. */
const valibotSchemas: readonly (readonly [what: string, schema: unknown, plan: unknown])[] = [
  ['an object', v.object({ a: v.number() }), { a: 'number' }],
  ['an object that takes others', v.looseObject({ a: v.number() }), { a: 'number', '*': 'text or list of text' }],
  ['an object that refuses others', v.strictObject({ a: v.number() }), { a: 'number', '*': 'text or list of text' }],
  ['an object that takes others of a kind', v.objectWithRest({}, v.number()), { '*': 'number' }],
  ['a record', v.record(v.string(), v.boolean()), { '*': 'boolean' }],
  [
    'a union of objects',
    v.union([v.object({ a: v.number() }), v.object({ a: v.boolean() })]),
    { a: 'number or boolean' },
  ],
  [
    'variants',
    v.variant('kind', [v.object({ kind: v.literal('a'), n: v.number() }), v.object({ kind: v.literal('b') })]),
    { kind: 'a or b', n: ['number'] },
  ],
  ['an intersection', v.intersect([v.object({ a: v.number() }), v.object({ a: v.number() })]), { a: 'number' }],
  ['a union with something else', v.union([v.object({}), v.string()]), null],
  ['a wrapped object', v.optional(v.object({ a: v.date() })), { a: 'date' }],
  ['a lazy object', v.lazy(() => v.object({ a: v.number() })), { a: 'number' }],
  ['no object', v.string(), null],
  ['what never ends', endlessValibot, null],
  ['a field that never ends', v.object({ a: endlessValibot }), { a: 'text' }],
  ['a field of no schema', { type: 'object', entries: { a: 1 } }, { a: 'text' }],
  ['an optional field', v.object({ a: v.nullish(v.number()) }), { a: ['number'] }],
  ['files', v.object({ a: v.array(v.file()), b: v.blob() }), { a: 'list of file', b: 'file' }],
  ['a set', v.object({ a: v.set(v.number()) }), { a: 'set of number' }],
  ['a tuple', v.object({ a: v.tuple([v.number(), v.boolean()]) }), { a: 'number, boolean, text' }],
  ['a strict tuple', v.object({ a: v.strictTuple([v.number()]) }), { a: 'number, text' }],
  ['a loose tuple', v.object({ a: v.looseTuple([v.number()]) }), { a: 'number, text' }],
  ['a tuple with more', v.object({ a: v.tupleWithRest([v.number()], v.bigint()) }), { a: 'number, bigint' }],
  ['a literal', v.object({ a: v.literal(1) }), { a: '1' }],
  ['an enum', v.object({ a: v.enum({ one: 1, two: 2 }), b: v.picklist([3, 'c']) }), { a: '1|2', b: '3|c' }],
  ['an intersection of values', v.object({ a: v.intersect([v.any(), v.number()]) }), { a: 'number' }],
  [
    'files of every kind',
    v.object({
      a: v.instance(UploadFile),
      b: v.optional(v.instance(Blob)),
      c: v.custom(() => true),
      d: v.instance(Map),
    }),
    { a: 'upload', b: ['file'], c: 'text', d: 'text' },
  ],
  [
    'what depends on its input',
    v.object({ a: v.lazy((input) => ((input as string).startsWith('x') ? v.string() : v.number())) }),
    { a: 'text' },
  ],
  ['anything by name', v.record(v.string(), v.unknown()), { '*': 'text or list of text' }],
  ['an object without entries', { type: 'object' }, {}],
  ['a union without options', { type: 'union' }, {}],
  [
    'fields without what is in them',
    {
      type: 'object',
      entries: {
        enum: { type: 'enum' },
        tuple: { type: 'tuple' },
        union: { type: 'union' },
        lazy: { type: 'lazy' },
        intersect: { type: 'intersect' },
        array: { type: 'array' },
      },
    },
    { enum: 'text', tuple: 'text', union: 'text', lazy: 'text', intersect: 'text', array: 'list of text' },
  ],
]

for (const [what, schema, plan] of valibotSchemas) {
  test(`valibotPlan: ${what}`, async (t) => {
    t.strictSame(told(valibotPlan(schema)), plan)
  })
}
