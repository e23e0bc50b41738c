import { test } from 'tap'
import { nestsDeeper } from '../../../lib/request/json-depth.ts'

const nested = (depth: number, inner = ''): string => '['.repeat(depth) + inner + ']'.repeat(depth)

const rows: readonly (readonly [text: string, maxDepth: number, deeper: boolean])[] = [
  ['1', 0, false],
  ['[]', 0, true],
  ['{}', 1, false],
  [nested(3), 3, false],
  [nested(4), 3, true],
  ['{"a":{"b":{"c":1}}}', 3, false],
  ['{"a":{"b":{"c":[]}}}', 3, true],
  // Side by side is not deep.
  ['[[],[],[],[],[],[]]', 2, false],
  // Brackets within strings are text, also behind escaped quotes and backslashes.
  ['["[[[[[[", "\\"[[[[", "\\\\", "\\\\\\"[[["]', 1, false],
  ['{"[[[[":"{{{{"}', 1, false],
  ['["\\\\",[[1]]]', 2, true],
  [nested(2, '"\\\\\\\\"'), 2, false],
]

for (const [text, maxDepth, deeper] of rows) {
  test(`nestsDeeper: ${text} ${deeper ? 'nests' : 'does not nest'} deeper than ${maxDepth}`, async (t) => {
    t.equal(nestsDeeper(text, maxDepth), deeper)
  })
}
