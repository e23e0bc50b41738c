import { type } from 'arktype'
import fc from 'fast-check'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { coercionOf } from '../../../../lib/endpoint/validation/coercion.ts'
import { headerName } from '../../../../lib/endpoint/validation/header-name.ts'
import { jsonSchemaPlan } from '../../../../lib/endpoint/validation/json-schema-plan.ts'
import {
  cookieFields,
  formFields,
  headerFields,
  pathFields,
  queryFields,
} from '../../../../lib/endpoint/validation/part-fields.ts'
import { isSchema } from '../../../../lib/endpoint/validation/schema.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'
import { choice, listOf } from '../../../../lib/endpoint/validation/text-plan.ts'
import { itemValue, listValue, textValue } from '../../../../lib/endpoint/validation/text-value.ts'
import { valibotPlan } from '../../../../lib/endpoint/validation/valibot-plan.ts'
import { zodPlan } from '../../../../lib/endpoint/validation/zod-plan.ts'
import { FormData } from '../../../../lib/http/form-data.ts'
import { Headers } from '../../../../lib/http/headers.ts'
import { QueryParams } from '../../../../lib/http/query-params.ts'
import { UploadFile } from '../../../../lib/http/upload-file.ts'

const query = (schema: AnySchema, text: string): Record<string, unknown> => ({
  ...queryFields(coercionOf(schema))(new QueryParams(text)),
})

const Size = { small: 1, large: 2 } as const

interface Tree {
  readonly n: number
  readonly next?: Tree | undefined
}
const Tree: z.ZodType<Tree> = z.object({ n: z.number(), next: z.lazy(() => Tree).optional() })

