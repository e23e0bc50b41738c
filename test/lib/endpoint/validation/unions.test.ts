import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { coercionOf } from '../../../../lib/endpoint/validation/coercion.ts'
import { cookieFields, headerFields, pathFields, queryFields } from '../../../../lib/endpoint/validation/part-fields.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'
import { Headers } from '../../../../lib/http/headers.ts'
import { QueryParams } from '../../../../lib/http/query-params.ts'

const A = z.object({ kind: z.literal('a'), value: z.number() })
const B = z.object({ kind: z.literal('b'), value: z.string() })
const List = z.object({ kind: z.literal('list'), value: z.array(z.string()), n: z.number() })
const Text = z.object({ kind: z.literal('text'), value: z.string(), n: z.number() })
const isFive = ({ value }: { readonly value: number }): boolean => value === 5

/** Queries, and what comes out of the schema; `null` where it refuses them. */
const cases: readonly (readonly [what: string, schema: AnySchema, text: string, value: unknown])[] = [
  ['the first', z.discriminatedUnion('kind', [A, B]), 'kind=a&value=5', { kind: 'a', value: 5 }],
  ['the second', z.discriminatedUnion('kind', [A, B]), 'kind=b&value=5', { kind: 'b', value: '5' }],
  ['the first, in the other order', z.discriminatedUnion('kind', [B, A]), 'kind=a&value=5', { kind: 'a', value: 5 }],
  ['the second, in the other order', z.discriminatedUnion('kind', [B, A]), 'kind=b&value=5', { kind: 'b', value: '5' }],
  ['neither', z.discriminatedUnion('kind', [A, B]), 'kind=c&value=5', null],
  ['one that does not fit', z.discriminatedUnion('kind', [A, B]), 'kind=a&value=x', null],
  ['a list', z.discriminatedUnion('kind', [List, Text]), 'kind=list&value=x&n=1', { kind: 'list', value: ['x'], n: 1 }],
  ['a text', z.discriminatedUnion('kind', [List, Text]), 'kind=text&value=x&n=1', { kind: 'text', value: 'x', n: 1 }],
  [
    'several discriminators',
    z.discriminatedUnion('kind', [z.object({ kind: z.enum(['c', 'd']), value: z.boolean() }), A, B]),
    'kind=d&value=1',
    { kind: 'd', value: true },
  ],
  [
    'discriminators that are numbers',
    z.discriminatedUnion('v', [
      z.object({ v: z.literal(1), value: z.number() }),
      z.object({ v: z.literal(2), value: z.string() }),
    ]),
    'v=2&value=5',
    { v: 2, value: '5' },
  ],
  [
    'a union of unions',
    z.union([z.discriminatedUnion('kind', [A, B]), List]),
    'kind=list&value=x&n=1',
    { kind: 'list', value: ['x'], n: 1 },
  ],
  [
    'a union together with an object',
    z.object({ page: z.number() }).and(z.discriminatedUnion('kind', [A, B])),
    'kind=b&value=5&page=2',
    { kind: 'b', value: '5', page: 2 },
  ],
  [
    'two unions together',
    z
      .discriminatedUnion('kind', [A, B])
      .and(
        z.union([
          z.object({ by: z.literal('id'), key: z.number() }),
          z.object({ by: z.literal('name'), key: z.string() }),
        ]),
      ),
    'kind=b&value=5&by=name&key=7',
    { kind: 'b', value: '5', by: 'name', key: '7' },
  ],
  [
    'objects without a discriminator',
    z.union([z.object({ id: z.number() }), z.object({ id: z.string(), name: z.string() })]),
    'id=7a&name=x',
    { id: '7a', name: 'x' },
  ],
  [
    'objects of other fields',
    z.union([z.object({ from: z.number() }), z.object({ name: z.string() })]),
    'name=5',
    { name: '5' },
  ],
  [
    'an object whose first member is refused for a reason of its own',
    z.union([z.object({ value: z.number() }).refine(isFive), z.object({ value: z.number(), n: z.number() })]),
    'value=6&n=1',
    { value: 6, n: 1 },
  ],
  [
    'strict objects',
    z.union([A.strict(), B.strict(), z.strictObject({ n: z.number() })]),
    'kind=b&value=5',
    { kind: 'b', value: '5' },
  ],
  ['strict objects with what none knows', z.union([A.strict(), B.strict()]), 'kind=b&value=5&n=1', null],
  [
    'loose objects',
    z.union([z.looseObject({ n: z.number() }), z.looseObject({ m: z.number() })]),
    'm=1&x=1&x=2',
    { m: 1, x: ['1', '2'] },
  ],
  [
    'valibot: a variant',
    v.variant('kind', [
      v.object({ kind: v.literal('a'), value: v.number() }),
      v.object({ kind: v.literal('b'), value: v.string() }),
    ]),
    'kind=b&value=5',
    { kind: 'b', value: '5' },
  ],
  [
    'valibot: an intersection with a union',
    v.intersect([
      v.object({ page: v.number() }),
      v.union([v.object({ n: v.number() }), v.object({ s: v.string(), n: v.optional(v.string()) })]),
    ]),
    's=1&page=2&n=3x',
    { s: '1', page: 2, n: '3x' },
  ],
  [
    'arktype',
    type({ kind: '"a"', value: 'number' }).or({ kind: '"b"', value: 'string' }),
    'kind=b&value=5',
    { kind: 'b', value: '5' },
  ],
  [
    'arktype, the first',
    type({ kind: '"a"', value: 'number' }).or({ kind: '"b"', value: 'string' }),
    'kind=a&value=5',
    { kind: 'a', value: 5 },
  ],
]

for (const [what, schema, text, value] of cases) {
  test(`memberReader: what was sent decides: ${what}`, async (t) => {
    const given = queryFields(coercionOf(schema))(new QueryParams(text))
    const result = await schema['~standard'].validate(given)
    t.same(result.issues === undefined ? result.value : null, value)
  })
}

test('memberReader: an error is told of the object that the discriminator chose', async (t) => {
  const schema = z.discriminatedUnion('kind', [List, Text])
  const given = queryFields(coercionOf(schema))(new QueryParams('kind=text&value=x&n=none'))
  const { error } = schema.safeParse(given)
  t.strictSame(
    error?.issues.map(({ path }) => path.join('.')),
    ['n'],
  )
})

test('memberReader: header fields, cookies and parameters of a path are chosen so, too', async (t) => {
  const plan = coercionOf(z.discriminatedUnion('kind', [A, B]))
  t.same(headerFields(plan)(new Headers({ kind: 'b', value: '5' })), { kind: 'b', value: '5' })
  t.same(cookieFields(plan)(new Map(Object.entries({ kind: 'b', value: '5' }))), { kind: 'b', value: '5' })
  t.same(pathFields(plan)({ kind: 'b', value: '5' }), { kind: 'b', value: '5' })
})

test('intersectionOf: unions that multiply too often are read as what all of them may be', async (t) => {
  const union = (name: string): z.ZodType =>
    z.union(Array.from({ length: 9 }, (_, index) => z.object({ [`${name}${index}`]: z.number() })))
  const plan = coercionOf(union('a').and(union('b')))
  t.equal(plan.members, null)
  t.same(queryFields(plan)(new QueryParams('a8=1&b8=2')), { a8: 1, b8: 2 })
  const many = coercionOf(z.union(Array.from({ length: 65 }, (_, index) => z.object({ [`a${index}`]: z.number() }))))
  t.equal(many.members, null)
})
