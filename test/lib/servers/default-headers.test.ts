import { test } from 'tap'
import { withDefaults } from '../../../lib/servers/default-headers.ts'
import type { FlatHeaders } from '../../../lib/servers/http-transport.ts'

const cases: ReadonlyArray<readonly [what: string, headers: FlatHeaders, defaults: FlatHeaders, all: FlatHeaders]> = [
  ['adds what is not there, at the end', ['a', '1'], ['b', '2'], ['a', '1', 'b', '2']],
  ['keeps what is there', ['a', '1'], ['a', '2', 'b', '3'], ['a', '1', 'b', '3']],
  ['adds every value of a name', [], ['a', '1', 'a', '2'], ['a', '1', 'a', '2']],
  ['does not take a value for a name', ['x', 'a'], ['a', '1'], ['x', 'a', 'a', '1']],
  ['has nothing to add', ['a', '1'], [], ['a', '1']],
]
for (const [what, headers, defaults, all] of cases) {
  test(`withDefaults: ${what}`, async (t) => {
    t.strictSame(withDefaults(headers, defaults), all)
  })
}

test('withDefaults: leaves its arguments as they are', async (t) => {
  const headers = Object.freeze(['a', '1'])
  t.not(withDefaults(headers, Object.freeze(['b', '2'])), headers)
})