/** Schemas of one field "a", queries, and what the schema is given. */
const cases: readonly (readonly [what: string, schema: AnySchema, text: string, given: Record<string, unknown>])[] = [
  ['text stays text', z.object({ a: z.string() }), 'a=1', { a: '1' }],
  ['a number', z.object({ a: z.number() }), 'a=-1.5e2', { a: -150 }],
  ['a number with a sign', z.object({ a: z.number() }), 'a=%2B.5', { a: 0.5 }],
  ['an integer', z.object({ a: z.int() }), 'a=7', { a: 7 }],
  ['no number', z.object({ a: z.number() }), 'a=0x10', { a: '0x10' }],
  ['nothing is no number', z.object({ a: z.number() }), 'a=', { a: '' }],
  ['Infinity is no number', z.object({ a: z.number() }), 'a=Infinity', { a: 'Infinity' }],
  ['too large is no number', z.object({ a: z.number() }), 'a=1e999', { a: '1e999' }],
  ['an inexact integer is no number', z.object({ a: z.number() }), 'a=9007199254740993', { a: '9007199254740993' }],
  ['a bigint', z.object({ a: z.bigint() }), 'a=9007199254740993', { a: 9007199254740993n }],
  ['a bigint with a sign', z.object({ a: z.bigint() }), 'a=%2B5', { a: 5n }],
  ['no bigint', z.object({ a: z.bigint() }), 'a=1.5', { a: '1.5' }],
  ['too long for a bigint', z.object({ a: z.bigint() }), `a=${'1'.repeat(1001)}`, { a: '1'.repeat(1001) }],
  ['true', z.object({ a: z.boolean() }), 'a=TRUE', { a: true }],
  ['on', z.object({ a: z.boolean() }), 'a=on', { a: true }],
  ['no', z.object({ a: z.boolean() }), 'a=no', { a: false }],
  ['no boolean', z.object({ a: z.boolean() }), 'a=maybe', { a: 'maybe' }],
  ['a coerced boolean', z.object({ a: z.coerce.boolean() }), 'a=false', { a: false }],
  ['a date', z.object({ a: z.date() }), 'a=2026-01-02', { a: new Date('2026-01-02') }],
  [
    'a date with a time',
    z.object({ a: z.date() }),
    'a=2026-01-02T03:04:05.6Z',
    { a: new Date('2026-01-02T03:04:05.6Z') },
  ],
  ['no date', z.object({ a: z.date() }), 'a=2026-13-45', { a: '2026-13-45' }],
  [
    'a time without an offset is of UTC',
    z.object({ a: z.date() }),
    'a=2026-01-02T03:04',
    { a: new Date('2026-01-02T03:04Z') },
  ],
  [
    'a time with an offset',
    z.object({ a: z.date() }),
    'a=2026-01-02T03:04%2B05:00',
    { a: new Date('2026-01-01T22:04Z') },
  ],
  ['a day of a leap year', z.object({ a: z.date() }), 'a=2028-02-29', { a: new Date('2028-02-29') }],
  ['a day that no month has', z.object({ a: z.date() }), 'a=2026-02-30', { a: '2026-02-30' }],
  [
    'a day that no month has, with a time',
    z.object({ a: z.date() }),
    'a=2026-04-31T10:00Z',
    { a: '2026-04-31T10:00Z' },
  ],
  ['a day that this year has not', z.object({ a: z.date() }), 'a=2026-02-29', { a: '2026-02-29' }],
  ['a day of a year that is none', z.object({ a: z.date() }), 'a=2026-00-00', { a: '2026-00-00' }],
  ['an hour that is none', z.object({ a: z.date() }), 'a=2026-01-02T25:00Z', { a: '2026-01-02T25:00Z' }],
  ['no ISO date', z.object({ a: z.date() }), 'a=1', { a: '1' }],
  ['a list', z.object({ a: z.array(z.number()) }), 'a=1&a=2&a=x', { a: [1, 2, 'x'] }],
  ['a list of one', z.object({ a: z.array(z.string()) }), 'a=1', { a: ['1'] }],
  ['a missing list', z.object({ a: z.array(z.string()) }), 'b=1', {}],
  ['a set', z.object({ a: z.set(z.number()) }), 'a=1&a=2', { a: new Set([1, 2]) }],
  ['a tuple', z.object({ a: z.tuple([z.number(), z.string()]) }), 'a=1&a=b', { a: [1, 'b'] }],
  ['an empty tuple', z.object({ a: z.tuple([]) }), 'a=1', { a: ['1'] }],
  ['the first of a repeated name', z.object({ a: z.number() }), 'a=1&a=2', { a: 1 }],
  ['a literal', z.object({ a: z.literal([1, 'two', null]) }), 'a=1', { a: 1 }],
  ['a literal of text', z.object({ a: z.literal([1, '2']) }), 'a=2', { a: '2' }],
  ['an enum', z.object({ a: z.enum(Size) }), 'a=2', { a: 2 }],
  ['an enum of text', z.object({ a: z.enum(['x', 'y']) }), 'a=x', { a: 'x' }],
  ['a union, the number first', z.object({ a: z.union([z.number(), z.string()]) }), 'a=1', { a: 1 }],
  ['a union, the text first', z.object({ a: z.union([z.string(), z.number()]) }), 'a=1', { a: '1' }],
  ['a union that nothing fits', z.object({ a: z.union([z.number(), z.boolean()]) }), 'a=x', { a: 'x' }],
  ['a union with a list, once', z.object({ a: z.union([z.number(), z.array(z.number())]) }), 'a=1', { a: 1 }],
  ['a union with a list first', z.object({ a: z.union([z.array(z.number()), z.number()]) }), 'a=1', { a: [1] }],
  [
    'a union with a list, the text',
    z.object({ a: z.union([z.literal('all'), z.array(z.int())]) }),
    'a=all',
    { a: 'all' },
  ],
  ['a union with a list, no text', z.object({ a: z.union([z.literal('all'), z.array(z.int())]) }), 'a=1', { a: [1] }],
  ['a union with a list, unfit', z.object({ a: z.union([z.literal('all'), z.array(z.int())]) }), 'a=x', { a: ['x'] }],
  ['a union with a short list', z.object({ a: z.union([z.string(), z.array(z.string()).min(2)]) }), 'a=x', { a: 'x' }],
  [
    'a union of lists',
    z.object({ a: z.union([z.array(z.int()), z.set(z.string())]) }),
    'a=x&a=1',
    { a: new Set(['x', '1']) },
  ],
  ['JSON', z.object({ a: z.json() }), 'a=5', { a: '5' }],
  ['a text or a number', z.object({ a: z.union([z.literal('auto'), z.number()]) }), 'a=5', { a: 5 }],
  ['a text or a number, the text', z.object({ a: z.union([z.literal('auto'), z.number()]) }), 'a=auto', { a: 'auto' }],
  ['an enum or a number', z.object({ a: z.enum(['x', 'y']).or(z.number()) }), 'a=5', { a: 5 }],
  ['literals that are written alike', z.object({ a: z.literal(['1', 1]) }), 'a=1', { a: '1' }],
  ['a union with a list, twice', z.object({ a: z.union([z.number(), z.array(z.number())]) }), 'a=1&a=2', { a: [1, 2] }],
  [
    'a union with a date',
    z.object({ a: z.union([z.date(), z.string()]) }),
    'a=2026-01-02',
    { a: new Date('2026-01-02') },
  ],
  [
    'a union of lists of literals',
    z.object({ a: z.union([z.array(z.literal(1)), z.array(z.union([z.literal(2), z.string()]))]) }),
    'a=2&a=x',
    { a: [2, 'x'] },
  ],
  [
    'a union with a tuple',
    z.object({ a: z.union([z.tuple([z.int(), z.boolean()]), z.tuple([z.int(), z.string()])]) }),
    'a=1&a=x',
    { a: [1, 'x'] },
  ],
  ['behind optional', z.object({ a: z.number().optional() }), 'a=1', { a: 1 }],
  ['behind nullable', z.object({ a: z.number().nullable() }), 'a=1', { a: 1 }],
  ['behind default', z.object({ a: z.number().default(3) }), '', {}],
  ['behind prefault, catch and readonly', z.object({ a: z.number().prefault(3).catch(4).readonly() }), 'a=1', { a: 1 }],
  ['behind nonoptional', z.object({ a: z.number().optional().nonoptional() }), 'a=1', { a: 1 }],
  ['before a pipe', z.object({ a: z.string().transform(Number).pipe(z.number()) }), 'a=1', { a: '1' }],
  ['before a preprocessor', z.object({ a: z.preprocess(String, z.number()) }), 'a=1&a=2', { a: '1' }],
  [
    'before a preprocessor of a list',
    z.object({ a: z.preprocess(String, z.array(z.int())) }),
    'a=1&a=2',
    { a: ['1', '2'] },
  ],
  ['before a preprocessor of a list, once', z.object({ a: z.preprocess(String, z.array(z.int())) }), 'a=1', { a: '1' }],
  [
    'before a preprocessor of a whole part',
    z.preprocess((fields) => fields, z.object({ a: z.number(), b: z.array(z.string()) })),
    'a=1&b=x&c=2',
    { a: 1, b: ['x'], c: '2' },
  ],
  ['two schemas at once', z.object({ a: z.number().and(z.number().min(3)) }), 'a=5', { a: 5 }],
  ['of a codec', z.object({ a: z.stringbool() }), 'a=yes', { a: 'yes' }],
  ['an object has no text', z.object({ a: z.object({ b: z.number() }) }), 'a=1', { a: '1' }],
  ['a lazy one', Tree, 'n=1&next=2', { n: 1, next: '2' }],
  ['unknown fields are left out', z.object({ a: z.number() }), 'a=1&b=2', { a: 1 }],
  ['a strict object gets them', z.strictObject({ a: z.number() }), 'a=1&b=2', { a: 1, b: '2' }],
  ['a loose object gets them', z.looseObject({ a: z.number() }), 'b=2&b=3', { b: ['2', '3'] }],
  ['a catchall gets them', z.object({ a: z.number() }).catchall(z.number()), 'b=2', { b: 2 }],
  ['a record', z.record(z.string(), z.number()), 'a=1&b=2', { a: 1, b: 2 }],
  ['a record of repeated names', z.record(z.string(), z.number()), 'a=1&a=2', { a: 1 }],
  ['a record of texts of repeated names', z.record(z.string(), z.string()), 'a=1&a=2', { a: '1' }],
  ['a record of anything', z.record(z.string(), z.unknown()), 'a=1&a=2&b=3', { a: ['1', '2'], b: '3' }],
  ['a record of lists', z.record(z.string(), z.array(z.number())), 'a=1', { a: [1] }],
  [
    'a union of objects',
    z.union([z.object({ k: z.literal('x'), a: z.number() }), z.object({ k: z.literal('y'), a: z.boolean() })]),
    'k=y&a=true',
    { k: 'y', a: true },
  ],
  [
    'an intersection',
    z.intersection(z.object({ a: z.number() }), z.object({ b: z.boolean() })),
    'a=1&b=1',
    { a: 1, b: true },
  ],
  ['a refined object', z.object({ a: z.number() }).refine(() => true), 'a=1', { a: 1 }],
  ['an object behind optional and default', z.object({ a: z.number() }).optional().default({ a: 1 }), 'a=1', { a: 1 }],
  ['something else than an object', z.string(), 'a=1&a=2&b=3', { a: ['1', '2'], b: '3' }],
  ['a compiled schema', z.compile(z.object({ a: z.number() })), 'a=1', { a: 1 }],
  [
    'names of the prototype',
    z.looseObject({}),
    '__proto__=1&constructor=2&toString=3',
    Object.assign(Object.create(null), { ['__proto__']: '1', constructor: '2', toString: '3' }),
  ],

  [
    'valibot: values',
    v.object({ a: v.number(), b: v.boolean(), c: v.bigint(), d: v.date(), e: v.string() }),
    'a=1&b=true&c=2&d=2026-01-02&e=3',
    { a: 1, b: true, c: 2n, d: new Date('2026-01-02'), e: '3' },
  ],
  [
    'valibot: wrapped',
    v.object({ a: v.optional(v.nullable(v.number()), 1), b: v.nullish(v.boolean()) }),
    'a=1&b=0',
    { a: 1, b: false },
  ],
  [
    'valibot: lists',
    v.object({ a: v.array(v.number()), s: v.set(v.number()), t: v.tuple([v.number(), v.number()]) }),
    'a=1&s=2&t=3&t=4',
    { a: [1], s: new Set([2]), t: [3, 4] },
  ],
  [
    'valibot: choices',
    v.object({ a: v.picklist([1, 'x']), b: v.literal(2), c: v.enum(Size), d: v.union([v.number(), v.boolean()]) }),
    'a=1&b=2&c=2&d=true',
    { a: 1, b: 2, c: 2, d: true },
  ],
  ['valibot: a pipe', v.object({ a: v.pipe(v.number(), v.minValue(1)) }), 'a=1', { a: 1 }],
  [
    'valibot: a pipe of an object',
    v.pipe(
      v.object({ a: v.number() }),
      v.check(() => true),
    ),
    'a=1',
    { a: 1 },
  ],
  ['valibot: unknown fields', v.object({ a: v.number() }), 'b=1', {}],
  ['valibot: a strict object', v.strictObject({ a: v.number() }), 'a=1&b=1', { a: 1, b: '1' }],
  ['valibot: an object with rest', v.objectWithRest({ a: v.number() }, v.number()), 'b=1', { b: 1 }],
  ['valibot: a record', v.record(v.string(), v.number()), 'a=1', { a: 1 }],
  [
    'valibot: a variant',
    v.variant('k', [v.object({ k: v.literal('x'), a: v.number() }), v.object({ k: v.literal('y'), b: v.number() })]),
    'k=x&a=1',
    { k: 'x', a: 1 },
  ],
  [
    'valibot: an intersection',
    v.intersect([v.object({ a: v.number() }), v.object({ b: v.number() })]),
    'a=1&b=2',
    { a: 1, b: 2 },
  ],
  ['valibot: behind optional', v.optional(v.object({ a: v.number() })), 'a=1', { a: 1 }],
  ['valibot: a lazy one', v.object({ a: v.lazy(() => v.number()) }), 'a=1', { a: 1 }],
  ['valibot: something else', v.string(), 'a=1', { a: '1' }],

  [
    'arktype: values',
    type({ a: 'number', b: 'boolean', c: 'string', 'd?': 'number[]' }),
    'a=1&b=true&c=2&d=3',
    { a: 1, b: true, c: '2', d: [3] },
  ],
  ['arktype: a union', type({ a: 'number | "x"' }), 'a=1', { a: 1 }],
  ['arktype: a date', type({ a: 'Date' }), 'a=2026-01-02', { a: new Date('2026-01-02') }],
  ['arktype: a bigint', type({ a: 'bigint' }), 'a=9007199254740993', { a: 9007199254740993n }],
  ['arktype: what JSON Schema cannot express', type({ a: 'symbol', b: 'Map' }), 'a=1&b=2', { a: '1', b: '2' }],
]

