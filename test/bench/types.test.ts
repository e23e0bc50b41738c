import { test } from 'tap'
import { appSource, checkTypes } from './types.ts'

/*
 * What the types of routes may cost. Instantiations are counted by the compiler, so that no clock is asked. Each route and
 * each URL of a table of 500 costs some 1,600; a table without URLs a hundred.
 */

test('types: an app of 500 typed routes costs a bounded number of instantiations', { timeout: 120_000 }, async (t) => {
  const untyped = checkTypes(appSource(500, { typed: false }))
  const typed = checkTypes(appSource(500, { typed: true }))

  t.strictSame([untyped.errors, typed.errors], ['', ''])
  t.ok(typed.instantiations - untyped.instantiations < 1_200_000, `${typed.instantiations}`)
  t.ok(typed.types - untyped.types < 25_000, `${typed.types}`)
})
