import { test } from 'tap'
import { listMembers } from '../../../lib/http/list-members.ts'
import { bestMs } from '../../support/best-time.ts'

/** RFC 9110 §5.6.1: optional white space around members, empty members without meaning. */
const lists: readonly (readonly [value: string, members: readonly string[]])[] = [
  ['', []],
  [' ', []],
  [',', []],
  ['a', ['a']],
  ['a,b', ['a', 'b']],
  [' a ,\tb\t, ', ['a', 'b']],
  [',a,,b,', ['a', 'b']],
  ['a b', ['a b']],
  ['\u00a0a\u00a0', ['\u00a0a\u00a0']],
]

for (const [value, members] of lists) {
  test(`listMembers: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(listMembers(value), members)
  })
}

test('listMembers: is linear in spaces and commas', async (t) => {
  const value = `a${' '.repeat(500_000)}b${', '.repeat(250_000)}`
  t.ok(bestMs(() => listMembers(value)) < 500)
})