for (const [what, schema, text, given] of cases) {
  test(`coercionOf: ${what}`, async (t) => {
    t.strictSame(query(schema, text), { ...given })
  })
}

const foreign = (jsonSchema: unknown): AnySchema => ({
  '~standard': {
    version: 1,
    vendor: 'foreign',
    validate: (value) => ({ value }),
    ...(jsonSchema !== undefined && { jsonSchema: { input: () => jsonSchema as never, output: () => ({}) } }),
  },
})

/** JSON Schema 2020-12, as other libraries write it. */
const jsonSchemas: readonly (readonly [what: string, schema: unknown, text: string, given: Record<string, unknown>])[] =
  [
    ['no schema', undefined, 'a=1', { a: '1' }],
    ['no object', { type: 'string' }, 'a=1', { a: '1' }],
    [
      'references',
      {
        $ref: '#/$defs/A',
        $defs: { A: { type: 'object', properties: { a: { $ref: '#/$defs/N' } } }, N: { type: 'integer' } },
      },
      'a=1',
      { a: 1 },
    ],
    [
      'references that lead nowhere',
      { type: 'object', properties: { a: { $ref: '#/x/y' }, b: { $ref: 'other' } } },
      'a=1&b=2',
      { a: '1', b: '2' },
    ],
    [
      'a reference to a reference',
      {
        properties: { a: { $ref: '#/$defs/A' } },
        $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/C' }, C: { type: 'integer' } },
      },
      'a=1',
      { a: 1 },
    ],
    [
      'alternatives in a circle',
      { properties: { a: { anyOf: [{ $ref: '#/properties/a' }, { type: 'null' }] } } },
      'a=1',
      { a: '1' },
    ],
    ['references in a circle', { type: 'object', properties: { a: { $ref: '#/properties/a' } } }, 'a=1', { a: '1' }],
    ['a circle of objects', { anyOf: [{ $ref: '#' }] }, 'a=1', { a: '1' }],
    ['several types', { type: 'object', properties: { a: { type: ['null', 'number'] } } }, 'a=1', { a: 1 }],
    ['no type', { type: 'object', properties: { a: {} } }, 'a=1', { a: '1' }],
    ['null alone', { type: 'object', properties: { a: { type: 'null' } } }, 'a=1', { a: '1' }],
    ['no properties', { type: 'object' }, 'a=1', { a: '1' }],
    ['other properties', { type: 'object', additionalProperties: { type: 'number' } }, 'a=1', { a: 1 }],
    [
      'lists',
      { type: 'object', properties: { a: { type: 'array', items: { type: 'number' } }, b: { type: 'array' } } },
      'a=1&b=2',
      { a: [1], b: ['2'] },
    ],
    [
      'fixed values',
      { type: 'object', properties: { a: { const: 1 }, b: { enum: [2, 'x'] } } },
      'a=1&b=2',
      { a: 1, b: 2 },
    ],
    [
      'parts of a whole',
      {
        allOf: [{ type: 'object', properties: { a: { type: 'number' } } }, { properties: { b: { type: 'boolean' } } }],
      },
      'a=1&b=1',
      { a: 1, b: true },
    ],
    ['a text or a number', { properties: { a: { anyOf: [{ const: 'auto' }, { type: 'number' }] } } }, 'a=5', { a: 5 }],
    ['a value that is two things', { properties: { a: { allOf: [{}, { type: 'number' }] } } }, 'a=5', { a: 5 }],
    ['other properties of any kind', { properties: {}, additionalProperties: {} }, 'a=1&a=2', { a: ['1', '2'] }],
    [
      'a part that is no object',
      { allOf: [{ type: 'object', properties: { a: { type: 'number' } } }, { type: 'string' }] },
      'a=1',
      { a: '1' },
    ],
  ]

