import { test } from 'tap'
import { appSource, checkTypes, operationsSource } from './types.ts'

/*
 * What the types of routes may cost. Instantiations are counted by the compiler, so that no clock is asked. Each route and
 * each URL of a table of 500 costs some 1,600; a table without URLs a hundred. A contract with four schemas of its own costs
 * some 1,200 more than an endpoint that calls the schemas by hand.
 */

test('types: an app of 500 typed routes costs a bounded number of instantiations', { timeout: 120_000 }, async (t) => {
  const untyped = checkTypes(appSource(500, { typed: false }))
  const typed = checkTypes(appSource(500, { typed: true }))

  t.strictSame([untyped.errors, typed.errors], ['', ''])
  t.ok(typed.instantiations - untyped.instantiations < 1_200_000, `${typed.instantiations}`)
  t.ok(typed.types - untyped.types < 25_000, `${typed.types}`)
})

test('types: 500 contracts cost a bounded number of instantiations', { timeout: 120_000 }, async (t) => {
  const untyped = checkTypes(operationsSource(500, { typed: false }))
  const typed = checkTypes(operationsSource(500, { typed: true }))

  t.strictSame([untyped.errors, typed.errors], ['', ''])
  t.ok(typed.instantiations - untyped.instantiations < 700_000, `${typed.instantiations}`)
  t.ok(typed.types - untyped.types < 130_000, `${typed.types}`)
})
