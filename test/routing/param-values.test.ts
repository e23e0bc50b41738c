import { test } from 'tap'
import { emptyParams, joinParams, noParams } from '../../routing/param-values.ts'

const of = (values: Record<string, unknown>): Record<string, unknown> => Object.assign(emptyParams(), values)

/** Outer and inner parameters, and both together. */
const joined: readonly (readonly [outer: Record<string, unknown> | null | undefined, inner: object, both: object])[] = [
  [null, { a: 1 }, { a: 1 }],
  [undefined, { a: 1 }, { a: 1 }],
  [{ a: 1 }, {}, { a: 1 }],
  [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  [{ a: 1 }, { a: 2 }, { a: 2 }],
  [{ a: 1 }, { ['__proto__']: 2 }, { a: 1, ['__proto__']: 2 }],
]

for (const [outer, inner, both] of joined) {
  test(`joinParams: ${JSON.stringify(outer)} and ${JSON.stringify(inner)} are ${JSON.stringify(both)}`, async (t) => {
    const result = joinParams(outer && of(outer), of({ ...inner }))
    t.strictSame(Object.fromEntries(Object.entries(result)), both)
    t.notOk('constructor' in result)
  })
}

test('joinParams: makes nothing anew where there is nothing to join', async (t) => {
  const params = of({ a: 1 })
  t.equal(joinParams(noParams, params), params)
  t.equal(joinParams(params, noParams), params)
})