for (const [what, schema, text, given] of jsonSchemas) {
  test(`jsonSchemaPlan: ${what}`, async (t) => {
    t.strictSame(query(foreign(schema), text), { ...given })
  })
}

/** Tuples, whose items are what stands at their places; each library says so in its own way. */
const tuples: readonly (readonly [what: string, schema: AnySchema, text: string, given: unknown[]])[] = [
  ['zod', z.object({ a: z.tuple([z.number(), z.string()]) }), 'a=1&a=2', [1, '2']],
  ['zod, booleans first', z.object({ a: z.tuple([z.boolean(), z.number()]) }), 'a=1&a=1', [true, 1]],
  ['zod, with more', z.object({ a: z.tuple([z.string()]).rest(z.number()) }), 'a=1&a=2&a=3', ['1', 2, 3]],
  ['zod, one alone', z.object({ a: z.tuple([z.number()]) }), 'a=1', [1]],
  ['zod, too many', z.object({ a: z.tuple([z.number()]) }), 'a=1&a=2', [1, '2']],
  ['valibot', v.object({ a: v.tuple([v.number(), v.string()]) }), 'a=1&a=2', [1, '2']],
  ['valibot, with more', v.object({ a: v.tupleWithRest([v.string()], v.number()) }), 'a=1&a=2', ['1', 2]],
  ['arktype', type({ a: ['number', 'string'] }), 'a=1&a=2', [1, '2']],
  [
    'JSON Schema',
    foreign({ properties: { a: { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } } } }),
    'a=1&a=2',
    ['1', 2],
  ],
]

