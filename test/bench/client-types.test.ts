import { test } from 'tap'
import { clientSource } from './client-types.ts'
import { checkTypes } from './types.ts'

/*
 * What the types of a client may cost. Each call that is written costs some 350 instantiations, whatever else the client has.
 */

test('types: a client of 500 contracts costs a bounded number of instantiations', { timeout: 120_000 }, async (t) => {
  const uncalled = checkTypes(clientSource(500, { called: false }))
  const called = checkTypes(clientSource(500, { called: true }))

  t.strictSame([uncalled.errors, called.errors], ['', ''])
  t.ok(called.instantiations - uncalled.instantiations < 120_000, `${called.instantiations}`)
  t.ok(called.types - uncalled.types < 16_000, `${called.types}`)
})
