import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { issuesOfJSON } from '../../../lib/client/json-check.ts'
import type { AnySchema } from '../../../lib/endpoint/validation/schema.ts'

const at = '2024-02-29T12:00:00.000Z'
const Seen = z.object({ at: z.date(), note: z.string() })

/** A schema that finds a place wrong, whatever is there. */
const pointing = (...path: readonly string[]): AnySchema => ({
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'There', path }] }) },
})

/** Values as JSON has made them, which schemas of dates take. */
const taken: readonly (readonly [what: string, schema: AnySchema, value: unknown])[] = [
  ['no date', z.object({ n: z.number() }), { n: 1 }],
  ['a date', z.date(), at],
  ['a date with a year of six digits', z.date(), '+010000-01-01T00:00:00.000Z'],
  ['dates in lists', z.array(z.object({ at: z.date().nullable() })), [{ at }, { at: null }, { at }]],
  ['a date beside text that looks like one', Seen, { at, note: at }],
  ['a date under an odd name', z.record(z.string(), z.date()), { 'a.b': at, 0: at }],
  ['a date that is text or date', z.union([z.date(), z.number()]), at],
  ['a date in a member of a union', z.union([z.object({ n: z.number() }), Seen.omit({ note: true })]), { at }],
  [
    'a date in a union of kinds',
    z.discriminatedUnion('kind', [Seen.extend({ kind: z.literal('a') })]),
    {
      kind: 'a',
      note: '',
      at,
    },
  ],
  ['a date by valibot', v.object({ at: v.date(), on: v.array(v.date()) }), { at, on: [at, at] }],
  ['a date by valibot in a union', v.union([v.number(), v.object({ at: v.date() })]), { at }],
  ['a date by arktype', type({ at: 'Date', 'on?': 'Date[]' }), { at, on: [at] }],
]

for (const [what, schema, value] of taken) {
  test(`issuesOfJSON: takes ${what}, and leaves the value as it is`, async (t) => {
    const before = JSON.stringify(value)

    t.equal(await issuesOfJSON(schema, value), null)
    t.equal(JSON.stringify(value), before)
  })
}

/** Values that are wrong, and what is said about them. */
const refused: readonly (readonly [
  what: string,
  AnySchema,
  value: unknown,
  issues: readonly (readonly [string, RegExp])[],
])[] = [
  ['text that is no date', Seen, { at: 'soon', note: '' }, [['at', /^Invalid input: expected date, received string$/]]],
  ['a day that is none', Seen, { at: '2024-99-99T12:00:00.000Z', note: '' }, [['at', /expected date/]]],
  ['a date in a form that JSON does not write', Seen, { at: '2024-02-29', note: '' }, [['at', /expected date/]]],
  ['a missing date', Seen, { note: '' }, [['at', /expected date, received undefined/]]],
  [
    'what is wrong beside a date',
    Seen,
    { at, note: 1 },
    [['note', /^Invalid input: expected string, received number$/]],
  ],
  [
    'a date that is too early',
    z.object({ at: z.date().min(new Date('2030-01-01')) }),
    { at },
    [['at', /^Invalid input: expected date, received string; of the date: Too small: /]],
  ],
  [
    'text that is too long and looks like a date',
    z.object({ note: z.string().max(3) }),
    { note: at },
    [['note', /^Too big: .*; of the date: Invalid input: expected string, received Date$/]],
  ],
  ['a whole that is wrong', Seen.refine(() => false, 'Not together'), { at, note: at }, [['', /^Not together$/]]],
  ['what a path does not lead to', pointing('a', 'b'), { a: at }, [['a.b', /^There$/]]],
  ['what a path leads to through nothing', pointing('a', 'b', 'c'), { a: null }, [['a.b.c', /^There$/]]],
  ['a member of a union', z.union([z.number(), Seen]), { at }, [['', /^Invalid input$/]]],
]

for (const [what, schema, value, issues] of refused) {
  test(`issuesOfJSON: refuses ${what}`, async (t) => {
    const found = await issuesOfJSON(schema, value)

    t.match(
      found?.map(({ path = [], message }) => [path.map(String).join('.'), message]),
      issues,
    )
    t.equal(found?.length, issues.length)
  })
}