for (const [what, schema, text, given] of tuples) {
  test(`coercionOf: the items of a tuple are what stands at their places: ${what}`, async (t) => {
    t.strictSame(query(schema, text), { a: given })
  })
}

test('coercionOf: a library that cannot say it in JSON Schema leaves text as it is', async (t) => {
  const refusing = foreign({})
  const standard = {
    ...refusing['~standard'],
    jsonSchema: {
      input: () => {
        throw new Error('no such thing')
      },
      output: () => ({}),
    },
  }
  t.strictSame(query({ '~standard': standard }, 'a=1'), { a: '1' })
})

test('plans: what is no schema of a library has none', async (t) => {
  t.equal(zodPlan(null), null)
  t.equal(zodPlan({ _zod: { def: {} } }), null)
  t.equal(valibotPlan(undefined), null)
  t.equal(valibotPlan({ type: 'union', options: [1] }), null)
  t.equal(jsonSchemaPlan([]), null)
  const circle = { anyOf: [{ $ref: '#/$defs/A' }] }
  t.equal(jsonSchemaPlan({ ...circle, $defs: { A: circle } }), null)
})

test('textValue: numbers come out as they went in, and nothing else becomes a number', async (t) => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = String(value)
      const back = textValue({ kind: 'number' }, text)
      return Object.is(back, value === 0 ? 0 : value) || back === text
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = textValue({ kind: 'number' }, text)
      return value === text || (Number.isFinite(value) && Number(text) === value)
    }),
  )
  t.equal(textValue({ kind: 'number' }, String(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER)
})

