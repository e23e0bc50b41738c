import { test } from 'tap'
import { listMembers, quotedListMembers } from '../../../lib/http/list-members.ts'
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

/** RFC 9110 §5.6.4: a comma within a quoted string is data. */
const quotedLists: readonly (readonly [value: string, members: readonly string[]])[] = [
  ...lists,
  ['"a, b", c', ['"a, b"', 'c']],
  ['x="a,b" ; y, "c"', ['x="a,b" ; y', '"c"']],
  [String.raw`"a\",b",c`, [String.raw`"a\",b"`, 'c']],
  ['"a,b', ['"a,b']],
  ['"a\\', ['"a\\']],
  ['""', ['""']],
]

for (const [value, members] of quotedLists) {
  test(`quotedListMembers: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(quotedListMembers(value), members)
  })
}

test('quotedListMembers: is linear in quotation marks, backslashes and commas', async (t) => {
  for (const piece of ['"', '\\', '",', '"\\', ', "']) {
    const value = `"${piece.repeat(200_000)}`
    t.ok(bestMs(() => quotedListMembers(value)) < 500, piece)
  }
})