test('listValue: of what is no list the first value counts', async (t) => {
  t.equal(listValue({ kind: 'number' }, ['1', '2']), 1)
  t.equal(listValue({ kind: 'choice', options: [{ kind: 'number' }, { kind: 'boolean' }] }, ['yes', '2']), true)
})

test('itemValue: what is no text is an item of a list, too', async (t) => {
  t.strictSame(itemValue(listOf({ kind: 'number' }), 1), [1])
  t.equal(itemValue({ kind: 'number' }, file), file)
})

test('choice: lists and values stay apart, the same counts once', async (t) => {
  const list = listOf({ kind: 'number' })
  t.strictSame(choice([list, list, { kind: 'text' }, { kind: 'text' }]), {
    kind: 'choice',
    options: [list, { kind: 'text' }],
  })
  t.equal(choice([listOf({ kind: 'number' }), listOf({ kind: 'number' })]).kind, 'choice')
})

test('textValue: no text makes any plan throw, and an unfit one stays', async (t) => {
  const kinds = fc.constantFrom('text', 'number', 'bigint', 'boolean', 'date', 'file')
  fc.assert(
    fc.property(kinds, fc.string({ unit: 'binary' }), (kind, text) => {
      const value = textValue({ kind }, text)
      return typeof value !== 'string' || value === text
    }),
  )
  t.pass()
})

// ---- the parts

const plan = (schema: AnySchema): ReturnType<typeof coercionOf> => coercionOf(schema)
const empty = new UploadFile({ name: '', content: new Uint8Array() })
const file = new UploadFile({ name: 'a.txt', content: Buffer.from('x') })

/** Fields of forms: what browsers send for what was not filled in is missing, unless text is required. */
const forms: readonly (readonly [
  what: string,
  schema: AnySchema,
  fields: readonly (readonly [string, string | UploadFile])[],
  given: Record<string, unknown>,
])[] = [
  ['required text may be empty', z.object({ a: z.string() }), [['a', '']], { a: '' }],
  ['optional text that is empty is missing', z.object({ a: z.string().optional() }), [['a', '']], {}],
  ['text with a default that is empty is missing', z.object({ a: z.string().default('x') }), [['a', '']], {}],
  ['an empty number is missing', z.object({ a: z.number() }), [['a', '']], {}],
  [
    'an empty choice of text and number is text',
    z.object({ a: z.union([z.number(), z.string()]) }),
    [['a', '']],
    { a: '' },
  ],
  [
    'empty items of numbers are missing',
    z.object({ a: z.array(z.number()) }),
    [
      ['a', ''],
      ['a', '1'],
    ],
    { a: [1] },
  ],
  ['an empty choice of texts is missing', z.object({ a: z.enum(['x', 'y']) }), [['a', '']], {}],
  ['an empty choice of texts that has an empty one', z.object({ a: z.enum(['', 'x']) }), [['a', '']], { a: '' }],
  [
    'text of two objects at once is required',
    z.object({ a: z.string() }).and(z.object({ b: z.string(), c: z.string().optional() })),
    [
      ['a', ''],
      ['b', ''],
      ['c', ''],
    ],
    { a: '', b: '' },
  ],
  [
    'text of one of several objects is required',
    z.discriminatedUnion('k', [
      z.object({ k: z.literal('x'), a: z.number() }),
      z.object({ k: z.literal('y'), b: z.string() }),
    ]),
    [
      ['k', 'y'],
      ['b', ''],
    ],
    { k: 'y', b: '' },
  ],
  ['a file that was not chosen is missing', z.object({ a: z.file() }), [['a', empty]], {}],
  ['an upload that was not chosen is missing', z.object({ a: z.instanceof(UploadFile) }), [['a', empty]], {}],
  [
    'an upload that was not chosen is missing, whatever else is asked of it',
    z.object({
      a: z
        .instanceof(UploadFile)
        .refine(() => true)
        .describe('A photo'),
    }),
    [['a', empty]],
    {},
  ],
  [
    'uploads that were not chosen are missing in lists',
    z.object({ a: z.array(z.instanceof(UploadFile)) }),
    [
      ['a', empty],
      ['a', file],
    ],
    { a: [file] },
  ],
  ['a file that was not chosen is no text', z.object({ a: z.string() }), [['a', empty]], {}],
  [
    'files under any name',
    z.record(z.string(), z.instanceof(UploadFile)),
    [
      ['a', empty],
      ['b', file],
    ],
    { b: file },
  ],
  ['texts under any name', z.record(z.string(), z.string()), [['a', '']], { a: '' }],
  [
    'numbers under any name',
    z.record(z.string(), z.number()),
    [
      ['a', ''],
      ['b', '1'],
    ],
    { b: 1 },
  ],
  [
    'a text or a list of files, files',
    z.object({ a: z.union([z.string(), z.array(z.file())]) }),
    [['a', file]],
    { a: [file] },
  ],
  ['a file', z.object({ a: z.instanceof(UploadFile) }), [['a', file]], { a: file }],
  [
    'files',
    z.object({ a: z.array(z.instanceof(UploadFile)) }),
    [
      ['a', file],
      ['a', file],
    ],
    { a: [file, file] },
  ],
  [
    'one file of a union with a list',
    z.object({ a: z.union([z.array(z.file()), z.file()]) }),
    [['a', file]],
    { a: [file] },
  ],
  [
    'one file of a union with a list, alone',
    z.object({ a: z.union([z.file(), z.array(z.file())]) }),
    [['a', file]],
    { a: file },
  ],
]

for (const [what, schema, fields, given] of forms) {
  test(`formFields: ${what}`, async (t) => {
    t.same({ ...formFields(plan(schema))(new FormData(fields)) }, given)
  })
}

test('headerFields: finds fields by the names that keys stand for', async (t) => {
  const schema = z.object({
    userAgent: z.string(),
    x_count: z.number(),
    'X-Token': z.string(),
    accept: z.array(z.string()),
    'x-none': z.array(z.string()).optional(),
  })
  const headers = new Headers([
    ['user-agent', 'test'],
    ['x-count', '3'],
    ['x-token', 'a'],
    ['accept', 'b'],
    ['accept', 'c'],
    ['other', 'd'],
  ])
  t.strictSame(
    { ...headerFields(plan(schema))(headers) },
    { userAgent: 'test', x_count: 3, 'X-Token': 'a', accept: ['b', 'c'] },
  )
})

test('headerFields: a field whose name is written with underscores is not the one with hyphens', async (t) => {
  const fields = headerFields(plan(z.object({ x_token: z.string(), xUser: z.string() })))
  t.strictSame({ ...fields(new Headers({ x_token: 'forged', x_user: 'forged' })) }, {})
  t.strictSame({ ...fields(new Headers({ 'x-token': 'a', 'x-user': 'b' })) }, { x_token: 'a', xUser: 'b' })
})

test('headerFields and cookieFields: a schema that names none gets all', async (t) => {
  const headers = new Headers([
    ['a', '1'],
    ['b', '2'],
    ['b', '3'],
  ])
  t.strictSame({ ...headerFields(plan(z.record(z.string(), z.string())))(headers) }, { a: '1', b: '2, 3' })
  t.strictSame({ ...cookieFields(plan(z.record(z.string(), z.number())))(new Map([['a', '1']])) }, { a: 1 })
})

test('cookieFields and pathFields: a value alone is a list where one is wanted', async (t) => {
  const lists = plan(z.object({ a: z.array(z.number()), b: z.union([z.boolean(), z.array(z.number())]) }))
  t.strictSame({ ...cookieFields(lists)(new Map(Object.entries({ a: '1', b: '2' }))) }, { a: [1], b: [2] })
  t.strictSame({ ...pathFields(lists)({ a: '1', b: 'yes' }) }, { a: [1], b: true })
})

test('cookieFields: gives the known ones', async (t) => {
  const cookies = new Map([
    ['a', '1'],
    ['b', '2'],
  ])
  t.strictSame({ ...cookieFields(plan(z.looseObject({ a: z.number(), c: z.number().optional() })))(cookies) }, { a: 1 })
})

test('pathFields: leaves alone what a converter has made, and what has no plan', async (t) => {
  const fields = pathFields(plan(z.object({ a: z.number(), b: z.number() })))
  t.strictSame({ ...fields({ a: 1, b: '2', c: '3' }) }, { a: 1, b: 2, c: '3' })
})

/** Keys of schemas, and the fields that they stand for. */
const names: readonly (readonly [key: string, name: string])[] = [
  ['accept', 'accept'],
  ['userAgent', 'user-agent'],
  ['user_agent', 'user-agent'],
  ['user-agent', 'user-agent'],
  ['User-Agent', 'user-agent'],
  ['Authorization', 'authorization'],
  ['ETag', 'etag'],
  ['xApiKey2', 'x-api-key2'],
  ['lastEventID', 'last-event-id'],
]

for (const [key, name] of names) {
  test(`headerName: ${key} stands for ${name}`, async (t) => {
    t.equal(headerName(key), name)
  })
}

test('isSchema: knows schemas of every library, and nothing else', async (t) => {
  for (const schema of [z.string(), v.string(), type('string'), foreign(undefined)]) t.ok(isSchema(schema))
  for (const other of [null, undefined, 1, {}, { '~standard': null }, { '~standard': {} }, () => 1])
    t.notOk(isSchema(other))
})
